package source

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
)

// part is some of a file's records, one after the other, on their way into the columns. Records are numbered from 0 within their part;
// those that are malformed count. What comes of a file does not depend on where its parts end.
type part struct {
	records records
	rows    int
	lines   []int32    // where each record begins
	out     frame.Bits // records that don't become rows
	faults  []outcast
	read    int64 // how many bytes of the file are read with it
}

// outcast is a record that does not become a row.
type outcast struct {
	row   int
	slot  int // the first that can't be filled, -1 if there is more wrong
	fault *fault
}

// malformed is the slot of a record that has no values at all.
const malformed = -1

// records are the records of a part as a format keeps them.
type records interface {
	// fill appends a value for each record to a slot's column, a missing one for records that are out. It is called for several slots at the
	// same time, for the key last, and notes in the slot what faults it finds, and why it can't go on.
	fill(t *table, p *part, slot int)
}

// preparer is what records may be beside: prepare does what comes before all filling, and gives the records that it finds malformed.
type preparer interface {
	prepare(t *table) []outcast
}

// splitter finds the parts of a file, one after the other. At the end it gives no part, and what is wrong with the file, or why it can't be
// read. A part is in use until the next but one is asked for.
type splitter interface {
	split() (*part, diag.List, error)
}

// name words which record of the part is meant, where its line says nothing.
func (p *part) name(row int) string {
	if x, ok := p.records.(interface{ name(row int) string }); ok {
		return x.name(row)
	}
	return fmt.Sprintf("record %d", p.lines[row])
}

// reset empties a part, to be used again.
func (p *part) reset() {
	p.rows, p.lines, p.faults = 0, p.lines[:0], p.faults[:0]
}

// expel notes that a record does not become a row.
func (p *part) expel(row, slot int, f *fault) {
	p.faults = append(p.faults, outcast{row, slot, f})
}

// sift brings the records that don't become rows up to date, before other slots are filled.
func (p *part) sift() {
	p.out = emptied(p.out, p.rows)
	for _, o := range p.faults {
		p.out.Add(o.row)
	}
}

// readParts reads a file into the table: while the columns of one part are filled, the next one is split.
func readParts(t *table, x splitter) (diag.List, error) {
	var p *part
	var problems diag.List
	var err error
	split := func() { p, problems, err = x.split() }
	for wait := t.threads.begin(split); ; {
		wait()
		if p == nil || err != nil {
			return problems, err
		}
		now := p
		wait = t.threads.begin(split)
		t.take(now)
		if t.full() || t.stuck() {
			wait()
			return nil, nil
		}
	}
}

// take fills the columns with the records of a part: first the time of events, so that those that have not happened are not read any
// further, then everything else at once, then the key, which is good only if all else is.
func (t *table) take(p *part) {
	if x, ok := p.records.(preparer); ok {
		p.faults = append(p.faults, x.prepare(t)...)
	}
	p.sift()
	first, last := 0, len(t.slots)
	if t.event {
		t.threads.one(func() { t.fill(p, 0) })
		t.expelFuture(p)
		t.gather(p, 0, 1)
		first = 1
	}
	if last > first && t.slots[last-1].key {
		last--
	}
	t.threads.each(last-first, func(i int) { t.fill(p, first+i) })
	t.gather(p, first, last)
	t.threads.one(func() {
		for i := last; i < len(t.slots); i++ {
			t.fill(p, i)
			t.gather(p, i, i+1)
		}
		t.finish(p)
	})
}

// fill fills one slot.
func (t *table) fill(p *part, slot int) { p.records.fill(t, p, slot) }

// expelFuture takes out the events that have not happened yet.
func (t *table) expelFuture(p *part) {
	c := t.slots[0].column
	if t.span.whole {
		return
	}
	for row, at := range c.Ints[t.rows:] {
		if at > t.now && c.IsKnown(t.rows+row) {
			p.expel(row, 0, later)
		}
	}
}

// gather collects the faults of slots.
func (t *table) gather(p *part, from, to int) {
	for i := from; i < to; i++ {
		s := &t.slots[i]
		for _, f := range s.faults {
			p.expel(f.row, i, f.fault)
		}
		s.faults = s.faults[:0]
	}
	p.sift()
}

// finish counts the records that are out, the first fault of each, and takes their rows away.
func (t *table) finish(p *part) {
	slices.SortStableFunc(p.faults, func(a, b outcast) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.slot, b.slot)) })
	gone := slices.CompactFunc(p.faults, func(a, b outcast) bool { return a.row == b.row })
	for _, o := range gone {
		if f := t.judged(t.rows+o.row, o.fault); f == later {
			t.report.Future++
		} else {
			t.bad(int(p.lines[o.row]), func() string { return p.name(o.row) }, f)
		}
	}
	if len(gone) > 0 {
		for i := range t.slots {
			t.slots[i].column.Drop(t.rows, p.out)
		}
	}
	t.rows += p.rows - len(gone)
	t.reached(p.read)
}

// eachKept fills a slot one record after the other, with missing values for those that are out; add appends the value of a record.
func (t *table) eachKept(p *part, s *slot, add func(row int) *fault) {
	t.eachRecord(p, s, func(row int) *fault {
		if p.out.Has(row) {
			s.column.AppendMissing()
			return nil
		}
		return add(row)
	})
}

// eachRecord does so, and asks add for those that are out as well.
func (t *table) eachRecord(p *part, s *slot, add func(row int) *fault) {
	for row := range p.rows {
		if f := add(row); f != nil {
			s.column.Truncate(t.rows + row) // it may hold a part of the value
			s.column.AppendMissing()
			s.fail(row, f)
		}
	}
}
