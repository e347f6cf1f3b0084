package document

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// trace tells where each byte of a scalar's text comes from. It decodes the scalar a second time, beside the YAML library, which
// gives only the place where a scalar begins. The rules are those of YAML 1.2 §7.3 and §8.1, as the library reads them.
type trace struct {
	source *source
	at     int    // where reading stands
	text   []byte // what was decoded so far
	from   []int  // for each byte of text the offset it comes from; at last one more, the place just past the end
	after  int    // offset behind the scalar, its closing quote included
}

// traceOf traces a scalar; not ok if our decoding and the library's differ, which would be a mistake in one of them.
func traceOf(n *node) (*trace, bool) {
	t := &trace{source: n.file.source, at: n.start}
	t.text, t.from = make([]byte, 0, len(n.text)), make([]int, 0, len(n.text)+1)
	switch n.style {
	case plain, mended:
		t.plain(len(n.text))
	case single, double:
		t.quoted(n.style == double)
	case literal, folded:
		t.block(n.indent, n.style == folded)
	}
	return t, string(t.text) == n.text
}

func (t *trace) peek() byte { return t.source.byteAt(t.at) }

func (t *trace) end() bool { return t.at >= len(t.source.text) }

// emit appends text that comes from one place.
func (t *trace) emit(text string, from int) {
	t.text = append(t.text, text...)
	for range len(text) {
		t.from = append(t.from, from)
	}
}

// copyRune reads one character as it is.
func (t *trace) copyRune() {
	_, width := utf8.DecodeRune(t.source.text[t.at:])
	t.emit(string(t.source.text[t.at:t.at+width]), t.at)
	t.at += width
}

// lineBreak reads LF or CRLF and gives its place; not ok if there is none here.
func (t *trace) lineBreak() (from int, ok bool) {
	from = t.at
	switch {
	case t.peek() == '\n':
		t.at++
	case t.peek() == '\r' && t.source.byteAt(t.at+1) == '\n':
		t.at += 2
	default:
		return from, false
	}
	return from, true
}

// finish notes the place just past the last character.
func (t *trace) finish(past, end int) {
	t.from = append(t.from, past)
	t.after = end
}

// plain reads a plain scalar whose text has that many bytes: where it ends depends on what is around it, which the library knows.
func (t *trace) plain(length int) {
	for len(t.text) < length && !t.end() {
		if isSpace(t.peek()) {
			t.fold(false)
		} else {
			t.copyRune()
		}
	}
	t.finish(t.at, t.at)
}

// quoted reads a scalar in single or double quotes.
func (t *trace) quoted(double bool) {
	quote := t.peek()
	t.at++
	for !t.end() && (t.peek() != quote || !double && t.source.byteAt(t.at+1) == quote) {
		switch c := t.peek(); {
		case c == '\'' && !double:
			t.emit("'", t.at)
			t.at += 2
		case c == '\\' && double:
			t.escape()
		case isSpace(c):
			t.fold(false)
		default:
			t.copyRune()
		}
	}
	t.finish(t.at, min(t.at+1, len(t.source.text)))
}

// fold reads the white space from here on. Without a line break it is kept. With one it becomes a space, with n more n line breaks:
// blank lines. joined says that a first, escaped line break came before, which becomes nothing.
func (t *trace) fold(joined bool) {
	start := t.at
	var breaks []int
	for !t.end() && isSpace(t.peek()) {
		if from, ok := t.lineBreak(); ok {
			breaks = append(breaks, from)
		} else {
			t.at++
		}
	}
	switch {
	case joined:
	case len(breaks) == 0:
		for at := start; at < t.at; at++ {
			t.emit(string(t.source.text[at]), at)
		}
	case len(breaks) == 1:
		t.emit(" ", breaks[0])
		return
	default:
		breaks = breaks[1:]
	}
	for _, from := range breaks {
		t.emit("\n", from)
	}
}

// escapes are the one-letter escapes in double quotes: https://yaml.org/spec/1.2.2/#57-escaped-characters
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", '\t': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b", ' ': " ",
	'"': `"`, '\'': "'", '\\': `\`, 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

// escape reads a backslash and what belongs to it.
func (t *trace) escape() {
	start := t.at
	t.at++
	if _, ok := t.lineBreak(); ok {
		t.fold(true)
		return
	}
	c := t.peek()
	t.at++
	if digits := strings.IndexByte("  x u   U", c); digits > 1 {
		t.emit(string(t.hex(digits)), start)
		return
	}
	t.emit(escapes[c], start)
}

// hex reads that many hexadecimal digits.
func (t *trace) hex(digits int) rune {
	end := min(t.at+digits, len(t.source.text))
	code, _ := strconv.ParseUint(string(t.source.text[t.at:end]), 16, 32)
	t.at = end
	return rune(code)
}

// isSpace reports whether c is white space to YAML; a carriage return is always part of a line break here.
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
