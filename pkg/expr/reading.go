package expr

import (
	"strings"
	"unicode/utf8"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/ast"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// reading is an expression that could be parsed: what problems in it are told with. Its nodes have types as far as they could be told.
type reading struct {
	env    *Env // nil where nothing but the text is asked for
	source playbook.Expr
	scope  Scope
	ast    *ast.AST
	nodes  map[int64]ast.Expr
	tokens tokens
}

func newReading(x playbook.Expr, s Scope, tree *ast.AST) *reading {
	r := &reading{source: x, scope: s, ast: tree, nodes: map[int64]ast.Expr{}, tokens: newTokens(x.Text)}
	for _, n := range ast.MatchDescendants(ast.NavigateAST(tree), ast.AllMatcher()) {
		r.nodes[n.ID()] = n
	}
	return r
}

// lenient reads an expression that did not pass the checks: its nodes have the types that make sense in spite of the mistakes. cel-go's own
// environment gives none, so its checker is asked directly.
func (e *Env) lenient(x playbook.Expr, s Scope, env *cel.Env) *reading {
	parsed, issues := env.Parse(x.Text)
	if issues.Err() != nil {
		return nil
	}
	loose, err := checker.NewEnv(env.Container, env.CELTypeProvider(), checker.CrossTypeNumericComparisons(true))
	if err != nil {
		return nil
	}
	if err := loose.AddIdents(env.Variables()...); err != nil {
		return nil
	}
	for _, f := range env.Functions() {
		if err := loose.AddFunctions(f); err != nil {
			return nil
		}
	}
	tree, _ := checker.Check(parsed.NativeRep(), parsed.Source(), loose)
	r := newReading(x, s, tree)
	r.env = e
	return r
}

// offset gives the byte offset at which cel-go places a node: of an operator its sign, of a call its opening bracket, of a selection its dot.
func (r *reading) offset(id int64) int {
	location := r.ast.SourceInfo().GetStartLocation(id)
	return offsetOf(r.source.Text, location.Line(), location.Column())
}

// offsetOf gives the byte offset of a line (from 1) and column (from 0, in characters) of a text.
func offsetOf(text string, line, column int) int {
	offset := 0
	for ; line > 1; line-- {
		next := strings.IndexByte(text[offset:], '\n')
		if next < 0 {
			break
		}
		offset += next + 1
	}
	for ; column > 0 && offset < len(text); column-- {
		_, width := utf8.DecodeRuneInString(text[offset:])
		offset += width
	}
	return min(max(offset, 0), len(text))
}

// problem tells of a node, with all of its text marked.
func (r *reading) problem(x ast.Expr, hint, format string, args ...any) diag.Problem {
	from, to := r.span(x)
	return r.source.Problem(from, to-from, hint, format, args...)
}

// problemAt tells of the token at which cel-go places a node.
func (r *reading) problemAt(id int64, hint, format string, args ...any) diag.Problem {
	from, to := r.tokenSpan(r.offset(id))
	return r.source.Problem(from, to-from, hint, format, args...)
}

// text gives a node as it is written, on one line.
func (r *reading) text(x ast.Expr) string {
	from, to := r.span(x)
	return strings.Join(strings.Fields(r.source.Text[from:to]), " ")
}

// span gives where a node's text begins and ends, brackets around all of it aside.
func (r *reading) span(x ast.Expr) (from, to int) { return r.balance(r.bareSpan(x)) }

// balance widens a span so that every bracket in it is closed in it: a || b) == c begins with a bracket.
func (r *reading) balance(from, to int) (int, int) {
	first, last := r.tokens.at(from), r.tokens.at(to-1)
	for {
		part := tokens{text: r.source.Text, list: r.tokens.list[first:min(last+1, len(r.tokens.list))]}
		_, closes, found := part.unbalanced()
		switch {
		case found && closes && first > 0:
			first--
		case found && !closes && last < len(r.tokens.list)-1:
			last++
		case len(part.list) == 0:
			return from, to
		default:
			return part.list[0].from, part.list[len(part.list)-1].to
		}
	}
}

func (r *reading) bareSpan(x ast.Expr) (from, to int) {
	from, to = r.tokenSpan(r.offset(x.ID()))
	if macro, ok := r.ast.SourceInfo().GetMacroCall(x.ID()); ok {
		return r.callSpan(from, macro.AsCall())
	}
	switch x.Kind() {
	case ast.SelectKind:
		first, _ := r.span(x.AsSelect().Operand())
		_, to = r.nameAfter(from)
		return first, to
	case ast.LiteralKind:
		if r.source.Text[from:to] == "-" {
			_, to = r.tokenSpan(to)
		}
	case ast.ListKind, ast.MapKind:
		to = r.bracketEnd(from)
	case ast.CallKind:
		return r.callSpan(from, x.AsCall())
	}
	return from, to
}

// callSpan gives the span of a call that cel-go places at an offset: an operator's sign, or the bracket that opens the arguments.
func (r *reading) callSpan(at int, call ast.CallExpr) (from, to int) {
	from, to = r.tokenSpan(at)
	if strings.HasPrefix(r.source.Text[at:], "(") || strings.HasPrefix(r.source.Text[at:], "[") {
		to = r.bracketEnd(at)
	}
	if strings.HasPrefix(r.source.Text[at:], "(") {
		from, _ = r.nameBefore(at)
	}
	operands := call.Args()
	if call.IsMemberFunction() {
		operands = append([]ast.Expr{call.Target()}, operands...)
	}
	for _, x := range operands {
		if whole, ok := r.nodes[x.ID()]; ok { // macros leave only the id of what was a macro itself
			x = whole
		}
		if r.offset(x.ID()) == at { // made by a macro; it stands in no text
			continue
		}
		first, last := r.span(x)
		from, to = min(from, first), max(to, last)
	}
	return from, to
}

// tokenSpan gives the span of the token at an offset.
func (r *reading) tokenSpan(offset int) (from, to int) {
	i := r.tokens.at(offset)
	if i == len(r.tokens.list) {
		return offset, offset
	}
	return r.tokens.list[i].from, r.tokens.list[i].to
}

// bracketEnd gives the offset behind the bracket that closes the one at an offset.
func (r *reading) bracketEnd(offset int) int {
	i := r.tokens.at(offset)
	if i == len(r.tokens.list) {
		return offset
	}
	return r.tokens.list[r.tokens.closing(i)].to
}

// nameBefore gives the span of the name in front of the bracket at an offset: a function's, with its namespace.
func (r *reading) nameBefore(offset int) (from, to int) {
	i := r.tokens.at(offset) - 1
	if i < 0 || i >= len(r.tokens.list) || r.tokens.list[i].kind != word {
		return offset, offset
	}
	from, to = r.tokens.list[i].from, r.tokens.list[i].to
	if r.tokens.is(i-1, ".") && r.tokens.is(i-2, "math", "sets", "optional", "strings") {
		from = r.tokens.list[i-2].from
	}
	return from, to
}

// nameAfter gives the span of the name behind the dot at an offset: a field's.
func (r *reading) nameAfter(offset int) (from, to int) {
	i := r.tokens.at(offset) + 1
	if r.tokens.is(i, "?") {
		i++
	}
	if i >= len(r.tokens.list) {
		return offset, offset
	}
	return r.tokens.list[i].from, r.tokens.list[i].to
}

// typeOf gives a node's type.
func (r *reading) typeOf(x ast.Expr) *cel.Type { return r.ast.GetType(x.ID()) }
