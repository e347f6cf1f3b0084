package frame

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"
)

// Bounds of what is decoded.
const (
	maxDepth   = 16      // of lists in lists
	maxColumns = 1 << 12 // fields and parents likewise
)

// errCut is the error of bytes that end too early.
var errCut = errors.New("decoding columns: the bytes end too early")

// Decode gives a builder of the table that [Encode] wrote, its rows in the same order. The columns lie in data, which must not change from
// then on. What is not such a table is an error, whatever the bytes, and takes no memory beyond what its size justifies: every value is
// checked to be one that a column may hold, and what is said to be sorted, to be so. That the dictionaries of columns other than keys hold no
// value twice is for the caller's checksum to say.
func Decode(data []byte) (*Builder, error) { return decode(&decoder{data: data}) }

// DecodeSealed is [Decode] for bytes that are known to be those that [Encode] of this program wrote, by a checksum over all of them. It checks
// no more than that they have the parts of a table, and touches no more of them, so that columns that nobody asks for need not be in memory.
// Bytes that are something else may make whoever uses the table panic.
func DecodeSealed(data []byte) (*Builder, error) { return decode(&decoder{data: data, sealed: true}) }

func decode(d *decoder) (*Builder, error) {
	b := d.builder()
	if d.err == nil && d.at != len(d.data) {
		d.fail("%d bytes are left", len(d.data)-d.at)
	}
	if d.err != nil {
		return nil, d.err
	}
	return b, nil
}

// decoder reads the parts of a table. After an error it reads nothing but zeros.
type decoder struct {
	data   []byte
	sealed bool // values are what Encode wrote
	at     int
	err    error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("decoding columns: "+format, args...)
	}
}

// take gives the next n bytes and goes on behind their padding.
func (d *decoder) take(n int) []byte {
	if d.err == nil && (n < 0 || n > len(d.data)-d.at) {
		d.err = errCut
	}
	if d.err != nil {
		return nil
	}
	b := d.data[d.at : d.at+n : d.at+n]
	d.at += n
	rest := padding(n)
	if rest > len(d.data)-d.at {
		d.err = errCut
		return nil
	}
	for _, zero := range d.data[d.at : d.at+rest] {
		if zero != 0 {
			d.fail("there is something between two blocks")
		}
	}
	d.at += rest
	return b
}

// number reads a number from 0 to limit.
func (d *decoder) number(limit int) int {
	b := d.take(8)
	if b == nil {
		return 0
	}
	n := binary.LittleEndian.Uint64(b)
	if n > uint64(limit) {
		d.fail("%d is more than there can be: %d", n, limit)
		return 0
	}
	return int(n)
}

// size reads a number of bytes that are there.
func (d *decoder) size() int { return d.number(len(d.data) - d.at) }

func (d *decoder) text() string {
	s := textOf(d.take(d.size()))
	if !d.sealed && !utf8.ValidString(s) {
		d.fail("text that is not UTF-8")
	}
	return s
}

// block reads a block of so many values of a size.
func (d *decoder) block(size, want int) []byte {
	n := d.size()
	if n != want {
		d.fail("a block has %d values, not %d", n, want)
	}
	return d.take(size * n)
}

// builder reads a whole table.
func (d *decoder) builder() *Builder {
	if string(d.take(len(magic))) != magic {
		d.fail("not a table of this version")
	}
	b := &Builder{Entity: d.text(), Time: d.text()}
	var columns []*Column
	for range d.number(maxColumns) {
		if d.err == nil {
			columns = append(columns, d.column())
		}
	}
	for range d.number(maxColumns) {
		if d.err == nil {
			b.Columns = append(b.Columns, d.place(columns, 1))
		}
	}
	if b.Key = d.place(columns, 0); b.Key != nil {
		var sum keysSum
		if copy(sum[:], d.take(len(sum))); d.sealed {
			b.sum = &sum
		}
	}
	for range d.number(maxColumns) {
		if d.err == nil {
			b.Parents = append(b.Parents, ParentLink{Entity: d.text(), Plural: d.text(), Keys: d.place(columns, 1)})
		}
		if d.err == nil {
			b.saved = append(b.saved, d.relation(columns[0].rows)) // of a parent's keys at the least
		}
	}
	if d.err == nil {
		d.check(b, columns)
	}
	if d.err == nil {
		b.spell()
	}
	return b
}

// spell makes the values of dictionaries that others may ask for: all but those of parents' keys.
func (b *Builder) spell() {
	for _, c := range b.Columns {
		c.spell()
	}
	if b.Key != nil {
		b.Key.spell()
	}
}

func (c *Column) spell() {
	if c.Dict != nil {
		c.Dict.spell()
	}
	if c.Elems != nil {
		c.Elems.spell()
	}
	if c.MapKeys != nil {
		c.MapKeys.spell()
	}
}

// place reads which column stands in a place; 0, where it is allowed, is none.
func (d *decoder) place(columns []*Column, least int) *Column {
	n := d.number(len(columns))
	if n < least {
		d.fail("a place without a column")
	}
	if n == 0 || d.err != nil {
		return nil
	}
	return columns[n-1]
}

