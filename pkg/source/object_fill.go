package source

import (
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/frame"
)

// fill implements records.
func (x *objectPart) fill(t *table, p *part, slot int) {
	s := &t.slots[slot]
	if c := s.column; c.Type.Kind == frame.String {
		c.Codes = x.strings(t, p, s, c.Codes)
		c.Extend(p.rows, s.known)
	} else {
		t.eachKept(p, s, func(row int) *fault { return s.parser.given(c, x.cells[s.cell][row]) })
	}
	for _, o := range s.faults {
		o.fault.in(t.names[s.cell], t.names[s.cell])
	}
}

// name words which record of a part has a fault, for people to find it: by its key, unless that may be an address or is not there.
func (x *objectPart) name(row int) string {
	if key := x.table.entity.Key; key != "" {
		for i, name := range x.table.names {
			if text, ok := textOf(x.cells[i][row]); name == key && ok && text != "" && utf8.ValidString(text) && !private(name, text) {
				return fmt.Sprintf("%s %q", x.table.entity.Name, shorten(text))
			}
		}
	}
	return fmt.Sprintf("%s %d, as they came", x.table.entity.Name, x.lines[row])
}

// strings appends the code of each record's text.
func (x *objectPart) strings(t *table, p *part, s *slot, to []uint32) []uint32 {
	values, known, l := x.cells[s.cell], s.unknown(p.rows), &s.parser.lookup
	l.reset()
	for row, value := range values[:p.rows] {
		if p.out.Has(row) || value == nil && !s.key {
			continue
		}
		text, ok := textOf(value)
		switch f := checkGiven(s, text, ok || value == nil, value); {
		case f != nil:
			s.fail(row, f)
			continue
		case text == "" && s.parent:
			continue
		case len(l.texts) == 0 || text != l.texts[len(l.texts)-1]:
			l.texts = append(l.texts, text)
		}
		l.rows = append(l.rows, int32(row))
		l.which = append(l.which, int32(len(l.texts)-1))
	}
	return l.resolve(t, s, known, p, to)
}

// checkGiven judges a text of a slot.
func checkGiven(s *slot, text string, ok bool, value any) *fault {
	switch {
	case !ok:
		return wrongValue(s.column.Type, value)
	case s.key:
		return checkKey(text)
	case !utf8.ValidString(text):
		return notUTF8(text)
	}
	return nil
}

// textOf gives a single value as text. A whole number has no point, so that a key is the same whether it came as text or as a number.
func textOf(value any) (text string, ok bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		if n, whole := wholeOf(v); whole {
			return strconv.FormatInt(n, 10), true
		}
	case bool, time.Time:
	default:
		return "", false
	}
	return connector.Text(value), true
}

// wholeOf gives a double as a whole number, if it is one that doubles tell from its neighbours.
func wholeOf(v float64) (int64, bool) {
	return int64(v), v == math.Trunc(v) && math.Abs(v) < 1<<53
}

// given appends a value of a connector to a column of any type but string. After a fault the column may hold a part of it.
func (v *parser) given(c *frame.Column, value any) *fault {
	switch g := value.(type) {
	case nil:
		c.AppendMissing()
		return nil
	case string:
		if g == "" {
			c.AppendMissing()
			return nil
		}
		return v.text(c, g)
	}
	if v.scalar(c, value) {
		return nil
	}
	switch g := value.(type) {
	case []any:
		if c.Type.Kind == frame.List {
			return v.givenList(c, g)
		}
	case map[string]any:
		if c.Type.Kind == frame.Map {
			return v.givenMap(c, g)
		}
	}
	return wrongValue(c.Type, value)
}

// scalar appends a value that is of the column's type.
func (v *parser) scalar(c *frame.Column, value any) bool {
	switch g := value.(type) {
	case bool:
		if c.Type.Kind == frame.Bool {
			c.AppendBool(g)
			return true
		}
	case int64:
		switch c.Type.Kind {
		case frame.Int:
			c.AppendInt(g)
			return true
		case frame.Double:
			c.AppendDouble(float64(g))
			return true
		}
	case float64:
		n, whole := wholeOf(g)
		switch {
		case c.Type.Kind == frame.Double:
			c.AppendDouble(g)
			return true
		case c.Type.Kind == frame.Int && whole:
			c.AppendInt(n)
			return true
		}
	case time.Time:
		if c.Type.Kind == frame.Time {
			c.AppendInt(g.UnixMicro())
			return true
		}
	}
	return false
}

func (v *parser) givenList(c *frame.Column, list []any) *fault {
	for _, element := range list {
		if element == nil {
			return nullInList()
		}
		if f := v.element(c.Elems, element); f != nil {
			return f
		}
	}
	c.EndList()
	return nil
}

func (v *parser) givenMap(c *frame.Column, values map[string]any) *fault {
	for key, value := range values {
		switch {
		case value == nil:
			continue
		case !utf8.ValidString(key):
			return notUTF8(key)
		}
		c.MapKeys.AppendString(key)
		if f := v.element(c.Elems, value); f != nil {
			return f
		}
	}
	c.EndMap()
	return nil
}

// element appends an element of a list or map, which is not missing.
func (v *parser) element(c *frame.Column, value any) *fault {
	text, ok := textOf(value)
	switch {
	case c.Type.Kind == frame.String && ok && utf8.ValidString(text):
		c.AppendString(text)
		return nil
	case c.Type.Kind == frame.String && ok:
		return notUTF8(text)
	case v.scalar(c, value):
		return nil
	}
	if s, is := value.(string); is {
		return v.text(c, s)
	}
	return wrongValue(c.Type, value)
}

// wrongValue gives the fault of a value that is not of the type.
func wrongValue(t frame.Type, value any) *fault {
	what := ""
	switch value.(type) {
	case []any:
		what = "a list"
	case map[string]any:
		what = "an object"
	default:
		text, _ := textOf(value)
		f := wrongType(t, text)
		_, f.literal = value.(float64)
		return f
	}
	f := wrongType(t, "")
	f.message, f.hasText = what+" is not "+article(t), false
	return f
}
