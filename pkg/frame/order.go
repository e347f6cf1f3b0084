package frame

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// keyOrder gives the rows in order of their keys, nil where they stand in it.
func (b *Builder) keyOrder() []int32 {
	if b.Key.Dict.sorted && b.Key.ascending() {
		return nil
	}
	rows := identity(b.Rows())
	byKey := func(x, y int32) int { return strings.Compare(b.Key.Text(int(x)), b.Key.Text(int(y))) }
	if slices.IsSortedFunc(rows, byKey) {
		return rows
	}
	sortByText(rows, func(row int32) string { return b.Key.Text(int(row)) })
	return rows
}

// sortByText sorts items by text. It compares the eight bytes behind what all texts begin with as one number, and the rest only where
// those are equal: a text lies far away in memory.
func sortByText[T int32 | uint32](items []T, text func(T) string) {
	type place struct {
		prefix uint64
		item   T
	}
	skip := commonPrefix(items, text)
	places := make([]place, len(items))
	for i, item := range items {
		var head [8]byte
		copy(head[:], text(item)[skip:])
		places[i] = place{binary.BigEndian.Uint64(head[:]), item}
	}
	slices.SortFunc(places, func(x, y place) int {
		if d := cmp.Compare(x.prefix, y.prefix); d != 0 {
			return d
		}
		return strings.Compare(text(x.item), text(y.item))
	})
	for i, p := range places {
		items[i] = p.item
	}
}

// commonPrefix gives how many bytes the texts of all items begin with.
func commonPrefix[T int32 | uint32](items []T, text func(T) string) int {
	if len(items) == 0 {
		return 0
	}
	first := text(items[0])
	n := len(first)
	for _, item := range items {
		s := text(item)
		n = min(n, len(s))
		for n > 0 && s[:n] != first[:n] {
			n--
		}
	}
	return n
}

// eventOrder gives the rows of a builder without a key in order of the first parent's row, time, and then content. up is the first
// parent's row of each row, nil without parents, and parents how many rows that parent has.
func (b *Builder) eventOrder(up []int32, parents int) []int32 {
	rows := identity(b.Rows())
	starts := []uint32{0, uint32(len(rows))}
	if up != nil {
		rows, starts = groupBy(up, parents)
	}
	clock := b.clock()
	byTimeAndContent := func(x, y int32) int {
		if clock != nil {
			if d := clock.compare(int(x), int(y)); d != 0 {
				return d
			}
		}
		return b.compare(int(x), int(y))
	}
	for i := range len(starts) - 1 {
		group := rows[starts[i]:starts[i+1]]
		if !slices.IsSortedFunc(group, byTimeAndContent) {
			slices.SortFunc(group, byTimeAndContent)
		}
	}
	return rows
}

// eventsInOrder reports whether the rows of a builder without a key stand in their order already; see eventOrder.
func (b *Builder) eventsInOrder(up []int32) bool {
	clock := b.clock()
	for row, rows := 1, b.Rows(); row < rows; row++ {
		if up != nil && up[row-1] != up[row] {
			if up[row-1] > up[row] {
				return false
			}
			continue
		}
		if clock != nil {
			if d := clock.compareTimes(row-1, row); d != 0 {
				if d > 0 {
					return false
				}
				continue
			}
		}
		if b.compare(row-1, row) > 0 {
			return false
		}
	}
	return true
}

// inOrder reports whether rows stand in order of a time column, and by number where the times are equal.
func (c *Column) inOrder(rows []uint32) bool {
	for i := 1; i < len(rows); i++ {
		a, b := int(rows[i-1]), int(rows[i])
		if d := c.compareTimes(a, b); d > 0 || d == 0 && a > b {
			return false
		}
	}
	return true
}

// compareTimes is compare for a column of times.
func (c *Column) compareTimes(a, b int) int {
	if (c.Known[a>>6]>>(a&63))&(c.Known[b>>6]>>(b&63))&1 == 0 {
		return cmp.Compare(btoi(c.IsKnown(a)), btoi(c.IsKnown(b)))
	}
	return cmp.Compare(c.Ints[a], c.Ints[b])
}

// compare orders two rows by all of their values.
func (b *Builder) compare(x, y int) int {
	for c := range b.all {
		if d := c.compare(x, y); d != 0 {
			return d
		}
	}
	return 0
}

// groupBy gives row numbers grouped by a value of each, from -1 to n-1, ascending within a group. The rows of value v are
// rows[starts[v+1]:starts[v+2]].
func groupBy(values []int32, n int) (rows []int32, starts []uint32) {
	starts = make([]uint32, n+2)
	for _, v := range values {
		starts[v+1]++
	}
	at := uint32(0)
	for v, count := range starts {
		starts[v] = at
		at += count
	}
	rows = make([]int32, len(values))
	for r, v := range values {
		rows[starts[v+1]] = int32(r)
		starts[v+1]++
	}
	copy(starts[1:], starts)
	starts[0] = 0
	return rows, starts
}

func identity(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// ascending reports whether every row has a value and no code is less than, or as, that of the row before.
func (c *Column) ascending() bool {
	for row := 1; row < c.rows; row++ {
		if c.Codes[row-1] >= c.Codes[row] {
			return false
		}
	}
	return c.Known.Count() == c.rows
}
