package frame

import "slices"

// Builder makes a table from columns that a reader appends to. A column may stand in several places, such as a key that is also a
// field; it is appended to once a row.
type Builder struct {
	Entity  string
	Columns []*Column    // as declared, to append to
	Key     *Column      // nil without a key; String
	Time    string       // name of the time column, "" for an entity that is no event
	Parents []ParentLink // to append to

	sum   *keysSum // of its keys, where it was decoded
	saved []*saved // its relations to the parents, likewise
}

// ParentLink is a column of parents' keys.
type ParentLink struct {
	Entity string  // the parent's
	Plural string  // what the parent calls its children
	Keys   *Column // String
}

// Rows gives how many complete rows there are: those that every column has.
func (b *Builder) Rows() int {
	n := -1
	for c := range b.all {
		if n < 0 || c.Len() < n {
			n = c.Len()
		}
	}
	return max(n, 0)
}

// Reserve makes room for n rows in all, for a reader that can tell how many will come. More may come.
func (b *Builder) Reserve(n int) {
	for c := range b.all {
		c.reserve(n - c.Len())
	}
}

// Truncate drops all rows from n on in every column, and what was appended of a row that is not complete.
func (b *Builder) Truncate(n int) {
	b.sum, b.saved = nil, nil
	for c := range b.all {
		c.Truncate(n)
	}
}

// Like reports whether a builder has the same columns in the same places as another, whatever their rows are.
func (b *Builder) Like(other *Builder) bool {
	if b.Entity != other.Entity || b.Time != other.Time || len(b.Columns) != len(other.Columns) || len(b.Parents) != len(other.Parents) ||
		(b.Key == nil) != (other.Key == nil) {
		return false
	}
	for i, p := range b.Parents {
		if q := other.Parents[i]; p.Entity != q.Entity || p.Plural != q.Plural {
			return false
		}
	}
	mine, theirs := slices.Collect(b.all), slices.Collect(other.all)
	for i, c := range mine {
		if c.Name != theirs[i].Name || c.Type.String() != theirs[i].Type.String() || slices.Index(mine, c) != slices.Index(theirs, theirs[i]) {
			return false
		}
	}
	return true
}

// all yields every column, one that stands in several places as often.
func (b *Builder) all(yield func(*Column) bool) {
	for _, c := range b.Columns {
		if !yield(c) {
			return
		}
	}
	for _, p := range b.Parents {
		if !yield(p.Keys) {
			return
		}
	}
	if b.Key != nil {
		yield(b.Key)
	}
}

// clock gives the time column, or nil.
func (b *Builder) clock() *Column {
	for _, c := range b.Columns {
		if c.Name == b.Time && b.Time != "" {
			return c
		}
	}
	return nil
}

// table makes the table of the builder's columns as they stand.
func (b *Builder) table() *Table {
	t := &Table{Entity: b.Entity, Rows: b.Rows(), Columns: b.Columns, keys: b.Key, time: -1, known: b.sum}
	for i, c := range t.Columns {
		if c.Name == b.Time && b.Time != "" {
			t.time = i
		}
	}
	return t
}

// reorder puts the rows of every column into an order; nil is that in which they stand.
func (b *Builder) reorder(rows []int32) {
	if rows != nil && !inOrder(rows) {
		b.keep(rows)
	}
}

// keep leaves only some rows of every column, in their order. Other frames may have the columns: what is kept is copied.
func (b *Builder) keep(rows []int32) {
	b.sum, b.saved = nil, nil
	done := map[*Column]*Column{}
	pick := func(c *Column) *Column {
		if done[c] == nil {
			done[c] = c.pick(rows)
		}
		return done[c]
	}
	for i, c := range b.Columns {
		b.Columns[i] = pick(c)
	}
	for i, p := range b.Parents {
		b.Parents[i].Keys = pick(p.Keys)
	}
	if b.Key != nil {
		b.Key = pick(b.Key)
	}
}

// inOrder reports whether each row stands where it stood.
func inOrder(rows []int32) bool {
	for i, r := range rows {
		if int(r) != i {
			return false
		}
	}
	return true
}
