package journey

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// candidate is a record that could enter now.
type candidate struct {
	row   int
	key   string
	per   string
	by    state.Entry
	event state.Event
	truth bool // its edge is spent when it enters or is turned away
	rank  any  // of the play's order; nil if unknown
}

// launch lets records enter: those whose edge, event, batch or manual launch has come, through the funnel.
func (t *pass) launch(ctx context.Context) error {
	if t.p.Status != playbook.Running {
		if t.p.Status == playbook.Draining {
			return t.spendAll(ctx)
		}
		return nil
	}
	found, err := t.candidates(ctx)
	if err != nil {
		return err
	}
	t.about.Funnel.Matched = len(found)
	if err := t.rank(ctx, found); err != nil {
		return err
	}
	entered := 0
	for _, c := range found {
		took, err := t.admit(ctx, c, entered)
		if err != nil {
			return err
		}
		if took {
			entered++
		}
	}
	return nil
}

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
	first := t.known == nil
	t.about.Funnel.Backfill = first && t.p.Backfill
	var found []candidate
	for row := range t.table.Rows {
		key := t.table.Key(row)
		if t.truth.Unknown.Has(row) || !t.only(key) {
			continue
		}
		if !t.truth.True.Has(row) {
			t.forget(key)
			continue
		}
		c := candidate{row: row, key: key, by: state.ByEdge, truth: true}
		var err error
		if c.per, err = t.perOf(ctx, row); err != nil {
			return nil, err
		}
		switch {
		case t.ledger.truths[t.p.Name][c.truthKey()]:
		case first && !t.p.Backfill:
			t.about.Funnel.Baseline++
			t.spend(c)
		default:
			if first {
				c.by = state.ByBackfill
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// spendAll takes the edges of a draining play as spent, so that nobody rushes in when it is active again.
func (t *pass) spendAll(ctx context.Context) error {
	if t.p.Trigger.Kind != playbook.OnEntry && t.p.Trigger.Kind != playbook.OnWhen {
		return nil
	}
	found, err := t.edges(ctx)
	for _, c := range found {
		t.spend(c)
	}
	return err
}

// truthKey is what an edge is remembered by: with `per`, a new value is an edge of its own.
func (c *candidate) truthKey() string {
	if c.per == "" {
		return c.key
	}
	return c.key + "\x00" + c.per
}

// spend remembers that the truth is true now.
func (t *pass) spend(c candidate) {
	if c.truth && !t.ledger.truths[t.p.Name][c.truthKey()] {
		t.out.Transitions.Truths = append(t.out.Transitions.Truths, state.Truth{Play: t.p.Name, Key: c.truthKey()})
	}
}

// forget remembers that the truth is false now.
func (t *pass) forget(key string) {
	truths := t.ledger.truths[t.p.Name]
	if truths[key] {
		t.out.Transitions.TruthsGone = append(t.out.Transitions.TruthsGone, state.Truth{Play: t.p.Name, Key: key})
	}
	if t.p.per == nil {
		return
	}
	for _, k := range t.ledger.truthKeys(t.p.Name) {
		if strings.HasPrefix(k, key+"\x00") {
			t.out.Transitions.TruthsGone = append(t.out.Transitions.TruthsGone, state.Truth{Play: t.p.Name, Key: k})
		}
	}
}

// perOf gives the value of reentry.per for a record; "" without one or while it is unknown.
func (t *pass) perOf(ctx context.Context, row int) (string, error) {
	if t.p.per == nil {
		return "", nil
	}
	v, err := t.p.per.Value(ctx, t.data, expr.Row(t.p.Of, row))
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		return "", nil
	}
	return playbook.Text(v), err
}

// events finds the records of the segment to which an event of the trigger has happened since the last run: the earliest counts.
func (t *pass) events(ctx context.Context) ([]candidate, error) {
	if t.known == nil {
		return nil, nil
	}
	var found []candidate
	table := t.data.Frame.Table(t.p.trigger.Entity())
	clock := table.Time()
	t.about.EventsFrom = t.known.EventsTo
	to := t.in.Now.UnixMicro()
	for row := range t.seg.True.Rows {
		rows, err := t.p.trigger.Rows(ctx, t.data, expr.Row(t.p.Of, row))
		var unknown *expr.Unknown
		if errors.As(err, &unknown) {
			t.about.Unknowns["trigger is unknown: "+unknown.What]++
			continue
		} else if err != nil {
			return nil, err
		}
		// An event that was there before the record's last entry has launched it already, or came too early to.
		from := max(t.known.EventsTo.UnixMicro(), t.ledger.entries[entryKey{play: t.p.Name, key: t.table.Key(row)}].last.UnixMicro())
		first := -1
		for _, e := range rows {
			if clock.IsKnown(e) && clock.Ints[e] > from && clock.Ints[e] <= to && (first < 0 || clock.Ints[e] < clock.Ints[first]) {
				first = e
			}
		}
		if key := t.table.Key(row); first >= 0 && t.only(key) {
			c := candidate{row: row, key: key, by: state.ByEvent, event: t.data.Fields(table.Entity, first, t.p.uses.Event)}
			if c.per, err = t.perOf(ctx, row); err != nil {
				return nil, err
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// batch gives the whole segment when a time of the schedule has come since the last launch.
func (t *pass) batch(ctx context.Context) ([]candidate, error) {
	if t.known == nil {
		return nil, nil
	}
	if _, due := t.p.schedule.Due(t.known.BatchAt, t.in.Now); !due {
		return nil, nil
	}
	var found []candidate
	for row := range t.seg.True.Rows {
		if key := t.table.Key(row); t.only(key) {
			c := candidate{row: row, key: key, by: state.ByBatch}
			var err error
			if c.per, err = t.perOf(ctx, row); err != nil {
				return nil, err
			}
			found = append(found, c)
		}
	}
	return found, nil
}

// chosen gives the records of a manual launch that are in the segment, and warns of the others.
func (t *pass) chosen(ctx context.Context) ([]candidate, error) {
	if t.in.Launch == nil || t.in.Launch.Play != t.p.Name {
		return nil, nil
	}
	var found []candidate
	for _, key := range t.in.Launch.Keys {
		row, ok := t.table.Row(key)
		if !ok || !t.seg.True.Has(row) {
			t.out.Warnings = append(t.out.Warnings, t.p.Of+" "+key+" is not in the segment of play "+t.p.Name+" and does not enter")
			continue
		}
		c := candidate{row: row, key: key, by: state.ByHand}
		var err error
		if c.per, err = t.perOf(ctx, row); err != nil {
			return nil, err
		}
		found = append(found, c)
	}
	return found, nil
}

// rank puts the candidates in the play's order: ascending by its expression, unknown last, then by key.
func (t *pass) rank(ctx context.Context, found []candidate) error {
	if t.p.order != nil {
		for i := range found {
			v, err := t.p.order.Value(ctx, t.data, expr.Row(t.p.Of, found[i].row))
			var unknown *expr.Unknown
			if err != nil && !errors.As(err, &unknown) {
				return err
			}
			found[i].rank = v
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		if d := compareRanks(a.rank, b.rank); d != 0 {
			return d
		}
		return strings.Compare(a.key, b.key)
	})
	return nil
}

// admit takes one candidate through the funnel. An edge that is turned away for good is spent; one that only has to wait stays pending
// while the record qualifies.
func (t *pass) admit(ctx context.Context, c candidate, entered int) (bool, error) {
	f := &t.about.Funnel
	e := t.ledger.entries[entryKey{t.p.Name, c.key, c.per}]
	if e.active {
		f.AlreadyIn++
		t.spend(c)
		return false, nil
	}
	if !t.eligible(c, e) {
		f.NotReeligible++
		t.spend(c)
		return false, nil
	}
	m := state.Member{Play: t.p.Name, Record: state.Record{Entity: t.p.Of, Key: c.key}, Per: c.per, Number: e.number + 1, By: c.by,
		EnteredAt: t.in.Now, StepAt: t.in.Now, Event: c.event, Step: t.p.steps[0].ID}
	m.Key = state.EnrollmentKey(m.Play, m.Record, m.Per, m.Number)
	at := expr.Row(t.p.Of, c.row)
	at.Member = t.view(&m)
	if t.p.goal != nil {
		met, err := t.holds(ctx, t.p.goal, at, "goal is unknown")
		if err != nil {
			return false, err
		}
		if met {
			f.GoalMet++
			t.spend(c)
			return false, nil
		}
	}
	if leaves, _, err := t.exits(ctx, at); err != nil {
		return false, err
	} else if leaves {
		f.ExitHolds++
		t.spend(c)
		return false, nil
	}
	if !t.addressable(ctx, c.row) {
		f.NotAddressable++
		return false, nil
	}
	if t.p.Limit > 0 && entered >= t.p.Limit {
		f.Limited++
		return false, nil
	}
	t.spend(c)
	return true, t.enter(ctx, c, m)
}

func (t *pass) enter(ctx context.Context, c candidate, m state.Member) error {
	moving := &Moving{After: m, Enters: true}
	t.out.Members = append(t.out.Members, moving)
	if t.p.Holdout > 0 && heldOut(t.p.Name, m.Record, t.p.Holdout) {
		moving.After.HeldOut = true
		t.about.Funnel.HeldOut++
		return nil
	}
	t.about.Funnel.Enters++
	why := Reason{Key: c.key}
	if t.wanted(t.about.Enters) {
		why.Because = t.because(ctx, t.p, c.row, true)
	}
	t.told(&t.about.Enters, why)
	return t.step(ctx, moving, c.row)
}

// eligible reports whether the play's re-entry rule lets a record enter (again).
func (t *pass) eligible(c candidate, e entries) bool {
	rule := t.p.Reentry
	if e.count == 0 {
		return rule.Mode != playbook.Per || c.per != "" // an unknown value can't tell one entry from the next
	}
	if rule.Max > 0 && t.ledger.entries[entryKey{play: t.p.Name, key: c.key}].count >= rule.Max {
		return false
	}
	switch rule.Mode {
	case playbook.Always:
		return true
	case playbook.After:
		return !t.in.Now.Before(e.last.Add(rule.After))
	}
	return false // never; or per, and this value had its entry
}

// addressable reports whether any step can reach the record: a step with `for` may, others need an identity.
func (t *pass) addressable(ctx context.Context, row int) bool {
	for _, s := range t.p.steps {
		for _, target := range s.targets {
			if target.rows != nil {
				return true
			}
			if _, ok := t.identity(ctx, s.Connector, target.entity, row); ok {
				return true
			}
		}
	}
	return false
}

// heldOut chooses by a hash of play and record, so that the same record always falls the same way.
func heldOut(play string, r state.Record, share float64) bool {
	h := sha256.Sum256([]byte("holdout\x00" + play + "\x00" + r.Entity + "\x00" + r.Key))
	return float64(binary.BigEndian.Uint64(h[:8])>>11)/(1<<53) < share
}
