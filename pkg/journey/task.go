package journey

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/frame"
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
	if len(made) == 0 || len(made) < len(w.track.Reached) {
		if on, err := w.assign(ctx, s); err != nil || on || len(made) == 0 {
			return on, err
		}
	}
	return w.follow(ctx, s, made)
}

// tasksOf gives the tasks that the walker has given out at a step, by key.
func (w *walker) tasksOf(s *step) []*state.Task {
	var out []*state.Task
	for _, t := range w.taskList[w.turn.After.Key] {
		if t.Lane == w.laneKey() && (t.Step == s.ID || slices.Contains(w.formerNames(s), t.Step)) {
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
	ready, deferred, h := w.contactable(s, all)
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
	to.Reached = sortedKeys(keys)
	for _, x := range wants {
		if x.Task != nil && (to.Due.IsZero() || x.Task.TimeoutAt.Before(to.Due)) {
			to.Due = x.Task.TimeoutAt
		}
	}
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
		return nil, &hold{Held, why, time.Time{}}, nil
	}
	token := w.in.State.Meta.Token(who.who)
	if over := w.capped(s, r.target.entity, r.row, token); over != nil && over.PerRole == who.role {
		return nil, &hold{ForTime, "cap " + over.Name, w.capFrees(over, r.target.entity, r.row, token)}, nil
	}
	wants, err := w.want(ctx, s, r)
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
	w.count(s, r.target.entity, r.row, token)
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
	outcome, at, all := ended(made)
	switch {
	case all && (end.IsZero() || !at.After(end)):
		w.clock = latest(w.track.StepAt, at)
		if outcome == cancelled {
			return w.timeOut(s, w.clock, cancelled), nil
		}
		w.advance(s, state.StepDone{Outcome: outcome, Records: w.track.Reached, Answers: w.answers[made[len(made)-1].Key]})
		return true, nil
	case over:
		return w.timeOut(s, end, timedOut), nil
	}
	w.waits(s, ForTask, "task for "+made[0].Role, end)
	return false, nil
}

// taskBound tells when the wait for tasks is over at the latest: as it was fixed when they were given out, or by silence since.
func (w *walker) taskBound(ctx context.Context, s *step, made []*state.Task) (end time.Time, over bool, err error) {
	if s.Timeout.Quiet > 0 {
		return w.bounded(ctx, s)
	}
	for _, t := range made {
		if !t.TimeoutAt.IsZero() && (end.IsZero() || t.TimeoutAt.Before(end)) {
			end = t.TimeoutAt
		}
	}
	return end, !end.IsZero() && !end.After(w.in.Now), nil
}

// ended tells how tasks ended together, and when the last did: cancelled if one was, else as the last one.
func ended(tasks []*state.Task) (outcome string, at time.Time, all bool) {
	all = true
	for _, t := range tasks {
		if t.Status == state.TaskOpen {
			return "", at, false
		}
		if at = latest(at, t.DoneAt); outcome != cancelled {
			outcome = t.Outcome
		}
		if t.Status == state.TaskCancelled {
			outcome = cancelled
		}
	}
	return outcome, at, all
}

// problem notes that a step can't be taken for a member until somebody mends something.
func (w *walker) problem(s *step, why string) {
	key := w.turn.After.Record.Key
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

// poll takes in what connectors tell of open tasks, and lets the clocks of service levels run.
func (r *run) poll() {
	for i := range r.in.State.Tasks {
		task := r.in.State.Tasks[i]
		if p := r.plays.find(task.Play); task.Status == state.TaskOpen && (p == nil || r.targeted(task.Play)) {
			before := task
			r.heardOf(&task, p)
			if !sameTask(&before, &task) {
				r.out.Transitions.Tasks = append(r.out.Transitions.Tasks, task)
			}
		}
		r.tasks[task.Key] = &task
		r.taskList[task.Member] = append(r.taskList[task.Member], &task)
		if task.Answers != nil {
			r.answers[task.Key] = task.Answers
		}
	}
}

func sameTask(a, b *state.Task) bool {
	return a.Status == b.Status && a.Outcome == b.Outcome && a.TouchedAt.Equal(b.TouchedAt) && a.Breached.Equal(b.Breached)
}

// heardOf takes in what was told of one task. What its system does not date happened when this run saw it; nothing happened before the
// task was given out, or later than now.
func (r *run) heardOf(task *state.Task, p *play) {
	told, asked := r.in.Tasks[task.Key]
	if asked {
		within := func(at time.Time) time.Time {
			if at.IsZero() || at.After(r.in.Now) {
				return r.in.Now
			}
			return latest(at.UTC().Truncate(time.Microsecond), task.Assigned)
		}
		switch {
		case told == nil:
			task.Status, task.DoneAt = state.TaskCancelled, r.in.Now
		case told.Status == connector.TaskCancelled:
			task.Status, task.DoneAt = state.TaskCancelled, within(told.DoneAt)
		case told.Status == connector.TaskDone:
			task.Status, task.DoneAt, task.Outcome = state.TaskDone, within(told.DoneAt), told.Outcome
			if task.Outcome == "" {
				task.Outcome = done
			}
			task.Answers = r.spokenOf(p, task.Step, told.Answers)
		}
		if told != nil && task.TouchedAt.IsZero() && !told.TouchedAt.IsZero() {
			task.TouchedAt = within(told.TouchedAt)
		}
	}
	r.serviceLevel(task, p)
}

// serviceLevel tells whether somebody touched a task in time, and how long that took, by both clocks. Doing it is touching it.
func (r *run) serviceLevel(task *state.Task, p *play) {
	if task.TouchedAt.IsZero() && task.Status == state.TaskDone {
		task.TouchedAt = task.DoneAt
	}
	if !task.SLAAt.IsZero() && task.Breached.IsZero() {
		if task.TouchedAt.After(task.SLAAt) || task.TouchedAt.IsZero() && !task.SLAAt.After(r.in.Now) {
			task.Breached = task.SLAAt
		}
	}
	if !task.TouchedAt.IsZero() && task.Took == 0 {
		task.Took = task.TouchedAt.Sub(task.Assigned)
		if p != nil {
			task.TookWorking = p.calendar.Working(task.Assigned, task.TouchedAt)
		}
	}
}

// spokenOf keeps the answers that the step asked for.
func (r *run) spokenOf(p *play, step string, told map[string]string) state.Answers {
	if p == nil || p.steps[step] == nil {
		return nil
	}
	out := state.Answers{}
	for _, a := range p.steps[step].Asks {
		if text := strings.TrimSpace(told[a.Name]); text != "" {
			out[a.Name] = text
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// typedAnswers gives answers as the values that the form asks for. One that is none is unknown.
func typedAnswers(asks []playbook.Ask, told state.Answers) map[string]any {
	if len(asks) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, a := range asks {
		text, ok := told[a.Name]
		if !ok {
			continue
		}
		switch a.Type.Kind {
		case frame.Int:
			if v, err := strconv.ParseInt(text, 10, 64); err == nil {
				out[a.Name] = v
			}
		case frame.Double:
			if v, err := strconv.ParseFloat(text, 64); err == nil {
				out[a.Name] = v
			}
		case frame.Bool:
			if v, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
				out[a.Name] = v
			}
		case frame.Time:
			for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
				if v, err := time.Parse(layout, text); err == nil {
					out[a.Name] = v
				}
			}
		default:
			out[a.Name] = text
		}
	}
	return out
}

// escalate sends what is due about a member's open tasks.
func (t *pass) escalate(ctx context.Context, m *turn) error {
	for _, task := range t.taskList[m.After.Key] {
		s := t.p.steps[task.Step]
		if task.Status != state.TaskOpen || s == nil || s.Verb != playbook.Task {
			continue
		}
		for i, e := range s.escalate {
			at := t.p.calendar.Add(task.Assigned, s.Escalate[i].After)
			if at.After(t.in.Now) {
				t.bound(&m.After, at)
				continue
			}
			if err := t.escalation(ctx, m, task, s, i, e, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// escalation sends one, once. What is due long since, because no run came, is left: whoever is asked to look finds the task open.
func (t *pass) escalation(ctx context.Context, m *turn, task *state.Task, s *step, i int, e *step, at time.Time) error {
	w := t.own(m)
	for n := range m.After.Lanes {
		if lane := &m.After.Lanes[n]; lane.Key() == task.Lane {
			w = t.lane(m, lane, nil)
		}
	}
	w.clock, w.arrived = at, true
	row, ok := t.data.Frame.Table(task.Record.Entity).Row(task.Record.Key)
	name := s.ID + ".escalate." + strconv.Itoa(i+1)
	key := state.EffectKey(m.After.Key, name, task.Record)
	if !ok || t.happened(key) || w.lateness() > t.plays.book.MaxLateness && !t.in.Late {
		return nil
	}
	target := e.targets[0]
	target.entity = task.Record.Entity
	wants, err := w.want(ctx, e, reach{&target, row})
	if err == nil && len(wants) > 0 {
		err = w.addressed(ctx, e, reach{&target, row}, &wants[0])
	}
	if unknown, err := unknownWaits(err); err != nil || unknown != "" || len(wants) == 0 {
		if unknown != "" {
			t.about.Unknowns["step "+name+": "+unknown]++
		}
		return err
	}
	wants[0].Step, wants[0].Key, wants[0].Attached = name, key, true
	t.emit(wants)
	return nil
}

// addressed fills in whom a send goes to, where the step names roles.
func (w *walker) addressed(ctx context.Context, s *step, r reach, x *Want) error {
	if len(s.to) == 0 {
		return nil
	}
	var to []any
	var missing []string
	for _, a := range s.to {
		who, ok, why, err := w.resolve(ctx, []assignee{a}, w.there(r))
		if err != nil {
			return err
		}
		if !ok {
			missing = append(missing, why)
			continue
		}
		if !slices.Contains(to, any(who.who)) {
			to = append(to, who.who)
		}
	}
	if len(to) == 0 {
		return &nobodyError{strings.Join(slices.Compact(missing), "; ")}
	}
	for _, why := range missing {
		w.about.Unknowns["step "+s.ID+": "+why]++
	}
	x.Fields = maps.Clone(x.Fields)
	if x.Fields["to"] = any(to); len(to) == 1 {
		x.Fields["to"] = to[0]
	}
	return nil
}

// nobodyError says that nobody has any of the roles that a send goes to.
type nobodyError struct{ why string }

// Error gives the reasons.
func (e *nobodyError) Error() string { return e.why }

// cancels has the open tasks taken back of members that have left otherwise than completed, and of lanes that were cut short.
func (r *run) cancels() {
	for _, key := range slices.Sorted(maps.Keys(r.tasks)) {
		task := r.tasks[key]
		if task.Status != state.TaskOpen || !r.targeted(task.Play) || !r.only(task.Record.Key) && !r.moved[task.Member] {
			continue
		}
		if m := r.memberNow(task.Member); m == nil || r.moot(task, m) {
			r.out.Wants = append(r.out.Wants, Want{Member: task.Member, Play: task.Play, Step: task.Step, Lane: task.Lane, Verb: connector.Cancel,
				Connector: task.Connector, Target: connector.Collection{Kind: task.Kind}, Record: task.Record, ID: task.Receipt, Key: task.Key})
		}
	}
}

// moot reports whether nobody needs a task any more.
func (r *run) moot(task *state.Task, m *state.Member) bool {
	if m.Outcome != "" && m.Outcome != state.Completed {
		p := r.plays.find(task.Play)
		s := (*step)(nil)
		if p != nil {
			s = p.steps[task.Step]
		}
		return !m.Leaving() || s == nil || !s.follows()
	}
	for i := range m.Lanes {
		if l := &m.Lanes[i]; task.Lane == l.Key() && l.Outcome != "" {
			return l.Outcome != state.Completed
		}
	}
	return false
}
