package vector

import (
	"sync"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// worthSharing is what a value must cost, in nanoseconds, to be kept for others that ask for it.
const worthSharing = 8

// shared makes the kernel of a node, which keeps its values where several expressions of the run have the node in common. Values are computed for
// the rows that are asked for, once for each.
func (b *binder) shared(n *expr.Node) (part, error) {
	if len(n.Free) != 1 || n.Free[0] != 0 || b.leaf != "" || len(b.elements) > 0 || !n.Shape.Scalar() || n.Shape.Kind == expr.KindString {
		return b.kernel(n)
	}
	key, around := b.program.Scope.Self+n.Key, b.around
	common := b.engine.uses[key] > max(1, around) // else it is only asked for by what keeps its own values
	if common {
		b.around = b.engine.uses[key]
	}
	p, err := b.kernel(n)
	b.around = around
	if err != nil || !common || p.cost < worthSharing {
		return p, err
	}
	store := b.engine.stores[key]
	if store == nil {
		store = &values{}
		b.engine.stores[key] = store
	}
	return part{&kept{of: p, values: store, rows: b.tables[0].Rows, kind: n.Shape.Kind}, p.cost}, nil
}

// values are what is known of a node so far, by row of its entity's table. Goroutines that work at the same time are about rows of different blocks.
type values struct {
	once    sync.Once
	asked   frame.Bits
	known   frame.Bits // conditions: those known
	truth   frame.Bits
	ints    []int64
	doubles []float64
}

func (v *values) make(rows int, kind expr.Kind) {
	v.asked, v.known = frame.NewBits(rows), frame.NewBits(rows)
	switch kind {
	case expr.KindBool:
		v.truth = frame.NewBits(rows)
	case expr.KindDouble:
		v.doubles = make([]float64, rows)
	default:
		v.ints = make([]int64, rows)
	}
}

// kept is a node whose values are kept.
type kept struct {
	of     kernel
	values *values
	rows   int
	kind   expr.Kind
}

func (k *kept) eval(w *worker, b *batch) vec {
	k.values.once.Do(func() { k.values.make(k.rows, k.kind) })
	r := b.vars[0]
	open := bitsAt(w, k.values.asked, r, b.n)
	for i := range open {
		open[i] = ^open[i]
	}
	clip(open, b.n)
	switch n := countBits(open); {
	case n == b.n:
		k.keep(w, r, k.of.eval(w, b))
	case n > 0:
		sub, _ := b.narrowed(w, open)
		k.keep(w, sub.vars[0], k.of.eval(w, sub))
	}
	known := bitsAt(w, k.values.known, r, b.n)
	if k.kind == expr.KindBool {
		return condition(w, b.n, bitsAt(w, k.values.truth, r, b.n), known)
	}
	out := vec{n: b.n, known: known}
	if k.kind == expr.KindDouble {
		out.doubles = gather(&w.doubles, k.values.doubles, r, b.n, nil)
	} else {
		out.ints = gather(&w.ints, k.values.ints, r, b.n, nil)
	}
	return out
}

// keep keeps the values of rows, unless evaluating them was broken off.
func (k *kept) keep(w *worker, r rows, v vec) {
	if w.err != nil {
		return
	}
	for i := range v.n {
		row := int(r.at(i))
		k.values.asked.Add(row)
		switch {
		case k.kind == expr.KindBool:
			if v.isTrue(i) {
				k.values.truth.Add(row)
			}
			if !v.isUnknown(i) {
				k.values.known.Add(row)
			}
			continue
		case k.kind == expr.KindDouble:
			k.values.doubles[row] = v.doubles[i]
		default:
			k.values.ints[row] = v.ints[i]
		}
		if v.isKnown(i) {
			k.values.known.Add(row)
		}
	}
}
