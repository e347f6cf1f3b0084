package source

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
)

// Records are split as package csv of the standard library does it, in every corner: FuzzCSV_splitsAsTheStandardLibrary holds one
// against the other. It is done here because that takes half of the time, and because it is the one thing about a file that can't be
// done in two places at once: where a record ends depends on every quote before it.

// csvPart is some records of a CSV file.
type csvPart struct {
	part
	file  *csvFile
	data  []byte   // complete records
	marks []uint32 // where the commas, quotes and line feeds of data are
	cells []span32 // of each record those that the table names, and one that takes the others
	width int      // cells of a record
	valid bool     // data is UTF-8 throughout
}

// span32 is the text of a cell, as offsets into the part's data.
type span32 struct{ from, to uint32 }

// escaped marks the beginning of a quoted cell that has to be unescaped: with two quotes for one, or a line end of two characters.
const escaped = 1 << 31

// split implements splitter.
func (c *csvFile) split() (_ *part, _ diag.List, err error) {
	if c.long > 0 {
		return nil, diag.List{tooLong(c.file, c.long)}, nil
	}
	if c.blocks.end && len(c.blocks.rest) == 0 {
		return nil, c.unclosed(), nil
	}
	x := &c.parts[c.turn]
	c.turn = 1 - c.turn
	x.file, x.records, x.width = c, x, len(c.cells)+1
	line := c.line
	x.data, x.valid, x.read, err = c.blocks.part(x.data, func(data []byte) (used int, last bool) {
		x.data = data
		used, line = c.records(x)
		return used, c.long > 0
	})
	if err != nil {
		return nil, nil, err
	}
	c.line = line
	return &x.part, nil, nil
}

// unclosed gives the error of a file that ends in a broken record of several lines: nobody knows how many records the quote swallowed.
func (c *csvFile) unclosed() diag.List {
	if c.broken == 0 {
		return nil
	}
	return diag.List{fileProblem(c.file, c.broken, "close the quote, or export the file again",
		"a quoted cell of this record has no end: it swallows the rest of the file")}
}

// records splits the complete records of a part. It gives where the first that is not complete begins, and how many lines are before it.
func (c *csvFile) records(x *csvPart) (used, line int) {
	x.reset()
	x.cells = x.cells[:0]
	r := csvCursor{data: x.data, final: c.blocks.end, line: c.line, want: c.want}
	if n := len(r.data); r.final && n > 0 && r.data[n-1] == '\r' {
		r.data = r.data[:n-1] // as package csv does it
	}
	x.marks = findMarks(x.marks[:0], r.data)
	r.marks = x.marks
	for r.emptyLines(); r.at < len(r.data); r.emptyLines() {
		used, line = r.at, r.line
		n, f, ok := r.next(x.room())
		if end := r.at; end-used > maxRecord || !ok && len(r.data)-used > maxRecord {
			c.long = line + 1
			return used, line
		}
		if !ok {
			return used, line
		}
		c.add(x, line+1, n, f)
	}
	if r.final {
		return len(x.data), r.line
	}
	return r.at, r.line
}

// add takes a record, whose cells are there, into the part: with so many cells, or a fault.
func (c *csvFile) add(x *csvPart, line, cells int, f *fault) {
	c.broken = 0
	if f == nil && cells != len(c.header) {
		f = &fault{message: fmt.Sprintf("the record has %s, the header %d", count(cells, "cell"), len(c.header))}
	}
	if f != nil {
		x.expel(x.rows, malformed, f)
		if f.swallowed > 0 {
			c.broken = line
		}
	}
	x.lines = append(x.lines, int32(line))
	x.rows++
}

// room gives room for the cells of one more record. They count only if the record does.
func (x *csvPart) room() []span32 {
	from := x.rows * x.width
	if from+x.width > cap(x.cells) {
		x.cells = slices.Grow(x.cells[:from], max(from, 1000*x.width))
	}
	x.cells = x.cells[:from+x.width]
	return x.cells[from:]
}
