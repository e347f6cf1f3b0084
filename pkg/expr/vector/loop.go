package vector

import (
	"maps"
	"math/bits"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
)

// loop goes over the elements of lists: a condition or a value of each is evaluated for blocks of elements, whichever places they are of.
type loop struct {
	list     kernel
	variable int   // stands for the element
	outer    []int // the variables that the body speaks of beside it
}

// each visits the elements of all lists in their order: batches of them, with the place that each is of. What a visit takes from the worker is
// given back behind it. It ends early when the context does; what comes out then is thrown away.
func (l *loop) each(w *worker, b *batch, v *vec, visit func(sub *batch, owners []uint32)) {
	m := w.mark()
	defer w.back(m)
	if v.isRun() {
		l.eachOfRun(w, b, v, visit)
		return
	}
	owners, list, n := w.codes.take(block), w.codes.take(block), 0
	for i := range v.n {
		if !v.isKnown(i) {
			continue
		}
		for at, hi := v.lo[i], v.hi[i]; at < hi && w.err == nil; {
			for end := min(hi, at+uint32(block-n)); at < end; at++ {
				owners[n], list[n] = uint32(i), v.row(at)
				n++
			}
			if n == block {
				l.visit(w, b, rows{list: list}, owners, visit)
				n = 0
			}
		}
	}
	if n > 0 {
		l.visit(w, b, rows{list: list[:n]}, owners[:n], visit)
	}
}

// eachOfRun is each where the lists stand one behind the other.
func (l *loop) eachOfRun(w *worker, b *batch, v *vec, visit func(sub *batch, owners []uint32)) {
	owners, i := w.codes.take(block), 0
	for from, last := v.lo[0], v.hi[v.n-1]; from < last && w.err == nil; from += block {
		end := min(from+block, last)
		for at := from; at < end; i++ {
			for stop := min(v.hi[i], end); at < stop; at++ {
				owners[at-from] = uint32(i)
			}
			if v.hi[i] > end { // the next batch begins within this list
				break
			}
		}
		l.visit(w, b, rows{from: from}, owners[:end-from], visit)
	}
}

// isRun reports whether the lists of all places stand one behind the other in rows, and all are known.
func (v *vec) isRun() bool {
	if v.pool != nil || v.known != nil || v.n == 0 {
		return false
	}
	for i, lo := range v.lo[1:v.n] {
		if lo != v.hi[i] {
			return false
		}
	}
	return true
}

// visit makes the batch of elements and visits it.
func (l *loop) visit(w *worker, b *batch, elements rows, owners []uint32, visit func(sub *batch, owners []uint32)) {
	if stopped(w.ctx) {
		w.err = w.ctx.Err()
		return
	}
	m := w.mark()
	sub := &batch{n: len(owners), vars: make([]rows, max(len(b.vars), l.variable+1))}
	sub.vars[l.variable] = elements
	for _, o := range l.outer {
		list := w.codes.take(len(owners))
		for i, owner := range owners {
			list[i] = b.vars[o].at(int(owner))
		}
		sub.vars[o] = rows{list: list}
	}
	visit(sub, owners)
	w.back(m)
}

// markOwners marks the places of elements.
func markOwners(places, elements []uint64, owners []uint32) {
	for word, bits := range elements {
		for ; bits != 0; bits &= bits - 1 {
			owner := owners[word<<6+first(bits)]
			places[owner>>6] |= 1 << (owner & 63)
		}
	}
}

// first gives the number of the lowest bit that is set.
func first(word uint64) int { return bits.TrailingZeros64(word) }

// quantifier is exists, all or exists_one.
type quantifier struct {
	loop
	body kernel
	op   expr.Op
}

func (k *quantifier) eval(w *worker, b *batch) vec {
	v := k.list.eval(w, b)
	decided, doubt := w.zeros(b.n), w.zeros(b.n) // by one element; if no other decides it
	twice := w.zeros(b.n)
	k.each(w, b, &v, func(sub *batch, owners []uint32) {
		x := k.body.eval(w, sub)
		hits := x.truth
		if k.op == expr.OpAll {
			hits = falsity(w, x)
		}
		for word, bits := range hits {
			for ; bits != 0; bits &= bits - 1 {
				owner := owners[word<<6+first(bits)]
				at := uint64(1) << (owner & 63)
				twice[owner>>6] |= decided[owner>>6] & at
				decided[owner>>6] |= at
			}
		}
		markOwners(doubt, x.unknown, owners)
	})
	return k.verdict(w, b.n, decided, doubt, twice, v.known)
}

func (k *quantifier) verdict(w *worker, n int, decided, doubt, twice, known []uint64) vec {
	out := vec{n: n, truth: decided, unknown: doubt}
	for i := range decided {
		switch k.op {
		case expr.OpExists:
			doubt[i] &^= decided[i]
		case expr.OpAll:
			doubt[i] &^= decided[i]
			decided[i] = ^decided[i] &^ doubt[i]
		case expr.OpExistsOne:
			decided[i] &^= twice[i] | doubt[i]
		}
		if known != nil {
			decided[i] &= known[i]
			doubt[i] |= ^known[i]
		}
	}
	clip(decided, n)
	clip(doubt, n)
	return out
}

