package source

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// table is an entity being read.
type table struct {
	entity  *playbook.Entity
	builder *frame.Builder
	slots   []slot // the time of an event first, the key last
	names   []string
	values  values
	event   bool  // the first slot is the time of an event
	now     int64 // microseconds

	rows   int
	span   span    // of times that what was read is true for; see cache_span.go
	lines  []int32 // the line of each row, where records have keys
	report Report
}

// slot is a column to fill from a cell of every record.
type slot struct {
	column *frame.Column
	cell   int   // number of its name in table.names
	at     place // where the playbook names it
	key    bool  // the record's key
	parent bool  // a parent's key
}

// newTable makes the columns of an entity.
func newTable(e *playbook.Entity, r Request) *table {
	t := &table{entity: e, values: values{zone: r.Zone}, now: r.Now.UnixMicro(), span: always(), report: Report{Entity: e.Name, File: e.File}}
	t.builder = &frame.Builder{Entity: e.Name, Time: e.Time}
	for _, f := range e.Fields {
		s := t.slot(f.Name, f.Type, f.At)
		t.builder.Columns = append(t.builder.Columns, s.column)
	}
	for _, p := range e.Parents {
		s := t.slot(p.Column, frame.Type{Kind: frame.String}, p.At)
		s.parent = true
		t.builder.Parents = append(t.builder.Parents, frame.ParentLink{Entity: p.Entity, Plural: e.Plural, Keys: s.column})
	}
	if e.Key != "" {
		s := t.slot(e.Key, frame.Type{Kind: frame.String}, e.At)
		s.key = true
		t.builder.Key = s.column
	}
	slices.SortStableFunc(t.slots, func(a, b slot) int { return t.rank(a) - t.rank(b) })
	t.event = len(t.slots) > 0 && t.rank(t.slots[0]) == 0
	return t
}

// slot finds the slot of a cell and type, or makes it. What it gives is good until the next call. A field that is also a key is one
// column; one of another type gets its own.
func (t *table) slot(name string, of frame.Type, at place) *slot {
	cell := slices.Index(t.names, name)
	if cell < 0 {
		cell = len(t.names)
		t.names = append(t.names, name)
	}
	for i := range t.slots {
		if s := &t.slots[i]; s.cell == cell && s.column.Type.Kind == of.Kind {
			return s
		}
	}
	t.slots = append(t.slots, slot{column: frame.NewColumn(name, of), cell: cell, at: at})
	return &t.slots[len(t.slots)-1]
}

// place gives where the playbook names a cell.
func (t *table) place(cell int) place {
	i := slices.IndexFunc(t.slots, func(s slot) bool { return s.cell == cell })
	return t.slots[i].at
}

// purpose says what the playbook wants a cell for.
func (t *table) purpose(cell int) string {
	purpose := "a field of " + t.entity.Name
	for _, s := range t.slots {
		switch {
		case s.cell == cell && s.key:
			return "the key of " + t.entity.Name
		case s.cell == cell && s.parent:
			purpose = fmt.Sprintf("which names the parent of %s", t.entity.Name)
		}
	}
	return purpose
}

// rank orders slots: events that have not happened are dropped before anything else is read, and keys, which stay in the dictionary,
// come when all else is well.
func (t *table) rank(s slot) int {
	switch {
	case s.key:
		return 2
	case t.entity.Time != "" && s.column.Name == t.entity.Time && s.column.Type.Kind == frame.Time:
		return 0
	}
	return 1
}

// future reports whether the record being read is an event that has not happened yet, as soon as its first slot is filled.
func (t *table) future() bool {
	if !t.event || t.span.whole {
		return false
	}
	c := t.slots[0].column
	return c.IsKnown(t.rows) && c.Ints[t.rows] > t.now
}

// fill appends the text of a cell to its column.
func (t *table) fill(s *slot, cell string) *fault {
	switch {
	case s.key:
		return t.fillKey(s.column, cell)
	case cell == "":
		s.column.AppendMissing()
		return nil
	}
	return t.values.text(s.column, cell)
}

// fillKey appends the record's key, the last of its cells to be read.
func (t *table) fillKey(c *frame.Column, key string) *fault {
	if f := checkKey(key); f != nil {
		return f
	}
	known := len(c.Dict.Values)
	c.AppendString(key)
	if len(c.Dict.Values) > known {
		return nil
	}
	// Only the keys of good records are in the dictionary, so that a key's code is its row.
	first := int(t.lines[c.Codes[t.rows]])
	return &fault{
		message: fmt.Sprintf("%%s is the key of line %d already", first), value: key, hasText: true,
		related: []diag.Related{{At: diag.Position{File: t.entity.File, Line: first}, Message: "the record that is kept"}},
	}
}

// end takes the record that was read into its slots, or takes it back if there is a fault.
func (t *table) end(line int, f *fault) {
	if f != nil {
		f = t.dated(f)
		t.builder.Truncate(t.rows)
		if f == later {
			t.report.Future++
		} else {
			t.bad(line, f)
		}
		return
	}
	t.rows++
	if t.builder.Key != nil {
		t.lines = append(t.lines, int32(line))
	}
}

// bad counts a bad record and keeps the first few.
func (t *table) bad(line int, f *fault) {
	t.report.Bad++
	if len(t.report.BadSamples) >= maxSamples {
		return
	}
	severity := diag.Warning
	if t.entity.BadStop {
		severity = diag.Error
	}
	t.report.BadSamples = append(t.report.BadSamples, f.problem(t.entity.File, line, severity))
}

// full reports whether there is no sense in reading on: the run stops, and says enough.
func (t *table) full() bool { return t.entity.BadStop && len(t.report.BadSamples) >= maxSamples }

// verdict gives the errors of a file that was read to its end: bad records where they stop the run, or more of them than good ones.
func (t *table) verdict() diag.List {
	if t.entity.BadStop && t.report.Bad > 0 {
		return t.report.BadSamples
	}
	seen := t.rows + t.report.Bad + t.report.Future
	if 2*t.report.Bad <= seen {
		return nil
	}
	problems := diag.List{{
		At:      diag.Position{File: t.entity.File},
		Message: fmt.Sprintf("%d of %d records of %s are bad: the file is not what the playbook says", t.report.Bad, seen, t.entity.Name),
		Hint:    "export it again, or correct the entity's fields",
	}}
	for _, p := range t.report.BadSamples[:min(3, len(t.report.BadSamples))] {
		p.Severity = diag.Error
		problems.Add(p)
	}
	return problems
}
