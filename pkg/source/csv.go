package source

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
)

// csvFile reads a CSV file with a header.
type csvFile struct {
	in     *input
	reader *csv.Reader
	header []string
	cells  []int // the column in the file of each of the table's names
	line   int   // of the last record, or the header
}

// newCSV makes a reader that has read nothing yet.
func newCSV(in *input) *csvFile {
	reader := csv.NewReader(withoutMark(in))
	reader.ReuseRecord = true
	reader.FieldsPerRecord = -1 // counted here, to say what is wrong
	return &csvFile{in: in, reader: reader}
}

// withoutMark gives a buffered reader behind a byte order mark, if there is one.
func withoutMark(in *input) *bufio.Reader {
	buffer := bufio.NewReaderSize(in, blockSize)
	if head, err := buffer.Peek(len(byteOrderMark)); err == nil && bytes.Equal(head, []byte(byteOrderMark)) {
		_, _ = buffer.Discard(len(byteOrderMark)) // buffered, and so there
	}
	return buffer
}

const byteOrderMark = "\ufeff"

// readHeader reads the header and finds the table's columns in it.
func (c *csvFile) readHeader(t *table) (diag.List, error) {
	header, err := c.reader.Read()
	var syntax *csv.ParseError
	switch {
	case err == io.EOF:
		return diag.List{fileProblem(t.entity.File, 0, "write a header, also where there are no records", "the file is empty")}, nil
	case errors.As(err, &syntax):
		return diag.List{fileProblem(t.entity.File, syntax.StartLine, "", "the header is not CSV: %s", syntaxReason(syntax))}, nil
	case errors.Is(err, errTooLong):
		return diag.List{tooLong(t.entity.File, 1)}, nil
	case err != nil:
		return nil, err
	}
	c.line, _ = c.reader.FieldPos(0)
	for i, name := range header {
		if !utf8.ValidString(name) {
			return diag.List{fileProblem(t.entity.File, c.line, "export the file as UTF-8", "name %d of the header is not UTF-8", i+1)}, nil
		}
		c.header = append(c.header, strings.TrimSpace(name))
	}
	return c.findColumns(t), nil
}

// findColumns looks up every name that the table needs. One that is not there is an error: a renamed column must not look like one
// without values.
func (c *csvFile) findColumns(t *table) diag.List {
	var problems diag.List
	for i, name := range t.names {
		column := slices.Index(c.header, name)
		c.cells = append(c.cells, column)
		switch {
		case column < 0:
			p := placeProblem(t.place(i), t.entity.File, "%s has no column %q, %s", t.entity.File, name, t.purpose(i))
			p.Hint = c.suggest(name)
			problems.Add(p)
		case slices.Contains(c.header[column+1:], name):
			problems.Add(fileProblem(t.entity.File, c.line, "remove or rename one of them", "two columns are named %q", name))
		}
	}
	return problems
}

// suggest gives a hint for a column that is not there.
func (c *csvFile) suggest(name string) string {
	for _, other := range []string{";", "\t", "|"} {
		if len(c.header) == 1 && strings.Contains(c.header[0], other) {
			return fmt.Sprintf("separate cells by commas, not by %q", other)
		}
	}
	return diag.Suggest(name, c.header)
}

// read reads every record into the table.
func (c *csvFile) read(t *table) (diag.List, error) {
	var broken *csv.ParseError // in the record before, if it goes over several lines
	for !t.full() {
		c.in.mark = c.in.read
		cells, err := c.reader.Read()
		if err == io.EOF {
			return unclosed(t, broken), nil
		}
		broken = nil
		if err == nil {
			c.line, _ = c.reader.FieldPos(0)
			t.end(c.line, c.record(t, cells))
			continue
		}
		if errors.Is(err, errTooLong) {
			return diag.List{tooLong(t.entity.File, c.line+1)}, nil
		}
		if !errors.As(err, &broken) {
			return nil, err
		}
		c.line = broken.Line
		t.end(broken.StartLine, &fault{message: syntaxReason(broken), hint: `double the quotes in a quoted cell: "a ""b"" c"`})
		t.report.Bad += broken.Line - broken.StartLine // each line that the quote swallowed may be a record
	}
	return nil, nil
}

// record fills the slots of a record.
func (c *csvFile) record(t *table, cells []string) *fault {
	if len(cells) != len(c.header) {
		return &fault{message: fmt.Sprintf("the record has %s, the header %d", count(len(cells), "cell"), len(c.header))}
	}
	for i := range t.slots {
		s := &t.slots[i]
		at := c.cells[s.cell]
		if f := t.fill(s, cells[at]); f != nil {
			return f.in(fmt.Sprintf("column %d (%s)", at+1, c.header[at]), c.header[at])
		}
		if i == 0 && t.future() {
			return later
		}
	}
	return nil
}

// unclosed gives the error of a file that ends in a broken record of several lines: nobody knows how many records the quote swallowed.
func unclosed(t *table, broken *csv.ParseError) diag.List {
	if broken == nil || broken.Line == broken.StartLine {
		return nil
	}
	return diag.List{fileProblem(t.entity.File, broken.StartLine, "close the quote, or export the file again",
		"a quoted cell of this record has no end: it swallows the rest of the file")}
}

// syntaxReason says what is wrong with a record. The text of package csv names places that the problem names already.
func syntaxReason(e *csv.ParseError) string {
	if errors.Is(e.Err, csv.ErrBareQuote) {
		return fmt.Sprintf("a quote inside a cell that does not begin with one, at byte %d", e.Column)
	}
	if e.Line > e.StartLine {
		return fmt.Sprintf("a quoted cell goes on to line %d and is not closed as it must be", e.Line)
	}
	return fmt.Sprintf("a quoted cell is not closed as it must be, at byte %d", e.Column)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
