package frame

import (
	"hash/maphash"
	"slices"
	"strings"
)

// Dict is the distinct strings of a column. Codes index Values. A dictionary may hold strings that no row has: those of rows that were
// taken back. The zero value is empty.
type Dict struct {
	Values []string

	sorted bool // the values are known to be in order, each once

	// As Decode finds it: all values one behind the other, and where each ends. Values are only made of it where somebody may ask for them: each
	// takes 16 bytes, and time.
	block string
	ends  []uint32

	// While building: an open-addressed table of the values by hash, its size a power of two, and the memory that the values lie in.
	// A Go map would hash every string again whenever it grows, and hold each string's header twice.
	index []entry
	seed  maphash.Seed
	text  strings.Builder

	touched byte // see touch
}

// entry is a place in a dictionary's index: the value's hash, and its code plus one, so that zero is free.
type entry struct{ hash, next uint32 }

// chunk is how many bytes of values share one allocation.
const chunk = 64 << 10

// find gives the code of s. Once room was called it changes nothing, so that several goroutines may ask.
func (d *Dict) find(s string) (code uint32, ok bool) {
	if d.size() == 0 {
		return 0, false
	}
	d.room()
	at, ok := d.probe(s, uint32(maphash.String(d.seed, s)))
	return d.index[at].next - 1, ok
}

// Code gives the code of s, which the dictionary gets if it is new. s is copied then, so that it may point into a read buffer.
func (d *Dict) Code(s string) uint32 {
	d.room()
	return d.codeOf(s, uint32(maphash.String(d.seed, s)))
}

// codeOf does so for a string whose hash is known, where room was called before.
func (d *Dict) codeOf(s string, hash uint32) uint32 {
	at, ok := d.probe(s, hash)
	if !ok {
		if len(d.Values) == cap(d.Values) {
			d.Values = slices.Grow(d.Values, len(d.Values)+16) // append alone grows by a quarter, and copies more
		}
		d.Values = append(d.Values, d.keep(s))
		d.sorted = false
		d.index[at] = entry{hash: hash, next: uint32(len(d.Values))}
	}
	return d.index[at].next - 1
}

// size gives how many values there are.
func (d *Dict) size() int { return max(len(d.Values), len(d.ends)) }

// at gives the value of a code.
func (d *Dict) at(code uint32) string {
	if len(d.Values) > 0 {
		return d.Values[code]
	}
	from := uint32(0)
	if code > 0 {
		from = d.ends[code-1]
	}
	return d.block[from:d.ends[code]]
}

// spell makes Values of a dictionary that was decoded.
func (d *Dict) spell() {
	if len(d.ends) == 0 {
		return
	}
	values := make([]string, len(d.ends))
	from := uint32(0)
	for i, end := range d.ends {
		values[i] = d.block[from:end]
		from = end
	}
	d.Values, d.ends, d.block = values, nil, ""
}

// probe gives the place of s in the index, or the free one where it belongs.
func (d *Dict) probe(s string, hash uint32) (at uint32, ok bool) {
	mask := uint32(len(d.index) - 1)
	for at = hash & mask; d.index[at].next != 0; at = (at + 1) & mask {
		if d.index[at].hash == hash && d.Values[d.index[at].next-1] == s {
			return at, true
		}
	}
	return at, false
}

// room makes sure that the index holds every value and has a place for one more, two thirds of it being full at the most.
func (d *Dict) room() {
	if len(d.index) == 0 {
		d.spell()
		d.seed = maphash.MakeSeed()
		d.index = make([]entry, 16)
		for code, s := range d.Values {
			d.grow()
			d.insert(entry{hash: uint32(maphash.String(d.seed, s)), next: uint32(code) + 1})
		}
	}
	d.grow()
}

// grow enlarges the index when it is too full for one more value.
func (d *Dict) grow() {
	if 3*(len(d.Values)+1) > 2*len(d.index) {
		d.resize(len(d.Values) + 1)
	}
}

// reserve makes room for n more values.
func (d *Dict) reserve(n int) {
	d.room()
	d.Values = slices.Grow(d.Values, n)
	d.resize(len(d.Values) + n)
}

// resize makes the index large enough for so many values. They are not hashed again.
func (d *Dict) resize(values int) {
	old := d.index
	size := len(old)
	for 3*values > 2*size {
		size *= 2
	}
	d.index = make([]entry, size)
	for _, e := range old {
		if e.next != 0 {
			d.insert(e)
		}
	}
}

// insert puts an entry of a value that is not in the index into the first free place.
func (d *Dict) insert(e entry) {
	mask := uint32(len(d.index) - 1)
	at := e.hash & mask
	for d.index[at].next != 0 {
		at = (at + 1) & mask
	}
	d.index[at] = e
}

// keep copies s next to the values before it: one allocation for many short strings.
func (d *Dict) keep(s string) string {
	if len(s) > chunk/8 {
		return strings.Clone(s)
	}
	if d.text.Len()+len(s) > d.text.Cap() {
		size := min(max(2*d.text.Cap(), 512), chunk)
		d.text = strings.Builder{}
		d.text.Grow(max(size, len(s)))
	}
	from := d.text.Len()
	d.text.WriteString(s)
	return d.text.String()[from:]
}

// forget drops what only building needs.
func (d *Dict) forget() { d.index, d.text = nil, strings.Builder{} }
