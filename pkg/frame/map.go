package frame

import (
	"cmp"
	"slices"
)

// mapSpare is memory that [Column.EndMap] uses again for every row.
type mapSpare struct {
	order       []int32
	keys, elems *Column
}

// EndMap adds a row to a Map column: its entries are those appended to MapKeys and Elems since the last row, in any order; of entries
// with the same key the last counts.
func (c *Column) EndMap() {
	if from := int(c.Start[c.rows]); !c.entriesSorted(from) {
		c.sortEntries(from)
	}
	c.Start = append(c.Start, uint32(c.Elems.rows))
	c.grow(true)
}

// entriesSorted reports whether the entries from one on stand in order of their keys, each key once.
func (c *Column) entriesSorted(from int) bool {
	for i := from + 1; i < c.MapKeys.rows; i++ {
		if c.MapKeys.Text(i-1) >= c.MapKeys.Text(i) {
			return false
		}
	}
	return true
}

// sortEntries puts the entries from one on in order of their keys and drops all but the last of each key.
func (c *Column) sortEntries(from int) {
	if c.spare == nil {
		c.spare = &mapSpare{keys: c.MapKeys.like(), elems: c.Elems.like()}
	}
	s := c.spare
	s.order = s.order[:0]
	for i := from; i < c.Elems.rows; i++ {
		s.order = append(s.order, int32(i))
	}
	slices.SortFunc(s.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(c.MapKeys.Text(int(a)), c.MapKeys.Text(int(b))), cmp.Compare(a, b))
	})
	for i, at := range s.order {
		if i+1 == len(s.order) || c.MapKeys.Codes[at] != c.MapKeys.Codes[s.order[i+1]] {
			s.keys.appendRow(c.MapKeys, int(at))
			s.elems.appendRow(c.Elems, int(at))
		}
	}
	c.MapKeys.replace(from, s.keys)
	c.Elems.replace(from, s.elems)
}

// replace puts the rows of a column in the place of c's rows from one on, and empties it.
func (c *Column) replace(from int, with *Column) {
	c.Truncate(from)
	for r := range with.rows {
		c.appendRow(with, r)
	}
	with.Truncate(0)
}
