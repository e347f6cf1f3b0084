package frame

import (
	"cmp"
	"slices"
)

// Link makes the frame of the tables: each put into its order, children found by their parents' keys. Keys must be known and unique, and
// parents have a key and be among the builders; the builders are used up.
func Link(builders []*Builder) *Frame {
	f := &Frame{byName: map[string]*Table{}}
	l := linker{frame: f, rows: map[*Table][]int32{}}
	for _, b := range builders {
		if b.Key != nil {
			b.reorder(b.keyOrder())
			f.byName[b.Entity] = b.table()
		}
	}
	for _, b := range builders {
		if b.Key == nil {
			l.orderEvents(b)
			f.byName[b.Entity] = b.table()
		}
		f.Tables = append(f.Tables, f.byName[b.Entity])
	}
	for _, b := range builders {
		for _, p := range b.Parents {
			l.link(f.byName[b.Entity], p)
		}
	}
	for _, b := range builders {
		for c := range b.all {
			c.forget()
		}
	}
	return f
}

// linker makes a frame.
type linker struct {
	frame *Frame
	rows  map[*Table][]int32 // the row of each code of a table's keys
}

// orderEvents puts the rows of a builder without a key into their order.
func (l *linker) orderEvents(b *Builder) {
	var up []int32
	parents := 0
	if len(b.Parents) > 0 {
		parent := l.frame.byName[b.Parents[0].Entity]
		up, parents = l.rowsOf(parent, b.Parents[0].Keys), parent.Rows
	}
	b.reorder(b.eventOrder(up, parents))
}

// rowsOf finds the rows of keys in a table, once for each distinct key: -1 where missing or unknown.
func (l *linker) rowsOf(t *Table, keys *Column) []int32 {
	byCode := make([]int32, len(keys.Dict.Values))
	for code, key := range keys.Dict.Values {
		byCode[code] = -1
		if at, ok := t.keys.Dict.find(key); ok {
			byCode[code] = l.rowOf(t)[at]
		}
	}
	rows := make([]int32, keys.Len())
	for i := range rows {
		rows[i] = -1
		if keys.IsKnown(i) {
			rows[i] = byCode[keys.Codes[i]]
		}
	}
	return rows
}

// rowOf gives the row of each code of a table's keys, -1 for a value that no row has.
func (l *linker) rowOf(t *Table) []int32 {
	if l.rows[t] == nil {
		rows := make([]int32, len(t.keys.Dict.Values))
		for code := range rows {
			rows[code] = -1
		}
		for row := range t.Rows {
			rows[t.keys.Codes[row]] = int32(row)
		}
		l.rows[t] = rows
	}
	return l.rows[t]
}

// link relates a child table to one parent.
func (l *linker) link(child *Table, p ParentLink) {
	parent := l.frame.byName[p.Entity]
	r := &Relation{Child: child, Parent: parent, Plural: p.Plural, Keys: p.Keys, Up: l.rowsOf(parent, p.Keys)}
	rows, starts := groupBy(r.Up, parent.Rows)
	alone := starts[1] // so many rows, the first, have no parent
	for _, i := range rows[:alone] {
		if p.Keys.IsKnown(int(i)) {
			r.Orphans++
		}
	}
	r.Down = make([]uint32, 0, len(rows)-int(alone))
	for _, i := range rows[alone:] {
		r.Down = append(r.Down, uint32(i))
	}
	r.Start = starts[1:]
	for i := range r.Start {
		r.Start[i] -= alone
	}
	r.sortByTime()
	child.parents = append(child.parents, r)
	parent.childs = append(parent.childs, r)
}

// sortByTime puts each parent's events in order of time. They are so already where the table is sorted by this parent.
func (r *Relation) sortByTime() {
	clock := r.Child.Time()
	if clock == nil {
		return
	}
	byTime := func(a, b uint32) int { return cmp.Or(clock.compare(int(a), int(b)), cmp.Compare(a, b)) }
	for parent := range r.Parent.Rows {
		if events := r.Of(parent); !slices.IsSortedFunc(events, byTime) {
			slices.SortFunc(events, byTime)
		}
	}
}
