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
		zone := s.values.zone
		c.Ints = scalars(x, p, s, c.Ints, func(text string) (int64, bool) { return parseMoment(text, zone) })
		c.Extend(p.rows, s.known)
	default:
		t.eachRow(p, s, func(row int) *fault {
			if cell := x.text(s, row); cell != "" {
				return s.values.text(c, cell)
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
		var ok bool
		if text := x.text(s, row); text != "" && !p.out.Has(row) {
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
	known, dict := s.unknown(p.rows), s.column.Dict
	code, last := uint32(0), ""
	for row := range p.rows {
		text := x.text(s, row)
		switch {
		case p.out.Has(row) || text == "" && !s.key:
			to = append(to, 0)
			continue
		case s.key:
			var f *fault
			if code, f = t.keyCode(s, text, p.lines[row]); f != nil {
				s.fail(row, f)
				to = append(to, 0)
				continue
			}
		case text == last:
		case !x.valid && !utf8.ValidString(text):
			s.fail(row, notUTF8(text))
			to = append(to, 0)
			continue
		default:
			code = dict.Code(text)
			last = dict.Values[code]
		}
		known.Add(row)
		to = append(to, code)
	}
	return to
}

// text gives the text of a cell, good until the slot's next one.
func (x *csvPart) text(s *slot, row int) string {
	cell := x.cells[row*x.width+s.cell]
	if cell.from&escaped == 0 {
		return view(x.data[cell.from:cell.to])
	}
	s.values.cell = unescape(s.values.cell[:0], x.data[cell.from&^escaped:cell.to])
	return view(s.values.cell)
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
