package vector

import (
	"time"

	"github.com/playctl/playctl/pkg/expr"
)

// listHas is value in list, for lists that differ from record to record.
type listHas struct {
	value, list kernel
	elems       *column // nil for lists that map made
	kind        expr.Kind
}

func (k *listHas) eval(w *worker, b *batch) vec {
	x, list := k.value.eval(w, b), k.list.eval(w, b)
	if k.kind == expr.KindBool {
		x.known = knownTruth(w, x)
	}
	known := bothKnown(w, x.known, list.known)
	values, lo, hi := list.elements(w, k.elems)
	out := w.zeros(b.n)
	for i := range b.n {
		if known != nil && known[i>>6]&(1<<(i&63)) == 0 {
			continue
		}
		for at := lo[i]; at < hi[i]; at++ {
			if k.same(&x, i, &values, int(at)) {
				out[i>>6] |= 1 << (i & 63)
				break
			}
		}
	}
	return condition(w, b.n, out, known)
}

func (k *listHas) same(x *vec, i int, y *vec, at int) bool {
	switch k.kind {
	case expr.KindString:
		return x.text(i) == y.text(at)
	case expr.KindDouble:
		return x.doubles[i] == y.doubles[at]
	case expr.KindBool:
		return x.isTrue(i) == y.isTrue(at)
	}
	return x.ints[i] == y.ints[at]
}

// inSet is value in a list that is written out.
type inSet[T comparable] struct {
	of     kernel
	values func(*worker, *vec) []T
	set    map[T]bool
}

func (k *inSet[T]) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := w.zeros(b.n)
	for i, x := range k.values(w, &v)[:b.n] {
		out[i>>6] |= bit(k.set[x]) << (i & 63)
	}
	return condition(w, b.n, out, v.known)
}

func bindIn(b *binder, n *expr.Node) (part, error) {
	x, list := n.Args[0], n.Args[1]
	if list.Shape.Kind == expr.KindMap {
		v, cost, err := b.mapValue(list, x)
		return part{&mapHas{v}, cost}, err
	}
	if v, ok := b.value(list); ok {
		values, _ := v.([]any)
		return b.inSet(x, values)
	}
	kind := x.Shape.Kind
	if list.Shape.Kind != expr.KindList || !x.Shape.Scalar() || list.Shape.Elem.Kind != kind {
		return none("in a list of what is no single value")
	}
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	elems, err := b.elemsOf(list)
	return part{&listHas{args[0], args[1], elems, kind}, cost + 4*perList}, err
}

// inSet makes the kernel of in over values that are written out.
func (b *binder) inSet(x *expr.Node, values []any) (part, error) {
	of, err := b.bind(x)
	if err != nil {
		return of, err
	}
	switch x.Shape.Kind {
	case expr.KindString:
		set, ok := setOf(values, func(v any) (string, bool) { s, ok := v.(string); return s, ok })
		if !ok {
			return none("in a list of several types")
		}
		return part{&textTest{of, func(s string) bool { return set[s] }}, of.cost + 20}, nil
	case expr.KindDouble:
		set, ok := setOf(values, func(v any) (float64, bool) { f, ok := v.(float64); return f, ok })
		k := &inSet[float64]{of, func(_ *worker, v *vec) []float64 { return v.doubles }, set}
		if !ok {
			return none("in a list of several types")
		}
		return part{k, of.cost + 10}, nil
	case expr.KindInt, expr.KindTime:
		set, ok := setOf(values, wholeOf)
		if !ok {
			return none("in a list of several types")
		}
		return part{&inSet[int64]{of, func(_ *worker, v *vec) []int64 { return v.ints }, set}, of.cost + 10}, nil
	}
	return none("in a list of such values")
}

// setOf makes a set of values of one type; not ok if there are others.
func setOf[T comparable](values []any, of func(any) (T, bool)) (map[T]bool, bool) {
	set := map[T]bool{}
	for _, v := range values {
		x, ok := of(v)
		if !ok {
			return nil, false
		}
		set[x] = true
	}
	return set, true
}

func wholeOf(v any) (int64, bool) {
	if t, ok := v.(time.Time); ok {
		return microsOf(t)
	}
	n, ok := v.(int64)
	return n, ok
}
