package vector

import (
	"math"

	"github.com/playctl/playctl/pkg/expr"
)

// fold makes one value of each list of values: sum, avg, min or max. How is by kind of element; not ok is unknown.
type fold struct {
	list    kernel
	elems   *column // of list columns; nil for lists that map made
	ints    func([]int64) (int64, bool)
	doubles func([]float64) (float64, bool)
	mean    func([]int64) (float64, bool) // a double of ints
	texts   func(v *vec, lo, hi int) (string, bool)
}

func (k *fold) eval(w *worker, b *batch) vec {
	list := k.list.eval(w, b)
	values, lo, hi := list.elements(w, k.elems)
	out, bad := vec{n: b.n}, w.zeros(b.n)
	k.make(w, &out)
	for i := range b.n {
		if list.isKnown(i) && !k.one(&out, i, &values, int(lo[i]), int(hi[i])) {
			bad[i>>6] |= 1 << (i & 63)
		}
	}
	out.known = without(w, list.known, bad, b.n)
	return out
}

func (k *fold) make(w *worker, out *vec) {
	switch {
	case k.ints != nil:
		out.ints = w.ints.take(out.n)
		clear(out.ints)
	case k.texts != nil:
		out.texts = w.texts.take(out.n)
		clear(out.texts)
	default:
		out.doubles = w.doubles.take(out.n)
		clear(out.doubles)
	}
}

// one folds the list of one place and reports whether the value is known.
func (k *fold) one(out *vec, i int, values *vec, lo, hi int) (ok bool) {
	switch {
	case k.ints != nil:
		out.ints[i], ok = k.ints(values.ints[lo:hi])
	case k.mean != nil:
		out.doubles[i], ok = k.mean(values.ints[lo:hi])
	case k.doubles != nil:
		out.doubles[i], ok = k.doubles(values.doubles[lo:hi])
	default:
		out.texts[i], ok = k.texts(values, lo, hi)
	}
	return ok
}

// newFold gives the fold of a name over elements of a kind; nil if there is none.
func newFold(name string, kind expr.Kind) *fold {
	whole := kind == expr.KindInt || kind == expr.KindTime
	switch {
	case name == "sum" && kind == expr.KindInt:
		return &fold{ints: sumInts}
	case name == "sum" && kind == expr.KindDouble:
		return &fold{doubles: func(v []float64) (float64, bool) { return sumDoubles(v), true }}
	case name == "avg" && kind == expr.KindInt:
		return &fold{mean: meanOfInts}
	case name == "avg" && kind == expr.KindDouble:
		return &fold{doubles: func(v []float64) (float64, bool) { return sumDoubles(v) / float64(len(v)), len(v) > 0 }}
	case name == "min" && whole:
		return &fold{ints: func(v []int64) (int64, bool) { return extreme(v, func(a, b int64) bool { return a < b }) }}
	case name == "max" && whole:
		return &fold{ints: func(v []int64) (int64, bool) { return extreme(v, func(a, b int64) bool { return a > b }) }}
	case name == "min" && kind == expr.KindDouble:
		return &fold{doubles: func(v []float64) (float64, bool) { return extremeDouble(v, func(a, b float64) bool { return a < b }) }}
	case name == "max" && kind == expr.KindDouble:
		return &fold{doubles: func(v []float64) (float64, bool) { return extremeDouble(v, func(a, b float64) bool { return a > b }) }}
	case name == "min" && kind == expr.KindString:
		return &fold{texts: extremeText(func(a, b string) bool { return a < b })}
	case name == "max" && kind == expr.KindString:
		return &fold{texts: extremeText(func(a, b string) bool { return a > b })}
	}
	return nil
}

func sumInts(values []int64) (sum int64, ok bool) {
	for _, v := range values {
		if sum, ok = addInts(sum, v); !ok {
			return 0, false
		}
	}
	return sum, true
}

func sumDoubles(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum
}

func meanOfInts(values []int64) (float64, bool) {
	sum := 0.0
	for _, v := range values {
		sum += float64(v)
	}
	return sum / float64(len(values)), len(values) > 0
}

// extreme gives the first of the values that no other beats.
func extreme[T any](values []T, beats func(a, b T) bool) (best T, ok bool) {
	if len(values) == 0 {
		return best, false
	}
	best = values[0]
	for _, v := range values[1:] {
		if beats(v, best) {
			best = v
		}
	}
	return best, true
}

// extremeDouble is unknown where NaN would have to be ordered.
func extremeDouble(values []float64, beats func(a, b float64) bool) (float64, bool) {
	if len(values) > 1 {
		for _, v := range values {
			if math.IsNaN(v) {
				return 0, false
			}
		}
	}
	return extreme(values, beats)
}

func extremeText(beats func(a, b string) bool) func(v *vec, lo, hi int) (string, bool) {
	return func(v *vec, lo, hi int) (string, bool) {
		if lo == hi {
			return "", false
		}
		best := v.text(lo)
		for i := lo + 1; i < hi; i++ {
			if t := v.text(i); beats(t, best) {
				best = t
			}
		}
		return best, true
	}
}

func bindFold(b *binder, n *expr.Node) (part, error) {
	list := n.Args[0]
	of, err := b.bind(list)
	if err != nil {
		return of, err
	}
	if list.Shape.Kind != expr.KindList {
		return none("%s of such a value has no kernel", n.Name)
	}
	k := newFold(n.Name, list.Shape.Elem.Kind)
	if k == nil {
		return none("%s of such values has no kernel", n.Name)
	}
	k.list = of
	if k.elems, err = b.elemsOf(list); err != nil {
		return part{}, err
	}
	return part{k, of.cost + 2*perList}, nil
}
