package journey

import (
	"context"
	"slices"
	"sort"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// occurrence is when something came true, and the event by which it did.
type occurrence struct {
	at    time.Time
	table string // of the event; "" for a condition
	row   int
}

// timed reports whether it has a time of its own: a condition's is the run that first sees it.
func (o *occurrence) timed() bool { return o.table != "" }

// happens finds the earliest event of a list after a time, or whether a condition holds. nil means that it did not happen, or is unknown, which
// is counted under a word.
func (t *pass) happens(ctx context.Context, p *expr.Program, at *spot, since time.Time, word string) (*occurrence, error) {
	if p.Entity() == "" {
		holds, err := t.holds(ctx, p, at, word)
		if err != nil || !holds {
			return nil, err
		}
		return &occurrence{at: t.in.Now}, nil
	}
	rows, err := t.columns.records(ctx, p, at)
	unknown, err := unknownWaits(err)
	if err != nil {
		return nil, err
	}
	if unknown != "" {
		t.about.Unknowns[word+": "+unknown]++
		return nil, nil
	}
	clock := t.data.Frame.Table(p.Entity()).Time()
	var first *occurrence
	for _, r := range rows {
		row := int(r)
		if !clock.IsKnown(row) || clock.Ints[row] <= since.UnixMicro() || clock.Ints[row] > t.in.Now.UnixMicro() {
			continue
		}
		if when := time.UnixMicro(clock.Ints[row]).UTC(); first == nil || when.Before(first.at) {
			first = &occurrence{at: when, table: p.Entity(), row: row}
		}
	}
	return first, nil
}

// holds evaluates a condition; unknown does not hold and is counted under a word.
func (t *pass) holds(ctx context.Context, p *expr.Program, at *spot, word string) (bool, error) {
	ok, err := t.columns.holds(ctx, p, at)
	unknown, err := unknownWaits(err)
	if unknown != "" {
		t.about.Unknowns[word+": "+unknown]++
	}
	return ok && unknown == "", err
}

// silence is where the engagement of a play's records is to be heard.
type silence struct {
	of     string   // the play's entity, or the nearest above it to which events happen; "" for none
	events []string // entities of those events
}

// silence finds where engagement is to be heard, if the play asks for it.
func (c *compiler) silence(p *play) {
	asks := slices.ContainsFunc(p.exits, func(x exit) bool { return x.Quiet > 0 }) ||
		slices.ContainsFunc(p.inOrder, func(s *step) bool { return s.Timeout.Quiet > 0 && s.of == nil })
	if !asks {
		return
	}
	for queue := []string{p.Of}; len(queue) > 0; queue = queue[1:] {
		if events := c.eventsOf(queue[0]); len(events) > 0 {
			p.silence = silence{queue[0], events}
			c.uses.Quiet = append(c.uses.Quiet, events...)
			return
		}
		for _, parent := range c.book.Entity(queue[0]).Parents {
			if c.book.Entity(parent.Entity) != nil {
				queue = append(queue, parent.Entity)
			}
		}
	}
	c.problems.Add(p.At.Problem("play %s listens for silence, and no events happen to %s or to what it belongs to", p.Name, p.Of))
}

func (c *compiler) eventsOf(entity string) []string {
	var out []string
	for _, e := range c.book.Entities {
		if e.Time != "" && e.Plural != "" && slices.ContainsFunc(e.Parents, func(p playbook.Parent) bool { return p.Entity == entity }) {
			out = append(out, e.Name)
		}
	}
	return out
}

// engagements gives the times of a record's engagement after a time, in order.
func (t *pass) engagements(row int, since time.Time) []int64 {
	up, ok := t.ancestor(t.p.Of, row, t.p.silence.of)
	if !ok {
		return nil
	}
	var out []int64
	for _, entity := range t.p.silence.events {
		rel := t.data.Frame.Table(t.p.silence.of).Children(t.plays.book.Entity(entity).Plural)
		list, clock, engaged := rel.Of(up), rel.Child.Time(), t.data.Engaged[entity] // in order of time, events without one first
		from := sort.Search(len(list), func(i int) bool {
			return clock.IsKnown(int(list[i])) && clock.Ints[list[i]] > since.UnixMicro()
		})
		for _, e := range list[from:] {
			if engaged.Has(int(e)) && clock.Ints[e] <= t.in.Now.UnixMicro() {
				out = append(out, clock.Ints[e])
			}
		}
	}
	slices.Sort(out)
	return out
}

// lull finds the first stretch of so long without any of the times, which are in order and after from: when it ends, and whether it has by
// now.
func lull(times []int64, from, now time.Time, long time.Duration) (end time.Time, over bool) {
	last := from
	for _, x := range times {
		at := time.UnixMicro(x).UTC()
		if at.After(last.Add(long)) {
			break
		}
		last = at
	}
	end = last.Add(long)
	return end, !end.After(now)
}
