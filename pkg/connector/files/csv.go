package files

import (
	"bytes"
	"strings"
)

// CSV is read here by hand, and not by encoding/csv, because rows that are not touched must keep their bytes: we need to know where
// each cell stands. It also keeps CRLF inside quoted cells, which encoding/csv turns into LF, so that a value reads back as it was set.

// cell is where one cell of a row stands, its quotes included.
type cell struct{ start, end int }

// text gives the cell's value: without its quotes, if it has any.
func (c cell) text(data []byte) string {
	raw := data[c.start:c.end]
	if len(raw) < 2 || raw[0] != '"' {
		return string(raw)
	}
	return strings.ReplaceAll(string(raw[1:len(raw)-1]), `""`, `"`)
}

// syntaxError is what is wrong at a place in a CSV file.
type syntaxError struct {
	at   int // byte
	what string
}

func (e *syntaxError) Error() string { return e.what }

// scanRow reads the row that begins at data[at]. It appends the places of its cells to cells and gives where the next row begins.
func scanRow(data []byte, at int, cells []cell) ([]cell, int, error) {
	for {
		c, err := scanCell(data, at)
		if err != nil {
			return cells, at, err
		}
		cells = append(cells, c)
		if at = c.end; at == len(data) || data[at] != ',' {
			return cells, at + len(lineBreak(data[at:])), nil
		}
		at++
	}
}

// scanCell reads the cell that begins at data[at]. What follows it is a comma, a line break or the end.
func scanCell(data []byte, at int) (cell, error) {
	if at < len(data) && data[at] == '"' {
		return scanQuoted(data, at)
	}
	end := at
	for ; end < len(data) && data[end] != ',' && data[end] != '\n'; end++ {
		if data[end] == '"' {
			return cell{}, &syntaxError{end, `a quote inside a cell that has none around it: write "…" round the cell and "" for a quote`}
		}
	}
	if end > at && data[end-1] == '\r' && (end == len(data) || data[end] == '\n') {
		end--
	}
	return cell{at, end}, nil
}

// scanQuoted reads the cell whose opening quote is data[at].
func scanQuoted(data []byte, at int) (cell, error) {
	for end := at + 1; ; end++ {
		quote := bytes.IndexByte(data[end:], '"')
		if quote < 0 {
			return cell{}, &syntaxError{at, "a quote that is opened and never closed"}
		}
		end += quote + 1
		rest := data[end:]
		switch {
		case len(rest) == 0, rest[0] == ',', len(lineBreak(rest)) > 0:
			return cell{at, end}, nil
		case rest[0] != '"':
			return cell{}, &syntaxError{end, "text after the quote that closes a cell"}
		}
	}
}

// lineBreak gives the line break that data begins with: LF, CRLF, a CR that ends the file, or nothing.
func lineBreak(data []byte) []byte {
	switch {
	case len(data) > 0 && data[0] == '\n', len(data) == 1 && data[0] == '\r':
		return data[:1]
	case len(data) > 1 && data[0] == '\r' && data[1] == '\n':
		return data[:2]
	}
	return nil
}

// appendCell adds a value as a cell, in quotes if it needs them.
func appendCell(dst []byte, text string) []byte {
	if !strings.ContainsAny(text, ",\"\r\n") && text == strings.TrimSpace(text) {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(text, `"`, `""`)...)
	return append(dst, '"')
}
