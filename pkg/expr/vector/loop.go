package vector

import "math/bits"

// loop goes over the elements of lists: a condition or a value of each is evaluated for blocks of elements, whichever places they are of.
type loop struct {
	list     kernel
	variable int   // stands for the element
	outer    []int // the variables that the body speaks of beside it
}

// each visits the elements of all lists in their order: batches of them, with the place that each is of. What a visit takes from the worker is
// given back behind it.
func (l *loop) each(w *worker, b *batch, v *vec, visit func(sub *batch, owners []uint32)) {
	m := w.mark()
	owners, elements, n := w.codes.take(block), w.codes.take(block), 0
	isRun := v.pool == nil // the elements so far follow each other
	flush := func() {
		inner := w.mark()
		visit(l.batch(w, b, v, owners[:n], elements[:n], isRun), owners[:n])
		w.back(inner)
		n, isRun = 0, v.pool == nil
	}
	for i := range v.n {
		if !v.isKnown(i) {
			continue
		}
		for at, hi := v.lo[i], v.hi[i]; at < hi; {
			end := min(hi, at+uint32(block-n))
			isRun = isRun && (n == 0 || at == elements[n-1]+1)
			for ; at < end; at++ {
				owners[n], elements[n] = uint32(i), at
				n++
			}
			if n == block {
				flush()
			}
			if w.err != nil || n == 0 && stopped(w.ctx) { // what comes out is thrown away
				w.back(m)
				return
			}
		}
	}
	if n > 0 {
		flush()
	}
	w.back(m)
}

// batch makes the batch of elements.
func (l *loop) batch(w *worker, b *batch, v *vec, owners, elements []uint32, isRun bool) *batch {
	sub := &batch{n: len(owners), vars: make([]rows, max(len(b.vars), l.variable+1))}
	if isRun {
		sub.vars[l.variable] = rows{from: elements[0]}
	} else {
		list := w.codes.take(len(elements))
		for i, e := range elements {
			list[i] = v.row(e)
		}
		sub.vars[l.variable] = rows{list: list}
	}
	for _, o := range l.outer {
		list := w.codes.take(len(owners))
		for i, owner := range owners {
			list[i] = b.vars[o].at(int(owner))
		}
		sub.vars[o] = rows{list: list}
	}
	return sub
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
	kind uint8
}

const (
	exists uint8 = iota
	all
	existsOne
)

func (k *quantifier) eval(w *worker, b *batch) vec {
	v := k.list.eval(w, b)
	decided, doubt := w.zeros(b.n), w.zeros(b.n) // by one element; if no other decides it
	twice := w.zeros(b.n)
	k.each(w, b, &v, func(sub *batch, owners []uint32) {
		x := k.body.eval(w, sub)
		hits := x.truth
		if k.kind == all {
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
		switch k.kind {
		case exists:
			doubt[i] &^= decided[i]
		case all:
			doubt[i] &^= decided[i]
			decided[i] = ^decided[i] &^ doubt[i]
		case existsOne:
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

// mapped makes a value of each element, or of those for which the condition is known true. Where one of the values is unknown, the list is.
type mapped struct {
	loop
	when  kernel // nil for all elements
	value kernel
}

func (k *mapped) eval(w *worker, b *batch) vec {
	v := k.list.eval(w, b)
	out := vec{n: b.n, lo: w.codes.take(b.n), hi: w.codes.take(b.n)}
	counts, bad := w.codes.take(b.n), w.zeros(b.n)
	clear(counts)
	values := &collected{}
	k.each(w, b, &v, func(sub *batch, owners []uint32) {
		if k.when != nil {
			var places []uint32
			sub, places = sub.narrowed(w, k.when.eval(w, sub).truth)
			owners = picked(w, owners, places)
		}
		if sub.n == 0 {
			return
		}
		x := k.value.eval(w, sub)
		if x.truth != nil {
			x.known = knownTruth(w, x)
		}
		for i, owner := range owners {
			counts[owner]++
			if !x.isKnown(i) {
				bad[owner>>6] |= 1 << (owner & 63)
			}
		}
		values.add(&x)
	})
	at := uint32(0)
	for i, n := range counts {
		out.lo[i] = at
		at += n
		out.hi[i] = at
	}
	out.known, out.elems = without(w, v.known, bad, b.n), values.vec(w)
	return out
}

func picked(w *worker, from, places []uint32) []uint32 {
	out := w.codes.take(len(places))
	for i, p := range places {
		out[i] = from[p]
	}
	return out
}

// collected are the values of a list that a loop makes, put one behind the other.
type collected struct {
	n       int
	ints    []int64
	doubles []float64
	texts   []string
	bools   []bool
}

func (c *collected) add(v *vec) {
	c.n += v.n
	switch {
	case v.truth != nil:
		for i := range v.n {
			c.bools = append(c.bools, v.isTrue(i))
		}
	case v.ints != nil:
		c.ints = append(c.ints, v.ints[:v.n]...)
	case v.doubles != nil:
		c.doubles = append(c.doubles, v.doubles[:v.n]...)
	default:
		for i := range v.n {
			if v.isKnown(i) {
				c.texts = append(c.texts, v.text(i))
			} else {
				c.texts = append(c.texts, "")
			}
		}
	}
}

// vec gives the values. All those of lists that are known are known.
func (c *collected) vec(w *worker) *vec {
	out := &vec{n: c.n, ints: c.ints, doubles: c.doubles, texts: c.texts}
	if c.bools != nil {
		out.truth = packed(w, c.bools, rows{}, c.n, nil)
	}
	return out
}
