package source

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/valyala/fastjson"

	"github.com/playctl/playctl/pkg/frame"
)

// parser reads values of a file into columns. It has buffers that one goroutine uses again and again.
type parser struct {
	zone   *time.Location
	fast   fastjson.Parser
	number []byte
	cell   []byte // the text of a quoted cell
	lookup lookup
}

// text appends the value of a CSV cell that is not empty to a column. After a fault the column may hold a part of it.
func (v *parser) text(c *frame.Column, cell string) *fault {
	switch c.Type.Kind {
	case frame.Bool:
		b, ok := parseBool(cell)
		if !ok {
			return wrongType(c.Type, cell)
		}
		c.AppendBool(b)
	case frame.Int:
		n, ok := parseInt(cell)
		if !ok {
			return wrongType(c.Type, cell)
		}
		c.AppendInt(n)
	case frame.Double:
		x, ok := parseDouble(cell)
		if !ok {
			return wrongType(c.Type, cell)
		}
		c.AppendDouble(x)
	case frame.String:
		if !utf8.ValidString(cell) {
			return notUTF8(cell)
		}
		c.AppendString(cell)
	case frame.Time:
		micros, ok := parseMoment(cell, v.zone)
		if !ok {
			return wrongType(c.Type, cell)
		}
		c.AppendInt(micros)
	case frame.List:
		if !strings.HasPrefix(cell, "[") {
			return v.separated(c, cell)
		}
		return v.nested(c, cell)
	case frame.Map:
		return v.nested(c, cell)
	}
	return nil
}

// separated appends a list whose elements stand between semicolons.
func (v *parser) separated(c *frame.Column, cell string) *fault {
	for element := range strings.SplitSeq(cell, ";") {
		if element = strings.TrimSpace(element); element == "" {
			continue
		}
		if f := v.text(c.Elems, element); f != nil {
			return f
		}
	}
	c.EndList()
	return nil
}

// nested appends a list or map that a CSV cell holds as JSON.
func (v *parser) nested(c *frame.Column, cell string) *fault {
	if v.flat(c, cell) {
		return nil
	}
	j, err := v.fast.Parse(cell)
	if err != nil || badEscape(cell) || rawControl(cell) {
		return wrongType(c.Type, cell)
	}
	return v.json(c, j)
}

// parseInt reads a decimal number of 64 bits. A fraction of zeros is accepted: spreadsheets and data frames write 12.0 where a column has
// gaps.
func parseInt(s string) (int64, bool) {
	if n, ok := shortInt(s); ok {
		return n, true
	}
	if whole, fraction, ok := strings.Cut(s, "."); ok {
		if fraction == "" || strings.Trim(fraction, "0") != "" {
			return 0, false
		}
		s = whole
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// shortInt reads a number of up to 18 digits and nothing else.
func shortInt(s string) (n int64, ok bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = 10*n + int64(c)
	}
	return n, true
}

// parseDouble reads what strconv.ParseFloat does, except the hexadecimal numbers and the underscores of Go.
func parseDouble(s string) (float64, bool) {
	if x, ok := shortDouble(s); ok {
		return x, true
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.IndexByte(s, '_') >= 0 || len(s) > 2 && (s[1]|' ' == 'x' || s[2]|' ' == 'x') {
		return 0, false
	}
	return x, true
}

// shortDouble reads a number of up to 15 digits with or without a point. Both the digits and the power of ten are doubles then, so that
// dividing one by the other gives the nearest one.
func shortDouble(s string) (float64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if len(digits) > 16 {
		return 0, false
	}
	var n, count, behind int
	point := false
	for i := range len(digits) {
		c := digits[i] - '0'
		switch {
		case c <= 9:
			n, count = 10*n+int(c), count+1
			if point {
				behind++
			}
		case digits[i] == '.' && !point:
			point = true
		default:
			return 0, false
		}
	}
	if count == 0 || count > 15 {
		return 0, false
	}
	x := float64(n)
	if behind > 0 {
		x /= powersOfTen[behind]
	}
	if len(digits) < len(s) {
		x = -x
	}
	return x, true
}

var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}
