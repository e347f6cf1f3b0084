package frame

import "math/bits"

// Bits is a set of row numbers as a bitmap: bit i of word i/64. Its length is fixed when it is made; rows past it are not in it.
type Bits []uint64

// NewBits gives an empty set over n rows.
func NewBits(n int) Bits { return make(Bits, (n+63)/64) }

// Has reports whether row i is in the set.
func (b Bits) Has(i int) bool { return i>>6 < len(b) && b[i>>6]&(1<<(i&63)) != 0 }

// Add puts row i, which must be below the length, into the set.
func (b Bits) Add(i int) { b[i>>6] |= 1 << (i & 63) }

// Remove takes row i out of the set.
func (b Bits) Remove(i int) { b[i>>6] &^= 1 << (i & 63) }

// Count gives how many rows are in the set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Rows gives the rows in the set in ascending order, for range loops.
func (b Bits) Rows(yield func(int) bool) {
	for i, w := range b {
		for w != 0 {
			if !yield(i<<6 + bits.TrailingZeros64(w)) {
				return
			}
			w &= w - 1
		}
	}
}

// Verdict is a predicate's value for every row of a table in three-valued logic. A row is in at most one of the two sets; in neither it is
// known false.
type Verdict struct {
	True    Bits
	Unknown Bits
}

// NewVerdict gives a verdict that is known false for n rows.
func NewVerdict(n int) Verdict { return Verdict{True: NewBits(n), Unknown: NewBits(n)} }
