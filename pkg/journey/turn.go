package journey

import (
	"context"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// turn is one member's turn in this run.
type turn struct {
	Moving
	row      int
	stepped  bool
	enrolls  []enrollment                     // by steps that came before what ended it
	opened   map[string]bool                  // steps whose lanes were looked after
	matching map[string]map[state.Record]bool // the records that have lanes at a step now
}

// lastMove names the move with which the member's way ends in this run; nil if it ends without one.
func (t *turn) lastMove() *Ref {
	if t.End == nil || len(t.Moves) == 0 {
		return nil
	}
	return &Ref{Member: t.After.Key, Step: t.Moves[len(t.Moves)-1].Step}
}

func newTurn(before *state.Member, after state.Member, row int) *turn {
	after.Track = copyTrack(after.Track)
	after.Lanes = slices.Clone(after.Lanes)
	for i := range after.Lanes {
		after.Lanes[i].Track = copyTrack(after.Lanes[i].Track)
	}
	return &turn{Moving: Moving{Before: before, After: after}, row: row, opened: map[string]bool{}, matching: map[string]map[state.Record]bool{}}
}

// settleMember settles one active member.
func (t *pass) settleMember(ctx context.Context, m *state.Member) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	row, there := t.table.Row(m.Record.Key)
	if !there {
		return t.missing(m)
	}
	turn := t.add(newTurn(m, *m, row))
	turn.Record = !m.MissingSince.IsZero()
	turn.After.MissingSince = time.Time{}
	t.resume(turn)
	if m.Leaving() {
		return nil
	}
	if err := t.settleTurn(ctx, turn); err != nil {
		return err
	}
	t.mute(&turn.After)
	t.seated(&turn.After, row)
	if turn.After.Outcome == "" && t.p.OnLeave == playbook.Stay && !t.seg.True.Has(row) && !t.seg.Unknown.Has(row) {
		t.about.Away++
	}
	return nil
}

// add makes a turn part of the pass.
func (t *pass) add(m *turn) *turn {
	t.turns = append(t.turns, m)
	t.byKey[mark(m.After.Record.Key, m.After.Per)] = m
	t.members[m.After.Key] = &m.After
	return m
}

// settleTurn has a member leave whose membership something ended. What its steps did before that has the first word.
func (t *pass) settleTurn(ctx context.Context, m *turn) error {
	e, err := t.settle(ctx, &m.After, m.row)
	if e == nil || err != nil {
		return err
	}
	if e.timed && !m.After.HeldOut && !t.paused() {
		ended, err := t.endedBefore(ctx, m, e.at)
		if ended || err != nil {
			return err
		}
	}
	t.leave(ctx, m, e)
	return nil
}

// endedBefore walks a member's steps up to the time at which something ended it, and reports whether they ended it before. Nothing is done at
// an outside system: it is over.
func (t *pass) endedBefore(ctx context.Context, m *turn, at time.Time) (bool, error) {
	trial := newTurn(m.Before, m.After, m.row)
	trial.Enters, trial.Needs = m.Enters, m.Needs
	w := t.own(trial)
	w.horizon = at
	if !trial.After.Leaving() {
		if err := w.keepLanes(ctx); err != nil {
			return false, err
		}
	}
	if err := w.walk(ctx); err != nil {
		return false, err
	}
	over := trial.End != nil && trial.End.At.Before(at)
	if over {
		trial.Record = m.Record
		*m = *trial
		m.stepped = true
		t.endsBySteps(m)
	}
	for _, e := range trial.enrolls {
		e.moves = over // else the way that led to it is left as it is
		if _, _, err := e.into.enrolled(ctx, e); err != nil {
			return over, err
		}
	}
	return over, nil
}

// endsBySteps has others see that a member ends by its steps.
func (t *pass) endsBySteps(m *turn) {
	if m.End == nil {
		return
	}
	now := m.After
	now.EndedAt = m.End.At
	if m.End.Outcome != "" {
		now.Outcome, now.Reason = m.End.Outcome, m.End.Reason
	}
	if m.End.Outcome != "" && m.End.Outcome != state.Completed {
		t.about.left(now)
		t.told(&t.about.Leaves, Reason{Key: now.Record.Key, Outcome: string(now.Outcome), Because: becauseOf(now.Reason)})
	}
	t.members[now.Key] = &now
	t.unseat(m)
	if !slices.ContainsFunc(m.Moves, func(x Move) bool { return len(x.Wants) > 0 }) { // else it may not come to its end in this run
		t.unmute(&now)
	}
}

func becauseOf(reason string) []string {
	if reason == "" {
		return nil
	}
	return []string{reason}
}

// stepTurn takes one member as far as it goes now, and has it want again what its done steps hold for as long as it is in the play.
func (t *pass) stepTurn(ctx context.Context, m *turn) error {
	if err := ctx.Err(); err != nil || m.stepped {
		return err
	}
	m.stepped = true
	switch {
	case !m.After.Active() || m.After.HeldOut:
		return nil
	case t.paused():
		t.wait(Wait{Member: m.After.Key, Record: m.After.Record, Play: t.p.Name, Step: m.After.Step, Kind: Held, Why: "the play is paused", Since: m.After.StepAt})
		return t.stays(ctx, m)
	}
	w := t.own(m)
	if !m.After.Leaving() {
		if err := w.keepLanes(ctx); err != nil {
			return err
		}
	}
	if err := w.walk(ctx); err != nil {
		return err
	}
	if err := t.stand(ctx, m); err != nil {
		return err
	}
	t.endsBySteps(m)
	t.cutLanes(m)
	return t.escalate(ctx, m)
}

