package expr

import (
	"context"
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// Figure is something of a plan that a guard speaks of, and its value: a plain one, or a list of names.
type Figure struct {
	Name  string // plan.removals
	Value any
}

// Figures gives what of the plan a guard's expression speaks of, in the order of its text: the figures of the plan, and of its plays,
// collections and sources the names of those for which exists(…) holds. What is not known is left out.
func (p *Program) Figures(ctx context.Context, d *Data) []Figure {
	var out []Figure
	add := func(name string, q *Program) {
		value, err := q.Value(ctx, d, At{})
		if list, ok := value.([]any); err != nil || ok && len(list) == 0 || slices.ContainsFunc(out, func(f Figure) bool { return f.Name == name }) {
			return
		}
		out = append(out, Figure{name, value})
	}
	tree := p.ast.NativeRep()
	for _, n := range ast.MatchDescendants(ast.NavigateAST(tree), ast.AllMatcher()) {
		switch {
		case n.Kind() == ast.SelectKind && isIdent(n.AsSelect().Operand(), "plan") && !isList(tree.GetType(n.ID())):
			name := "plan." + n.AsSelect().FieldName()
			if q := p.sub(name); q != nil {
				add(name, q)
			}
		case n.Kind() == ast.ComprehensionKind:
			if name, text := p.those(n); text != "" {
				if q := p.sub(text); q != nil {
					add(name, q)
				}
			}
		}
	}
	return out
}

// those words what gives the names of the elements for which plan.plays.exists(p, …) holds, "" for any other loop.
func (p *Program) those(n ast.Expr) (name, text string) {
	info := p.ast.NativeRep().SourceInfo()
	macro, ok := info.GetMacroCall(n.ID())
	if !ok || macro.AsCall().FunctionName() != "exists" || !macro.AsCall().IsMemberFunction() {
		return "", ""
	}
	call := macro.AsCall()
	target, err := cel.ExprToString(call.Target(), info)
	if err != nil || !slices.Contains([]string{"plan.plays", "plan.collections", "plan.sources"}, target) {
		return "", ""
	}
	condition, err := cel.ExprToString(call.Args()[1], info)
	if err != nil {
		return "", ""
	}
	x := call.Args()[0].AsIdent()
	return target, target + ".filter(" + x + ", " + condition + ").map(" + x + ", " + x + ".name)"
}

// sub makes a program of a text in the scope of another; nil if that can't be.
func (p *Program) sub(text string) *Program {
	checked, issues := p.env.Compile(text)
	if issues.Err() != nil {
		return nil
	}
	q := &Program{Scope: p.Scope, types: p.types, env: p.env, ast: checked}
	var err error
	if q.program, err = p.env.Program(checked, cel.InterruptCheckFrequency(checkEvery)); err != nil {
		return nil
	}
	return q
}
