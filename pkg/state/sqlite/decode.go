package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/valyala/fastjson"
)

// decoder gives the cells of one row in the order of its table's columns. At the first that is not what its column holds it keeps the
// error, and gives empty cells from then on. It is used again for every row of a table.
type decoder struct {
	cells   []driver.Value
	at      int
	err     error
	words   map[string]string
	parser  fastjson.Parser
	scratch []byte
}

func newDecoder() *decoder { return &decoder{words: map[string]string{}} }

// begin takes a row, and its last cell as the checksum of the others.
func (d *decoder) begin(cells []driver.Value) {
	last := len(cells) - 1
	d.cells, d.at, d.err = cells[:last], 0, nil
	if cells[last] == nil {
		return // mended by hand
	}
	d.scratch = d.scratch[:0]
	for _, cell := range d.cells {
		d.scratch = appendCell(d.scratch, cell)
	}
	if cells[last] != driver.Value(checksum(d.scratch)) {
		d.err = errors.New("the checksum is wrong")
	}
}

func (d *decoder) next() driver.Value {
	if d.err != nil {
		return nil
	}
	d.at++
	return d.cells[d.at-1]
}

func (d *decoder) wrong(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("column %d is not %s", d.at, what)
	}
}

func (d *decoder) text() string {
	s, ok := d.next().(string)
	if !ok {
		d.wrong("a text")
	}
	return s
}

// optional is a text that may be missing.
func (d *decoder) optional() string {
	switch v := d.next().(type) {
	case nil:
		return ""
	case string:
		return v
	}
	d.wrong("a text")
	return ""
}

// word is a text that many rows have, such as a play's name. They share it.
func (d *decoder) word() string { return d.intern(d.text()) }

func (d *decoder) intern(s string) string {
	if w, ok := d.words[s]; ok {
		return w
	}
	if len(d.words) < 1024 {
		d.words[s] = s
	}
	return s
}

func (d *decoder) number() int64 {
	n, ok := d.next().(int64)
	if !ok {
		d.wrong("a number")
	}
	return n
}

func (d *decoder) flag() bool { return d.number() != 0 }

// moment is a time that may be zero.
func (d *decoder) moment() time.Time {
	switch v := d.next().(type) {
	case nil:
		return time.Time{}
	case int64:
		return time.UnixMicro(v).UTC()
	}
	d.wrong("a time")
	return time.Time{}
}

// instant is a time in a column that may not be NULL.
func (d *decoder) instant() time.Time { return time.UnixMicro(d.number()).UTC() }

// duration is a duration that may be zero.
func (d *decoder) duration() time.Duration {
	switch v := d.next().(type) {
	case nil:
		return 0
	case int64:
		return time.Duration(v)
	}
	d.wrong("a duration")
	return 0
}

// list gives the elements of a JSON list, which are good until the next one.
func (d *decoder) list() []*fastjson.Value {
	v := d.next()
	if v == nil {
		return nil
	}
	text, _ := v.(string)
	parsed, err := d.parser.Parse(text)
	if err != nil || parsed.Type() != fastjson.TypeArray {
		d.wrong("a JSON list")
		return nil
	}
	return parsed.GetArray()
}

// object fills a map from JSON.
func (d *decoder) object(into any) {
	v := d.next()
	if v == nil {
		return
	}
	text, _ := v.(string)
	if json.Unmarshal([]byte(text), into) != nil {
		d.wrong("a JSON object")
	}
}
