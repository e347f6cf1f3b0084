package source

import (
	"bytes"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/frame"
)

// fill implements records.
func (x *jsonPart) fill(t *table, p *part, slot int) {
	s := &t.slots[slot]
	t.eachKept(p, s, func(row int) *fault {
		f := x.value(t, s, row)
		if f != nil {
			f.in(t.names[s.cell], t.names[s.cell])
		}
		return f
	})
}

// value appends the value of a record to a slot's column.
func (x *jsonPart) value(t *table, s *slot, row int) *fault {
	raw := x.raw(s, row)
	null := len(raw) == 0 || string(raw) == "null" // nan is a number to the parser
	switch {
	case s.key || s.parent && !null:
		text, f := s.parser.keyText(raw, null)
		if f != nil {
			return f
		}
		return t.appendKey(s, text, x.part.lines[row])
	case null:
		s.column.AppendMissing()
		return nil
	case s.parser.plain(s.column, raw, x.valid):
		return nil
	}
	v, err := s.parser.fast.ParseBytes(raw)
	if err != nil { // it was JSON when its line was
		return &fault{message: syntaxError(raw)}
	}
	return s.parser.json(s.column, v)
}

// raw gives a value as it is written, nothing where there is none.
func (x *jsonPart) raw(s *slot, row int) []byte {
	j := x.file
	at := j.cells[row*j.width+s.cell]
	if at.from&elsewhere == 0 {
		return x.data[at.from:at.to]
	}
	return j.scanOf(row, x.rows).other[at.from&^elsewhere : at.to]
}

// plain appends a value that needs no parser; it gives false if it may be bad or may need one. Valid tells that it is UTF-8.
func (v *parser) plain(c *frame.Column, raw []byte, valid bool) bool {
	switch c.Type.Kind {
	case frame.Bool:
		if raw[0] == 't' || raw[0] == 'f' {
			c.AppendBool(raw[0] == 't')
			return true
		}
	case frame.Int:
		if n, ok := parseInt(view(raw)); ok && isNumber(view(raw)) {
			c.AppendInt(n)
			return true
		}
	case frame.Double:
		if n, ok := parseDouble(view(raw)); ok && isNumber(view(raw)) {
			c.AppendDouble(n)
			return true
		}
	case frame.String:
		if text, ok := plainString(raw); ok && (valid || utf8.ValidString(text)) {
			c.AppendString(text)
			return true
		}
	case frame.Time:
		if text, ok := plainString(raw); ok {
			if micros, ok := parseMoment(text, v.zone); ok {
				c.AppendInt(micros)
				return true
			}
		}
	case frame.List, frame.Map:
		return v.flat(c, view(raw))
	}
	return false
}

// plainString gives the text of a string without escapes.
func plainString(raw []byte) (text string, ok bool) {
	if raw[0] != '"' || bytes.IndexByte(raw, '\\') >= 0 {
		return "", false
	}
	return view(raw[1 : len(raw)-1]), true
}

// keyText reads a record's key or that of its parent.
func (v *parser) keyText(raw []byte, null bool) (text string, f *fault) {
	if null {
		return "", nil
	}
	if text, ok := plainString(raw); ok {
		return text, nil
	}
	j, err := v.fast.ParseBytes(raw)
	if err != nil { // it was JSON when its line was
		return "", &fault{message: syntaxError(raw)}
	}
	return v.jsonKey(j)
}

// appendKey appends a record's key, or that of its parent, which may be empty.
func (t *table) appendKey(s *slot, key string, line int32) *fault {
	switch {
	case s.key:
		if f := checkKey(key); f != nil {
			return f
		}
		code := s.column.Dict.Code(key)
		if f := t.addKey(code, key, line); f != nil {
			return f
		}
		s.column.Codes = append(s.column.Codes, code)
		s.column.Extend(1, nil)
	case key == "":
		s.column.AppendMissing()
	case !utf8.ValidString(key):
		return notUTF8(key)
	default:
		s.column.AppendString(key)
	}
	return nil
}
