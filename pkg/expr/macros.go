package expr

import (
	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	celtypes "github.com/google/cel-go/common/types"
)

const (
	knownName = "@known" // function: known true
	sizesName = "@sizes" // variable: the sizes of segments
)

// macros are CEL's own, with filter keeping what is known true (as SQL's WHERE does), and those of ours that need no record.
func macros() []cel.Macro {
	return []cel.Macro{
		cel.HasMacro, cel.AllMacro, cel.ExistsMacro, cel.ExistsOneMacro, cel.MapMacro,
		cel.ReceiverMacro("filter", 2, expandFilter),
		cel.ReceiverMacro("map", 3, expandMapFilter),
		cel.GlobalMacro("daysAgo", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
			return f.NewCall(operators.Subtract, f.NewIdent("now"), f.NewCall("days", args[0])), nil
		}),
		cel.GlobalMacro("count", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
			return f.NewCall(operators.Index, f.NewIdent(sizesName), args[0]), nil
		}),
		cel.GlobalMacro("changed", 1, expandChanged), cel.GlobalMacro("changed", 3, expandChanged), cel.GlobalMacro("changed", 4, expandChanged),
	}
}

// selfMacros add the record itself where an author leaves it out.
func selfMacros(self string) []cel.Macro {
	addSelf := func(name string, args int, more ...string) cel.Macro {
		return cel.GlobalMacro(name, args, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
			all := append([]ast.Expr{}, args...)
			for _, m := range more {
				all = append(all, f.NewLiteral(celtypes.String(m)))
			}
			return f.NewCall(name, append(all, f.NewIdent(self))...), nil
		})
	}
	return []cel.Macro{addSelf("segment", 1), addSelf("score", 1), addSelf("stage", 1), addSelf("atLeast", 2), addSelf("enrolled", 1), addSelf("finished", 1, "*"), addSelf("finished", 2)}
}

// expandFilter makes list.filter(x, p) keep the elements whose p is known true.
func expandFilter(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	return fold(f, target, args[0], f.Copy(args[0]), args[1])
}

// expandMapFilter makes list.map(x, p, t) take t of the elements whose p is known true.
func expandMapFilter(f cel.MacroExprFactory, target ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	return fold(f, target, args[0], args[2], args[1])
}

func fold(f cel.MacroExprFactory, target, variable, element, condition ast.Expr) (ast.Expr, *common.Error) {
	if variable.Kind() != ast.IdentKind {
		return nil, f.NewError(variable.ID(), "argument is not an identifier")
	}
	known := f.NewCall(knownName, condition)
	longer := f.NewCall(operators.Add, f.NewAccuIdent(), f.NewList(element))
	step := f.NewCall(operators.Conditional, known, longer, f.NewAccuIdent())
	return f.NewComprehension(target, variable.AsIdent(), f.AccuIdentName(), f.NewList(), f.NewLiteral(celtypes.True), step, f.NewAccuIdent()), nil
}

// expandChanged makes changed(r.field, from, to, d) a call that names the field: changed(r, "field", from, to, d). Of a stage it makes
// changed(r, "stage " + "x", from, to, d), which is what [StageField] calls it, with the name where the author wrote it.
func expandChanged(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *common.Error) {
	call := watchedField(f, args[0])
	if call == nil {
		return nil, f.NewError(args[0].ID(), "changed speaks of a field, such as account.stage")
	}
	if len(args) == 1 {
		call = append(call, f.NewLiteral(celtypes.String("*")), f.NewLiteral(celtypes.String("*")))
	} else {
		call = append(call, args[1], args[2])
	}
	if len(args) == 4 {
		call = append(call, args[3])
	} else {
		call = append(call, f.NewCall("days", f.NewLiteral(celtypes.Int(7))))
	}
	return f.NewCall("changed", call...), nil
}

// watchedField gives the record and the name of the field that a changed speaks of; nil if it speaks of something else.
func watchedField(f cel.MacroExprFactory, x ast.Expr) []ast.Expr {
	switch {
	case x.Kind() == ast.SelectKind && !x.AsSelect().IsTestOnly():
		return []ast.Expr{x.AsSelect().Operand(), f.NewLiteral(celtypes.String(x.AsSelect().FieldName()))}
	case x.Kind() == ast.CallKind && x.AsCall().FunctionName() == "stage" && len(x.AsCall().Args()) == 2:
		args := x.AsCall().Args()
		return []ast.Expr{args[1], f.NewCall(operators.Add, f.NewLiteral(celtypes.String(stagePrefix)), args[0])}
	}
	return nil
}
