package frame

import (
	"slices"
	"time"
)

// Until gives the frame as it was at a time: without the events later than it. Events without a time stay. It shares with f what it can, and
// costs little more than linking; rows have other numbers.
func (f *Frame) Until(t time.Time) *Frame {
	builders := make([]*Builder, len(f.Tables))
	for i, table := range f.Tables {
		builders[i] = table.until(t.UnixMicro())
	}
	return Link(builders)
}

// builder gives a builder of all of a table's rows, which shares its columns.
func (t *Table) builder() *Builder {
	b := &Builder{Entity: t.Entity, Columns: slices.Clone(t.Columns), Key: t.keys, sum: t.known}
	for _, r := range t.parents {
		b.Parents = append(b.Parents, ParentLink{Entity: r.Parent.Entity, Plural: r.Plural, Keys: r.Keys})
		b.saved = append(b.saved, r.save())
	}
	if clock := t.Time(); clock != nil {
		b.Time = clock.Name
	}
	return b
}

// until gives a builder of those of a table's rows that are not later than a time.
func (t *Table) until(micros int64) *Builder {
	b, clock := t.builder(), t.Time()
	if clock == nil {
		return b
	}
	rows := make([]int32, 0, t.Rows)
	for row := range t.Rows {
		if !clock.IsKnown(row) || clock.Ints[row] <= micros {
			rows = append(rows, int32(row))
		}
	}
	if len(rows) < t.Rows {
		b.keep(rows)
	}
	return b
}
