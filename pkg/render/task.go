package render

import (
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// taskTitle gives what the titles of a group of tasks have in common, in quotes: "Call …". Titles are values, and left out with them.
func (s *sheet) taskTitle(g *group) string {
	if g.operations[0].Verb != connector.Task || s.NoValues {
		return ""
	}
	first := g.operations[0].Title()
	common := first
	for _, o := range g.operations[1:] {
		common = prefix(common, o.Title())
	}
	if common == first {
		return " " + s.quoted(common)
	}
	words := strings.LastIndexByte(common, ' ') // whole words only
	if words <= 0 {
		return ""
	}
	return " " + s.quoted(common[:words]+" …")
}

// prefix gives what two texts begin with.
func prefix(a, b string) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return a[:n]
}

// serviceLevel words within what time somebody must have touched a task; empty where there is no such time.
func serviceLevel(o *plan.Operation) string {
	if o.Task == nil || o.Task.SLAAt.IsZero() {
		return ""
	}
	return " (SLA " + exactly(o.Task.SLAAt.Sub(o.Task.Assigned)) + ")"
}

// due words when the tasks of a group are due.
func (g *group) due(zone *time.Location) string {
	t := g.operations[0].Task
	if t == nil || t.DueAt.IsZero() {
		return ""
	}
	return "due " + moment(t.DueAt.In(zone))
}

func roleWords(role string) string {
	if role == "" {
		return ""
	}
	return "for " + clean(role)
}

// escalates names the task's step that an escalation is about.
func escalates(o *plan.Operation) string {
	step, _, found := strings.Cut(o.Step, ".escalate.")
	if !o.Attached || !found {
		return ""
	}
	return "escalation of " + clean(step)
}

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
		s.say(4, 4, s.paint(changed, counted(late, "task")+" not touched within the SLA: "+s.keys(n.breached, late)))
	}
}

// exactly writes a duration as playbooks do: 24h, 3d, 90m; what is no whole number of minutes is rounded.
func exactly(d time.Duration) string {
	d = d.Round(time.Minute)
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return number(int(d/(24*time.Hour))) + "d"
	case d%time.Hour == 0:
		return number(int(d/time.Hour)) + "h"
	case d > time.Hour:
		return number(int(d/time.Hour)) + "h " + number(int(d%time.Hour/time.Minute)) + "m"
	}
	return number(int(d/time.Minute)) + "m"
}
