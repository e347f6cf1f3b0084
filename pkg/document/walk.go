package document

import (
	"bytes"
	"regexp"
)

// walker reads a file that YAML refuses, more loosely than YAML does, to find the unquoted expressions that it may have tripped over.
// What it finds are guesses; decodeAround proves them.
type walker struct {
	source   *source
	cuts     []cut // the unquoted values that YAML cannot take, in the order of their places
	unclosed int   // offset of the first bracket that never closes; -1 if there is none
	runaway  int   // offset of the first quote that closes only behind other keys, if at all; -1 if there is none
}

// walk reads a file to its end, or as far as it can.
func walk(s *source) *walker {
	w := &walker{source: s, unclosed: -1, runaway: -1}
	for line := 1; line <= len(s.starts); {
		next, ok := w.block(line)
		if !ok {
			break
		}
		line = max(line+1, next)
	}
	return w
}

var (
	plainKey       = regexp.MustCompile(`^[^\s"'\[\]{},#&*!|>%@` + "`" + `][^"'#\[\]{}]*?[ \t]*:([ \t]|\r?$)`)
	blockHeader    = regexp.MustCompile(`^[|>][-+0-9]*[ \t]*(#.*)?$`)
	documentMarker = regexp.MustCompile(`^(%|---(\s|$)|\.\.\.(\s|$))`)
	keyLine        = regexp.MustCompile(`^[ ]*(- +)*[\w.-]+:(\s|$)`)
	nothing        = regexp.MustCompile(`^[ \t]*(#.*)?\r?$`)
)

// block reads a line in block style with what belongs to it, and gives the line behind; not ok if it cannot go on.
func (w *walker) block(line int) (next int, ok bool) {
	if documentMarker.MatchString(w.source.lineText(line)) {
		return line + 1, true
	}
	at := w.source.skipBlanks(w.source.starts[line-1])
	column := func() int { return at - w.source.starts[line-1] }
	indent := column()
	for w.source.byteAt(at) == '-' && isSpace(w.source.byteAt(at+1)) {
		indent = column()
		at = w.source.skipBlanks(at + 1)
	}
	if key := plainKey.Find(w.source.restOfLine(at)); key != nil {
		indent = column()
		at = w.source.skipBlanks(at + len(key))
	}
	return w.value(at, indent)
}

// value reads a value in block style, and gives the line behind it.
func (w *walker) value(at, indent int) (next int, ok bool) {
	s := w.source
	rest := s.restOfLine(at)
	switch c := s.byteAt(at); {
	case nothing.Match(rest):
		return s.line(at) + 1, true
	case blockHeader.Match(rest):
		return w.skipBlock(s.line(at), indent), true
	case opens(c):
		end, ok := w.closed(at)
		if !ok {
			return 0, false
		}
		behind := s.skipBlanks(end)
		switch {
		case nothing.Match(s.restOfLine(behind)):
			return s.line(end) + 1, true
		case s.byteAt(behind) == ':':
			return w.value(s.skipBlanks(behind+1), indent)
		}
		return w.suspectBlock(at, behind, indent, "text behind the closing "+closing(c)), true
	case properties[c] != "" || c == '@' || c == '`' || c == '%':
		return w.suspectBlock(at, at, indent, beginning(c)), true
	}
	return w.suspectBlock(at, -1, indent, ""), true
}

// skipBlock gives the line behind a block scalar whose header is in the given line.
func (w *walker) skipBlock(line, indent int) int {
	for line++; line <= len(w.source.starts); line++ {
		text := w.source.lineText(line)
		width := len(text) - len(bytes.TrimLeft([]byte(text), " "))
		if width < len(text) && width <= indent {
			break
		}
	}
	return line
}

// suspectBlock notes an expression in block style that is wrong at cut, or, if that is negative, where YAML cannot take it.
func (w *walker) suspectBlock(start, at, indent int, reason string) (next int) {
	e := w.source.expression(start, false, indent)
	w.suspect(e, at, reason)
	return w.source.line(e.end) + 1
}

// suspect notes an expression, in place of the smaller ones that were found inside it.
func (w *walker) suspect(e expression, at int, reason string) {
	c := cut{e, reason}
	switch {
	case at >= 0:
		c.cut = at
	case e.cut < 0 || w.source.byteAt(e.start) == ':':
		return
	default:
		c = newCut(w.source, e)
	}
	for len(w.cuts) > 0 && w.cuts[len(w.cuts)-1].start >= e.start {
		w.cuts = w.cuts[:len(w.cuts)-1]
	}
	overlaps := len(w.cuts) > 0 && w.cuts[len(w.cuts)-1].end > e.start
	if !overlaps && c.start <= c.cut && c.cut < c.end {
		w.cuts = append(w.cuts, c)
	}
}

func opens(c byte) bool { return c == '"' || c == '\'' || c == '[' || c == '{' }

func closing(opener byte) string {
	if opener == '"' || opener == '\'' {
		return "quote"
	}
	return "bracket"
}

func beginning(c byte) string {
	if what := properties[c]; what != "" {
		return string(c) + " begins " + what + ", which playbooks do without"
	}
	return string(c) + " may not begin unquoted text"
}

// closed gives the offset behind a quoted scalar or flow collection; not ok if it never closes.
func (w *walker) closed(at int) (end int, ok bool) {
	if c := w.source.text[at]; c == '[' || c == '{' {
		return w.flow(at)
	}
	t := &trace{source: w.source, at: at}
	t.quoted(w.source.text[at] == '"')
	for line := w.source.line(at) + 1; w.runaway < 0 && line <= w.source.line(t.after); line++ {
		if keyLine.MatchString(w.source.lineText(line)) {
			w.runaway = at
		}
	}
	return t.after, t.after > t.from[len(t.from)-1]
}
