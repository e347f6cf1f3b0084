package vector

// vec is a node's values at the places of a batch. It may share memory with columns and is never written to by those who get it.
type vec struct {
	n int
	// known are the places whose value is known; nil for all. Of a condition it is unused.
	known []uint64

	truth, unknown []uint64  // conditions: no place is in both; unknown is nil for none
	ints           []int64   // int; time and duration in microseconds
	doubles        []float64 // double
	codes          []uint32  // string, as codes into dict
	dict           []string
	texts          []string // string, where dict is nil
	rows           rows     // records, and maps by the row of their column; at a place that is not known it is meaningless
	lo, hi         []uint32 // lists: the elements of each place, as indexes into pool or elems
	pool           []uint32 // rows of the elements, of lists of records; nil where lo and hi are rows
	elems          *vec     // elements of lists of values
}

// isKnown reports whether the value at a place is known.
func (v *vec) isKnown(i int) bool { return v.known == nil || v.known[i>>6]&(1<<(i&63)) != 0 }

// text gives the text at a place.
func (v *vec) text(i int) string {
	if v.dict != nil || v.texts == nil {
		return v.dict[v.codes[i]]
	}
	return v.texts[i]
}

// isTrue and isUnknown look at one place of a condition.
func (v *vec) isTrue(i int) bool { return v.truth[i>>6]&(1<<(i&63)) != 0 }

func (v *vec) isUnknown(i int) bool {
	return v.unknown != nil && v.unknown[i>>6]&(1<<(i&63)) != 0
}

// bothKnown gives the places that are known in two values; nil for all.
func bothKnown(w *worker, a, b []uint64) []uint64 {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := w.words.take(len(a))
	for i := range out {
		out[i] = a[i] & b[i]
	}
	return out
}

// condition makes a condition of the places for which something holds, where it is known: holds may hold more.
func condition(w *worker, n int, holds, known []uint64) vec {
	out := vec{n: n, truth: holds}
	if known == nil {
		return out
	}
	out.truth, out.unknown = w.words.take(len(holds)), w.words.take(len(holds))
	for i := range holds {
		out.truth[i] = holds[i] & known[i]
		out.unknown[i] = ^known[i]
	}
	clip(out.unknown, n)
	return out
}

// bit gives 1 for true, without a branch.
func bit(b bool) uint64 {
	var out uint64
	if b {
		out = 1
	}
	return out
}