// check checks what a table's columns are to each other.
func (d *decoder) check(b *Builder, columns []*Column) {
	for _, c := range columns {
		if c.rows != columns[0].rows {
			d.fail("columns of %d and %d rows", columns[0].rows, c.rows)
		}
	}
	if clock := b.clock(); clock != nil && clock.Type.Kind != Time {
		d.fail("the time is a %s", clock.Type)
	}
	for _, p := range b.Parents {
		d.ordered(p.Keys)
	}
	if b.Key == nil || d.err != nil {
		return
	}
	if d.ordered(b.Key); d.err == nil && !d.sealed && !b.Key.ascending() {
		d.fail("keys that are missing, or not in order")
	}
}

// ordered checks that the dictionary of a String column is sorted, without values that stand twice.
func (d *decoder) ordered(c *Column) {
	switch {
	case c.Type.Kind == String && d.sealed:
		c.Dict.sorted = true
	case c.Type.Kind != String || !c.Dict.checkOrder():
		d.fail("a column of keys that is not one")
	}
}

// column reads a column with its name and type.
func (d *decoder) column() *Column {
	name := d.text()
	of, _ := d.typ(0)
	c := NewColumn(name, of)
	if d.err == nil {
		d.values(c)
	}
	return c
}

// typ reads a type; of an error it makes the type of a scalar.
func (d *decoder) typ(depth int) (t Type, ok bool) {
	kind := Kind(d.number(int(Map)))
	if kind != List && kind != Map {
		return Type{Kind: kind}, d.err == nil
	}
	if depth >= maxDepth {
		d.fail("lists in lists in lists")
		return Type{}, false
	}
	elem, ok := d.typ(depth + 1)
	return Type{Kind: kind, Elem: &elem}, ok
}

// values reads what the rows of a column have.
func (d *decoder) values(c *Column) {
	c.rows = d.number(math.MaxInt32)
	c.Known = valuesOf[uint64](d.block(8, (c.rows+63)/64))
	if d.err != nil {
		return
	}
	if !d.sealed && !c.Known.within(c.rows) {
		d.fail("rows beyond the last are known")
	}
	switch c.Type.Kind {
	case Bool:
		c.Bools = d.bools(c.rows)
	case Int, Time:
		c.Ints = valuesOf[int64](d.block(8, c.rows))
	case Double:
		c.Doubles = valuesOf[float64](d.block(8, c.rows))
	case String:
		d.strings(c)
	case List, Map:
		d.elements(c)
	}
}

// bools reads a block of bools.
func (d *decoder) bools(n int) []bool {
	b := d.block(1, n)
	if !d.sealed && !flags(b) {
		d.fail("a bool is neither true nor false")
		return nil
	}
	return valuesOf[bool](b)
}

// strings reads the dictionary and the codes of a column.
func (d *decoder) strings(c *Column) {
	d.dict(c.Dict)
	c.Codes = valuesOf[uint32](d.block(4, c.rows))
	if n := c.Dict.size(); !d.sealed && (!below(c.Codes, uint32(max(n, 1))) || n == 0 && c.Known.Count() > 0) {
		d.fail("a code of no value")
	}
}

// dict reads a dictionary.
func (d *decoder) dict(to *Dict) {
	to.ends = valuesOf[uint32](d.take(4 * d.size()))
	to.block = d.text()
	if d.err == nil && !d.sealed && !to.whole() {
		d.fail("a dictionary whose values are not all of its text")
	}
}

// elements reads the elements of lists, or the entries of maps.
func (d *decoder) elements(c *Column) {
	c.Start = valuesOf[uint32](d.block(4, c.rows+1))
	if c.MapKeys != nil {
		d.values(c.MapKeys)
	}
	if d.err == nil {
		d.values(c.Elems)
	}
	if d.err != nil || d.sealed {
		return
	}
	if c.Start[0] != 0 || int(c.Start[c.rows]) != c.Elems.rows || !c.spans() {
		d.fail("elements of no row")
	}
	if c.MapKeys != nil && d.err == nil {
		d.entries(c)
	}
}

// spans reports whether the elements of each row follow those of the row before, and rows without a value have none.
func (c *Column) spans() bool {
	for row := range c.rows {
		if c.Start[row] > c.Start[row+1] || c.Start[row] < c.Start[row+1] && !c.IsKnown(row) {
			return false
		}
	}
	return true
}

// entries checks the keys of maps.
func (d *decoder) entries(c *Column) {
	keys := c.MapKeys
	if d.ordered(keys); d.err != nil {
		return
	}
	if keys.rows != c.Elems.rows || keys.Known.Count() != keys.rows {
		d.fail("entries of maps without a key or a value")
		return
	}
	for row := range c.rows {
		for i := c.Start[row] + 1; i < c.Start[row+1]; i++ {
			if keys.Codes[i-1] >= keys.Codes[i] {
				d.fail("keys of a map are not in order")
				return
			}
		}
	}
}

// ascending reports whether every row has a value and no code is less than, or as, that of the row before.
func (c *Column) ascending() bool {
	for row := 1; row < c.rows; row++ {
		if c.Codes[row-1] >= c.Codes[row] {
			return false
		}
	}
	return c.Known.Count() == c.rows
}
