package vector

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// Slow is a part of an expression that cel-go evaluates, row by row.
type Slow struct {
	Program *expr.Program // that it is a part of
	Text    string        // as it is written
	Why     string        // that it has no kernel: "reverse has no kernel"
}

// evaluable reports whether cel-go can evaluate a node on its own: a single value whose variables all stand for records. A time or a duration that
// cel-go makes may be finer than microseconds.
func (b *binder) evaluable(n *expr.Node) bool {
	if !n.Shape.Scalar() || n.Shape.Kind == expr.KindTime || n.Shape.Kind == expr.KindDuration || b.leaf != "" {
		return false
	}
	for _, v := range n.Free {
		if b.tables[v] == nil {
			return false
		}
	}
	return true
}

// referenceCost is what cel-go takes for one place, in nanoseconds, roughly.
const referenceCost = 1500

// reference makes the kernel that asks cel-go.
func (b *binder) reference(n *expr.Node, why string) (part, error) {
	if !slices.ContainsFunc(b.slow, func(s Slow) bool { return s.Text == n.Text() }) {
		b.slow = append(b.slow, Slow{b.program, n.Text(), why})
	}
	k := &reference{node: n, data: b.engine.data, slot: b.slots}
	for _, v := range n.Free {
		k.tables = append(k.tables, b.tables[v])
	}
	b.slots++
	return part{k, referenceCost}, nil
}

// reference is a node that cel-go evaluates, place by place.
type reference struct {
	node   *expr.Node
	data   *expr.Data
	tables []*frame.Table // of the node's free variables
	slot   int
}

func (k *reference) eval(w *worker, b *batch) vec {
	out, bad := k.empty(w, b.n), w.zeros(b.n)
	of, err := k.evaluator(w)
	at := make([]uint32, len(k.tables))
	for i := 0; i < b.n && w.err == nil; i++ {
		for j, v := range k.node.Free {
			at[j] = b.vars[v].at(i)
		}
		var value any
		if err == nil {
			value, err = of.Value(w.ctx, at)
		}
		if err == nil && !fits(value, k.node.Shape) { // what has no one type is left to the node around
			err = fmt.Errorf("%s is %v, which is of another type than was checked", k.node.Text(), value)
		}
		if !k.set(&out, i, value, err) {
			bad[i>>6] |= 1 << (i & 63)
		}
		err = w.note(err)
	}
	if k.node.Shape.Kind == expr.KindBool {
		out.unknown = bad
		return out
	}
	out.known = without(w, nil, bad, b.n)
	return out
}

// evaluator gives the worker's own evaluator, made once.
func (k *reference) evaluator(w *worker) (*expr.Reference, error) {
	if r, ok := w.slots[k.slot].(*expr.Reference); ok {
		return r, nil
	}
	r, err := k.node.Reference(k.data, k.tables)
	w.slots[k.slot] = r
	return r, err
}

func (k *reference) empty(w *worker, n int) vec {
	out := vec{n: n}
	switch k.node.Shape.Kind {
	case expr.KindBool:
		out.truth = w.zeros(n)
	case expr.KindDouble:
		out.doubles = w.doubles.take(n)
	case expr.KindString:
		out.texts = w.texts.take(n)
		clear(out.texts)
	default:
		out.ints = w.ints.take(n)
	}
	return out
}

// set puts a value into its place, and reports whether it is known.
func (k *reference) set(out *vec, i int, value any, err error) bool {
	if err != nil {
		return false
	}
	switch v := value.(type) {
	case bool:
		out.truth[i>>6] |= bit(v) << (i & 63)
	case int64:
		out.ints[i] = v
	case float64:
		out.doubles[i] = v
	case string:
		out.texts[i] = v
	}
	return true
}

// note keeps an error that means more than that a value is unknown; the evaluation ends with it.
func (w *worker) note(err error) error {
	var unknown *expr.Unknown
	if err != nil && !errors.As(err, &unknown) {
		w.err = err
	}
	return nil
}

// stopped reports whether the run's context has ended.
func stopped(ctx context.Context) bool { return ctx.Err() != nil }
