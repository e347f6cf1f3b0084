package main

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
)

// jsonlWriter writes one JSON object a line, with JSON's own types; moments are strings. Missing values have no key.
type jsonlWriter struct {
	out  *bufio.Writer
	line []byte
	keys []string // quoted, with the colon
}

func newJSONL(out io.Writer, t table) (rowWriter, error) {
	w := &jsonlWriter{out: bufio.NewWriterSize(out, 1<<18)}
	for _, c := range t.columns {
		w.keys = append(w.keys, strconv.Quote(c.name)+":")
	}
	return w, nil
}

func (w *jsonlWriter) write(row []value) error {
	line := append(w.line[:0], '{')
	for i := range row {
		if row[i].kind == 0 {
			continue
		}
		if len(line) > 1 {
			line = append(line, ',')
		}
		line = append(line, w.keys[i]...)
		line = appendJSON(line, &row[i])
	}
	w.line = append(line, '}', '\n')
	_, err := w.out.Write(w.line)
	return err
}

func (w *jsonlWriter) close() error { return w.out.Flush() }

func appendJSON(b []byte, v *value) []byte {
	switch v.kind {
	case wholeKind:
		return strconv.AppendInt(b, v.whole, 10)
	case realKind:
		return strconv.AppendFloat(b, v.real, 'f', -1, 64)
	case truthKind:
		return strconv.AppendBool(b, v.whole == 1)
	case momentKind:
		b = append(b, '"')
		return append(appendMoment(b, v.whole), '"')
	case listKind:
		return appendStrings(b, v.list)
	case scoresKind:
		return appendScores(b, v.scores)
	default:
		return appendString(b, v.text)
	}
}

func appendStrings(b []byte, items []string) []byte {
	b = append(b, '[')
	for i, s := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, ']')
}

func appendScores(b []byte, of []topicScore) []byte {
	b = append(b, '{')
	for i, s := range of {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, s.topic), ':')
		b = strconv.AppendInt(b, int64(s.score), 10)
	}
	return append(b, '}')
}

func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(s)
			if err != nil { // a string can always be marshalled
				panic(err)
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
