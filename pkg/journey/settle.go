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
	at := t.place(m, nil, row)
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
func (t *pass) exit(ctx context.Context, x *exit, m *state.Member, row int, at expr.At) (*ending, error) {
	e := &ending{outcome: state.Exited, reason: x.Reason, then: x.then}
	switch {
	case x.when == nil && t.paused(): // its clocks stand still
		return nil, nil
	case x.when != nil:
		o, err := t.happens(ctx, x.when, at, m.EnteredAt, "exit rule is unknown")
		if o == nil || err != nil {
			return nil, err
		}
		e.at, e.timed = o.at, o.timed()
		return e, nil
	case x.Quiet > 0:
		from := latest(m.EnteredAt, m.ResumedAt)
		end, over := lull(t.engagements(row, from), from, t.in.Now, x.Quiet)
		e.at, e.timed = end, true
		if !over {
			t.bound(m, end)
			return nil, nil
		}
	case !x.After.IsZero():
		e.at, e.timed = t.p.calendar.Add(m.EnteredAt, x.After).Add(m.Frozen), true
		if e.at.After(t.in.Now) {
			t.bound(m, e.at)
			return nil, nil
		}
	default:
		return nil, nil
	}
	return e, nil
}

// exitsNow tells whether an exit rule that is a condition holds for a record that would enter.
func (t *pass) exitsNow(ctx context.Context, at expr.At) (bool, error) {
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

// bound notes when a member leaves at the latest, for telling when a run has something to do.
func (t *pass) bound(m *state.Member, at time.Time) {
	if old, ok := t.bounds[m.Key]; !ok || at.Before(old) {
		t.bounds[m.Key] = at
	}
}

// place is where a member's expressions are evaluated, or those of one of its lanes.
func (t *pass) place(m *state.Member, lane *state.Lane, row int) expr.At {
	at := expr.Row(t.p.Of, row)
	v := &expr.Member{Data: t.data, EnteredAt: m.EnteredAt, StepAt: m.StepAt, Event: m.Event, Steps: map[string]*expr.Step{}}
	for i := range m.Done {
		t.see(v, m.Key, "", &m.Done[i])
	}
	at.Member = v
	if lane == nil {
		return at
	}
	v.StepAt = lane.StepAt
	for i := range lane.Done {
		t.see(v, m.Key, lane.Key(), &lane.Done[i])
	}
	if row, ok := t.data.Frame.Table(lane.Record.Entity).Row(lane.Record.Key); ok {
		at = at.With(lane.Record.Entity, row)
	}
	return at
}

// see adds a finished step to what a member's expressions see. A task that nobody waits for is finished once somebody has done it.
func (t *pass) see(v *expr.Member, member, lane string, d *state.StepDone) {
	s := t.p.steps[d.ID]
	out := &expr.Step{Data: t.data, Outcome: d.Outcome, Records: d.Records, Event: d.Event, Entity: t.p.Of}
	if s != nil && len(s.targets) > 0 {
		out.Entity = s.targets[0].entity
	}
	answers := d.Answers
	if s != nil && s.Verb == playbook.Task && s.Await == playbook.AwaitNone && d.Outcome != skipped {
		task := t.taskOf(member, lane, d.ID)
		if task == nil || task.Status == state.TaskOpen {
			return
		}
		out.Outcome, answers = task.Outcome, t.answers[task.Key]
	}
	if s != nil {
		out.Answers = typedAnswers(s.Asks, answers)
	}
	if s != nil && s.Verb == playbook.Split {
		v.Variant = d.Outcome
	}
	v.Steps[d.ID] = out
}

// unknownWaits takes an unknown for a reason to wait.
func unknownWaits(err error) (string, error) {
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		return unknown.What, nil
	}
	return "", err
}
