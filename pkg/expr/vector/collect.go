package vector

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
