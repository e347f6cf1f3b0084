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
	blocks blocks
	header []string
	cells  []int // the column in the file of each of the table's names
	want   []int // where a part keeps the cell of each column of the file: the number of its name, or behind all of them
	file   string

	line   int        // lines before what is still to be split
	parts  [2]csvPart // in turn
	turn   int
	broken int // the line of the last record, if it is broken and a quote has made several lines of it
	long   int // the line of a record that is too long
}

// newCSV makes a reader that has read nothing yet.
func newCSV(in *input) *csvFile { return &csvFile{blocks: blocks{in: in, size: blockSize}} }

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
	var seen bytes.Buffer
	c.blocks.from = withoutMark(c.blocks.in)
	reader := csv.NewReader(io.TeeReader(c.blocks.from, &seen))
	header, err := reader.Read()
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
	line, _ := reader.FieldPos(0)
	for i, name := range header {
		if !utf8.ValidString(name) {
			return diag.List{fileProblem(t.entity.File, line, "export the file as UTF-8", "name %d of the header is not UTF-8", i+1)}, nil
		}
		c.header = append(c.header, strings.TrimSpace(name))
	}
	end := reader.InputOffset()
	c.line = bytes.Count(seen.Bytes()[:end], []byte("\n"))
	c.blocks.rest, c.blocks.read = seen.Bytes()[end:], int64(seen.Len())
	return c.findColumns(t, line), nil
}

// findColumns looks up every name that the table needs.
func (c *csvFile) findColumns(t *table, line int) (problems diag.List) {
	c.cells, problems = t.find(c.header, line, c.suggest)
	c.want = slices.Repeat([]int{len(t.names)}, len(c.header))
	for i, column := range c.cells {
		if column >= 0 {
			c.want[column] = i
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
	c.file = t.entity.File
	return readParts(t, c)
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
