package journey

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// task takes a step that a person does: it is given out, and its outcome is waited for unless nobody does.
func (w *walker) task(ctx context.Context, s *step) (on bool, err error) {
	made := w.tasksOf(s)
	if w.past() && (len(made) == 0 || s.Await == playbook.AwaitNone) {
		if s.Await == playbook.AwaitNone {
			return w.act(ctx, s)
		}
		return false, nil
	}
	over := false
	if len(made) > 0 {
		if _, over, err = w.taskBound(ctx, s, made); err != nil {
			return false, err
		}
	}
	given := len(w.track.Reached) > 0 // else not all of them could be given out, and it was not recorded whom they are for
	if len(made) == 0 || (!given || w.lacks(s, made)) && !over {
		if on, err := w.assign(ctx, s); err != nil || on || len(made) == 0 || !given {
			return on, err
		}
	}
	return w.follow(ctx, s, made)
}

// tasksOf gives the tasks that the walker has given out at a step, by key.
func (w *walker) tasksOf(s *step) []*state.Task {
	all := w.taskList[w.turn.now.Key]
	is := func(t *state.Task) bool {
		return t.Lane == w.laneKey() && (t.Step == s.ID || slices.Contains(w.formerNames(s), t.Step))
	}
	if !slices.ContainsFunc(all, func(t *state.Task) bool { return !is(t) }) {
		return all
	}
	var out []*state.Task
	for _, t := range all {
		if is(t) {
			out = append(out, t)
		}
	}
	return out
}

// taskOf gives the one task of a step; the last of several.
func (r *run) taskOf(member, lane, step string) *state.Task {
	var found *state.Task
	for _, t := range r.taskList[member] {
		if t.Lane == lane && t.Step == step {
			found = t
		}
	}
	return found
}

// assign gives tasks out, for as many records as can be now. The walker goes on at once only where nobody waits for the outcome.
func (w *walker) assign(ctx context.Context, s *step) (on bool, err error) {
	if w.heldBack(s) {
		return false, nil
	}
	all, err := w.reached(ctx, s)
	if unknown, err := unknownWaits(err); unknown != "" || err != nil {
		return w.heldByUnknown(s, unknown), err
	}
	ready, deferred, h := w.contactable(ctx, s, all)
	var wants []Want
	var keys []string
	for _, r := range ready {
		x, held, err := w.assignment(ctx, s, r)
		if unknown, err := unknownWaits(err); unknown != "" || err != nil {
			return w.heldByUnknown(s, unknown), err
		}
		if held != nil {
			deferred, h = append(deferred, w.record(r).Key), held
			continue
		}
		wants, keys = append(wants, x...), append(keys, w.record(r).Key)
	}
	if s.Await != playbook.AwaitNone && len(wants) > 0 {
		w.give(s, wants, append(keys, deferred...), h)
		return false, nil
	}
	if h != nil {
		w.partly(s, wants, append(keys, deferred...), h)
		return false, nil
	}
	w.nobody(s, all)
	w.rebase()
	w.advance(s, state.StepDone{Outcome: done, Records: sortedKeys(keys)}, w.emit(wants)...)
	return true, nil
}

// give notes the tasks as given out, and that the walker waits for them.
func (w *walker) give(s *step, wants []Want, keys []string, h *hold) {
	to := w.track
	if !w.arrived {
		to.StepAt = w.in.Now
	}
	to.Reached = sortedKeys(append(keys, w.track.Reached...))
	given := slices.Clip(w.tasksOf(s))
	for _, x := range wants {
		if x.Task != nil {
			given = append(given, x.Task)
		}
	}
	to.Due = firstTimeout(given) // and nothing of an earlier run that found it too late
	*w.moves = append(*w.moves, Move{Step: s.ID, Continue: s.Continue, Wants: w.emit(wants), To: to, Stays: true})
	w.track = to
	if h != nil {
		w.waits(s, h.kind, h.why, h.due)
		return
	}
	w.waits(s, ForTask, "task for "+wants[0].Task.Role, to.Due)
}

// assignment makes the want of one task. A task that was given out, or may have been, is not given out again.
func (w *walker) assignment(ctx context.Context, s *step, r reach) ([]Want, *hold, error) {
	who, ok, why, err := w.resolve(ctx, s.by, w.there(r))
	if err != nil {
		return nil, nil, err
	}
	if !ok {
		w.problem(s, why)
		return nil, &hold{kind: Held, why: why}, nil
	}
	if over := w.capped(s, r.target.entity, r.row, who); over != nil {
		return nil, &hold{kind: ForTime, why: "cap " + over.Name, due: w.capFrees(over, r.target.entity, r.row, who)}, nil
	}
	wants, err := w.want(ctx, s, r, nil)
	if err != nil {
		return nil, nil, err
	}
	x := &wants[0]
	if err := w.form(ctx, s, r, x, who); err != nil {
		return nil, nil, err
	}
	if w.happened(x.Key) {
		return wants, nil, nil
	}
	w.count(s, r.target.entity, r.row, who)
	return wants, nil, nil
}

