package document

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/diag"
)

// source is the text of a file, with the place of each line in it. Offsets are in bytes of text; places count characters.
type source struct {
	name   string
	text   []byte
	starts []int // offset of each line's first byte
}

func newSource(name string, text []byte) *source {
	s := &source{name: name, text: text, starts: []int{0}}
	for i, c := range text {
		if c == '\n' {
			s.starts = append(s.starts, i+1)
		}
	}
	return s
}

// byteAt gives the byte at an offset, or 0 outside the text.
func (s *source) byteAt(offset int) byte {
	if offset < 0 || offset >= len(s.text) {
		return 0
	}
	return s.text[offset]
}

// offset gives the place of a line and column, both counted from 1, kept inside the text.
func (s *source) offset(line, column int) int {
	if line < 1 {
		return 0
	}
	if line > len(s.starts) {
		return len(s.text)
	}
	return s.advance(s.starts[line-1], s.lineEnd(line), column-1)
}

// advance goes over that many characters, at most up to end.
func (s *source) advance(at, end, characters int) int {
	for ; characters > 0 && at < end; characters-- {
		_, width := utf8.DecodeRune(s.text[at:end])
		at += width
	}
	return at
}

// line gives the number, from 1, of the line that holds an offset.
func (s *source) line(offset int) int {
	i, found := slices.BinarySearch(s.starts, offset)
	if found {
		return i + 1
	}
	return i
}

// lineEnd gives the offset of a line's break, or of the end of the text.
func (s *source) lineEnd(line int) int {
	end := len(s.text)
	if line < len(s.starts) {
		end = s.starts[line] - 1
	}
	if end > s.starts[line-1] && s.text[end-1] == '\r' {
		end--
	}
	return end
}

// lineText gives a line without its break.
func (s *source) lineText(line int) string {
	if line < 1 || line > len(s.starts) {
		return ""
	}
	return string(s.text[s.starts[line-1]:s.lineEnd(line)])
}

// position gives the place of an offset as a person counts it.
func (s *source) position(offset int) diag.Position {
	offset = min(max(offset, 0), len(s.text))
	line := s.line(offset)
	column := utf8.RuneCount(s.text[s.starts[line-1]:offset]) + 1
	return diag.Position{File: s.name, Line: line, Column: column}
}

// restOfLine gives the text from an offset to the end of its line.
func (s *source) restOfLine(offset int) []byte {
	end := s.lineEnd(s.line(offset))
	return s.text[min(offset, end):end]
}

// problem gives an error about the text from start to end, or to the end of start's line if that comes first.
func (s *source) problem(start, end int, message, hint string) diag.Problem {
	p := diag.Problem{At: s.position(start), Message: message, Hint: hint}
	p.Line = s.lineText(p.At.Line)
	end = min(end, s.lineEnd(p.At.Line))
	if end > start {
		p.Width = utf8.RuneCount(s.text[start:end])
	}
	return p
}

// skipBlanks gives the offset of the first byte from start on that is neither a space nor a tab.
func (s *source) skipBlanks(start int) int {
	rest := s.text[start:]
	return start + len(rest) - len(bytes.TrimLeft(rest, " \t"))
}
