package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"time"
)

// encoder collects the cells of rows, each in the order of its table's columns. It is used again for every statement.
type encoder struct {
	cells   []driver.NamedValue
	row     int   // where the last row begins
	err     error // the first map that can't be JSON
	scratch []byte
}

// reset begins a statement.
func (e *encoder) reset() { e.cells, e.err = e.cells[:0], nil }

// begin begins a row.
func (e *encoder) begin() { e.row = len(e.cells) }

func (e *encoder) add(v driver.Value) {
	e.cells = append(e.cells, driver.NamedValue{Ordinal: len(e.cells) + 1, Value: v})
}

func (e *encoder) text(s string)  { e.add(s) }
func (e *encoder) number(n int64) { e.add(n) }

// optional keeps a text that may be missing.
func (e *encoder) optional(s string) {
	if s == "" {
		e.add(nil)
	} else {
		e.add(s)
	}
}

func (e *encoder) flag(b bool) {
	if b {
		e.number(1)
	} else {
		e.number(0)
	}
}

// moment keeps a time that may be zero.
func (e *encoder) moment(t time.Time) {
	if t.IsZero() {
		e.add(nil)
	} else {
		e.instant(t)
	}
}

// instant keeps a time in a column that may not be NULL.
func (e *encoder) instant(t time.Time) { e.number(t.UnixMicro()) }

// duration keeps a duration that may be zero.
func (e *encoder) duration(d time.Duration) {
	if d == 0 {
		e.add(nil)
	} else {
		e.number(int64(d))
	}
}

// list keeps a list of so many elements as the JSON that write appends, an empty one as NULL.
func (e *encoder) list(length int, write func([]byte) []byte) {
	if length == 0 {
		e.add(nil)
		return
	}
	e.scratch = write(e.scratch[:0])
	e.text(string(e.scratch))
}

// object keeps a map with so many entries as JSON, an empty one as NULL.
func (e *encoder) object(length int, v any) {
	e.list(length, func(b []byte) []byte { return e.appendObject(b, v) })
}

// appendObject appends a map as JSON.
func (e *encoder) appendObject(b []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil && e.err == nil {
		e.err = err
	}
	return append(b, text...)
}

// seal ends a row with the checksum of its cells.
func (e *encoder) seal() {
	e.scratch = e.scratch[:0]
	for _, cell := range e.cells[e.row:] {
		e.scratch = appendValue(e.scratch, cell.Value)
	}
	e.number(checksum(e.scratch))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(b []byte) int64 { return int64(crc32.Checksum(b, castagnoli)) }

// appendValue appends what a cell adds to its row's checksum. No two different rows append the same bytes.
func appendValue(b []byte, value driver.Value) []byte {
	switch v := value.(type) {
	case int64:
		return appendNumber(b, v)
	case string:
		return append(appendLength(b, len(v)), v...)
	}
	return append(b, '-')
}

// append appends what a cell that was read adds to its row's checksum: the same.
func (c *cell) append(b []byte) []byte {
	switch c.kind {
	case numberCell:
		return appendNumber(b, c.number)
	case textCell:
		return append(appendLength(b, len(c.text)), c.text...)
	}
	return append(b, '-')
}

func appendNumber(b []byte, n int64) []byte {
	return binary.LittleEndian.AppendUint64(append(b, 'i'), uint64(n))
}

func appendLength(b []byte, n int) []byte { return binary.AppendUvarint(append(b, 't'), uint64(n)) }
