package source

import (
	"fmt"
	"slices"
	"strings"

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
	unit    string // what the number of a record counts: line; "" where it has no number by which people know it
	origin  string // where the records come from, as the playbook names it
	event   bool   // the first slot is the time of an event
	now     int64  // microseconds

	threads threads           // that fill the columns; nil is this one alone
	reached func(bytes int64) // told how far the reading is: the columns hold what so many bytes of the file say

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

	// What one goroutine uses for every part.
	parser parser
	known  frame.Bits // which records of the part have a value
	faults []outcast  // records whose value can't be read
	err    error      // why no more values can be read
}

// fail notes that the value of a record can't be read.
func (s *slot) fail(row int, f *fault) {
	f.value = strings.Clone(f.value) // out of a buffer that is used again
	s.faults = append(s.faults, outcast{row: row, fault: f})
}

// unknown gives a set without rows, to note which of so many have a value.
func (s *slot) unknown(rows int) frame.Bits {
	s.known = emptied(s.known, rows)
	return s.known
}

// emptied gives an empty set over so many rows, in the memory of a set that nobody needs any more where that is enough.
func emptied(b frame.Bits, rows int) frame.Bits {
	words := (rows + 63) / 64
	if cap(b) < words {
		return frame.NewBits(rows)
	}
	b = b[:words]
	clear(b)
	return b
}

// newTable makes the columns of an entity.
func newTable(e *playbook.Entity, r Request) *table {
	t := &table{entity: e, unit: "line", reached: func(int64) {}, now: r.Now.UnixMicro(), span: always(), origin: e.Origin(), report: Report{Entity: e.Name, File: e.Origin()}}
	if e.From.Connector != "" {
		t.unit = ""
	}
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
	for i := range t.slots {
		t.slots[i].parser.zone = r.Zone
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

// find gives which column of a file has each name that the table needs, -1 where none has. That is an error: a renamed column must not look like
// one without values. Line is where the file names its columns, and suggest gives a hint for a name that is not there.
func (t *table) find(columns []string, line int, suggest func(name string) string) (cells []int, problems diag.List) {
	for i, name := range t.names {
		column := slices.Index(columns, name)
		cells = append(cells, column)
		if column < 0 {
			p := placeProblem(t.place(i), t.origin, "%s has no column %q, %s", t.origin, name, t.purpose(i))
			p.Hint = suggest(name)
			problems.Add(p)
		} else if slices.Contains(columns[column+1:], name) {
			problems.Add(fileProblem(t.origin, line, "remove or rename one of them", "two columns are named %q", name))
		}
	}
	return cells, problems
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

// addKey takes a record's key, which has a code already. All keys before it are those of good records, so that a key's code is its row.
func (t *table) addKey(code uint32, key string, line int32) *fault {
	if int(code) == len(t.lines) {
		t.lines = append(t.lines, line)
		return nil
	}
	if t.unit == "" {
		return &fault{message: "%s is the key of another record already", hint: "name a field that no two records share: key:", value: key, hasText: true}
	}
	first := int(t.lines[code])
	return &fault{
		message: "%s is the key of " + t.unit + fmt.Sprintf(" %d already", first), value: key, hasText: true,
		related: []diag.Related{{At: diag.Position{File: t.origin, Line: first}, Message: "the record that is kept"}},
	}
}

// bad counts a bad record and keeps the first few. Name gives the words for a record that has no line.
func (t *table) bad(line int, name func() string, f *fault) {
	t.report.Bad += 1 + f.swallowed
	if len(t.report.BadSamples) >= maxSamples {
		return
	}
	severity := diag.Warning
	if t.entity.BadStop {
		severity = diag.Error
	}
	p := f.problem(t.origin, line, severity)
	if t.unit == "" {
		p.At.Line, p.Message = 0, name()+": "+p.Message
	}
	t.report.BadSamples = append(t.report.BadSamples, p)
}

// full reports whether there is no sense in reading on: the run stops, and says enough.
func (t *table) full() bool { return t.entity.BadStop && len(t.report.BadSamples) >= maxSamples }

// stuck reports whether a slot can't be filled further.
func (t *table) stuck() bool {
	return slices.ContainsFunc(t.slots, func(s slot) bool { return s.err != nil })
}

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
		At:      diag.Position{File: t.origin},
		Message: fmt.Sprintf("%d of %d records of %s are bad: the file is not what the playbook says", t.report.Bad, seen, t.entity.Name),
		Hint:    "export it again, or correct the entity's fields",
	}}
	if t.unit == "" {
		problems[0].Message = fmt.Sprintf("%d of %d records of %s are bad: they are not what the playbook says", t.report.Bad, seen, t.entity.Name)
		problems[0].Hint = "correct the entity's fields, or the records there"
	}
	for _, p := range t.report.BadSamples[:min(3, len(t.report.BadSamples))] {
		p.Severity = diag.Error
		problems.Add(p)
	}
	return problems
}
