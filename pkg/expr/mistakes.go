package expr

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celtypes "github.com/google/cel-go/common/types"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// problems turns what cel-go found into problems in the playbook's file, in the words of the language.
func (e *Env) problems(x playbook.Expr, s Scope, env *cel.Env, issues *cel.Issues) diag.List {
	for _, issue := range issues.Errors() {
		offset := offsetOf(x.Text, issue.Location.Line(), issue.Location.Column())
		if name, ok := strings.CutPrefix(issue.Message, "reserved identifier: "); ok {
			return diag.List{reservedProblem(x, offset, name)}
		}
		if strings.HasPrefix(issue.Message, "Syntax error") {
			return diag.List{syntaxProblem(x, offset)} // what follows a syntax error is mostly its echo
		}
	}
	r := e.lenient(x, s, env)
	if r == nil {
		return unparsed(x, issues)
	}
	var out diag.List
	for _, issue := range issues.Errors() {
		if !r.echoes(issue.ExprID) && !strings.Contains(issue.Message, "!error!") { // what has no type was reported
			out.Add(r.mistake(issue))
		}
	}
	if len(out) == 0 {
		out.Add(r.mistake(issues.Errors()[0]))
	}
	return out
}

// unparsed words the issues of an expression that breaks a limit of the parser or the form of a macro.
func unparsed(x playbook.Expr, issues *cel.Issues) diag.List {
	var out diag.List
	for _, issue := range issues.Errors() {
		offset := offsetOf(x.Text, issue.Location.Line(), issue.Location.Column())
		from, to := (&reading{source: x, tokens: newTokens(x.Text)}).tokenSpan(offset)
		p := x.Problem(from, to-from, "", "%s", issue.Message)
		switch {
		case strings.Contains(issue.Message, "int literal"):
			p = x.Problem(from, to-from, "whole numbers go up to 9223372036854775807", "%s is too large", x.Text[from:to])
		case strings.Contains(issue.Message, "recursion limit"):
			p = x.Problem(0, 1, "split it into named segments", "the expression is nested deeper than %d", MaxNesting)
		case strings.Contains(issue.Message, "not an identifier"), strings.Contains(issue.Message, "must be a simple name"):
			p = x.Problem(from, to-from, "write exists(x, …) and speak of each element as x", "expected a name for the elements, found %s", x.Text[from:to])
		case strings.Contains(issue.Message, "has() macro"):
			p = x.Problem(from, to-from, "write has(account.name)", "has asks for a field")
		}
		out.Add(p)
	}
	return out
}

// echoes reports whether a node stands inside a macro that is not written as it must be, which is a mistake of its own.
func (r *reading) echoes(id int64) bool {
	for _, n := range r.nodes {
		if n.Kind() != ast.CallKind || n.ID() == id || !formOf(n.AsCall().FunctionName()).macro || r.isMacro(n) || !r.typeOf(n).IsExactType(celtypes.ErrorType) {
			continue
		}
		if from, to := r.span(n); r.offset(id) >= from && r.offset(id) < to {
			return true
		}
	}
	return false
}

// isMacro reports whether a node was made by a macro.
func (r *reading) isMacro(x ast.Expr) bool {
	_, ok := r.ast.SourceInfo().GetMacroCall(x.ID())
	return ok
}

var (
	mismatch = regexp.MustCompile(`^expected type '(.*)' but found '(.*)'$`)
	invalid  = regexp.MustCompile(`^invalid (\w+) argument$`)
)

// mistake words one issue of a parsed expression.
func (r *reading) mistake(issue *cel.Error) diag.Problem {
	message := issue.Message
	x, ok := r.nodes[issue.ExprID]
	switch {
	case !ok:
		offset := offsetOf(r.source.Text, issue.Location.Line(), issue.Location.Column())
		return r.source.Problem(offset, 1, "", "%s", typeWords.Replace(message))
	case strings.HasPrefix(message, "undeclared reference"):
		return r.unknownName(x)
	case strings.HasPrefix(message, "undefined field"):
		return r.unknownField(x)
	case strings.HasSuffix(message, "does not support field selection"):
		return r.noFields(x)
	case strings.HasPrefix(message, "found no matching overload"):
		return r.wrongTypes(x)
	case strings.Contains(message, "cannot be range of a comprehension"):
		return r.problem(x, r.rangeHint(x), "expected a list to go over, found %s", typeName(r.typeOf(x)))
	case strings.HasPrefix(message, "comprehension exceeds nesting"):
		return r.problemAt(x.ID(), "split it into named segments", "lists are gone over within each other deeper than %d", maxLoops)
	}
	if m := mismatch.FindStringSubmatch(message); m != nil {
		switch {
		case strings.HasPrefix(m[1], "optional_type"):
			return r.problem(x, "remove the ?", "expected an optional value after ?, found %s", typeWords.Replace(m[2]))
		case m[1] == "bool":
			return r.problem(x, r.conditionHint(x), "expected a condition (true or false), found %s", typeName(r.typeOf(x)))
		}
		return r.problem(x, "", "expected %s, as the values before it, found %s", typeWords.Replace(m[1]), typeWords.Replace(m[2]))
	}
	if m := invalid.FindStringSubmatch(message); m != nil {
		return r.invalidLiteral(x, m[1])
	}
	return r.problemAt(x.ID(), "", "%s", typeWords.Replace(strings.TrimPrefix(message, "error during formatting: ")))
}

