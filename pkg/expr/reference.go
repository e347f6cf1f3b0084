package expr

import (
	"context"
	"fmt"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"

	"github.com/playctl/playctl/pkg/frame"
)

// Reference evaluates one node with cel-go, for what an engine has no form of its own. One goroutine may use it at a time.
type Reference struct {
	node    *Node
	at      activation
	records []*record // of the node's free variables, used again for every place
}

// Reference makes the evaluator of a node over a run's data. tables are those of the rows that the node's [Node.Free] variables stand for.
func (n *Node) Reference(d *Data, tables []*frame.Table) (*Reference, error) {
	n.plan.Do(func() {
		tree := n.of.ast.NativeRep()
		part := ast.NewCheckedAST(ast.NewAST(n.expr, tree.SourceInfo()), tree.TypeMap(), tree.ReferenceMap())
		n.planned, n.failed = n.of.env.PlanProgram(part, cel.EvalOptions(cel.OptOptimize), cel.InterruptCheckFrequency(checkEvery))
	})
	if n.failed != nil {
		return nil, fmt.Errorf("planning %s: %w", n.Text(), n.failed)
	}
	r := &Reference{node: n, at: activation{program: n.of, data: d}}
	for _, t := range tables {
		r.records = append(r.records, &record{data: d, table: t})
	}
	return r, nil
}

// Value evaluates for the rows that the free variables stand for, in their order: bool, int64, float64, string, time.Time, time.Duration, []any,
// map[string]any. The error is an *[Unknown], or the context's.
func (r *Reference) Value(ctx context.Context, rows []uint32) (any, error) {
	for i, row := range rows {
		r.records[i].row = int(row)
	}
	value, _, err := r.node.planned.ContextEval(ctx, r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, asUnknown(err)
	}
	return r.plain(value)
}

func (r *Reference) plain(value ref.Val) (any, error) {
	if d, ok := value.(celtypes.Duration); ok {
		return d.Duration, nil
	}
	v, err := plain(value)
	if err != nil {
		return nil, &Unknown{What: err.Error()}
	}
	return v, nil
}

// ResolveName implements cel-go's Activation.
func (r *Reference) ResolveName(name string) (any, bool) {
	for i, n := range r.node.names {
		if n == name {
			return r.records[i], true
		}
	}
	return r.at.ResolveName(name)
}

// Parent implements cel-go's Activation.
func (r *Reference) Parent() interpreter.Activation { return nil }

// Constant gives the value of a node that is an OpConst, in the form that [Reference.Value] gives. The error is an *[Unknown], or the context's.
func (n *Node) Constant(ctx context.Context, d *Data) (any, error) {
	if n.expr == nil { // the key of a map, written as a field
		return n.Name, nil
	}
	r, err := n.Reference(d, nil)
	if err != nil {
		return nil, err
	}
	return r.Value(ctx, nil)
}
