package vector

import (
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// children are a record's children: where they stand in order, a run of rows, else rows of the relation's list.
type children struct {
	of   kernel
	rel  *frame.Relation
	pool []uint32 // nil where the i-th child of the relation is row i + shift
	plus uint32
}

func newChildren(of kernel, rel *frame.Relation) *children {
	if first, ok := rel.Run(); ok {
		return &children{of: of, rel: rel, plus: first}
	}
	return &children{of: of, rel: rel, pool: rel.Down}
}

func (k *children) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	out := vec{n: b.n, known: r.known, pool: k.pool}
	out.lo, out.hi = spans(w, k.rel.Start, r.rows, b.n, r.known)
	if k.pool != nil || k.plus == 0 {
		return out
	}
	out.lo, out.hi = shifted(w, out.lo, k.plus), shifted(w, out.hi, k.plus)
	return out
}

func shifted(w *worker, at []uint32, plus uint32) []uint32 {
	out := w.codes.take(len(at))
	for i, x := range at {
		out[i] = x + plus
	}
	return out
}

// row gives the row of an element of a list of records.
func (v *vec) row(element uint32) uint32 {
	if v.pool == nil {
		return element
	}
	return v.pool[element]
}

// after are the events of a list that come after a time. Lists of events stand in order of time, those without one first.
type after struct {
	list  kernel
	clock *column
	limit int64  // microseconds; everywhere the same, unless
	since kernel // the time
}

func (k *after) eval(w *worker, b *batch) vec {
	out := k.list.eval(w, b)
	limit, lo := k.limit, w.codes.take(b.n)
	var since vec
	if k.since != nil {
		since = k.since.eval(w, b)
		out.known = bothKnown(w, out.known, since.known)
	}
	for i := range lo {
		if k.since != nil {
			limit = since.ints[i]
		}
		lo[i] = k.first(out.pool, out.lo[i], out.hi[i], limit)
	}
	out.lo = lo
	return out
}

// first gives the first of the elements from lo to hi that is after the limit. Of most lists not even the last is.
func (k *after) first(pool []uint32, lo, hi uint32, limit int64) uint32 {
	if lo == hi || !k.later(pool, hi-1, limit) {
		return hi
	}
	for hi--; lo < hi; {
		if middle := lo + (hi-lo)/2; k.later(pool, middle, limit) {
			hi = middle
		} else {
			lo = middle + 1
		}
	}
	return lo
}

// later reports whether an element is after the limit.
func (k *after) later(pool []uint32, element uint32, limit int64) bool {
	if pool != nil {
		element = pool[element]
	}
	return k.clock.Ints[element] > limit && (k.clock.whole || k.clock.IsKnown(int(element)))
}

// quiet asks whether none of the events after a time counts as engagement.
type quiet struct {
	recent  kernel
	engaged frame.Bits
}

func (k *quiet) eval(w *worker, b *batch) vec {
	v := k.recent.eval(w, b)
	out := w.ones(b.n)
	for i := range b.n {
		for at := v.lo[i]; at < v.hi[i]; at++ {
			if k.engaged.Has(int(v.row(at))) {
				out[i>>6] &^= 1 << (i & 63)
				break
			}
		}
	}
	return condition(w, b.n, out, v.known)
}

// listSize counts the elements of lists.
type listSize struct{ of kernel }

func (k *listSize) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := vec{n: b.n, known: v.known, ints: w.ints.take(b.n)}
	for i := range out.ints {
		out.ints[i] = int64(v.hi[i] - v.lo[i])
	}
	return out
}

// listIndex is list[i].
type listIndex struct {
	list, index kernel
	elems       *column // of lists of values; nil for lists of records
}

func (k *listIndex) eval(w *worker, b *batch) vec {
	v, index := k.list.eval(w, b), k.index.eval(w, b)
	known := w.zeros(b.n)
	list := w.codes.take(b.n)
	for i := range list {
		list[i] = 0
		if at := index.ints[i]; v.isKnown(i) && index.isKnown(i) && at >= 0 && at < int64(v.hi[i]-v.lo[i]) {
			list[i] = v.row(v.lo[i] + uint32(at))
			known[i>>6] |= 1 << (i & 63)
		}
	}
	if k.elems != nil {
		return k.elems.load(w, rows{list: list}, b.n, known)
	}
	return vec{n: b.n, known: known, rows: rows{list: list}}
}

// elements gives the values of lists with where those of each place begin and end.
func (v *vec) elements(w *worker, elems *column) (values vec, lo, hi []uint32) {
	if v.elems != nil {
		return *v.elems, v.lo, v.hi
	}
	var list []uint32
	lo, hi = w.codes.take(v.n), w.codes.take(v.n)
	total := 0
	for i := range v.n {
		total += int(v.hi[i] - v.lo[i])
	}
	list = w.codes.take(total)[:0]
	for i := range v.n {
		lo[i] = uint32(len(list))
		for at := v.lo[i]; at < v.hi[i]; at++ {
			list = append(list, v.row(at))
		}
		hi[i] = uint32(len(list))
	}
	return elems.load(w, rows{list: list}, total, nil), lo, hi
}

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
