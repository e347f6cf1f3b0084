package document

import "regexp"

// flow reads a flow collection, and gives the offset behind its closing bracket; not ok if it never closes.
func (w *walker) flow(at int) (end int, ok bool) {
	opener, bracket := at, closer(w.source.text[at])
	at = w.skipFlowSpace(at + 1)
	for at < len(w.source.text) {
		switch c := w.source.text[at]; {
		case c == bracket:
			return at + 1, true
		case c == ']' || c == '}':
			return w.open(opener)
		case c == ',':
			at = w.skipFlowSpace(at + 1)
			continue
		}
		if key := flowKey.Find(w.source.restOfLine(at)); key != nil {
			at = w.skipFlowSpace(at + len(key))
		}
		next, ok := w.flowValue(at)
		if !ok || next == at && w.source.byteAt(at) != bracket && w.source.byteAt(at) != ',' {
			return at, false
		}
		at = w.skipFlowSpace(next)
	}
	return w.open(opener)
}

// open notes a bracket that never closes; the innermost comes first.
func (w *walker) open(opener int) (int, bool) {
	if w.unclosed < 0 {
		w.unclosed = opener
	}
	return opener, false
}

// flowKey matches a key and its colon inside a flow mapping.
var flowKey = regexp.MustCompile(`^([^\s"'\[\]{},#&*!|>%@?(:-][^"'\[\]{},#?(:]*|"[^"\\]*"|'[^']*')[ \t]*:([ \t]|\r?$)`)

// flowValue reads one value inside a flow collection.
func (w *walker) flowValue(at int) (next int, ok bool) {
	s := w.source
	c := s.byteAt(at)
	switch {
	case opens(c):
		end, ok := w.closed(at)
		if !ok {
			return at, false
		}
		behind := w.skipFlowSpace(end)
		switch b := s.byteAt(behind); b {
		case ',', ']', '}':
			return behind, true
		case ':':
			return w.flowValue(w.skipFlowSpace(behind + 1))
		}
		return w.suspectFlow(at, behind, "text behind the closing "+closing(c))
	case properties[c] != "" || c == '@' || c == '`' || c == '%':
		return w.suspectFlow(at, at, beginning(c))
	}
	return w.suspectFlow(at, -1, "")
}

func (w *walker) suspectFlow(start, at int, reason string) (next int, ok bool) {
	e := w.source.expression(start, true, -1)
	if !e.whole {
		return start, false
	}
	w.suspect(e, at, reason)
	return e.end, true
}

// skipFlowSpace gives the offset of the first byte that is neither white space nor in a comment.
func (w *walker) skipFlowSpace(at int) int {
	for at < len(w.source.text) {
		switch c := w.source.text[at]; {
		case isSpace(c):
			at++
		case c == '#' && isSpace(w.source.byteAt(at-1)):
			at = w.source.lineEnd(w.source.line(at))
		default:
			return at
		}
	}
	return at
}
