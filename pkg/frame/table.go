package frame

import (
	"cmp"
	"sort"
	"sync"
)

// Table is all records of one entity. Rows stand in an order that depends on the records alone, never on the order in which they were
// read: by key where the entity has one, else by first parent, time and content. A row's number is good for one run only.
type Table struct {
	Entity  string
	Rows    int
	Columns []*Column // as declared

	keys    *Column // nil where the entity has no key; may be one of Columns
	time    int     // index of the time column in Columns, -1 without
	parents []*Relation
	childs  []*Relation

	known   *keysSum // as it was decoded
	summing sync.Once
	keysSum keysSum
}

// Column gives the column of a field, or nil.
func (t *Table) Column(field string) *Column {
	for _, c := range t.Columns {
		if c.Name == field {
			return c
		}
	}
	return nil
}

// HasKey reports whether records have keys.
func (t *Table) HasKey() bool { return t.keys != nil }

// Key gives the key of a row of a table that has keys.
func (t *Table) Key(row int) string { return t.keys.Text(row) }

// Row finds the row of a key.
func (t *Table) Row(key string) (row int, ok bool) {
	if t.keys == nil {
		return 0, false
	}
	return sort.Find(t.Rows, func(i int) int { return cmp.Compare(key, t.keys.Text(i)) })
}

// Time gives the time column of an event table, or nil.
func (t *Table) Time() *Column {
	if t.time < 0 {
		return nil
	}
	return t.Columns[t.time]
}

// Parents gives the relations to parent entities, as declared.
func (t *Table) Parents() []*Relation { return t.parents }

// Parent gives the relation to the parent entity of that name, or nil.
func (t *Table) Parent(entity string) *Relation {
	for _, r := range t.parents {
		if r.Parent.Entity == entity {
			return r
		}
	}
	return nil
}

// Children gives the relation to the child entity whose plural that is, or nil.
func (t *Table) Children(plural string) *Relation {
	for _, r := range t.childs {
		if r.Plural == plural {
			return r
		}
	}
	return nil
}

// Relation links the rows of a child table to those of its parent.
type Relation struct {
	Child, Parent *Table
	Plural        string
	// Keys are the parents' keys as the child rows name them, missing where a row names none. They are read by Text: a table of the cache has
	// no Values of them unless they are a field.
	Keys *Column
	// Up gives the parent's row of each child row, -1 for none or an orphan.
	Up []int32
	// Down gives the child rows of parent row i as Down[Start[i]:Start[i+1]], ascending; events without a time first, then by time.
	Start, Down []uint32
	// Orphans counts children that name a parent that is not there.
	Orphans int

	look  sync.Once
	isRun bool
}

// Run reports whether Down is a run of rows: first, first+1, … It looks once.
func (r *Relation) Run() (first uint32, ok bool) {
	if len(r.Down) > 0 {
		first = r.Down[0]
	}
	r.look.Do(func() {
		for i, row := range r.Down {
			if row != first+uint32(i) {
				return
			}
		}
		r.isRun = true
	})
	return first, r.isRun
}

// Of gives the child rows of a parent's row.
func (r *Relation) Of(parent int) []uint32 { return r.Down[r.Start[parent]:r.Start[parent+1]] }

// Frame is the tables of one run, linked.
type Frame struct {
	Tables []*Table
	byName map[string]*Table
}

// Table gives the table of an entity, or nil.
func (f *Frame) Table(entity string) *Table { return f.byName[entity] }
