package frame

// What readers of whole blocks use, beside Append: a block's values of one column at once.

// Code gives the code of s, which the dictionary gets if it is new. s is copied then, so that it may point into a read buffer.
func (d *Dict) Code(s string) uint32 { return d.code(s) }

// Extend ends n rows whose values the caller has appended to the slice of c's kind: Bools, Ints, Doubles, or Codes of its Dict. Row i of
// them has a value if known has i; nil is all. Not for List and Map.
func (c *Column) Extend(n int, known Bits) {
	c.Known = append(c.Known, make(Bits, (c.rows+n+63)/64-len(c.Known))...)
	for i := 0; i < n; i += 64 {
		word := ^uint64(0)
		if known != nil {
			word = known[i/64]
		}
		if n-i < 64 {
			word &= 1<<(n-i) - 1
		}
		at, shift := (c.rows+i)/64, (c.rows+i)%64
		c.Known[at] |= word << shift
		if rest := word >> (64 - shift); shift > 0 && rest != 0 {
			c.Known[at+1] |= rest
		}
	}
	c.rows += n
}

// Drop takes rows out: row from+i if rows has i.
func (c *Column) Drop(from int, rows Bits) {
	kept := c.like()
	for r := from; r < c.rows; r++ {
		if !rows.Has(r - from) {
			kept.appendRow(c, r)
		}
	}
	c.replace(from, kept)
}
