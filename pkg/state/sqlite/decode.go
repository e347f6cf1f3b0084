package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/valyala/fastjson"
)

// decoder gives the cells of one row in the order of its table's columns. At the first that is not what its column holds it keeps the
// error, and gives empty cells from then on. It is used again for every row of a table.
type decoder struct {
	cells   []cell
	at      int
	err     error
	scratch []byte
	parser  fastjson.Parser
	texts   arena
	words   map[string]string
	recent  [32]string // the last word of each column
	keepers chunk[state.Keeper]
	dones   chunk[state.StepDone]
}

func newDecoder() *decoder { return &decoder{words: map[string]string{}} }

// begin takes a row, and its last cell as the checksum of the others.
func (d *decoder) begin(cells []cell) {
	last := len(cells) - 1
	d.cells, d.at, d.err = cells[:last], 0, nil
	if cells[last].kind == nullCell {
		return // mended by hand
	}
	d.scratch = d.scratch[:0]
	for i := range d.cells {
		d.scratch = d.cells[i].append(d.scratch)
	}
	if cells[last].kind != numberCell || cells[last].number != checksum(d.scratch) {
		d.err = errors.New("the checksum is wrong")
	}
}

// none is what there is after an error.
var none cell

func (d *decoder) next() *cell {
	if d.err != nil {
		return &none
	}
	d.at++
	return &d.cells[d.at-1]
}

func (d *decoder) wrong(what string) {
	if d.err == nil {
		d.err = fmt.Errorf("column %d is not %s", d.at, what)
	}
}

// bytes gives a text that may be missing if it is optional. It is a part of the row.
func (d *decoder) bytes(optional bool) []byte {
	c := d.next()
	if c.kind != textCell && (c.kind != nullCell || !optional) {
		d.wrong("a text")
	}
	return c.text
}

func (d *decoder) text() string { return d.texts.keep(d.bytes(false)) }

// optional is a text that may be missing.
func (d *decoder) optional() string { return d.texts.keep(d.bytes(true)) }

// word is a text that many rows have, such as a play's name. They share it.
func (d *decoder) word() string { return d.share(d.bytes(false)) }

// optionalWord is a word that may be missing.
func (d *decoder) optionalWord() string { return d.share(d.bytes(true)) }

// share is intern for a column, in which a word often comes again at once.
func (d *decoder) share(b []byte) string {
	recent := &d.recent[d.at%len(d.recent)]
	if *recent != string(b) {
		*recent = d.intern(b)
	}
	return *recent
}

func (d *decoder) intern(b []byte) string {
	if w, ok := d.words[string(b)]; ok { // without making a string
		return w
	}
	s := string(b)
	if len(d.words) < 1024 {
		d.words[s] = s
	}
	return s
}

func (d *decoder) number() int64 {
	c := d.next()
	if c.kind != numberCell {
		d.wrong("a number")
	}
	return c.number
}

func (d *decoder) flag() bool { return d.number() != 0 }

// moment is a time that may be zero.
func (d *decoder) moment() time.Time {
	switch c := d.next(); c.kind {
	case nullCell:
		return time.Time{}
	case numberCell:
		return time.UnixMicro(c.number).UTC()
	}
	d.wrong("a time")
	return time.Time{}
}

// instant is a time in a column that may not be NULL.
func (d *decoder) instant() time.Time { return time.UnixMicro(d.number()).UTC() }

// duration is a duration that may be zero.
func (d *decoder) duration() time.Duration {
	switch c := d.next(); c.kind {
	case nullCell:
		return 0
	case numberCell:
		return time.Duration(c.number)
	}
	d.wrong("a duration")
	return 0
}

// list gives the elements of a JSON list, which are good until the next one.
func (d *decoder) list() []*fastjson.Value { return d.elements(d.next()) }

func (d *decoder) elements(c *cell) []*fastjson.Value {
	if c.kind == nullCell {
		return nil
	}
	parsed, err := d.parser.ParseBytes(c.text)
	if err != nil || parsed.Type() != fastjson.TypeArray {
		d.wrong("a JSON list")
		return nil
	}
	return parsed.GetArray()
}

// object fills a map from JSON.
func (d *decoder) object(into any) {
	if c := d.next(); c.kind != nullCell && json.Unmarshal(c.text, into) != nil {
		d.wrong("a JSON object")
	}
}

// arena keeps many short texts as parts of few long ones: they all live as long as their snapshot.
type arena struct {
	text  strings.Builder
	block int
}

// The sizes of an arena's texts: the first, the last, and from where a text is on its own.
const (
	firstBlock = 1 << 10
	lastBlock  = 1 << 16
	longText   = 1 << 10
)

func (a *arena) keep(b []byte) string {
	if len(b) == 0 || len(b) >= longText {
		return string(b)
	}
	if a.text.Cap()-a.text.Len() < len(b) {
		a.block = min(max(2*a.block, firstBlock), lastBlock)
		a.text = strings.Builder{}
		a.text.Grow(a.block)
	}
	at := a.text.Len()
	a.text.Write(b)
	return a.text.String()[at:]
}

// chunk gives short slices as parts of long ones.
type chunk[T any] struct {
	free []T
	size int // of the last long one
}

// The sizes of a chunk's slices: the first and the last.
const (
	firstChunk = 16
	lastChunk  = 1024
)

// take gives a slice of n zero values which nothing else shares.
func (c *chunk[T]) take(n int) []T {
	if n > len(c.free) {
		c.size = min(max(2*c.size, firstChunk), lastChunk)
		c.free = make([]T, max(n, c.size))
	}
	taken := c.free[:n:n]
	c.free = c.free[n:]
	return taken
}
