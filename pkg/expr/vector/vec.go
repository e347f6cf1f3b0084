package vector

import "github.com/playctl/playctl/pkg/frame"

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

// knownOf gives the places at which a column has a value; nil for all. of are the places at which there is a row; nil for all.
func knownOf(w *worker, c *column, r rows, n int, of []uint64) []uint64 {
	if c.whole {
		return of
	}
	return bothKnown(w, bitsAt(w, c.Known, r, n), of)
}

// bitsAt gives the bits of rows.
func bitsAt(w *worker, set frame.Bits, r rows, n int) []uint64 {
	out := w.words.take(wordsFor(n))
	if r.list != nil {
		clear(out)
		for i, row := range r.list[:n] {
			if set.Has(int(row)) {
				out[i>>6] |= 1 << (i & 63)
			}
		}
		return out
	}
	first, shift := int(r.from>>6), r.from&63
	for k := range out {
		var word uint64
		if at := first + k; at < len(set) {
			word = set[at] >> shift
			if shift != 0 && at+1 < len(set) {
				word |= set[at+1] << (64 - shift)
			}
		}
		out[k] = word
	}
	clip(out, n)
	return out
}

// column is a frame's column with what kernels like to know of it.
type column struct {
	*frame.Column
	whole bool // every row has a value
}

func columnOf(c *frame.Column) *column {
	return &column{Column: c, whole: c.Known.Count() == c.Len()}
}

// load gives a column's values at rows; of are the places at which there is a row, nil for all.
func (c *column) load(w *worker, r rows, n int, of []uint64) vec {
	out := vec{n: n, known: knownOf(w, c, r, n, of)}
	switch c.Type.Kind {
	case frame.Bool:
		return condition(w, n, packed(w, c.Bools, r, n, of), out.known)
	case frame.Int, frame.Time:
		out.ints = gather(&w.ints, c.Ints, r, n, of)
	case frame.Double:
		out.doubles = gather(&w.doubles, c.Doubles, r, n, of)
	case frame.String:
		out.codes, out.dict = gather(&w.codes, c.Codes, r, n, of), c.Dict.Values
		if len(out.dict) == 0 {
			out.dict = noTexts
		}
	case frame.List:
		out.lo, out.hi = spans(w, c.Start, r, n, of)
	case frame.Map:
		out.rows = r
	}
	return out
}

// noTexts is the dictionary of a column without a value.
var noTexts = []string{""}

// gather gives values at rows: of a run where they are.
func gather[T any](a *arena[T], values []T, r rows, n int, of []uint64) []T {
	if r.list == nil {
		return values[r.from : int(r.from)+n]
	}
	out := a.take(n)
	if of != nil { // rows that are not there may have any number
		clear(out)
		for i := range frame.Bits(of).Rows {
			out[i] = values[r.list[i]]
		}
		return out
	}
	for i, row := range r.list[:n] {
		out[i] = values[row]
	}
	return out
}

// packed makes a bitmap of bools.
func packed(w *worker, values []bool, r rows, n int, of []uint64) []uint64 {
	out := w.zeros(n)
	if r.list == nil {
		for i, v := range values[r.from : int(r.from)+n] {
			out[i>>6] |= bit(v) << (i & 63)
		}
		return out
	}
	for i, row := range r.list[:n] {
		if (of == nil || of[i>>6]&(1<<(i&63)) != 0) && values[row] {
			out[i>>6] |= 1 << (i & 63)
		}
	}
	return out
}

// spans gives where the elements of rows begin and end.
func spans(w *worker, start []uint32, r rows, n int, of []uint64) (lo, hi []uint32) {
	if r.list == nil {
		return start[r.from : int(r.from)+n], start[r.from+1 : int(r.from)+n+1]
	}
	lo, hi = w.codes.take(n), w.codes.take(n)
	for i, row := range r.list[:n] {
		if of != nil && of[i>>6]&(1<<(i&63)) == 0 {
			lo[i], hi[i] = 0, 0
			continue
		}
		lo[i], hi[i] = start[row], start[row+1]
	}
	return lo, hi
}

// bit gives 1 for true, without a branch.
func bit(b bool) uint64 {
	var out uint64
	if b {
		out = 1
	}
	return out
}
