package sqlite

import (
	"hash/maphash"
)

// knownRows are rows that a connection has written since it last took any out of their table, so that they are there: by table, as hashes of 128 bits
// of their keys. Whatever is in doubt is not in it.
type knownRows map[string]map[[2]uint64]struct{}

// mostKnown is how many rows of a table are remembered, in some 30 MiB.
const mostKnown = 1 << 19

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// key gives the hash of the identity of the nth of some rows.
func (e *encoder) key(n, rows, cells int) (sum [2]uint64) {
	width := len(e.cells) / rows
	for i, seed := range seeds {
		var h maphash.Hash
		h.SetSeed(seed)
		for _, cell := range e.cells[n*width : n*width+cells] {
			maphash.WriteComparable(&h, cell.Value)
		}
		sum[i] = h.Sum64()
	}
	return sum
}

// all reports whether all rows that are encoded are known to be there. cells is how many of each make its identity.
func (w knownRows) all(table string, e *encoder, rows, cells int) bool {
	known := w[table]
	if len(known) == 0 {
		return false
	}
	for n := range rows {
		if _, there := known[e.key(n, rows, cells)]; !there {
			return false
		}
	}
	return true
}

// note notes the rows that are encoded, which were just written.
func (w knownRows) note(table string, e *encoder, rows, cells int) {
	if w == nil || len(w[table]) >= mostKnown {
		return
	}
	if w[table] == nil {
		w[table] = map[[2]uint64]struct{}{}
	}
	for n := range rows {
		w[table][e.key(n, rows, cells)] = struct{}{}
	}
}