// cutLanes leaves out what the lanes of a member that leaves by its own steps would do at outside systems: it is over. It did await the end of
// some before.
func (t *pass) cutLanes(m *turn) {
	if !t.ends(m.After.Key) {
		return
	}
	m.Lanes = slices.DeleteFunc(m.Lanes, func(l LaneMoving) bool {
		awaited := slices.ContainsFunc(m.Moves, func(x Move) bool { return x.Step == l.Of && slices.Contains(x.Needs, l.Lane) })
		acts := slices.ContainsFunc(l.Moves, func(x Move) bool { return len(x.Wants) > 0 })
		if acts && !awaited {
			t.over[[3]string{m.After.Key, l.Lane, l.Of}] = true
		}
		return acts && !awaited
	})
}

// passiveMember leaves everything that a member holds as it is, and lets what it wants count against the members of this run: a part of the
// plays must not do what all of them would undo.
func (t *pass) passiveMember(ctx context.Context, m *state.Member) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	row, there := t.table.Row(m.Record.Key)
	if !there || m.HeldOut {
		t.freeze(m)
		return nil
	}
	return t.stays(ctx, newTurn(m, *m, row))
}

// stays makes a member's standing wants and leaves everything that it holds as it is.
func (t *pass) stays(ctx context.Context, m *turn) error {
	t.freeze(&m.After)
	first := len(t.out.Wants)
	quiet := *t
	quiet.about = &PlayRun{Unknowns: map[string]int{}} // nothing is told of it
	err := quiet.stand(ctx, m)
	for i := range t.out.Wants[first:] {
		t.out.Wants[first+i].Passive = true
	}
	return err
}

// freeze leaves everything that a member holds as it is.
func (r *run) freeze(m *state.Member) {
	tracks := []*state.Track{&m.Track}
	lanes := []string{""}
	for i := range m.Lanes {
		tracks, lanes = append(tracks, &m.Lanes[i].Track), append(lanes, m.Lanes[i].Key())
	}
	for i, track := range tracks {
		for _, d := range track.Done {
			r.out.Frozen[state.Keeper{Member: m.Key, Step: d.ID, Lane: lanes[i]}] = true
		}
		r.out.Frozen[state.Keeper{Member: m.Key, Step: track.Step, Lane: lanes[i]}] = true
	}
}

// missing handles a member whose record a full read did not have: no effects, keeps stay, until it has been so for `gone_after`.
func (t *pass) missing(m *state.Member) error {
	after := *m
	if after.MissingSince.IsZero() {
		after.MissingSince = t.in.Now
	}
	if t.in.Now.Sub(after.MissingSince) >= t.plays.book.GoneAfter {
		after = endedAs(after, t.in.Now, state.Removed, "the record has been missing since "+after.MissingSince.UTC().Format(time.DateOnly))
		t.out.Members = append(t.out.Members, &Moving{Before: m, After: after, Leaves: true, Record: true})
		t.members[after.Key] = &after
		t.about.left(after)
		t.told(&t.about.Leaves, Reason{Key: m.Record.Key, Outcome: string(after.Outcome), Because: becauseOf(after.Reason)})
		return nil
	}
	t.about.Missing++
	t.bound(m, after.MissingSince.Add(t.plays.book.GoneAfter))
	t.freeze(m)
	if !after.MissingSince.Equal(m.MissingSince) {
		t.out.Members = append(t.out.Members, &Moving{Before: m, After: after, Record: true})
	}
	if m.Step != "" && !m.HeldOut && t.p.steps[m.Step] == nil {
		return &StepGoneError{Play: t.p.Name, Step: m.Step, Record: m.Record.Key}
	}
	return nil
}

// endedAs gives a member that leaves at once. One that is leaving already keeps the outcome that it left with.
func endedAs(m state.Member, at time.Time, outcome state.Outcome, reason string) state.Member {
	if m.EndedAt = at; m.Outcome == "" {
		m.Outcome, m.Reason = outcome, reason
	}
	return m
}

// leave has a member leave: what follows its goal or exit, if anything does, is still before it.
func (t *pass) leave(ctx context.Context, m *turn, e *ending) {
	m.After.Outcome, m.After.Reason = e.outcome, e.reason
	m.Leaves, m.Record = true, true
	if first := e.then.first(); first != nil && !m.After.HeldOut {
		m.After.Step, m.After.StepAt, m.After.Due, m.After.Reached = first.ID, e.at, time.Time{}, nil
	} else {
		m.After.EndedAt = e.at
	}
	for i := range m.After.Lanes {
		if l := &m.After.Lanes[i]; l.EndedAt.IsZero() {
			l.EndedAt, l.Outcome, l.Reason = e.at, state.Exited, "its member left"
		}
	}
	t.about.left(m.After)
	why := Reason{Key: m.After.Record.Key, Outcome: string(e.outcome), Because: becauseOf(e.reason)}
	if e.reason == leftSegment && t.wanted(t.about.Leaves) {
		why.Because = t.because(ctx, t.p, m.row, false)
	}
	t.told(&t.about.Leaves, why)
}

// left counts a member that leaves.
func (p *PlayRun) left(m state.Member) {
	label := string(m.Outcome)
	if m.Outcome == state.Exited {
		label = m.Reason
	}
	p.Left[label]++
}