// filter keeps the elements for which the condition is known true.
type filter struct {
	loop
	body kernel
}

func (k *filter) eval(w *worker, b *batch) vec { return k.keep(w, b, nil) }

// keep filters. Where the condition is unknown for an element its place is marked in doubt, unless that is nil.
func (k *filter) keep(w *worker, b *batch, doubt []uint64) vec {
	v := k.list.eval(w, b)
	total := 0
	for i := range v.n {
		if v.isKnown(i) {
			total += int(v.hi[i] - v.lo[i])
		}
	}
	out := vec{n: b.n, known: v.known, lo: w.codes.take(b.n), hi: w.codes.take(b.n)}
	pool, counts := w.codes.take(max(total, 1))[:0], w.codes.take(b.n)
	clear(counts)
	k.each(w, b, &v, func(sub *batch, owners []uint32) {
		x := k.body.eval(w, sub)
		elements := sub.vars[k.variable]
		for word, bits := range x.truth {
			for ; bits != 0; bits &= bits - 1 {
				i := word<<6 + first(bits)
				pool = append(pool, elements.at(i))
				counts[owners[i]]++
			}
		}
		if doubt != nil {
			markOwners(doubt, x.unknown, owners)
		}
	})
	at := uint32(0)
	for i, n := range counts {
		out.lo[i] = at
		at += n
		out.hi[i] = at
	}
	out.pool = pool
	return out
}

// loop makes the kernel of a macro.
func (b *binder) loop(n *expr.Node) (part, error) {
	if values, ok := b.listed(n.Args[0]); ok {
		return b.unroll(n, values)
	}
	list, err := b.list(n.Args[0])
	if err != nil {
		return list, err
	}
	if n.Args[0].Op == expr.OpMap {
		return none("values that map made are not gone over again")
	}
	l := loop{list: list, variable: n.Var, outer: b.outerOf(n)}
	when, value, err := b.body(n)
	if err != nil {
		return part{}, err
	}
	cost := list.cost + perList*(3+when.cost+value.cost)
	switch n.Op {
	case expr.OpFilter:
		return part{&filter{l, when}, cost}, nil
	case expr.OpMap:
		if !n.Args[2].Shape.Scalar() {
			return none("map to what is no single value")
		}
		return part{&mapped{l, when.kernel, value}, cost}, nil
	}
	return part{&quantifier{l, when, n.Op}, cost}, nil
}

// body makes the kernels of a loop's condition and value, for its elements.
func (b *binder) body(n *expr.Node) (when, value part, err error) {
	list := n.Args[0]
	if list.Shape.Kind == expr.KindList && list.Shape.Elem.Kind == expr.KindRecord {
		around := b.tables
		b.tables = maps.Clone(around)
		b.tables[n.Var] = b.tableOf(list)
		defer func() { b.tables = around }()
	} else {
		elems, err := b.elemsOf(list)
		if err != nil {
			return when, value, err
		}
		b.over[n.Var] = over{list, elems}
		defer delete(b.over, n.Var)
	}
	if n.Args[1] != nil {
		if when, err = b.bind(n.Args[1]); err != nil {
			return when, value, err
		}
	}
	if n.Args[2] != nil {
		value, err = b.bind(n.Args[2])
	}
	return when, value, err
}

// outerOf gives the variables that a loop's body speaks of beside its own, but for those of loops that are unrolled.
func (b *binder) outerOf(n *expr.Node) []int {
	var out []int
	for _, body := range n.Args[1:] {
		if body != nil {
			out = append(out, body.Free...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(v int) bool { _, written := b.elements[v]; return v == n.Var || written })
}

// list makes the kernel of what a loop goes over: a list, or the keys of a map.
func (b *binder) list(n *expr.Node) (part, error) {
	p, err := b.bind(n)
	if err != nil || n.Shape.Kind != expr.KindMap {
		return p, err
	}
	c, err := b.mapColumn(n)
	return part{&mapKeys{p, c}, p.cost + 1}, err
}

// elemsOf gives the column of the elements of a list, or of the keys of a map; nil for a list that map makes.
func (b *binder) elemsOf(list *expr.Node) (*column, error) {
	for list.Op == expr.OpFilter {
		list = list.Args[0]
	}
	switch {
	case list.Op == expr.OpMap:
		return nil, nil
	case list.Op != expr.OpField:
		return nil, lacking("a list that is no field")
	}
	c := b.engine.column(b.tableOf(list.Args[0]), list.Name)
	if list.Shape.Kind == expr.KindMap {
		return b.engine.whole(c.MapKeys), nil
	}
	return b.engine.whole(c.Elems), nil
}

// perList is how many elements a list is taken to have, for what loops cost.
const perList = 4

// unrolled is how long a list that is written out may be for its loop to be unrolled.
const unrolled = 64

// unrolledWithin is how many copies of a body there may be of loops within each other.
const unrolledWithin = unrolled * unrolled
