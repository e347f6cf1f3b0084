package render

import (
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
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
