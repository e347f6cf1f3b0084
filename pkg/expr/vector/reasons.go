package vector

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// Reasons tells what is missing where a condition is unknown: how many of the rows there are for each reason, which is what the reference names first.
// The condition must be unknown for all of the rows. The error is the context's, wrapped.
func (e *Engine) Reasons(ctx context.Context, p *expr.Program, rows frame.Bits) (map[string]int, error) {
	r := &reasoner{ctx: ctx, engine: e, program: p, table: e.data.Frame.Table(p.Scope.Self), counts: map[string]int{}}
	if err := r.why(p.Node(), rows); err != nil {
		return nil, fmt.Errorf("looking for what is missing in %s: %w", p, err)
	}
	return r.counts, nil
}

// reasoner goes down an expression along what is unknown.
type reasoner struct {
	ctx      context.Context
	engine   *Engine
	program  *expr.Program
	variable int // stands for the rows
	table    *frame.Table
	counts   map[string]int
}

// why counts the reasons of rows for which a node is unknown.
func (r *reasoner) why(n *expr.Node, rows frame.Bits) error {
	if rows.Count() == 0 {
		return nil
	}
	switch n.Op {
	case expr.OpField, expr.OpParent:
		return r.first(n, rows, func(left frame.Bits) error {
			r.counts[n.Args[0].Shape.Entity+"."+n.Name+" is missing"] += left.Count()
			return nil
		})
	case expr.OpHas:
		if n.Args[0].Op == expr.OpField || n.Args[0].Op == expr.OpParent {
			return r.first(n.Args[0], rows, func(left frame.Bits) error { return r.ask(n, left) })
		}
	case expr.OpExists, expr.OpAll:
		if r.ownChildren(n) {
			return r.elements(n, rows)
		}
	case expr.OpCall:
		return r.call(n, rows)
	}
	return r.ask(n, rows)
}

// call counts the reasons of a call: the first operand that is unknown gives it, also of && and ||, which is unknown only where no operand decides it.
func (r *reasoner) call(n *expr.Node, rows frame.Bits) error {
	switch n.Name {
	case expr.Choose:
		return r.ask(n, rows)
	case "segment":
		return r.first(n, rows, func(left frame.Bits) error {
			name, err := r.engine.constant(n.Args[0])
			r.counts[fmt.Sprintf("segment %v is unknown", name)] += left.Count()
			return err
		})
	}
	return r.first(n, rows, func(left frame.Bits) error { return r.ask(n, left) })
}

// first counts the reasons of the first argument that is unknown for each row, and hands on the rows of which none is.
func (r *reasoner) first(n *expr.Node, rows frame.Bits, rest func(left frame.Bits) error) error {
	left := slices.Clone(rows)
	for _, a := range n.Args {
		unknown, err := r.unknown(a, left)
		var why *errNone
		if errors.As(err, &why) { // a list or a map that only cel-go makes
			return r.ask(n, left)
		} else if err != nil {
			return err
		}
		if err := r.why(a, unknown); err != nil {
			return err
		}
		for i := range left {
			left[i] &^= unknown[i]
		}
	}
	if left.Count() == 0 {
		return nil
	}
	return rest(left)
}

// unknown gives those of the rows for which a node is unknown.
func (r *reasoner) unknown(n *expr.Node, rows frame.Bits) (frame.Bits, error) {
	out := frame.NewBits(r.table.Rows)
	if n.Op == expr.OpRecord || rows.Count() == 0 {
		return out, nil
	}
	var none *expr.Unknown
	if n.Op == expr.OpConst {
		if n.Shape.Kind == expr.KindOther {
			return nil, lacking("no plain value")
		}
		if _, err := r.engine.constant(n); errors.As(err, &none) {
			copy(out, rows)
		} else if err != nil {
			return nil, err
		}
		return out, nil
	}
	k, err := r.bind(n)
	if err != nil {
		return nil, err
	}
	err = r.run(k, rows, func(w *worker, b *batch, v vec) {
		unknown := v.unknown
		if v.known != nil {
			unknown = falsity(w, vec{n: b.n, truth: v.known})
		}
		put(out, b.vars[r.variable], unknown)
	})
	return out, err
}

func (r *reasoner) bind(n *expr.Node) (program, error) {
	b := r.engine.binder(r.program, r.variable, r.table)
	k, err := b.bind(n)
	return program{k.kernel, b.slots}, err
}

func (r *reasoner) run(p program, rows frame.Bits, sink func(*worker, *batch, vec)) error {
	return r.engine.runOf(r.ctx, p, r.variable, r.table.Rows, rows, sink)
}

// ownChildren reports whether a loop goes over children of the rows, each of one row only, and its condition speaks of nothing else.
func (r *reasoner) ownChildren(n *expr.Node) bool {
	list := n.Args[0]
	for list.Op == expr.OpFilter || list.Op == expr.OpCall && (list.Name == "within" || list.Name == "since") {
		list = list.Args[0]
	}
	return list.Op == expr.OpChildren && list.Args[0].Op == expr.OpRecord && len(n.Args[1].Free) == 1 && n.Args[1].Free[0] == n.Var
}

// elements counts the reasons of a loop's first element for which the condition is unknown, for each row.
func (r *reasoner) elements(n *expr.Node, rows frame.Bits) error {
	list, err := r.bind(n.Args[0])
	inner := &reasoner{ctx: r.ctx, engine: r.engine, program: r.program, variable: n.Var, table: r.engine.data.Frame.Table(n.Args[0].Shape.Elem.Entity), counts: r.counts}
	var why *errNone
	if errors.As(err, &why) {
		return r.ask(n, rows)
	} else if err != nil {
		return err
	}
	all := frame.NewBits(inner.table.Rows)
	parts := make([][][]uint32, (r.table.Rows+block-1)/block) // goroutines that work at the same time are about rows of different blocks
	err = r.run(list, rows, func(_ *worker, b *batch, v vec) {
		part := &parts[b.vars[r.variable].at(0)/block]
		for i := range b.n {
			var list []uint32
			for at := v.lo[i]; at < v.hi[i]; at++ {
				list = append(list, v.row(at))
			}
			*part = append(*part, list)
		}
	})
	if err != nil {
		return err
	}
	lists := slices.Concat(parts...)
	for _, list := range lists {
		for _, row := range list {
			all.Add(int(row))
		}
	}
	unknown, err := inner.unknown(n.Args[1], all)
	if err != nil {
		return err
	}
	firsts := frame.NewBits(inner.table.Rows)
	for _, list := range lists {
		if i := slices.IndexFunc(list, func(row uint32) bool { return unknown.Has(int(row)) }); i >= 0 {
			firsts.Add(int(list[i]))
		}
	}
	return inner.why(n.Args[1], firsts)
}

// ask asks the reference for the reason, row by row.
func (r *reasoner) ask(n *expr.Node, rows frame.Bits) error {
	of, err := n.Reference(r.engine.data, []*frame.Table{r.table})
	if err != nil {
		return err
	}
	for row := range rows.Rows {
		_, err := of.Value(r.ctx, []uint32{uint32(row)})
		var unknown *expr.Unknown
		switch {
		case errors.As(err, &unknown):
			r.counts[unknown.What]++
		case err != nil:
			return err
		}
	}
	return nil
}