// invalidLiteral is about a text that a function can't read.
func (r *reading) invalidLiteral(x ast.Expr, function string) diag.Problem {
	switch function {
	case "duration":
		return r.problem(x, `write days(30), hours(8) or duration("90m")`, `%s is no duration: its units are h, m and s`, r.text(x))
	case "timestamp":
		return r.problem(x, `write timestamp("2026-11-22T09:00:00Z")`, "%s is no time", r.text(x))
	case "matches":
		reason := "it is no regular expression"
		if s, ok := x.AsLiteral().Value().(string); ok {
			if _, err := regexp.Compile(s); err != nil {
				reason = strings.TrimPrefix(err.Error(), "error parsing regexp: ")
			}
		}
		return r.problem(x, "regular expressions are RE2: https://github.com/google/re2/wiki/Syntax", "%s: %s", r.text(x), reason)
	}
	return r.problem(x, "", "%s is no argument of %s", r.text(x), function)
}

// unknownConstant is about an expression that gives no value whatever the records are, such as int("x"). cel-go does not tell the place.
func (r *reading) unknownConstant(env *cel.Env, err error) diag.Problem {
	reason := typeWords.Replace(asUnknown(err).What)
	for _, x := range ast.MatchDescendants(ast.NavigateAST(r.ast), ast.KindMatcher(ast.CallKind)) {
		if slices.ContainsFunc(x.AsCall().Args(), func(a ast.Expr) bool { return a.Kind() != ast.LiteralKind }) {
			continue
		}
		checked, issues := env.Compile(r.text(x))
		if issues.Err() != nil {
			continue
		}
		if _, err := env.Program(checked, cel.EvalOptions(cel.OptOptimize)); err != nil {
			return r.problem(x, "", "%s has no value: %s", shorten(r.text(x)), typeWords.Replace(asUnknown(err).What))
		}
	}
	return r.source.Problem(0, len(r.source.Text), "", "a part of this has no value: %s", reason)
}

// rangeHint tells how to go over what is no list.
func (r *reading) rangeHint(x ast.Expr) string {
	if entityOf(r.typeOf(x)) != "" {
		return "a record is one thing: write a condition on it"
	}
	return ""
}

// conditionHint tells what to do with a value that is no condition.
func (r *reading) conditionHint(x ast.Expr) string { return wantHint(Condition, r.typeOf(x)) }

// unknownField is about a selection of a field that is not there.
func (r *reading) unknownField(x ast.Expr) diag.Problem {
	operand, field, from, to := r.selection(x)
	t := r.typeOf(operand)
	fail := func(hint, format string, args ...any) diag.Problem {
		return r.source.Problem(from, to-from, hint, format, args...)
	}
	if entity := entityOf(t); entity != "" {
		if hint := r.relatedHint(operand, entity, field); hint != "" {
			return fail(hint, "%s has no field %q", entity, field)
		}
		return fail(diag.Suggest(field, r.env.types.names(t)), "%s has no field %q", entity, field)
	}
	hint := diag.Suggest(field, r.env.types.names(t))
	switch name := t.TypeName(); {
	case name == varsType && hint == "":
		return fail("declare it under variables:", "there is no variable %q", field)
	case name == varsType:
		return fail(hint, "there is no variable %q", field)
	case strings.HasPrefix(name, "the steps"):
		return fail(hint, "there is no step %q in this play", field)
	case strings.HasPrefix(name, "the member") && field == "event":
		return fail("an event is there in plays with trigger: {on: EVENTS}", "no event launches this play")
	}
	return fail(hint, "%s has no %q", t.TypeName(), field)
}

// selection takes apart a.b, a.?b and has(a.b), and tells where b stands.
func (r *reading) selection(x ast.Expr) (operand ast.Expr, field string, from, to int) {
	from = r.offset(x.ID())
	if x.Kind() == ast.CallKind { // a.?b
		args := x.AsCall().Args()
		field, _ = args[1].AsLiteral().Value().(string)
		from, to = r.nameAfter(from)
		return args[0], field, from, to
	}
	if macro, ok := r.ast.SourceInfo().GetMacroCall(x.ID()); ok { // has(a.b)
		from = r.offset(macro.AsCall().Args()[0].ID())
	}
	from, to = r.nameAfter(from)
	return x.AsSelect().Operand(), x.AsSelect().FieldName(), from, to
}

// relatedHint helps those who call a record's children or parents by another name.
func (r *reading) relatedHint(operand ast.Expr, entity, field string) string {
	for _, child := range r.env.book.Entities {
		if child.Name != field && child.Name+"s" != field {
			continue
		}
		for _, p := range child.Parents {
			if p.Entity == entity && child.Plural != "" {
				return fmt.Sprintf("the %s records of %s are %s.%s", child.Name, entity, r.text(operand), child.Plural)
			}
		}
	}
	return ""
}

// noFields is about a selection from what has no fields.
func (r *reading) noFields(x ast.Expr) diag.Problem {
	operand, field, from, to := r.selection(x)
	t, hint := r.typeOf(operand), ""
	switch {
	case slices.Contains(functionNames(), field):
		hint = fmt.Sprintf("write %s.%s()", r.text(operand), field)
	case isList(t) && r.env.types.names(t.Parameters()[0]) != nil:
		hint = fmt.Sprintf("ask each of them: %s.exists(x, x.%s …)", r.text(operand), field)
	}
	return r.source.Problem(from, to-from, hint, "%s is %s and has no fields", shorten(r.text(operand)), typeName(t))
}

// shorten gives an expression for a message.
func shorten(text string) string {
	if len(text) > 40 {
		return "this"
	}
	return text
}
