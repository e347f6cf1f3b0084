package frame

import "hash/maphash"

// What readers of whole blocks use, beside Append: a block's values of one column at once.

// Codes appends the codes of texts, as Code gives them one after the other.
func (d *Dict) Codes(to []uint32, texts []string) []uint32 {
	d.room()
	var hashes [64]uint32
	for len(texts) > 0 {
		some := texts[:min(len(texts), len(hashes))]
		texts = texts[len(some):]
		if most := len(d.Values) + len(some); 3*most > 2*len(d.index) {
			d.resize(most)
		}
		for i, s := range some {
			hashes[i] = uint32(maphash.String(d.seed, s))
		}
		d.touch(hashes[:len(some)])
		for i, s := range some {
			to = append(to, d.codeOf(s, hashes[i]))
		}
	}
	return to
}

// touch loads what the look-up of each hash will look at. A large dictionary is not in the processor's caches: so it waits for all of it
// at once, and not for each by itself.
func (d *Dict) touch(hashes []uint32) {
	const small = 1 << 12
	if len(d.Values) < small {
		return
	}
	var values [64]string
	mask := uint32(len(d.index) - 1)
	for i, h := range hashes {
		if e := d.index[h&mask]; e.hash == h && e.next > 0 {
			values[i] = d.Values[e.next-1]
		}
	}
	sum := byte(0)
	for _, v := range values[:len(hashes)] {
		if len(v) > 0 {
			sum += v[0]
		}
	}
	d.touched += sum // so that it is not left out
}

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
