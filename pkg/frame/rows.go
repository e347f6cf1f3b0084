package frame

import (
	"cmp"
	"math"
	"slices"
)

// like gives an empty column of the same type that shares its dictionaries, those of elements included.
func (c *Column) like() *Column {
	out := &Column{Name: c.Name, Type: c.Type, Dict: c.Dict}
	if c.Elems != nil {
		out.Elems, out.Start = c.Elems.like(), []uint32{0}
	}
	if c.MapKeys != nil {
		out.MapKeys = c.MapKeys.like()
	}
	return out
}

// pick gives a column of the given rows, in that order. Dictionaries are shared.
func (c *Column) pick(rows []int32) *Column {
	out := c.like()
	out.reserve(len(rows))
	for _, r := range rows {
		out.appendRow(c, int(r))
	}
	return out
}

// reserve makes room for n more rows; elements of lists and maps take what they need.
func (c *Column) reserve(n int) {
	if n = max(n, 0); n == 0 {
		return
	}
	c.Known = slices.Grow(c.Known, (n+63)/64)
	switch c.Type.Kind {
	case Bool:
		c.Bools = slices.Grow(c.Bools, n)
	case Int, Time:
		c.Ints = slices.Grow(c.Ints, n)
	case Double:
		c.Doubles = slices.Grow(c.Doubles, n)
	case String:
		c.Codes = slices.Grow(c.Codes, n)
		if c.rows > 100 && c.Dict.size() > c.rows/2 { // nearly all differ
			c.Dict.reserve(n)
		}
	case List, Map:
		c.Start = slices.Grow(c.Start, n)
	}
}

// appendRow copies row r of from, a column of the same type that shares its dictionaries.
func (c *Column) appendRow(from *Column, r int) {
	if !from.IsKnown(r) {
		c.AppendMissing()
		return
	}
	switch c.Type.Kind {
	case Bool:
		c.Bools = append(c.Bools, from.Bools[r])
	case Int, Time:
		c.Ints = append(c.Ints, from.Ints[r])
	case Double:
		c.Doubles = append(c.Doubles, from.Doubles[r])
	case String:
		c.Codes = append(c.Codes, from.Codes[r])
	case List, Map:
		for e := from.Start[r]; e < from.Start[r+1]; e++ {
			c.Elems.appendRow(from.Elems, int(e))
			if c.MapKeys != nil {
				c.MapKeys.appendRow(from.MapKeys, int(e))
			}
		}
		c.Start = append(c.Start, uint32(c.Elems.rows))
	}
	c.grow(true)
}

// compare orders two rows by value, missing first: a total order that does not depend on how the rows were read. Rows that compare equal
// hold the same value; among doubles NaN stands first and -0 before 0.
func (c *Column) compare(a, b int) int {
	if ka, kb := c.IsKnown(a), c.IsKnown(b); !ka || !kb {
		return cmp.Compare(btoi(ka), btoi(kb))
	}
	switch c.Type.Kind {
	case Bool:
		return cmp.Compare(btoi(c.Bools[a]), btoi(c.Bools[b]))
	case Int, Time:
		return cmp.Compare(c.Ints[a], c.Ints[b])
	case Double:
		x, y := c.Doubles[a], c.Doubles[b]
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(btoi(!math.Signbit(x)), btoi(!math.Signbit(y))))
	case String:
		if c.Codes[a] == c.Codes[b] {
			return 0
		}
		return cmp.Compare(c.Text(a), c.Text(b))
	}
	return c.compareElems(a, b)
}

func (c *Column) compareElems(a, b int) int {
	x, y := int(c.Start[a]), int(c.Start[b])
	for ; x < int(c.Start[a+1]) && y < int(c.Start[b+1]); x, y = x+1, y+1 {
		if c.MapKeys != nil {
			if d := c.MapKeys.compare(x, y); d != 0 {
				return d
			}
		}
		if d := c.Elems.compare(x, y); d != 0 {
			return d
		}
	}
	return cmp.Compare(int(c.Start[a+1])-x, int(c.Start[b+1])-y)
}

// forget drops what only building needs.
func (c *Column) forget() {
	c.spare = nil
	if c.Dict != nil {
		c.Dict.forget()
	}
	if c.Elems != nil {
		c.Elems.forget()
	}
	if c.MapKeys != nil {
		c.MapKeys.forget()
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
