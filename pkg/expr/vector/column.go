package vector

import "github.com/playctl/playctl/pkg/frame"

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
