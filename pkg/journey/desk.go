package journey

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// poll takes in what connectors tell of open tasks, and lets the clocks of service levels run.
func (r *run) poll() {
	r.tasks = slices.Clone(r.in.State.Tasks)
	for i := range r.tasks {
		task := &r.tasks[i]
		if p := r.plays.find(task.Play); task.Status == state.TaskOpen && (p == nil || r.targeted(task.Play)) {
			r.heardOf(task, p)
			if !sameTask(&r.in.State.Tasks[i], task) {
				r.out.Transitions.Tasks = append(r.out.Transitions.Tasks, *task)
			}
		}
	}
	r.taskList = tasksByMember(r.tasks)
}

// tasksByMember gives the tasks of each member, in their order.
func tasksByMember(tasks []state.Task) map[string][]*state.Task {
	all := make([]*state.Task, len(tasks))
	for i := range tasks {
		all[i] = &tasks[i]
	}
	slices.SortStableFunc(all, func(a, b *state.Task) int { return strings.Compare(a.Member, b.Member) })
	out := make(map[string][]*state.Task, len(all))
	runs(all, func(t **state.Task) string { return (*t).Member }, func(member string, part []*state.Task) { out[member] = part })
	return out
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
			} else if p != nil {
				r.checkOutcome(p, task)
			}
			task.Answers = r.spokenOf(p, task.Step, told.Answers)
		}
		if told != nil && task.TouchedAt.IsZero() && !told.TouchedAt.IsZero() {
			task.TouchedAt = within(told.TouchedAt)
		}
	}
	r.serviceLevel(task, p)
}

// checkOutcome warns of an outcome that the step does not list: what comes of it is for the step behind to say.
func (r *run) checkOutcome(p *play, task *state.Task) {
	s := p.steps[task.Step]
	if s == nil || len(s.Outcomes) == 0 || slices.Contains(s.Outcomes, task.Outcome) {
		return
	}
	r.out.Warnings = append(r.out.Warnings, fmt.Sprintf("the task of %s at step %s of play %s was closed with the outcome %q, which is none of: %s", task.Record, task.Step, task.Play,
		task.Outcome, strings.Join(s.Outcomes, ", ")))
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

// cancels has the open tasks taken back of members that have left otherwise than completed, and of lanes that were cut short.
func (r *run) cancels() {
	for i := range r.tasks {
		task := &r.tasks[i]
		if task.Status != state.TaskOpen || !r.targeted(task.Play) {
			continue
		}
		m := r.members[task.Member]
		erased := r.erased(task.Record)
		if m != nil && !erased && !r.concerns(m) {
			continue
		}
		if m == nil || erased || r.moot(task, m) {
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
