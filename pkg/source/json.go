package source

import (
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/valyala/fastjson"

	"github.com/playctl/playctl/pkg/frame"
)

// json appends a JSON value that is not null to a column. After a fault the column may hold a part of it.
func (v *parser) json(c *frame.Column, j *fastjson.Value) *fault {
	switch kind := j.Type(); {
	case c.Type.Kind == frame.Bool && (kind == fastjson.TypeTrue || kind == fastjson.TypeFalse):
		c.AppendBool(kind == fastjson.TypeTrue)
		return nil
	case c.Type.Kind == frame.Int && kind == fastjson.TypeNumber:
		if n, ok := parseInt(v.digits(j)); ok && isNumber(view(v.number)) {
			c.AppendInt(n)
			return nil
		}
	case c.Type.Kind == frame.Double && kind == fastjson.TypeNumber:
		if x, ok := parseDouble(v.digits(j)); ok && isNumber(view(v.number)) {
			c.AppendDouble(x)
			return nil
		}
	case c.Type.Kind == frame.String && kind == fastjson.TypeString:
		return v.jsonString(c, j)
	case c.Type.Kind == frame.Time && kind == fastjson.TypeString:
		if micros, ok := parseMoment(view(j.GetStringBytes()), v.zone); ok {
			c.AppendInt(micros)
			return nil
		}
	case c.Type.Kind == frame.List && kind == fastjson.TypeArray:
		return v.jsonList(c, j)
	case c.Type.Kind == frame.Map && kind == fastjson.TypeObject:
		return v.jsonMap(c, j)
	}
	return wrongJSON(c.Type, j)
}

func (v *parser) jsonString(c *frame.Column, j *fastjson.Value) *fault {
	s := j.GetStringBytes()
	if !utf8.Valid(s) {
		return notUTF8(string(s))
	}
	c.AppendString(view(s))
	return nil
}

func (v *parser) jsonList(c *frame.Column, j *fastjson.Value) *fault {
	for _, element := range j.GetArray() {
		if element.Type() == fastjson.TypeNull {
			return nullInList()
		}
		if f := v.json(c.Elems, element); f != nil {
			return f
		}
	}
	c.EndList()
	return nil
}

func nullInList() *fault {
	return &fault{message: "a list with a null in it", hint: "leave out the element, or the whole list"}
}

func (v *parser) jsonMap(c *frame.Column, j *fastjson.Value) *fault {
	var f *fault
	j.GetObject().Visit(func(key []byte, value *fastjson.Value) {
		switch {
		case f != nil || value.Type() == fastjson.TypeNull:
			return
		case !utf8.Valid(key):
			f = notUTF8(string(key))
			return
		}
		c.MapKeys.AppendString(view(key))
		f = v.json(c.Elems, value)
	})
	if f == nil {
		c.EndMap()
	}
	return f
}

// jsonKey reads a record's key or that of its parent: a string, or a whole number as it is written.
func (v *parser) jsonKey(j *fastjson.Value) (key string, f *fault) {
	switch j.Type() {
	case fastjson.TypeString:
		return view(j.GetStringBytes()), nil
	case fastjson.TypeNumber:
		if digits := v.digits(j); strings.Trim(strings.TrimPrefix(digits, "-"), "0123456789") == "" && isNumber(digits) {
			return digits, nil
		}
	}
	return "", wrongJSON(frame.Type{Kind: frame.String}, j)
}

// digits gives a number as it is written, good until the next call.
func (v *parser) digits(j *fastjson.Value) string {
	v.number = j.MarshalTo(v.number[:0])
	return view(v.number)
}

// isNumber reports whether a number that can be parsed is one that JSON has: no NaN or Inf, no plus, no zeros before it, a digit at both
// ends. The parser lets others through.
func isNumber(digits string) bool {
	digits = strings.TrimPrefix(digits, "-")
	digit := func(i int) bool { return digits[i] >= '0' && digits[i] <= '9' }
	n := len(digits)
	return n > 0 && digit(0) && digit(n-1) && (n == 1 || digits[0] != '0' || !digit(1))
}

// wrongJSON gives the fault of a JSON value that is not of the type.
func wrongJSON(t frame.Type, j *fastjson.Value) *fault {
	switch kind := j.Type(); kind {
	case fastjson.TypeString:
		return wrongType(t, string(j.GetStringBytes()))
	case fastjson.TypeArray, fastjson.TypeObject:
		f := wrongType(t, "")
		f.message, f.hasText = "an "+kind.String()+" is not "+article(t), false
		return f
	}
	f := wrongType(t, string(j.MarshalTo(nil)))
	f.literal = true
	return f
}

// view gives bytes as a string without copying them: good until the bytes change, for parsing and for [frame.Column.AppendString].
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
