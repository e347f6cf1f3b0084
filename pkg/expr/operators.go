package expr

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celtypes "github.com/google/cel-go/common/types"

	"github.com/playctl/playctl/pkg/diag"
)

// operatorSigns are what people write for cel-go's names of operators.
var operatorSigns = map[string]string{"_&&_": "&&", "_||_": "||", "!_": "!", "_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">",
	"_>=_": ">=", "_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "-_": "-", "@in": "in", "_[_]": "[…]", "_[?_]": "[?…]", "_?_:_": "? :"}

// wrongOperands is about an operator whose operands don't go together.
func (r *reading) wrongOperands(x ast.Expr) diag.Problem {
	name, args := x.AsCall().FunctionName(), x.AsCall().Args()
	sign := operatorSigns[name]
	switch {
	case name == "_?_:_" && !r.typeOf(args[0]).IsExactType(cel.BoolType):
		return r.problem(args[0], r.conditionHint(args[0]), "expected a condition (true or false) before ?, found %s", typeName(r.typeOf(args[0])))
	case name == "_?_:_":
		return r.problemAt(x.ID(), "", "expected two values of one type around :, found %s and %s", typeName(r.typeOf(args[1])), typeName(r.typeOf(args[2])))
	case name == "!_":
		return r.problem(args[0], r.conditionHint(args[0]), "expected a condition (true or false) after !, found %s", typeName(r.typeOf(args[0])))
	case len(args) == 1:
		return r.problem(args[0], "", "expected a number after %s, found %s", sign, typeName(r.typeOf(args[0])))
	case name == "_[_]" || name == "_[?_]":
		return r.problemAt(x.ID(), "", "expected a list with an int, or a map with a string, found %s", r.pair(args))
	case name == "@in":
		return r.problemAt(x.ID(), r.operandHint(sign, args), "expected a list or a map of such values after in, found %s", r.pair(args))
	}
	return r.problemAt(x.ID(), r.operandHint(sign, args), "%s does not go between %s", sign, r.pair(args))
}

// pair names two operands with their types: account.employees (int) and "1000" (string).
func (r *reading) pair(args []ast.Expr) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = typeName(r.typeOf(a))
		if text := r.text(a); len(text) <= 40 {
			words[i] = text + " (" + words[i] + ")"
		}
	}
	return strings.Join(words, " and ")
}

// operandHint suggests what is mostly meant by two operands that don't go together.
func (r *reading) operandHint(sign string, args []ast.Expr) string {
	for i, a := range args {
		b := args[1-i]
		if hint := r.hintFor(sign, a, b); hint != "" {
			return hint
		}
	}
	if isNumber(r.typeOf(args[0])) && isNumber(r.typeOf(args[1])) {
		return "int and double mix with <, <=, > and >= only: write double(x), or 1.0 for 1"
	}
	return ""
}

// hintFor looks at two operands, whichever stands first.
func (r *reading) hintFor(sign string, a, b ast.Expr) string {
	s, t := r.typeOf(a), r.typeOf(b)
	quoted, isText := literalText(a)
	comparing := strings.ContainsAny(sign, "=<>")
	switch {
	case isOptional(s):
		return fmt.Sprintf("write %s.orValue(…)", r.text(a))
	case s.Kind() == cel.NullTypeKind:
		return fmt.Sprintf("there is no null: has(%s) asks whether there is a value", r.text(b))
	case isText && comparing && isNumber(t) && looksLike(quoted, number):
		return "write " + quoted + " without quotes"
	case isText && comparing && t.IsExactType(cel.BoolType) && (quoted == "true" || quoted == "false"):
		return "write " + quoted + " without quotes"
	case isText && comparing && t.IsExactType(cel.TimestampType):
		return fmt.Sprintf("write timestamp(%q)", wholeTime(quoted))
	case comparing && isList(s) && !isList(t):
		return fmt.Sprintf("write %s in %s", r.text(b), r.text(a))
	case sign == "in" && isText && t.IsExactType(cel.StringType):
		return fmt.Sprintf("write %s.contains(%s)", r.text(b), r.text(a))
	case (sign == "+" || sign == "-") && s.IsExactType(cel.IntType) && (t.IsExactType(cel.TimestampType) || t.IsExactType(cel.DurationType)):
		return fmt.Sprintf("write days(%s)", r.text(a))
	case comparing && s.IsExactType(cel.IntType) && t.IsExactType(cel.DurationType):
		return fmt.Sprintf("write days(%s)", r.text(a))
	case sign == "+" && s.IsExactType(cel.StringType) && isNumber(t):
		return fmt.Sprintf("write string(%s)", r.text(b))
	}
	return ""
}

func literalText(x ast.Expr) (string, bool) {
	if x.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := x.AsLiteral().(celtypes.String)
	return string(s), ok
}

// looksLike reports whether a text is a single token of a kind.
func looksLike(s string, kind tokenKind) bool {
	list := newTokens(s).list
	return len(list) == 1 && list[0].kind == kind
}

// wholeTime makes a date a time, as timestamp wants it.
func wholeTime(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err == nil {
		return s + "T00:00:00Z"
	}
	if _, err := time.Parse(time.RFC3339, s); err == nil {
		return s
	}
	return "2026-11-22T09:00:00Z"
}

// wrongChanged is about changed(…), whose macro wrote out what the author left out.
func (r *reading) wrongChanged(x ast.Expr) diag.Problem {
	form := formHint("changed")
	if !r.isMacro(x) {
		from, to := r.nameBefore(r.offset(x.ID()))
		return r.source.Problem(from, to-from, form, "changed takes a field, two values, and a duration, found %s", plural(len(x.AsCall().Args()), "argument"))
	}
	args := x.AsCall().Args()
	entity := entityOf(r.typeOf(args[0]))
	switch e := r.env.book.Entity(entity); {
	case e == nil:
		return r.problem(args[0], form, "changed speaks of a field of a record, and %s is %s", shorten(r.text(args[0])), typeName(r.typeOf(args[0])))
	case e.Key == "":
		return r.problem(args[0], "events don't change; ask for those of the last days: .within(days(7))", "changes of %s are not watched: its records have no key", entity)
	}
	last := args[len(args)-1]
	return r.problem(last, argumentHint("changed", cel.DurationType, r.typeOf(last), r.text(last)), "changed takes duration at the end, found %s", typeName(r.typeOf(last)))
}