// form fills in what a task says, and the clocks that it is kept with. They begin now, when a person gets to see it.
func (w *walker) form(ctx context.Context, s *step, r reach, x *Want, who person) error {
	title, err := r.target.title.Value(ctx, w.data, w.there(r))
	if err != nil {
		return err
	}
	now, cal := w.in.Now, w.p.calendar
	x.Task = &state.Task{Key: x.Key, Member: x.Member, Play: x.Play, Step: s.ID, Lane: x.Lane, Connector: s.Connector, Kind: s.Object, Record: x.Record,
		Role: who.role, Assignee: w.in.State.Meta.Token(who.who), Status: state.TaskOpen, Assigned: now}
	x.Fields[connector.TaskTitle], x.Fields[connector.TaskAssignee], x.Fields[connector.TaskRole] = playbook.Text(title), who.who, who.role
	if !s.Due.IsZero() {
		x.Task.DueAt = cal.Add(now, s.Due)
		x.Fields[connector.TaskDue] = x.Task.DueAt
	}
	if !s.SLA.IsZero() {
		x.Task.SLAAt = cal.Add(now, s.SLA)
	}
	if !s.Timeout.After.IsZero() {
		x.Task.TimeoutAt = cal.Add(now, s.Timeout.After)
	}
	if s.Timeout.Quiet > 0 {
		w.bound(w.turn.now, now.Add(s.Timeout.Quiet))
	}
	for i := range s.Escalate {
		w.bound(w.turn.now, cal.Add(now, s.Escalate[i].After))
	}
	var asks, outcomes []any
	for _, a := range s.Asks {
		asks = append(asks, a.Name)
	}
	for _, o := range s.Outcomes {
		outcomes = append(outcomes, o)
	}
	if asks != nil {
		x.Fields[connector.TaskAsks] = asks
	}
	if outcomes != nil {
		x.Fields[connector.TaskOutcomes] = outcomes
	}
	return nil
}

// follow waits for the outcome of tasks. One counts that came no later than the timeout, by its own time.
func (w *walker) follow(ctx context.Context, s *step, made []*state.Task) (bool, error) {
	end, over, err := w.taskBound(ctx, s, made)
	if err != nil {
		return false, err
	}
	last, outcome, all := ended(made)
	at := last.DoneAt
	switch {
	case all && !w.lacks(s, made) && (end.IsZero() || !at.After(end)):
		w.clock = latest(w.track.StepAt, at)
		if outcome == cancelled {
			return w.timeOut(s, w.clock, cancelled), nil
		}
		w.advance(s, state.StepDone{Outcome: outcome, Records: w.track.Reached, Answers: last.Answers})
		return true, nil
	case over:
		return w.timeOut(s, end, timedOut), nil
	}
	w.waits(s, ForTask, "task for "+made[0].Role, end)
	return false, nil
}

// lacks reports whether somebody for whom the step began has no task yet. Who is not there any more needs none.
func (w *walker) lacks(s *step, made []*state.Task) bool {
	for i := range s.targets {
		entity := s.targets[i].entity
		for _, key := range w.track.Reached {
			has := slices.ContainsFunc(made, func(t *state.Task) bool { return t.Record.Key == key && t.Record.Entity == entity })
			if has {
				continue
			}
			if _, there := w.rowOf(state.Record{Entity: entity, Key: key}); there {
				return true
			}
		}
	}
	return false
}

// taskBound tells when the wait for tasks is over at the latest: as it was fixed when they were given out, or by silence since.
func (w *walker) taskBound(ctx context.Context, s *step, made []*state.Task) (end time.Time, over bool, err error) {
	if s.Timeout.Quiet > 0 {
		return w.quiet(ctx, s, made[0].Assigned)
	}
	end = firstTimeout(made)
	return end, !end.IsZero() && !end.After(w.in.Now), nil
}

// firstTimeout gives the first time at which one of some tasks is over, as it was fixed when it was given out; zero for none.
func firstTimeout(tasks []*state.Task) (first time.Time) {
	for _, t := range tasks {
		if !t.TimeoutAt.IsZero() && (first.IsZero() || t.TimeoutAt.Before(first)) {
			first = t.TimeoutAt
		}
	}
	return first
}

// ended tells how tasks ended together, and which was the last: cancelled if one was, else as the last one.
func ended(tasks []*state.Task) (last *state.Task, outcome string, all bool) {
	last = slices.MaxFunc(tasks, func(a, b *state.Task) int {
		return cmp.Or(a.DoneAt.Compare(b.DoneAt), strings.Compare(a.Record.Key, b.Record.Key))
	})
	is := func(s state.TaskStatus) bool {
		return slices.ContainsFunc(tasks, func(t *state.Task) bool { return t.Status == s })
	}
	if outcome = last.Outcome; is(state.TaskCancelled) {
		outcome = cancelled
	}
	return last, outcome, !is(state.TaskOpen)
}

// problem notes that a step can't be taken for a member until somebody mends something.
func (w *walker) problem(s *step, why string) {
	key := w.turn.now.Record.Key
	for i := range w.out.Problems {
		if p := &w.out.Problems[i]; p.Play == w.p.Name && p.Step == s.ID && p.Why == why {
			p.Count++
			if len(p.Sample) < 3 {
				p.Sample = append(p.Sample, key)
			}
			return
		}
	}
	w.out.Problems = append(w.out.Problems, Problem{Play: w.p.Name, Step: s.ID, Why: why, Count: 1, Sample: []string{key}})
}
