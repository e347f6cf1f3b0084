package frame

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Bounds of what is decoded.
const (
	maxDepth   = 16      // of lists in lists
	maxColumns = 1 << 12 // fields and parents likewise
)

// errCut is the error of bytes that end too early.
var errCut = errors.New("decoding columns: the bytes end too early")

// Decode gives a builder of the table that [Encode] wrote, its rows in the same order. The columns lie in data, which must not change from
// then on. Data must be known to be what Encode of this program wrote, by a checksum over all of it that the caller has checked: no more is looked
// at than where the parts of a table are, so that columns that nobody asks for need not be in memory. What has no such parts is an error. Bytes
// that have them and are something else may make Decode, and whoever uses the table, panic.
func Decode(data []byte) (*Builder, error) {
	d := &decoder{data: data}
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
	data []byte
	at   int
	err  error
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

func (d *decoder) text() string { return textOf(d.take(d.size())) }

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
		b.sum = &keysSum{}
		copy(b.sum[:], d.take(len(b.sum)))
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
	if b.Key != nil {
		d.ordered(b.Key)
	}
}

// ordered notes that the dictionary of a String column is sorted, without values that stand twice: that of keys is.
func (d *decoder) ordered(c *Column) {
	if c.Type.Kind != String {
		d.fail("a column of keys that is not one")
		return
	}
	c.Dict.sorted = true
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
	switch c.Type.Kind {
	case Bool:
		c.Bools = valuesOf[bool](d.block(1, c.rows))
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

// strings reads the dictionary and the codes of a column.
func (d *decoder) strings(c *Column) {
	d.dict(c.Dict)
	c.Codes = valuesOf[uint32](d.block(4, c.rows))
}

// dict reads a dictionary.
func (d *decoder) dict(to *Dict) {
	to.ends = valuesOf[uint32](d.take(4 * d.size()))
	to.block = d.text()
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
}
