package source

import (
	"math"
	"slices"

	"github.com/playctl/playctl/pkg/frame"
)

// span says for which times of a run what was read of an event's file stays true, so that the cache may give it to a later run, or to one that
// looks back. Events later than now don't exist, and what is wrong with them counts for nothing until their time has come.
type span struct {
	// whole: good events later than now are kept, to be cut after linking, so that they are there for a later run.
	whole bool
	from  int64 // microseconds: now must not be before it: the latest time of a bad record
	until int64 // microseconds: now must be before it: the earliest time of a record that was left out as later than now
}

// always is the span of records that don't depend on now.
func always() span { return span{from: math.MinInt64, until: math.MaxInt64} }

// holds reports whether what was read is the same for a run at now.
func (s span) holds(now int64) bool { return s.from <= now && now < s.until }

// judged gives a fault of the record in a row, judged by the record's time, where that was read: one later than now does not count, whatever its fault.
func (t *table) judged(row int, f *fault) *fault {
	if !t.event || !t.slots[0].column.IsKnown(row) {
		return f
	}
	at := t.slots[0].column.Ints[row]
	if at > t.now {
		t.span.until = min(t.span.until, at)
		return later
	}
	t.span.from = max(t.span.from, at)
	return f
}

// ahead counts the good events that are kept though they are later than now.
func (t *table) ahead() int {
	n := 0
	if t.span.whole {
		clock := t.clock()
		for row, at := range clock.Ints[:clock.Len()] {
			if at > t.now && clock.IsKnown(row) {
				n++
			}
		}
	}
	return n
}

// clock gives the column of the time of events.
func (t *table) clock() *frame.Column {
	i := slices.IndexFunc(t.builder.Columns, func(c *frame.Column) bool { return c.Name == t.entity.Time && c.Type.Kind == frame.Time })
	return t.builder.Columns[i]
}

// narrow takes into a file's span what depends on now beyond its bad records.
func (t *table) narrow() {
	if !t.event {
		return
	}
	if !t.span.whole {
		// Which of two records with the same key is kept goes by which of them has happened.
		t.span.from = max(t.span.from, t.now)
		return
	}
	// Warnings are given where any event has happened.
	clock := t.clock()
	first := int64(math.MaxInt64)
	for row := range clock.Len() {
		at := int64(math.MinInt64)
		if clock.IsKnown(row) {
			at = clock.Ints[row]
		}
		first = min(first, at)
	}
	if first > t.now {
		t.span.until = min(t.span.until, first)
	} else if len(t.report.Warnings) > 0 {
		t.span.from = max(t.span.from, first)
	}
}
