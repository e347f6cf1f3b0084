package frame

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
)

// magic begins every encoded table. Its last byte is the version of the layout:
//
//	magic, entity, name of the time column
//	the distinct columns: how many, and each with its name, type, number of rows, known rows and values
//	the fields, the key and the parents, as numbers of columns: a column may stand in several places
//	with the key the sum of all keys, with each parent how the rows are related to it, and the sum of its keys
//
// A number takes eight bytes, the lowest first. A text is its length and its bytes. A block of values is their number and the values, as they
// stand in memory. Everything begins at a multiple of eight bytes, so that [Decode] uses blocks where they lie.
//
// The dictionaries of keys, of parents' keys and of the keys of maps are sorted, so that their codes order rows as their texts do. The others
// stand in the order in which the rows first use them. No dictionary has a value twice, or one that no row has.
const magic = "columns\x01"

// errTooLong is why a table can't be encoded.
var errTooLong = errors.New("a column has more than 4 GiB of distinct text")

// Encode writes a table as it stands, with what relates it to its parents. The same records of the same parents give the same bytes, in
// whatever order they were read. An error is one of w, or says that the table is too large.
func Encode(w io.Writer, t *Table) error {
	e := &encoder{w: bufio.NewWriterSize(w, chunk), sorted: map[*Column]bool{}}
	for c := range t.keyColumns {
		e.sorted[c] = true
	}
	e.raw([]byte(magic))
	e.text(t.Entity)
	clock := ""
	if t.time >= 0 {
		clock = t.Columns[t.time].Name
	}
	e.text(clock)
	columns := t.distinct()
	e.number(len(columns))
	for _, c := range columns {
		e.column(c)
	}
	place := func(c *Column) { e.number(slices.Index(columns, c) + 1) } // 0 for none
	e.number(len(t.Columns))
	for _, c := range t.Columns {
		place(c)
	}
	place(t.keys)
	if t.keys != nil {
		sum := t.sum()
		e.raw(sum[:])
	}
	e.number(len(t.parents))
	for _, r := range t.parents {
		e.text(r.Parent.Entity)
		e.text(r.Plural)
		place(r.Keys)
		e.relation(r)
	}
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

// keyColumns yields the key and the parents' keys.
func (t *Table) keyColumns(yield func(*Column) bool) {
	for _, r := range t.parents {
		if !yield(r.Keys) {
			return
		}
	}
	if t.keys != nil {
		yield(t.keys)
	}
}

// distinct gives every column of a table once.
func (t *Table) distinct() []*Column {
	columns := slices.Clone(t.Columns)
	for c := range t.keyColumns {
		if !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	return columns
}

// encoder writes the parts of a table. After an error it writes nothing.
type encoder struct {
	w      *bufio.Writer
	sorted map[*Column]bool // columns whose dictionary is written in order
	err    error
}

func (e *encoder) raw(b []byte) {
	if e.err == nil {
		_, e.err = e.w.Write(b)
	}
}

// pad fills up to a multiple of eight behind n bytes.
func (e *encoder) pad(n int) { e.raw(make([]byte, 8)[:padding(n)]) }

func (e *encoder) number(n int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	e.raw(b[:])
}

func (e *encoder) text(s string) {
	e.number(len(s))
	e.raw([]byte(s))
	e.pad(len(s))
}

// block writes values and how many they are.
func block[T fixed](e *encoder, values []T) {
	raw := bytesOf(values)
	e.number(len(values))
	e.raw(raw)
	e.pad(len(raw))
}

// column writes a column with its name and type.
func (e *encoder) column(c *Column) {
	e.text(c.Name)
	for of := &c.Type; of != nil; of = of.Elem {
		e.number(int(of.Kind))
	}
	e.values(c)
}

// values writes what the rows of a column have.
func (e *encoder) values(c *Column) {
	e.number(c.rows)
	block(e, c.Known[:(c.rows+63)/64])
	switch c.Type.Kind {
	case Bool:
		block(e, c.Bools)
	case Int, Time:
		block(e, c.Ints)
	case Double:
		block(e, c.Doubles)
	case String:
		e.strings(c)
	case List:
		block(e, c.Start)
		e.values(c.Elems)
	case Map:
		e.sorted[c.MapKeys] = true
		block(e, c.Start)
		e.values(c.MapKeys)
		e.values(c.Elems)
	}
}

// strings writes the dictionary and the codes of a column.
func (e *encoder) strings(c *Column) {
	order, code := c.used()
	if e.sorted[c] {
		inOrderOf(order, code, c.Dict)
	}
	e.dict(c.Dict, order)
	e.number(c.rows)
	part := make([]uint32, 0, 16<<10)
	for row := range c.rows {
		n := uint32(0)
		if c.IsKnown(row) {
			n = code[c.Codes[row]]
		}
		if part = append(part, n); len(part) == cap(part) || row == c.rows-1 {
			e.raw(bytesOf(part))
			part = part[:0]
		}
	}
	e.pad(4 * c.rows)
}

// used gives the codes that rows have in the order in which they first appear, and the place of each in that order.
func (c *Column) used() (order, place []uint32) {
	const unseen = math.MaxUint32
	place = slices.Repeat([]uint32{unseen}, c.Dict.size())
	for row := range c.rows {
		if code := c.Codes[row]; c.IsKnown(row) && place[code] == unseen {
			place[code] = uint32(len(order))
			order = append(order, code)
		}
	}
	return order, place
}

// inOrderOf sorts codes by their texts, and notes the new place of each.
func inOrderOf(order, place []uint32, d *Dict) {
	byText := func(a, b uint32) int { return strings.Compare(d.at(a), d.at(b)) }
	if slices.IsSortedFunc(order, byText) {
		return
	}
	sortByText(order, d.at)
	for i, code := range order {
		place[code] = uint32(i)
	}
}

// dict writes values of a dictionary: where each ends in the text of all, and the text.
func (e *encoder) dict(d *Dict, order []uint32) {
	ends, total := make([]uint32, len(order)), 0
	for i, code := range order {
		total += len(d.at(code))
		ends[i] = uint32(total)
	}
	if total > math.MaxUint32 {
		e.err = errors.Join(e.err, errTooLong)
	}
	block(e, ends)
	e.number(total)
	for _, code := range order {
		if e.err == nil {
			_, e.err = e.w.WriteString(d.at(code))
		}
	}
	e.pad(total)
}
