package expr

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celtypes "github.com/google/cel-go/common/types"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Uses is what an expression speaks of beside fields: what must be known before it can be evaluated. Sorted, without repeats.
type Uses struct {
	Segments []string
	Counts   []string // segments whose sizes it asks for
	Plays    []string
	Changed  []ChangedField
	Quiet    []string // event entities whose engagement it asks for
	Event    []string // fields of member.event
	Steps    []string // steps whose outcome or records it asks for
}

// Merge adds what another expression uses.
func (u *Uses) Merge(o Uses) {
	merge := func(a, b []string) []string {
		a = append(a, b...)
		slices.Sort(a)
		return slices.Compact(a)
	}
	u.Segments, u.Counts, u.Plays = merge(u.Segments, o.Segments), merge(u.Counts, o.Counts), merge(u.Plays, o.Plays)
	u.Quiet, u.Event, u.Steps = merge(u.Quiet, o.Quiet), merge(u.Event, o.Event), merge(u.Steps, o.Steps)
	u.Changed = append(u.Changed, o.Changed...)
	slices.SortFunc(u.Changed, func(a, b ChangedField) int {
		return strings.Compare(a.Entity+"."+a.Field, b.Entity+"."+b.Field)
	})
	u.Changed = slices.Compact(u.Changed)
}

// inspector walks a checked expression: it collects what is used and reports names that mean nothing.
type inspector struct {
	env      *Env
	source   playbook.Expr
	scope    Scope
	checked  *ast.AST
	uses     Uses
	problems diag.List
}

func (e *Env) inspect(x playbook.Expr, s Scope, checked *cel.Ast) (Uses, diag.List) {
	i := &inspector{env: e, source: x, scope: s, checked: checked.NativeRep()}
	root := ast.NavigateAST(i.checked)
	for _, n := range ast.MatchDescendants(root, ast.KindMatcher(ast.CallKind)) {
		i.call(n)
	}
	for _, n := range ast.MatchDescendants(root, ast.KindMatcher(ast.SelectKind)) {
		i.selects(n.AsSelect())
	}
	var u Uses
	u.Merge(i.uses)
	return u, i.problems
}

// fail reports a problem at a node.
func (i *inspector) fail(id int64, width int, hint, format string, args ...any) {
	location := i.checked.SourceInfo().GetStartLocation(id)
	offset := offsetOf(i.source.Text, location.Line(), location.Column())
	i.problems.Add(i.source.Problem(offset, max(width, len(wordAt.FindString(i.source.Text[offset:]))), hint, format, args...))
}

func (i *inspector) call(n ast.NavigableExpr) {
	call := n.AsCall()
	switch call.FunctionName() {
	case "segment":
		i.segment(call.Args())
	case "_[_]":
		if a := call.Args(); a[0].Kind() == ast.IdentKind && a[0].AsIdent() == sizesName {
			if name, ok := i.literal(a[1], "count", `count("x")`); ok && i.knownSegment(a[1], name) != nil {
				i.uses.Counts = append(i.uses.Counts, name)
			}
		}
	case "enrolled", "finished":
		i.play(call.FunctionName(), call.Args())
	case "changed":
		i.changed(call.Args())
	case "quiet":
		if t := i.checked.GetType(call.Target().ID()); isRecords(t) {
			i.uses.Quiet = append(i.uses.Quiet, t.Parameters()[0].TypeName())
		}
	case "days", "hours":
		if a := call.Args()[0]; a.Kind() != ast.LiteralKind && !isVariable(a) {
			i.fail(a.ID(), 1, "write a number, or a variable: vars.x", "%s takes a constant", call.FunctionName())
		} else if a.Kind() == ast.LiteralKind {
			if count, ok := a.AsLiteral().(celtypes.Int); ok && (count < 0 || count > 36_600) {
				i.fail(a.ID(), 1, "write a number from 0 to 36600", "%s(%d) is out of range", call.FunctionName(), count)
			}
		}
	}
}

func isVariable(x ast.Expr) bool {
	return x.Kind() == ast.SelectKind && x.AsSelect().Operand().Kind() == ast.IdentKind && x.AsSelect().Operand().AsIdent() == "vars"
}

