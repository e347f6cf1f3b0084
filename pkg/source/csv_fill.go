package source

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/frame"
)

// fill implements records.
func (x *csvPart) fill(t *table, p *part, slot int) {
	s := &t.slots[slot]
	switch c := s.column; c.Type.Kind {
	case frame.String:
		c.Codes = x.strings(t, p, s, c.Codes)
		c.Extend(p.rows, s.known)
	case frame.Bool:
		c.Bools = scalars(x, p, s, c.Bools, parseBool)
		c.Extend(p.rows, s.known)
	case frame.Int:
		c.Ints = scalars(x, p, s, c.Ints, parseInt)
		c.Extend(p.rows, s.known)
	case frame.Double:
		c.Doubles = scalars(x, p, s, c.Doubles, parseDouble)
		c.Extend(p.rows, s.known)
	case frame.Time:
		zone := s.parser.zone
		c.Ints = scalars(x, p, s, c.Ints, func(text string) (int64, bool) { return parseMoment(text, zone) })
		c.Extend(p.rows, s.known)
	default:
		t.eachKept(p, s, func(row int) *fault {
			if cell := x.text(s, row); cell != "" {
				return s.parser.text(c, cell)
			}
			c.AppendMissing()
			return nil
		})
	}
	at := x.file.cells[s.cell]
	for _, o := range s.faults {
		o.fault.in(fmt.Sprintf("column %d (%s)", at+1, x.file.header[at]), x.file.header[at])
	}
}

// scalars appends the value of each record, and notes which have one. Parse gives whether a text that is not empty is of the type.
func scalars[T any](x *csvPart, p *part, s *slot, to []T, parse func(string) (T, bool)) []T {
	known := s.unknown(p.rows)
	for row := range p.rows {
		var value, none T
		if p.out.Has(row) {
			to = append(to, none)
			continue
		}
		if text := x.text(s, row); text != "" {
			var ok bool
			if value, ok = parse(text); ok {
				known.Add(row)
			} else {
				value = none
				s.fail(row, wrongType(s.column.Type, text))
			}
		}
		to = append(to, value)
	}
	return to
}

// strings appends the code of each record's text. Neighbours are often alike, which is quicker to see than to look up.
func (x *csvPart) strings(t *table, p *part, s *slot, to []uint32) []uint32 {
	known, l := s.unknown(p.rows), &s.parser.lookup
	l.reset()
	last := ""
	for row := range p.rows {
		if p.out.Has(row) {
			continue
		}
		text := x.lastingText(s, row)
		switch f := x.checkText(s, text); {
		case f != nil:
			s.fail(row, f)
			continue
		case text == "":
			continue
		case text != last || len(l.texts) == 0:
			l.texts, last = append(l.texts, text), text
		}
		l.rows = append(l.rows, int32(row))
		l.which = append(l.which, int32(len(l.texts)-1))
	}
	return l.resolve(t, s, known, p, to)
}

// checkText judges a text.
func (x *csvPart) checkText(s *slot, text string) *fault {
	if s.key {
		return checkKey(text)
	}
	if !x.valid && !utf8.ValidString(text) {
		return notUTF8(text)
	}
	return nil
}

// lookup is the texts of a part's records that are to be looked up, all at once: a dictionary may be far away in memory.
type lookup struct {
	texts []string
	codes []uint32
	rows  []int32 // the records that have a text, in order
	which []int32 // which text each has
}

func (l *lookup) reset() {
	l.texts, l.codes, l.rows, l.which = l.texts[:0], l.codes[:0], l.rows[:0], l.which[:0]
}

// resolve appends the codes of the texts, 0 for records without one.
func (l *lookup) resolve(t *table, s *slot, known frame.Bits, p *part, to []uint32) []uint32 {
	l.codes = s.column.Dict.Codes(l.codes, l.texts)
	from := len(to)
	to = append(to, make([]uint32, p.rows)...)
	for i, row := range l.rows {
		code := l.codes[l.which[i]]
		if s.key {
			if f := t.addKey(code, l.texts[l.which[i]], p.lines[row]); f != nil {
				s.fail(int(row), f)
				continue
			}
		}
		to[from+int(row)] = code
		known.Add(int(row))
	}
	return to
}

// text gives the text of a cell, good until the slot's next one.
func (x *csvPart) text(s *slot, row int) string {
	cell := x.cells[row*x.width+s.cell]
	if cell.from&escaped == 0 {
		return view(x.data[cell.from:cell.to])
	}
	s.parser.cell = unescape(s.parser.cell[:0], x.data[cell.from&^escaped:cell.to])
	return view(s.parser.cell)
}

// lastingText gives the text of a cell, good as long as the part is.
func (x *csvPart) lastingText(s *slot, row int) string {
	cell := x.cells[row*x.width+s.cell]
	if cell.from&escaped == 0 {
		return view(x.data[cell.from:cell.to])
	}
	s.parser.cell = unescape(s.parser.cell[:0], x.data[cell.from&^escaped:cell.to])
	return string(s.parser.cell)
}

// unescape appends the text of a quoted cell, with one quote for two, and line ends of one character.
func unescape(to, cell []byte) []byte {
	for i := 0; i < len(cell); i++ {
		c := cell[i]
		if c == '\r' && i+1 < len(cell) && cell[i+1] == '\n' {
			continue
		}
		if to = append(to, c); c == '"' {
			i++ // the other of two
		}
	}
	return to
}

func parseBool(text string) (value, ok bool) {
	switch text {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	value, err := strconv.ParseBool(text)
	return value, err == nil
}
