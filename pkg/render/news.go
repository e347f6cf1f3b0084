package render

import (
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// taskNews is what became of a play's tasks since the last run.
type taskNews struct {
	done      map[string]int // by outcome
	cancelled int
	touched   int // begun, and still open
	breached  []string
}

// newsOf gathers, by play, what a run learns of tasks: what it keeps of them against what was kept.
func newsOf(v *View) map[string]*taskNews {
	out := map[string]*taskNews{}
	if v.State == nil {
		return out
	}
	before := map[string]*state.Task{}
	for i := range v.State.Tasks {
		before[v.State.Tasks[i].Key] = &v.State.Tasks[i]
	}
	for i := range v.Plan.Transitions.Tasks {
		t := &v.Plan.Transitions.Tasks[i]
		was := before[t.Key]
		if was == nil {
			continue
		}
		if out[t.Play] == nil {
			out[t.Play] = &taskNews{done: map[string]int{}}
		}
		out[t.Play].learn(was, t)
	}
	return out
}

func (n *taskNews) learn(was, is *state.Task) {
	switch {
	case was.Status != state.TaskOpen:
	case is.Status == state.TaskDone:
		n.done[is.Outcome]++
	case is.Status == state.TaskCancelled:
		n.cancelled++
	case was.TouchedAt.IsZero() && !is.TouchedAt.IsZero():
		n.touched++
	}
	if was.Breached.IsZero() && !is.Breached.IsZero() {
		n.breached = append(n.breached, is.Record.Key)
	}
}

// tasks tells what became of tasks since the last run.
func (s *sheet) tasks(n *taskNews) {
	if n == nil {
		return
	}
	done := ""
	if all := total(n.done); all > 0 {
		done = counted(all, "task") + " done (" + s.tally(n.done) + ")"
	}
	cancelled, touched := "", ""
	if n.cancelled > 0 {
		cancelled = counted(n.cancelled, "task") + " cancelled by others"
	}
	if n.touched > 0 {
		touched = counted(n.touched, "task") + " begun"
	}
	if text := points(done, cancelled, touched); text != "" {
		s.say(4, 4, "since the last run: "+text)
	}
	if late := len(n.breached); late > 0 {
		slices.Sort(n.breached)
		s.say(4, 4, s.paint(changed, counted(late, "task")+" not touched within the SLA: "+s.keys(n.breached, late)))
	}
}
