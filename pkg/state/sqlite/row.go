package sqlite

import (
	"bytes"
	"cmp"
	"database/sql/driver"
	"encoding/binary"
)

// The kinds of cells.
const (
	nullCell byte = iota
	numberCell
	textCell
	otherCell // which no column of ours holds
)

// cell is one value of a row.
type cell struct {
	text   []byte
	number int64
	kind   byte
}

// cellOf gives a cell as the driver has it.
func cellOf(v driver.Value) cell {
	switch v := v.(type) {
	case nil:
		return cell{}
	case int64:
		return cell{number: v, kind: numberCell}
	case string:
		return cell{text: []byte(v), kind: textCell}
	}
	return cell{kind: otherCell}
}

// row is one row's cells, in the order in which the table lists its columns.
type row struct{ cells []cell }

// parse takes a row apart. Its cells lie in the payload.
func (r *row) parse(payload []byte) error {
	length, n := varint(payload)
	if n == 0 || length > uint64(len(payload)) {
		return errDoubt
	}
	types, values := payload[n:length], payload[length:]
	if cap(r.cells) < len(types) {
		r.cells = make([]cell, len(types))
	}
	cells := r.cells[:cap(r.cells)]
	at, count := 0, 0
	for ; at < len(types); count++ {
		kind := uint64(types[at])
		if at++; kind >= 0x80 {
			if kind, n = varint(types[at-1:]); n == 0 {
				return errDoubt
			}
			at += n - 1
		}
		size := cells[count].set(kind, values)
		if size < 0 {
			return errDoubt
		}
		values = values[size:]
	}
	if r.cells = cells[:count]; len(values) > 0 {
		return errDoubt
	}
	return nil
}

// sizes are the bytes of the numbers, by SQLite's serial type.
var sizes = [...]int{0, 1, 2, 3, 4, 6, 8, -1, 0, 0, -1, -1, -1}

// set makes it the value of a serial type, and gives its size: -1 if it is cut short, or none of ours, a fraction or a blob.
func (c *cell) set(kind uint64, b []byte) int {
	if kind >= uint64(len(sizes)) {
		size := (kind - 13) / 2
		if size > uint64(len(b)) || kind%2 == 0 {
			return -1
		}
		c.text, c.kind = b[:size:size], textCell
		return int(size)
	}
	size := sizes[kind]
	switch {
	case size > len(b):
		return -1
	case kind == 0:
		c.text, c.kind = nil, nullCell
	case kind >= 8:
		c.text, c.number, c.kind = nil, int64(kind-8), numberCell
	case size > 0:
		c.text, c.number, c.kind = nil, integer(b[:size]), numberCell
	}
	return size
}

// integer reads a big-endian number of one to eight bytes.
func integer(b []byte) int64 {
	switch len(b) {
	case 8:
		return int64(binary.BigEndian.Uint64(b))
	case 6:
		return int64(int16(binary.BigEndian.Uint16(b)))<<32 | int64(binary.BigEndian.Uint32(b[2:]))
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n
}

// follows reports whether a row comes after another one by their first cells, as it must where a table lies in the order of its identity.
func (r *row) follows(other *row, cells int) bool {
	for i := range cells {
		if c := compareCells(&other.cells[i], &r.cells[i]); c != 0 {
			return c < 0
		}
	}
	return false
}

func compareCells(a, b *cell) int {
	if a.kind != b.kind {
		return cmp.Compare(a.kind, b.kind)
	}
	if a.kind == numberCell {
		return cmp.Compare(a.number, b.number)
	}
	return bytes.Compare(a.text, b.text)
}
