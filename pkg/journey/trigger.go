package journey

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// lateness is how much later than it happened an event may be read and still launch a play.
const lateness = 72 * time.Hour

// candidates finds the records that could enter, and moves the truths of the others.
func (t *pass) candidates(ctx context.Context) ([]candidate, error) {
	switch t.p.Trigger.Kind {
	case playbook.OnEntry, playbook.OnWhen:
		return t.edges(ctx)
	case playbook.OnEvents:
		return t.events(ctx)
	case playbook.OnBatches:
		return t.batch(ctx)
	}
	return t.chosen(ctx)
}

// edges finds the records whose truth was false and is true. The first launch takes a baseline instead, unless it fills back.
func (t *pass) edges(ctx context.Context) ([]candidate, error) {
	t.about.Funnel.Backfill = t.first && t.p.Backfill
	turned := t.turned()
	found := make([]candidate, 0, turned.Count())
	for row := range turned.Rows {
		key := t.table.Key(row)
		if !t.only(key) {
			continue
		}
		if !t.truth.True.Has(row) {
			t.forget(key)
			continue
		}
		c, err := t.candidate(ctx, row, state.ByEdge)
		if err != nil {
			return nil, err
		}
		c.marks = []string{state.TruthKey(key, c.per)}
		switch {
		case t.ledger.truths[t.p.Name].has(c.marks[0]):
		case t.first && !t.p.Backfill:
			t.about.Funnel.Baseline++
			t.spend(c)
		default:
			if t.first {
				c.by = state.ByBackfill
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// turned gives the rows whose truth may have turned: those that have a mark and are known false, and those that are true and have none. With `per`
// a row that is true may have turned whatever its marks.
func (t *pass) turned() frame.Bits {
	marked := t.ledger.truths[t.p.Name]
	out := frame.NewBits(t.table.Rows)
	copy(out, t.truth.True)
	rows := rowsOf(t.table, len(marked), func(i int) string { return marked[i].Owner() })
	for i, row := range rows {
		switch {
		case row < 0 || t.truth.Unknown.Has(row):
		case !t.truth.True.Has(row):
			out.Add(row)
		case t.p.per == nil && marked[i].Key == t.table.Key(row):
			out.Remove(row)
		}
	}
	return out
}

// candidate makes a candidate of a row.
func (t *pass) candidate(ctx context.Context, row int, by state.Entry) (candidate, error) {
	c := candidate{row: row, key: t.table.Key(row), by: by}
	if t.p.per == nil {
		return c, nil
	}
	v, err := t.p.per.Value(ctx, t.data, expr.Row(t.p.Of, row))
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		return c, nil
	}
	c.per = playbook.Text(v)
	return c, err
}

// spend remembers that a candidate's edges are past: it entered, or was turned away for good.
func (t *pass) spend(c candidate) {
	for _, m := range c.marks {
		if !t.ledger.truths[t.p.Name].has(m) {
			t.out.Transitions.Truths = append(t.out.Transitions.Truths, state.Truth{Play: t.p.Name, Key: m})
		}
	}
}

// forget remembers that the truth of a record is false now, whatever its `per`.
func (t *pass) forget(key string) {
	t.out.Transitions.TruthsGone = append(t.out.Transitions.TruthsGone, t.ledger.truths[t.p.Name].of(key)...)
}

// events finds the records of the segment to which an event of the trigger has happened that no run has seen, once for each. What
// was seen is remembered for as long as events may be late, since a warehouse may load them hours after they happened. Events from before
// the play was introduced or the record's last entry don't count.
func (t *pass) events(ctx context.Context) ([]candidate, error) {
	if t.first {
		return nil, nil
	}
	t.about.EventsFrom = t.known.EventsTo
	table := t.data.Frame.Table(t.p.trigger.Entity())
	from := latest(t.known.EventsTo.Add(-lateness), t.known.FirstAt)
	rows := t.eventful(table, from)
	if err := t.columns.listAll(ctx, t.p.trigger, rows); err != nil {
		return nil, err
	}
	var found []candidate
	for row := range rows.Rows {
		key, inside := t.table.Key(row), t.seg.True.Has(row)
		fresh, err := t.unseen(ctx, table, row, latest(from, t.ledger.entries(t.p.Name, key, "").last))
		if err != nil {
			return nil, err
		}
		for _, e := range fresh {
			c, err := t.byEvent(ctx, row, table, e)
			if err != nil {
				return nil, err
			}
			if !inside { // it happened to a record that is not in the segment: it is past
				t.spend(c)
				continue
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// byEvent makes a candidate of a row to which an event happened.
func (t *pass) byEvent(ctx context.Context, row int, events *frame.Table, event int) (candidate, error) {
	c, err := t.candidate(ctx, row, state.ByEvent)
	at := events.Time().Ints[event]
	c.at, c.marks = time.UnixMicro(at).UTC(), []string{state.TruthKey(c.key, strconv.FormatInt(at, 10))}
	c.event = t.data.Fields(events.Entity, event, t.p.uses.Event)
	return c, err
}

// unseen gives a record's events of the trigger after a time that no run has seen, the earliest first.
func (t *pass) unseen(ctx context.Context, table *frame.Table, row int, after time.Time) ([]int, error) {
	rows, known := t.columns.of(t.p.trigger).listed(row)
	var err error
	if !known {
		rows, err = rowsAt(ctx, t.p.trigger, t.data, expr.Row(t.p.Of, row))
	}
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		if t.seg.True.Has(row) {
			t.about.Unknowns["trigger is unknown: "+unknown.What]++
		}
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	clock, seen := table.Time(), t.ledger.truths[t.p.Name]
	var out []int
	for _, e := range rows {
		at := clock.Ints[e]
		if clock.IsKnown(int(e)) && at > after.UnixMicro() && at <= t.in.Now.UnixMicro() && !seen.has(state.TruthKey(t.table.Key(row), strconv.FormatInt(at, 10))) {
			out = append(out, int(e))
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(clock.Ints[a], clock.Ints[b]) })
	return out, nil
}

// eventful gives the records to whom an event of the trigger may have happened after a time: those of the segment, and those others who are not known
// to have none, since all events that the trigger can be about are their own and came before.
func (t *pass) eventful(events *frame.Table, from time.Time) frame.Bits {
	out := frame.NewBits(t.table.Rows)
	own := childrenOf(t.p.trigger.Node(), t.table)
	quiet := func(row int) bool {
		list := own.Of(row) // in order of time
		return len(list) == 0 || events.Time().Ints[list[len(list)-1]] <= from.UnixMicro()
	}
	for row := range t.table.Rows {
		if t.only(t.table.Key(row)) && !t.seg.Unknown.Has(row) && (t.seg.True.Has(row) || own == nil || !quiet(row)) {
			out.Add(row)
		}
	}
	return out
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// eventsTo gives the time up to which events have been seen: now, unless some candidate still waits to enter by an event that would be
// too late by then. Marks of events that are too late by then are forgotten.
func (t *pass) eventsTo() time.Time {
	to := t.in.Now
	if !t.pending.IsZero() && t.pending.Add(lateness).Before(to) {
		to = t.pending.Add(lateness - time.Microsecond)
	}
	for _, m := range t.ledger.truths[t.p.Name] {
		if micro, err := strconv.ParseInt(m.Of(), 10, 64); err == nil && micro <= to.Add(-lateness).UnixMicro() {
			t.out.Transitions.TruthsGone = append(t.out.Transitions.TruthsGone, m)
		}
	}
	return to
}

// due gives the time of the schedule that has come since the last launch, and whether there is one.
func (t *pass) due() (time.Time, bool) {
	if t.first || t.p.schedule == nil {
		return time.Time{}, false
	}
	if t.p.Trigger.Skip {
		return t.p.schedule.DueWithin(t.known.BatchAt, t.in.Now)
	}
	return t.p.schedule.Due(t.known.BatchAt, t.in.Now)
}

// batch gives the whole segment when a time of the schedule has come since the last launch, those aside who had their turn in a run that
// was limited to them.
func (t *pass) batch(ctx context.Context) ([]candidate, error) {
	due, ok := t.due()
	if !ok {
		return nil, nil
	}
	t.about.BatchFrom = t.known.BatchAt
	var found []candidate
	for row := range t.seg.True.Rows {
		c, err := t.candidate(ctx, row, state.ByBatch)
		if err != nil {
			return nil, err
		}
		if t.only(c.key) && t.ledger.entries(t.p.Name, c.key, "").last.Before(due) {
			found = append(found, c)
		}
	}
	return found, nil
}

// chosen gives the records of a manual launch that are in the segment, and warns of the others.
func (t *pass) chosen(ctx context.Context) ([]candidate, error) {
	if !t.launched() {
		return nil, nil
	}
	var found []candidate
	for _, key := range slices.Compact(slices.Sorted(slices.Values(t.in.Launch.Keys))) {
		row, ok := t.table.Row(key)
		if !ok || !t.seg.True.Has(row) {
			t.out.Warnings = append(t.out.Warnings, t.p.Of+" "+key+" is not in the segment of play "+t.p.Name+" and does not enter")
			continue
		}
		c, err := t.candidate(ctx, row, state.ByHand)
		if err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// launched reports whether the play is to be launched by hand.
func (t *pass) launched() bool { return t.in.Launch != nil && t.in.Launch.Play == t.p.Name }
