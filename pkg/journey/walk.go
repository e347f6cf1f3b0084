package journey

import (
	"context"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// The outcomes of a step, beside a task's own and the branches of choose and split.
const (
	done      = "done"
	skipped   = "skipped"
	timedOut  = "timed out"
	cancelled = "cancelled"
	failed    = "failed"    // with on_error: continue
	overtaken = "overtaken" // its time came, and no run before the membership was over
)

// walker takes a member, or one of its lanes, along its steps as far as it goes now.
type walker struct {
	*pass
	turn  *turn
	lane  *state.Lane // nil for the member's own way
	track state.Track // where it stands, as it moves
	here  spot
	clock time.Time // by what happened: the time at which it came to where it stands
	// arrived says that it came to where it stands in this run. Else it waited there, or was held back.
	arrived bool
	// horizon is set where something has ended the membership at that time: the walk shows what came before it, and does nothing any more.
	horizon time.Time
	moves   *[]Move
	end     **End
}

// own makes the walker of a member's own way. It is to be given back.
func (t *pass) own(m *turn) *walker {
	w := t.walker(m)
	w.track, w.clock, w.moves, w.end = ownTrack(m.now.Track), m.now.StepAt, &m.moves, &m.end
	w.arrived = m.enters() || m.leaves || t.dropped(&m.now.Track)
	w.here = spot{pass: t, row: m.row, member: m.now, track: &w.track, stepAt: w.clock}
	return w
}

// walker gives a walker that nobody uses.
func (t *pass) walker(m *turn) *walker {
	n := len(t.spare)
	if n == 0 {
		return &walker{pass: t, turn: m}
	}
	w := t.spare[n-1]
	t.spare = t.spare[:n-1]
	*w = walker{pass: t, turn: m}
	return w
}

// back gives a walker back, to be used again.
func (r *run) back(w *walker) { r.spare = append(r.spare, w) }

// ownTrack gives a track whose slices grow without touching those that it was made from.
func ownTrack(t state.Track) state.Track {
	t.Done, t.Reached = slices.Clip(t.Done), slices.Clip(t.Reached)
	return t
}

// past reports whether the walk only shows what came before the end.
func (w *walker) past() bool { return !w.horizon.IsZero() }

// walk goes on until the walker waits or comes to its end.
func (w *walker) walk(ctx context.Context) error {
	for *w.end == nil {
		if w.past() && !w.clock.Before(w.horizon) {
			return nil
		}
		s, err := w.standing()
		if err != nil {
			return err
		}
		if s == nil {
			return w.atEnd(ctx)
		}
		if on, err := w.take(ctx, s); err != nil || !on {
			return err
		}
	}
	return nil
}

// standing gives the step that the walker stands on; nil past the last.
func (w *walker) standing() (*step, error) {
	if w.track.Step == "" {
		return nil, nil
	}
	s := w.p.steps[w.track.Step]
	if s == nil {
		return nil, &StepGoneError{Play: w.p.Name, Step: w.track.Step, Record: w.turn.now.Record.Key}
	}
	return s, nil
}

// StepGoneError says that a step was removed while members stand on it.
type StepGoneError struct{ Play, Step, Record string }

// Error names step and member.
func (e *StepGoneError) Error() string {
	return "step " + e.Step + " is gone from the playbook and members stand on it, such as " + e.Record
}

// take does what the step says, as far as it can be done now. It reports whether the walker goes on.
func (w *walker) take(ctx context.Context, s *step) (on bool, err error) {
	if s.when != nil && (w.arrived || !w.underWay(s)) {
		holds, err := w.holds(ctx, s.when, &w.here, "step "+s.ID+": when is unknown")
		if err != nil {
			return false, err
		}
		if !holds {
			w.advance(s, state.StepDone{Outcome: skipped})
			return true, nil
		}
	}
	switch s.Verb {
	case playbook.Wait, playbook.WaitUntil, playbook.WaitFor:
		return w.await(ctx, s)
	case playbook.Choose:
		return w.choose(ctx, s)
	case playbook.Split:
		return w.split(s)
	case playbook.Enroll:
		return w.enroll(ctx, s)
	case playbook.Leaves:
		w.leaves(s)
		return false, nil
	case playbook.Each:
		return w.each(ctx, s)
	case playbook.Task:
		return w.task(ctx, s)
	}
	return w.act(ctx, s)
}

// underWay reports whether the walker has begun the step that it stands on: a running wait, a task that was made, lanes.
func (w *walker) underWay(s *step) bool {
	return s.Verb.Waits() || s.Verb == playbook.Each || s.Verb == playbook.Task && len(w.tasksOf(s)) > 0
}

// rebase moves the clock to now for a step that was held back in an earlier run: what counts from it counts from when it was done.
func (w *walker) rebase() {
	if w.arrived {
		return
	}
	if _, before := w.firstRun(); before {
		w.clock = w.in.Now
	}
}

// firstRun gives the first run that came to its end since the walker came to where it stands: it would have taken the step, had nothing held it
// back. One that was cut off says nothing, nor does one from before the member was let in, which may be for what happened long ago.
func (w *walker) firstRun() (at time.Time, ok bool) {
	in := w.turn.now.Run == ""
	for i := range w.in.State.Runs {
		r := &w.in.State.Runs[i]
		in = in || r.ID == w.turn.now.Run
		if in && !r.Started.Before(w.track.StepAt) && (r.Status == state.Succeeded || r.Status == state.Partly) {
			return r.Started, true
		}
	}
	return time.Time{}, false
}

// advance records the step as done and goes to the next, past steps that were done before.
func (w *walker) advance(s *step, d state.StepDone, wants ...int) {
	w.to(s, s.next(), d, wants...)
}

// to records the step as done and goes to another; nil is the end of its way.
func (w *walker) to(s, next *step, d state.StepDone, wants ...int) {
	for next != nil && w.did(next.ID) {
		next = next.next()
	}
	d.ID, d.At = s.ID, w.clock
	w.track.Done = append(w.track.Done, d)
	w.here.moved(&d, w.clock)
	w.track.Step, w.track.StepAt, w.track.Due, w.track.Reached = next.id(), w.clock, time.Time{}, nil
	w.arrived = true
	*w.moves = append(*w.moves, Move{Step: s.ID, Continue: s.Continue, Wants: wants, Done: d, To: w.track})
	if next == nil {
		w.closes(s)
	}
}

// did reports whether a step was done before.
func (w *walker) did(id string) bool {
	return slices.ContainsFunc(w.track.Done, func(d state.StepDone) bool { return d.ID == id })
}

// closes ends the way, behind whose last step the walker is. The play's own steps don't: their member may hold something still.
func (w *walker) closes(last *step) {
	switch kind := last.way().kind; {
	case kind == mainBlock:
	case last.follows():
		*w.end = &End{At: w.clock}
	case kind == lateBlock:
		w.ends(state.TimedOut, "step "+last.way().owner.ID)
	default:
		w.ends(state.Completed, "")
	}
}

// ends ends the member, or the lane.
func (w *walker) ends(outcome state.Outcome, reason string) {
	*w.end = &End{Outcome: outcome, Reason: reason, At: w.clock}
}

// leaves takes an exit step.
func (w *walker) leaves(s *step) {
	w.rebase()
	w.goes(s, state.StepDone{Outcome: done}, state.Exited, s.Reason)
}

// goes has the member leave from a step, or ends its lane; what follows a goal or an exit has come to its end.
func (w *walker) goes(s *step, d state.StepDone, outcome state.Outcome, reason string) {
	w.to(s, nil, d)
	if s.follows() {
		*w.end = &End{At: w.clock}
		return
	}
	w.ends(outcome, reason)
}

// atEnd completes a member that stands past its last step and holds nothing; one that is leaving has left.
func (w *walker) atEnd(ctx context.Context) error {
	if w.turn.now.Leaving() {
		*w.end = &End{At: w.clock}
		return nil
	}
	if w.lane != nil {
		return nil
	}
	on, at := w.holdsOn()
	if !on {
		w.clock = latest(w.clock, at)
		w.ends(state.Completed, "")
		(*w.end).Lanes = len(w.turn.lanes) > 0
	}
	return nil
}

// holdsOn reports whether a member past its last step still holds something: a keep that was taken, or lanes that run or keep. at is when the
// last of its lanes ended.
func (w *walker) holdsOn() (on bool, at time.Time) {
	for _, s := range w.p.inOrder {
		if s.lane != nil {
			continue
		}
		switch {
		case s.Verb == playbook.Keep && w.tookIt(s.ID):
			return true, at
		case s.Verb == playbook.Each && w.tookIt(s.ID):
			running, ended := w.lanesHold(s)
			if running {
				return true, at
			}
			at = latest(at, ended)
		}
	}
	return false, at
}

// tookIt reports whether the walker took a step and did not skip it, be it that some of it failed and the step said to go on.
func (w *walker) tookIt(id string) bool { return tookStep(&w.track, id) }

func tookStep(t *state.Track, id string) bool {
	return slices.ContainsFunc(t.Done, func(d state.StepDone) bool { return d.ID == id && d.Outcome != skipped })
}

func (w *walker) laneKey() string {
	if w.lane == nil {
		return ""
	}
	return w.lane.Key()
}

// waits notes what the walker waits for. A wait that has come to be in this run has its due time kept.
func (w *walker) waits(s *step, kind WaitKind, why string, due time.Time) {
	if s.Timeout.Quiet == 0 && (s.Verb.Waits() || kind == ForTask) { // a silence, and what holds up another step, are asked anew in every run
		w.setDue(due)
	}
	if w.past() {
		return
	}
	m := w.turn.now
	w.wait(Wait{Member: m.Key, Record: m.Record, Play: m.Play, Step: s.id(), Lane: w.laneKey(), Kind: kind, Why: why, Since: w.clock, Due: due})
}

// setDue keeps when the wait is over: with the move that led to it, or with the member itself.
func (w *walker) setDue(due time.Time) {
	if w.track.Due.Equal(due) {
		return
	}
	w.track.Due = due
	switch n := len(*w.moves); {
	case n > 0:
		(*w.moves)[n-1].To.Due = due
	case w.lane != nil:
		w.lane.Due, w.turn.record = due, true
	default:
		w.change(w.turn).Due, w.turn.record = due, true
	}
}

// wait notes a wait, and counts it.
func (t *pass) wait(x Wait) {
	if t.waits == nil {
		t.waits = make([]Wait, 0, max(t.rowCount, 1))
	}
	t.waits = append(t.waits, x)
	for i := range t.about.Waiting {
		if w := &t.about.Waiting[i]; w.Step == x.Step && w.Why == x.Why && w.Kind == x.Kind {
			w.Count++
			if w.Due.IsZero() || !x.Due.IsZero() && x.Due.Before(w.Due) {
				w.Due = x.Due
			}
			return
		}
	}
	t.about.Waiting = append(t.about.Waiting, Waiting{Step: x.Step, Kind: x.Kind, Why: x.Why, Count: 1, Due: x.Due})
}
