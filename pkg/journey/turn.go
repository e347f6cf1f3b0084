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
	before *state.Member // nil for one that enters
	// now is how it is recorded before anything is done for it: entered, settled, with lanes begun and ended. It is before itself for as long
	// as nothing of that differs: see [pass.change].
	now *state.Member
	row int
	// record says that now differs from before.
	record, leaves, stepped bool

	moves    []Move // its own, in order
	end      *End   // how it ends once its last move has succeeded; nil if it stays
	lanes    []LaneMoving
	needs    *Ref                             // the move of another member that enrolls this one
	enrolls  []enrollment                     // by steps that came before what ended it
	opened   map[string]bool                  // steps whose lanes were looked after
	matching map[string]map[state.Record]bool // the records that have lanes at a step now
	other    *turn                            // of the same record, made before this one; nil for none
}

// enters reports whether the member was not there before this run.
func (m *turn) enters() bool { return m.before == nil }

// moving gives what the turn comes to; nil if nothing happens to the member.
func (m *turn) moving() *Moving {
	if !m.record && !m.enters() && !m.leaves && m.end == nil && len(m.moves) == 0 && len(m.lanes) == 0 {
		return nil
	}
	return &Moving{Before: m.before, After: *m.now, Record: m.record, Enters: m.enters(), Leaves: m.leaves, Moves: m.moves, End: m.end, Lanes: m.lanes, Needs: m.needs}
}

// lastMove names the move with which the member's way ends in this run; nil if it ends without one.
func (m *turn) lastMove() *Ref {
	if m.end == nil || len(m.moves) == 0 {
		return nil
	}
	return &Ref{Member: m.now.Key, Step: m.moves[len(m.moves)-1].Step}
}

// ownMember gives a copy of a member that can be changed without touching it.
func ownMember(m *state.Member) *state.Member {
	own := *m
	own.Track = ownTrack(m.Track)
	own.Lanes = slices.Clone(m.Lanes)
	for i := range own.Lanes {
		own.Lanes[i].Track = ownTrack(m.Lanes[i].Track)
	}
	return &own
}

// change gives how a turn's member is recorded, to be changed. Who has lanes has them changed as they are walked.
func (t *pass) change(m *turn) *state.Member {
	if m.now == m.before {
		m.now = ownMember(m.before)
		t.members[m.now.Key] = m.now
	}
	return m.now
}

// settleMember settles one active member.
func (t *pass) settleMember(ctx context.Context, turn *turn) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m := turn.before
	if e, out := t.ejected(m); out {
		t.endAtOnce(m, *m, e)
		return nil
	}
	if turn.row < 0 {
		return t.missing(m)
	}
	t.add(turn)
	if turn.record = !m.MissingSince.IsZero(); turn.record {
		t.change(turn).MissingSince = time.Time{}
	}
	if len(m.Lanes) > 0 {
		t.change(turn)
	}
	t.resume(turn)
	if m.Leaving() {
		return nil
	}
	if err := t.settleTurn(ctx, turn); err != nil {
		return err
	}
	t.mute(turn.now)
	t.seated(turn.now, turn.row)
	if turn.now.Outcome == "" && t.p.OnLeave == playbook.Stay && !t.seg.True.Has(turn.row) && !t.seg.Unknown.Has(turn.row) {
		t.about.Away++
	}
	return nil
}

// add makes a turn part of the pass.
func (t *pass) add(m *turn) {
	t.turns = append(t.turns, m)
	m.other = t.byRow[m.row]
	t.byRow[m.row] = m
}

// turnOf gives the last turn of a record, or of one value of its `per`; nil for none.
func (t *pass) turnOf(c candidate) *turn {
	for m := t.byRow[c.row]; m != nil; m = m.other {
		if m.now.Per == c.per {
			return m
		}
	}
	return nil
}