// literal gives a name that must be written out, so that one can know what an expression depends on.
func (i *inspector) literal(x ast.Expr, function, syntax string) (string, bool) {
	if x.Kind() == ast.LiteralKind {
		if s, ok := x.AsLiteral().(celtypes.String); ok {
			return string(s), true
		}
	}
	i.fail(x.ID(), 1, "write "+syntax, "%s takes a name in quotes", function)
	return "", false
}

func (i *inspector) knownSegment(x ast.Expr, name string) *playbook.Segment {
	s := i.env.book.Segment(name)
	if s == nil {
		i.fail(x.ID(), len(name)+2, diag.Suggest(name, i.env.book.SegmentNames()), "there is no segment %q", name)
	}
	return s
}

func (i *inspector) segment(args []ast.Expr) {
	name, ok := i.literal(args[0], "segment", `segment("x")`)
	if !ok {
		return
	}
	s := i.knownSegment(args[0], name)
	if s == nil {
		return
	}
	if of := i.checked.GetType(args[1].ID()).TypeName(); of != s.Of {
		i.fail(args[0].ID(), len(name)+2, "give the record: segment(\""+name+"\", "+of+"."+s.Of+")", "segment %s is of %s, not of %s", name, s.Of, of)
		return
	}
	i.uses.Segments = append(i.uses.Segments, name)
}

func (i *inspector) play(function string, args []ast.Expr) {
	name, ok := i.literal(args[0], function, function+`("play")`)
	if !ok {
		return
	}
	p := i.env.book.Play(name)
	if p == nil {
		i.fail(args[0].ID(), len(name)+2, diag.Suggest(name, i.env.book.PlayNames()), "there is no play %q", name)
		return
	}
	if of := i.checked.GetType(args[len(args)-1].ID()).TypeName(); p.Of != "" && of != p.Of {
		i.fail(args[0].ID(), len(name)+2, "", "play %s is of %s, not of %s", name, p.Of, of)
		return
	}
	if function == "finished" {
		outcomes := []string{"completed", "converted", "exited", "removed", "play_removed", "*"}
		if outcome, ok := i.literal(args[1], "finished", `finished("play", "converted")`); ok && !slices.Contains(outcomes, outcome) {
			i.fail(args[1].ID(), len(outcome)+2, diag.Suggest(outcome, outcomes), "%q is no outcome", outcome)
		}
	}
	i.uses.Plays = append(i.uses.Plays, name)
}

// changed checks the field that a changed speaks of, and that the values it compares with can be values of that field.
func (i *inspector) changed(args []ast.Expr) {
	entity := i.env.book.Entity(i.checked.GetType(args[0].ID()).TypeName())
	name, _ := args[1].AsLiteral().(celtypes.String)
	if entity == nil {
		return
	}
	field := entity.Field(string(name))
	if field == nil {
		i.fail(args[0].ID(), 1, diag.Suggest(string(name), entity.FieldNames()), "%s has no field %q whose changes could be seen", entity.Name, string(name))
		return
	}
	if field.Type.Kind == frame.List || field.Type.Kind == frame.Map {
		i.fail(args[0].ID(), 1, "", "changes of %s are not watched: it is a %s", field.Name, field.Type)
		return
	}
	for _, a := range args[2:4] {
		t := i.checked.GetType(a.ID())
		anything := a.Kind() == ast.LiteralKind && a.AsLiteral() == celtypes.String("*")
		if !anything && !t.IsExactType(celType(field.Type)) {
			i.fail(a.ID(), 1, `"*" stands for any value`, "%s.%s is %s and can't be %s", entity.Name, field.Name, field.Type, typeName(t))
		}
	}
	i.uses.Changed = append(i.uses.Changed, ChangedField{entity.Name, field.Name})
}

// selects notes fields of member.event and steps.
func (i *inspector) selects(s ast.SelectExpr) {
	operand := s.Operand()
	switch {
	case operand.Kind() == ast.SelectKind && operand.AsSelect().FieldName() == "event" && isIdent(operand.AsSelect().Operand(), "member"):
		i.uses.Event = append(i.uses.Event, s.FieldName())
	case isIdent(operand, "steps") && i.scope.Play != nil:
		i.uses.Steps = append(i.uses.Steps, s.FieldName())
	}
}

func isIdent(x ast.Expr, name string) bool { return x.Kind() == ast.IdentKind && x.AsIdent() == name }
