package mapping

import (
	"maps"
	"strings"

	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/playctl/playctl/pkg/playbook"
)

// comprehension has a list be what it is filtered from, each element such that it passes; an object be what it is transformed from.
func (i *inversion) comprehension(c ast.ComprehensionExpr, value any) bool {
	values, isList := value.([]any)
	if !isList {
		_, isObject := value.(map[string]any)
		return isObject && i.expr(c.IterRange(), value)
	}
	passes := filtering(c)
	if passes == nil {
		return false
	}
	out := make([]any, len(values))
	for at, element := range values {
		out[at] = i.passing(passes, c.IterVar(), element)
	}
	return i.expr(c.IterRange(), out)
}

// filtering gives the condition of a filter; nil if it is none.
func filtering(c ast.ComprehensionExpr) ast.Expr {
	step := c.LoopStep()
	if step.Kind() != ast.CallKind || step.AsCall().FunctionName() != operators.Conditional {
		return nil
	}
	added := step.AsCall().Args()[1]
	if added.Kind() != ast.CallKind || added.AsCall().FunctionName() != operators.Add {
		return nil
	}
	one := added.AsCall().Args()[1]
	if one.Kind() != ast.ListKind || one.AsList().Size() != 1 || one.AsList().Elements()[0].Kind() != ast.IdentKind || one.AsList().Elements()[0].AsIdent() != c.IterVar() {
		return nil
	}
	return step.AsCall().Args()[0]
}

// passing gives an element with what it lacks to pass a filter, as far as that can be told.
func (i *inversion) passing(condition ast.Expr, name string, element any) any {
	of, ok := element.(map[string]any)
	if !ok {
		return element
	}
	inner := inversion{known: i.known}
	if !inner.expr(condition, true) {
		return element
	}
	out := maps.Clone(of)
	for _, p := range inner.placed {
		if p.Root != name || len(p.Steps) != 1 {
			continue
		}
		if field, is := p.Steps[0].(string); is {
			if _, there := out[field]; !there {
				out[field] = p.Value
			}
		}
	}
	return out
}

// found is a place in an element that a filter finds: json.data.filter(t, t.name == name)[0].id.
func (i *inversion) found(e ast.Expr, value any) bool {
	var steps []any
	for e.Kind() == ast.SelectKind && !e.AsSelect().IsTestOnly() {
		steps = append([]any{e.AsSelect().FieldName()}, steps...)
		e = e.AsSelect().Operand()
	}
	if e.Kind() != ast.CallKind || e.AsCall().FunctionName() != operators.Index || e.AsCall().Args()[0].Kind() != ast.ComprehensionKind {
		return false
	}
	if at, ok := i.constant(e.AsCall().Args()[1]); !ok || at != int64(0) {
		return false
	}
	element := value
	for at := len(steps) - 1; at >= 0; at-- {
		name, _ := steps[at].(string)
		element = map[string]any{name: element}
	}
	return i.comprehension(e.AsCall().Args()[0].AsComprehension(), []any{element})
}

// sum is a text behind another, a number more than another, a list behind another: all of it is in one of the two.
func (i *inversion) sum(args []ast.Expr, value any) bool {
	if by, ok := i.constant(args[1]); ok {
		if n, isNumber := by.(int64); isNumber {
			v, ok := number(value).(int64)
			return ok && i.expr(args[0], v-n)
		}
	}
	return i.try(func() bool { return i.expr(args[1], value) }) || i.expr(args[0], value)
}

// merge is an object of two: what the second has by name is there, the rest in the first, or all of it in the second if that is a place.
func (i *inversion) merge(first, second ast.Expr, value any) bool {
	of, ok := value.(map[string]any)
	if !ok {
		return false
	}
	if _, _, is := i.place(second); is {
		return i.expr(second, value)
	}
	named := i.names(second)
	rest, ours := map[string]any{}, map[string]any{}
	for name, v := range of {
		if named[name] {
			ours[name] = v
		} else {
			rest[name] = v
		}
	}
	if len(ours) > 0 && !i.expr(second, ours) {
		return false
	}
	return i.expr(first, rest)
}

// names gives those of the fields that an object literal, or pick, has.
func (i *inversion) names(e ast.Expr) map[string]bool {
	out := map[string]bool{}
	switch e.Kind() {
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			if name, ok := i.constant(entry.AsMapEntry().Key()); ok {
				out[playbook.Text(name)] = true
			}
		}
	case ast.CallKind:
		if c := e.AsCall(); c.FunctionName() == "pick" && len(c.Args()) == 2 {
			for ours := range i.picked(c.Args()[1]) {
				out[ours] = true
			}
		}
	}
	return out
}

// picked reads "ours=Theirs, same".
func (i *inversion) picked(e ast.Expr) map[string]string {
	out := map[string]string{}
	spec, _ := i.constant(e)
	text, _ := spec.(string)
	for _, part := range strings.Split(text, ",") {
		ours, theirs, named := strings.Cut(strings.TrimSpace(part), "=")
		if !named {
			theirs = ours
		}
		if ours = strings.TrimSpace(ours); ours != "" {
			out[ours] = strings.TrimSpace(theirs)
		}
	}
	return out
}

func (i *inversion) pick(args []ast.Expr, value any) bool {
	of, ok := value.(map[string]any)
	if !ok {
		return false
	}
	out := map[string]any{}
	for ours, theirs := range i.picked(args[1]) {
		if v, there := of[ours]; there {
			out[theirs] = v
		}
	}
	return len(out) == 0 || i.expr(args[0], out)
}
