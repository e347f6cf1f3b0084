package frame

import "slices"

// Without gives the frame without some rows of some tables, by entity, and without the events of these. It shares with f what it can, and costs
// little more than linking; rows have other numbers.
func (f *Frame) Without(gone map[string]Bits) *Frame {
	builders := make([]*Builder, len(f.Tables))
	for i, table := range f.Tables {
		builders[i] = table.builder()
		if rows := table.without(gone); len(rows) < table.Rows {
			builders[i].keep(rows)
		}
	}
	return Link(builders)
}

// without gives the rows that stay: an event goes with any of its parents.
func (t *Table) without(gone map[string]Bits) []int32 {
	var lost []func(row int) bool
	if own := gone[t.Entity]; own != nil {
		lost = append(lost, own.Has)
	}
	for _, r := range t.parents {
		if theirs := gone[r.Parent.Entity]; theirs != nil && t.Time() != nil {
			lost = append(lost, func(row int) bool { return r.Up[row] >= 0 && theirs.Has(int(r.Up[row])) })
		}
	}
	rows := make([]int32, 0, t.Rows)
	for row := range t.Rows {
		if !slices.ContainsFunc(lost, func(is func(int) bool) bool { return is(row) }) {
			rows = append(rows, int32(row))
		}
	}
	return rows
}
