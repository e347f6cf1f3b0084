package document

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// expression is how far an unquoted value reaches if it is read as an expression is: brackets and quotes belong together.
type expression struct {
	start, end int
	cut        int  // offset of the first character at which YAML ends or refuses the text; -1 if there is none
	whole      bool // every bracket and quote that opens also closes
}

// How far we look for the end of an expression, and of a string in it: more is no expression, and would take long to tell.
const (
	longestExpression = 1 << 14
	longestString     = 1 << 11
)

// expression reads the unquoted value that begins at start. In a flow collection it reaches to the comma or bracket that is not the
// expression's own; in a block it reaches to the end of the line, and over the lines indented deeper than indent that continue it.
func (s *source) expression(start int, flow bool, indent int) expression {
	r := &expressionReader{source: s, at: start, flow: flow, indent: indent}
	e := expression{start: start, cut: -1}
	for r.at < min(len(s.text), start+longestExpression) && !r.ends() {
		if e.cut < 0 && s.cuts(r.at, flow) {
			e.cut = r.at
		}
		r.step()
	}
	e.end = start + len(bytes.TrimRight(s.text[start:r.at], " \t\r\n"))
	e.whole = len(r.closers) == 0 && r.at-start < longestExpression
	for at := start; at < e.end && e.cut < 0; at++ { // inside quotes
		if s.cuts(at, flow) {
			e.cut = at
		}
	}
	return e
}

// cuts reports whether YAML ends or refuses unquoted text at an offset.
func (s *source) cuts(at int, flow bool) bool {
	switch c := s.text[at]; c {
	case ':':
		return at+1 == len(s.text) || isSpace(s.text[at+1])
	case '#':
		return isSpace(s.byteAt(at - 1))
	default:
		return flow && strings.IndexByte(",?[]{}", c) >= 0
	}
}

// expressionReader walks over an expression.
type expressionReader struct {
	source  *source
	at      int
	flow    bool
	indent  int
	closers []byte // what must still close, outermost first
}

// ends reports whether the value ends here. Comments end it even inside brackets: YAML knows none of ours.
func (r *expressionReader) ends() bool {
	switch c := r.source.text[r.at]; c {
	case '#':
		return isSpace(r.source.byteAt(r.at - 1))
	case ',':
		return r.flow && len(r.closers) == 0
	case ']', '}':
		return r.flow && (len(r.closers) == 0 || r.closers[len(r.closers)-1] != c)
	case '\n':
		return !r.flow && !r.continues()
	}
	return false
}

// blockEntry matches the beginning of a line that is no continuation of the text above it.
var blockEntry = regexp.MustCompile(`^(-\s|#|[\w."'-]+:(\s|$)|$)`)

// continues reports whether the line after this line break belongs to the same value.
func (r *expressionReader) continues() bool {
	next := r.source.skipBlanks(r.at + 1)
	return next-r.at-1 > r.indent && !blockEntry.Match(r.source.restOfLine(next))
}

// step goes over one character, or a whole string.
func (r *expressionReader) step() {
	c := r.source.text[r.at]
	switch c {
	case '(', '[', '{':
		r.closers = append(r.closers, closer(c))
	case ')', ']', '}':
		if n := len(r.closers); n > 0 && r.closers[n-1] == c {
			r.closers = r.closers[:n-1]
		}
	case '"', '\'':
		if end := r.source.stringEnd(r.at); end > 0 {
			r.at = end
			return
		}
	}
	r.at++
}

func closer(opener byte) byte {
	return map[byte]byte{'(': ')', '[': ']', '{': '}'}[opener]
}

// stringEnd gives the offset behind the string that a quote opens, or 0 if it is none: an apostrophe, or not closed in its line.
func (s *source) stringEnd(at int) int {
	if !s.opensString(at) {
		return 0
	}
	quote, line := s.text[at], s.text[at:min(at+longestString, len(s.text))]
	for i := 1; i < len(line); i++ {
		switch {
		case line[i] == '\n':
			return 0
		case line[i] == '\\':
			i++
		case line[i] == quote && (i+1 == len(line) || !isWord(line[i+1])):
			return at + i + 1
		}
	}
	return 0
}

// opensString reports whether a quote may open a string: one behind a word is an apostrophe, except in r"…" and b"…".
func (s *source) opensString(at int) bool {
	before := s.byteAt(at - 1)
	prefix := strings.IndexByte("rRbB", before) >= 0 && before != 0 && !isWord(s.byteAt(at-2))
	return !isWord(before) || prefix
}

func isWord(c byte) bool {
	return c == '_' || c >= utf8.RuneSelf || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// plainText gives the text from start to end as YAML reads a plain scalar: line breaks folded.
func (s *source) plainText(start, end int) string {
	t := &trace{source: s, at: start}
	for t.at < end {
		if isSpace(t.peek()) {
			t.fold(false)
		} else {
			t.copyRune()
		}
	}
	return string(t.text)
}

// quote writes text as YAML in the quotes that need the least escaping.
func quote(text string) string {
	switch {
	case strings.Contains(text, "\n"):
		return strconv.Quote(text)
	case strings.Contains(text, "'") && !strings.ContainsAny(text, `"\`):
		return `"` + text + `"`
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
