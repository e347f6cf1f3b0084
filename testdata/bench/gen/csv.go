package main

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// csvWriter writes RFC 4180 with line feeds: a header, then a line for each row. Missing values are empty cells, lists
// have semicolons between, maps are JSON objects.
type csvWriter struct {
	out  *bufio.Writer
	line []byte
}

func newCSV(out io.Writer, t table) (rowWriter, error) {
	w := &csvWriter{out: bufio.NewWriterSize(out, 1<<18)}
	for i, c := range t.columns {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		w.line = append(w.line, c.name...)
	}
	_, err := w.out.Write(append(w.line, '\n'))
	return w, err
}

func (w *csvWriter) write(row []value) error {
	line := w.line[:0]
	for i := range row {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendCell(line, &row[i])
	}
	w.line = append(line, '\n')
	_, err := w.out.Write(w.line)
	return err
}

func (w *csvWriter) close() error { return w.out.Flush() }

func appendCell(b []byte, v *value) []byte {
	switch v.kind {
	case textKind:
		return appendQuoted(b, v.text)
	case wholeKind:
		return strconv.AppendInt(b, v.whole, 10)
	case realKind:
		return strconv.AppendFloat(b, v.real, 'f', -1, 64)
	case truthKind:
		return strconv.AppendBool(b, v.whole == 1)
	case momentKind:
		return appendMoment(b, v.whole)
	case listKind:
		return appendQuoted(b, strings.Join(v.list, ";"))
	case scoresKind:
		return appendQuoted(b, string(appendScores(nil, v.scores)))
	default:
		return b
	}
}

// appendQuoted quotes where RFC 4180 needs it.
func appendQuoted(b []byte, s string) []byte {
	if !strings.ContainsAny(s, "\",\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}
