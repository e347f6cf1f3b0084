package expr

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"

	"github.com/playctl/playctl/pkg/playbook"
)

// Explained is one sub-expression and its value at one place.
type Explained struct {
	Text    string      `json:"expression"`
	Value   string      `json:"value"`             // true, "Software", 12 records; "unknown" where it is so
	Unknown string      `json:"unknown,omitempty"` // what is missing
	Parts   []Explained `json:"parts,omitempty"`
}

// Explain evaluates an expression at one place and tells the value of every sub-expression, without short cuts.
func (p *Program) Explain(ctx context.Context, d *Data, at At) (*Explained, error) {
	program, err := p.env.Program(p.ast, cel.EvalOptions(cel.OptExhaustiveEval), cel.InterruptCheckFrequency(checkEvery))
	if err != nil {
		return nil, fmt.Errorf("explaining %s: %w", p, err)
	}
	value, details, err := program.ContextEval(ctx, &activation{program: p, data: d, at: at})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		value = celtypes.WrapErr(err)
	}
	x := &explainer{reading: newReading(p.Source, p.Scope, p.ast.NativeRep()), values: map[int64]ref.Val{}}
	if details != nil {
		for _, id := range details.State().IDs() {
			x.values[id], _ = details.State().Value(id)
		}
	}
	root := p.ast.NativeRep().Expr()
	x.values[root.ID()] = value
	out := x.explain(root)
	return &out, nil
}

type explainer struct {
	*reading
	values map[int64]ref.Val
}

func (x *explainer) explain(e ast.Expr) Explained {
	out := Explained{Text: x.text(e)}
	value, ok := x.values[e.ID()]
	switch {
	case !ok:
		out.Value = "not evaluated"
	case celtypes.IsError(value):
		out.Value, out.Unknown = "unknown", asUnknown(value.(*celtypes.Err)).What
	default:
		out.Value = show(value)
	}
	for _, part := range x.parts(e) {
		out.Parts = append(out.Parts, x.explain(part))
	}
	return out
}

// parts gives the sub-expressions that are worth telling: operands of logic and comparisons, the list that a macro ranges over.
func (x *explainer) parts(e ast.Expr) []ast.Expr {
	var candidates []ast.Expr
	if macro, ok := x.ast.SourceInfo().GetMacroCall(e.ID()); ok && e.Kind() == ast.CallKind {
		return x.written(macro.AsCall().Args()) // not what the macro made of it
	}
	switch e.Kind() {
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			candidates = append(candidates, call.Target())
		}
		candidates = append(candidates, call.Args()...)
		if name := call.FunctionName(); name == operators.LogicalAnd || name == operators.LogicalOr {
			candidates = flatten(e, name, nil)
		}
	case ast.ComprehensionKind:
		candidates = []ast.Expr{e.AsComprehension().IterRange()}
	}
	var out []ast.Expr
	for _, c := range candidates {
		if c.Kind() == ast.LiteralKind || c.Kind() == ast.IdentKind || c.Kind() == ast.ListKind {
			continue
		}
		if e.Kind() == ast.ComprehensionKind && c.Kind() == ast.SelectKind {
			if _, isList := x.values[c.ID()].(*rows); !isList {
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// written gives those arguments of a macro that are worth telling. Macros among them are known by their ids.
func (x *explainer) written(args []ast.Expr) []ast.Expr {
	var out []ast.Expr
	for _, a := range args {
		if whole, ok := x.nodes[a.ID()]; ok && whole.Kind() != ast.LiteralKind && whole.Kind() != ast.IdentKind && whole.Kind() != ast.ListKind {
			out = append(out, whole)
		}
	}
	return out
}

func flatten(e ast.Expr, operator string, into []ast.Expr) []ast.Expr {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operator {
		for _, a := range e.AsCall().Args() {
			into = flatten(a, operator, into)
		}
		return into
	}
	return append(into, e)
}

// show words a value in a line: records and long lists by their number.
func show(v ref.Val) string {
	switch v := v.(type) {
	case celtypes.String:
		return strconv.Quote(string(v))
	case celtypes.Duration:
		return showDuration(v.Duration)
	case *record:
		if v.stored == nil && v.table.HasKey() {
			return v.table.Entity + " " + v.table.Key(v.row)
		}
		return "a record"
	case *rows:
		return plural(len(v.list), "record")
	case traits.Lister:
		return showList(v)
	}
	if value, err := plain(v); err == nil {
		return playbook.Text(value)
	}
	return fmt.Sprint(v.Value())
}

// showDuration gives whole days as playbooks write them.
func showDuration(d time.Duration) string {
	if day := 24 * time.Hour; d != 0 && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return d.String()
}

func showList(list traits.Lister) string {
	size := int(list.Size().(celtypes.Int))
	var shown []string
	for it := list.Iterator(); it.HasNext() == celtypes.True; {
		item := it.Next()
		if _, ok := item.(*record); ok || len(shown) == 8 {
			return plural(size, map[bool]string{true: "record", false: "value"}[ok])
		}
		shown = append(shown, show(item))
	}
	return "[" + strings.Join(shown, ", ") + "]"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