// settleTurn has a member leave whose membership something ended. What its steps did before that has the first word.
func (t *pass) settleTurn(ctx context.Context, m *turn) error {
	e, err := t.settle(ctx, m.now, m.row)
	if e == nil || err != nil {
		return err
	}
	if e.timed && !m.now.HeldOut && !t.paused() {
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
	trial := &turn{before: m.before, now: ownMember(m.now), row: m.row, needs: m.needs, other: m.other}
	w := t.own(trial)
	defer t.back(w)
	w.horizon = at
	if !trial.now.Leaving() {
		if err := w.keepLanes(ctx); err != nil {
			return false, err
		}
	}
	if err := w.walk(ctx); err != nil {
		return false, err
	}
	over := trial.end != nil && trial.end.At.Before(at)
	if over {
		trial.record = m.record
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
	if m.end == nil {
		return
	}
	now := *m.now
	now.EndedAt = m.end.At
	if m.end.Outcome != "" {
		now.Outcome, now.Reason = m.end.Outcome, m.end.Reason
	}
	if m.end.Outcome != "" && m.end.Outcome != state.Completed {
		t.about.left(now)
		t.told(&t.about.Leaves, Reason{Key: now.Record.Key, Outcome: string(now.Outcome), Because: becauseOf(now.Reason)})
	}
	t.members[now.Key] = &now
	if now.Outcome != state.Completed {
		t.quit[now.Key] = true
	}
	t.unseat(m)
	if !slices.ContainsFunc(m.moves, func(x Move) bool { return len(x.Wants) > 0 }) { // else it may not come to its end in this run
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
	case !m.now.Active() || m.now.HeldOut:
		return nil
	case t.paused():
		t.wait(Wait{Member: m.now.Key, Record: m.now.Record, Play: t.p.Name, Step: m.now.Step, Kind: Held, Why: "the play is paused", Since: m.now.StepAt})
		return t.stays(ctx, m)
	}
	w := t.own(m)
	defer t.back(w)
	if !m.now.Leaving() {
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
	if !t.quit[m.now.Key] {
		return
	}
	m.lanes = slices.DeleteFunc(m.lanes, func(l LaneMoving) bool {
		awaited := slices.ContainsFunc(m.moves, func(x Move) bool { return x.Step == l.Of && slices.Contains(x.Needs, l.Lane) })
		acts := slices.ContainsFunc(l.Moves, func(x Move) bool { return len(x.Wants) > 0 })
		if acts && !awaited {
			t.over[[3]string{m.now.Key, l.Lane, l.Of}] = true
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
	return t.stays(ctx, &turn{before: m, now: m, row: row})
}

// stays makes a member's standing wants and leaves everything that it holds as it is.
func (t *pass) stays(ctx context.Context, m *turn) error {
	t.freeze(m.now)
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
		t.endAtOnce(m, after, Ejection{Outcome: state.Removed, Reason: "the record has been missing since " + after.MissingSince.UTC().Format(time.DateOnly)})
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

// endAtOnce has a member leave with nothing to follow, whatever it was about to do.
func (t *pass) endAtOnce(before *state.Member, after state.Member, e Ejection) {
	after = endedAs(after, t.in.Now, e.Outcome, e.Reason)
	t.out.Members = append(t.out.Members, &Moving{Before: before, After: after, Leaves: true, Record: true})
	t.members[after.Key] = &after
	t.about.left(after)
	t.told(&t.about.Leaves, Reason{Key: after.Record.Key, Outcome: string(after.Outcome), Because: becauseOf(after.Reason)})
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
	now := t.change(m)
	now.Outcome, now.Reason = e.outcome, e.reason
	m.leaves, m.record = true, true
	if first := e.then.first(); first != nil && !now.HeldOut {
		now.Step, now.StepAt, now.Due, now.Reached = first.ID, e.at, time.Time{}, nil
	} else {
		now.EndedAt = e.at
	}
	for i := range now.Lanes {
		if l := &now.Lanes[i]; l.EndedAt.IsZero() {
			l.EndedAt, l.Outcome, l.Reason = e.at, state.Exited, "its member left"
		}
	}
	t.about.left(*now)
	why := Reason{Key: now.Record.Key, Outcome: string(e.outcome), Because: becauseOf(e.reason)}
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
