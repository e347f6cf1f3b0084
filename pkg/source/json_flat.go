package source

import (
	"unicode/utf8"
	"unsafe"

	"github.com/playctl/playctl/pkg/frame"
)

// flat appends a list or map that is plainly JSON, whose elements need no parser. It gives false for what may be bad or may need one.
func (v *parser) flat(c *frame.Column, text string) bool {
	if !v.flatElements(c, text) {
		c.Truncate(c.Len()) // elements that no row has
		return false
	}
	end(c)
	return true
}

// flatElements appends the elements of a list or map, or some of them if it gives false.
func (v *parser) flatElements(c *frame.Column, text string) bool {
	data := unsafe.Slice(unsafe.StringData(text), len(text))
	first, last := byte('['), byte(']')
	if c.Type.Kind == frame.Map {
		first, last = '{', '}'
	}
	at := skipSpace(data, 0)
	if at >= len(data) || data[at] != first || !utf8.Valid(data) {
		return false
	}
	at = skipSpace(data, at+1)
	for n := 0; at < len(data) && (n > 0 || data[at] != last); n++ {
		if at = v.flatElement(c, data, at); at == 0 {
			return false
		}
		if at = skipSpace(data, at); at >= len(data) || data[at] == last {
			break
		}
		if data[at] != ',' {
			return false
		}
		at = skipSpace(data, at+1)
	}
	return at < len(data) && skipSpace(data, at+1) == len(data)
}

// flatElement appends an element, or an entry, and gives where it ends, 0 if it is not plain.
func (v *parser) flatElement(c *frame.Column, data []byte, at int) (end int) {
	if c.Type.Kind == frame.Map {
		end, plain := skipString(data, at)
		if data[at] != '"' || !plain {
			return 0
		}
		c.MapKeys.AppendString(view(data[at+1 : end-1]))
		if at = skipSpace(data, end); at >= len(data) || data[at] != ':' {
			return 0
		}
		at = skipSpace(data, at+1)
	}
	end = skipValue(data, at, maxDepth) // no lists or objects
	if end == 0 || !v.plain(c.Elems, data[at:end], true) {
		return 0
	}
	return end
}
