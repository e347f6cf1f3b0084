package journey

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// await takes a wait: it is over by its own time, whenever the run comes.
func (w *walker) await(ctx context.Context, s *step) (on bool, err error) {
	switch s.Verb {
	case playbook.Wait:
		return w.span(s), nil
	case playbook.WaitUntil:
		return w.until(ctx, s)
	}
	return w.listen(ctx, s)
}

// span waits for so long, from when the walker came.
func (w *walker) span(s *step) bool {
	due := w.track.Due
	if due.IsZero() || w.arrived {
		due = w.p.calendar.Add(w.clock, s.Wait)
	}
	if due.After(w.in.Now) {
		w.waits(s, ForTime, s.waitsFor, due)
		return false
	}
	w.clock = latest(w.clock, due)
	w.advance(s, state.StepDone{Outcome: done})
	return true
}

// until waits for a date, which is asked for anew in every run.
func (w *walker) until(ctx context.Context, s *step) (bool, error) {
	v, err := s.expr.Value(ctx, w.data, w.here.at())
	unknown, err := unknownWaits(err)
	if err != nil {
		return false, err
	}
	date, ok := v.(time.Time)
	switch {
	case unknown != "" || !ok:
		w.about.Unknowns["step "+s.ID+": "+unknown]++
		w.waits(s, Held, unknown, time.Time{})
		return false, nil
	case date.After(w.in.Now):
		w.waits(s, ForTime, s.waitsFor, date)
		return false, nil
	case !date.After(w.clock) && !w.track.Due.After(w.in.Now): // it was over when the walker came
		w.tooLate(s)
		return true, nil
	}
	if w.clock = latest(w.clock, date); w.track.Due.After(w.in.Now) { // the date was brought forward: this run is the first to know
		w.clock = w.in.Now
	}
	w.advance(s, state.StepDone{Outcome: done})
	return true, nil
}

// tooLate does what if_past says: skip leaves out the step behind the wait with it.
func (w *walker) tooLate(s *step) {
	switch s.IfPast {
	case playbook.PastExit:
		w.goes(s, state.StepDone{Outcome: skipped}, state.Exited, "step "+s.ID+": the date is past")
	case playbook.PastSkip:
		w.advance(s, state.StepDone{Outcome: skipped})
		if next := w.p.steps[w.track.Step]; next != nil && next == s.next() {
			w.advance(next, state.StepDone{Outcome: skipped})
		}
	default:
		w.advance(s, state.StepDone{Outcome: done})
	}
}

// listen waits for a condition, or for an event since the walker came, no later than its timeout.
func (w *walker) listen(ctx context.Context, s *step) (bool, error) {
	o, err := w.happens(ctx, s.expr, &w.here, w.clock, "step "+s.ID+": wait_for is unknown")
	if err != nil {
		return false, err
	}
	end, over, err := w.bounded(ctx, s)
	if err != nil {
		return false, err
	}
	if o != nil && (!over || !o.at.After(end)) {
		w.clock = latest(w.clock, o.at)
		w.advance(s, state.StepDone{Outcome: done, Event: w.heard(s, o)})
		return true, nil
	}
	if over {
		return w.timeOut(s, end, timedOut), nil
	}
	w.waits(s, ForEvents, s.waitsFor, end)
	return false, nil
}

// heard gives those of an event's fields that the play speaks of.
func (w *walker) heard(s *step, o *occurrence) state.Event {
	if !o.timed() {
		return nil
	}
	var fields []string
	for _, name := range w.p.uses.Heard {
		if step, field, _ := strings.Cut(name, "."); step == s.ID {
			fields = append(fields, field)
		}
	}
	return w.data.Fields(o.table, o.row, fields)
}

// bounded tells when the step's timeout comes, the zero time if it has none, and whether it has come.
func (w *walker) bounded(ctx context.Context, s *step) (end time.Time, over bool, err error) {
	switch {
	case s.Timeout.Quiet > 0:
		return w.quiet(ctx, s, w.clock)
	case s.Timeout.After.IsZero():
		return end, false, nil
	}
	if end = w.track.Due; end.IsZero() || w.arrived {
		end = w.p.calendar.Add(w.clock, s.Timeout.After)
	}
	return end, !end.After(w.in.Now), nil
}

// quiet tells when the silence that a step listens for is over, since a time or the end of the last pause.
func (w *walker) quiet(ctx context.Context, s *step, since time.Time) (end time.Time, over bool, err error) {
	since = latest(since, w.turn.now.ResumedAt)
	var times []int64
	if s.of == nil {
		times = w.engagements(w.turn.row, since)
	} else if times, err = w.eventTimes(ctx, s.of, since); err != nil {
		return end, false, err
	}
	end, over = lull(times, since, w.in.Now, s.Timeout.Quiet)
	return end, over, nil
}

// eventTimes gives the times of the events of a list after a time, in order.
func (w *walker) eventTimes(ctx context.Context, p *expr.Program, since time.Time) ([]int64, error) {
	rows, err := w.columns.records(ctx, p, &w.here)
	if _, err = unknownWaits(err); err != nil {
		return nil, err
	}
	var out []int64
	clock := w.data.Frame.Table(p.Entity()).Time()
	for _, row := range rows {
		if x := clock.Ints[row]; clock.IsKnown(int(row)) && x > since.UnixMicro() && x <= w.in.Now.UnixMicro() {
			out = append(out, x)
		}
	}
	slices.Sort(out)
	return out, nil
}

// timeOut goes the way of a timeout that came at a time: on, to its own steps, or out.
func (w *walker) timeOut(s *step, at time.Time, outcome string) (on bool) {
	w.clock = latest(w.clock, at)
	d := state.StepDone{Outcome: outcome}
	switch {
	case s.Resume:
		w.advance(s, d)
	case s.late.first() != nil:
		w.to(s, s.late.first(), d)
	default:
		w.goes(s, d, state.TimedOut, "step "+s.ID)
		return false
	}
	return *w.end == nil
}
