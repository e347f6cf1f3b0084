package journey

import (
	"context"
	"errors"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

const leftSegment = "left the segment"

// ending is what settles a membership.
type ending struct {
	outcome state.Outcome
	reason  string
	at      time.Time
	then    *block // what follows; nil for nothing
	timed   bool   // at is a time of its own, not that of the run that saw it
}

// settle decides what ends a membership, if anything does: the goal, exit rules in their order, leaving the segment. A goal that is a condition
// beats everything. What has a time of its own comes in the order of time, before what only this run sees; of two at once the goal comes
// first. Only a known answer settles; an unknown one does not hold and is counted.
func (t *pass) settle(ctx context.Context, m *state.Member, row int) (*ending, error) {
	at := t.spotOf(m, row)
	var first, seen *ending // by a time of its own, and by this run
	if t.p.goal != nil {
		o, err := t.happens(ctx, t.p.goal, at, m.EnteredAt, "goal is unknown")
		if err != nil {
			return nil, err
		}
		if o != nil {
			first = &ending{outcome: state.Converted, at: o.at, then: t.p.won, timed: o.timed()}
			if !o.timed() {
				return first, nil
			}
		}
	}
	for i := range t.p.exits {
		e, err := t.exit(ctx, &t.p.exits[i], m, row, at)
		switch {
		case err != nil:
			return nil, err
		case e == nil:
		case !e.timed && seen == nil:
			seen = e
		case e.timed && (first == nil || e.at.Before(first.at)):
			first = e
		}
	}
	if seen == nil && t.p.OnLeave == playbook.Leave && !t.seg.True.Has(row) && !t.seg.Unknown.Has(row) {
		seen = &ending{outcome: state.Exited, reason: leftSegment, at: t.in.Now}
	}
	if first != nil {
		return first, nil
	}
	return seen, nil
}

// exit tells whether one exit rule holds, and since when.
func (t *pass) exit(ctx context.Context, x *exit, m *state.Member, row int, at *spot) (*ending, error) {
	over := func(at time.Time, timed bool) *ending {
		return &ending{outcome: state.Exited, reason: x.Reason, at: at, then: x.then, timed: timed}
	}
	switch {
	case x.when == nil && t.paused(): // its clocks stand still
		return nil, nil
	case x.when != nil:
		o, err := t.happens(ctx, x.when, at, m.EnteredAt, "exit rule is unknown")
		if o == nil || err != nil {
			return nil, err
		}
		return over(o.at, o.timed()), nil
	case x.Quiet > 0:
		from := latest(m.EnteredAt, m.ResumedAt)
		end, passed := lull(t.engagements(row, from), from, t.in.Now, x.Quiet)
		if !passed {
			t.bound(m, end)
			return nil, nil
		}
		return over(end, true), nil
	case !x.After.IsZero():
		end := t.p.calendar.Add(m.EnteredAt, x.After).Add(m.Frozen)
		if end.After(t.in.Now) {
			t.bound(m, end)
			return nil, nil
		}
		return over(end, true), nil
	}
	return nil, nil
}

// exitsNow tells whether an exit rule that is a condition holds for a record that would enter.
func (t *pass) exitsNow(ctx context.Context, at *spot) (bool, error) {
	for i := range t.p.exits {
		if x := t.p.exits[i].when; x != nil && x.Entity() == "" {
			holds, err := t.holds(ctx, x, at, "exit rule is unknown")
			if err != nil || holds {
				return holds, err
			}
		}
	}
	return false, nil
}

// bound is when a member leaves at the latest, for telling when a run has something to do.
type bound struct {
	member string // enrollment key
	at     time.Time
}

func (t *pass) bound(m *state.Member, at time.Time) {
	t.bounds = append(t.bounds, bound{m.Key, at})
}

// spotOf is where the expressions of a member of the play are evaluated that does not move.
func (t *pass) spotOf(m *state.Member, row int) *spot {
	return &spot{pass: t, row: row, member: m, track: &m.Track, stepAt: m.StepAt}
}

// unknownWaits takes an unknown for a reason to wait.
func unknownWaits(err error) (string, error) {
	if err == nil {
		return "", nil
	}
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		return unknown.What, nil
	}
	return "", err
}
