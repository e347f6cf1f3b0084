package render

import (
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
)

// waitSum tells how many members and lanes wait, and when the first of them goes on at the latest: 40 wait (next 2026-11-24 09:00 EST).
func (s *sheet) waitSum(r *journey.PlayRun) string {
	n := waiters(r)
	if n == 0 || len(r.Waiting) == 1 && !s.Concise { // that one is told below
		return ""
	}
	text := number(n) + " " + verbal(n, "wait")
	if first := firstDue(r.Waiting); !first.IsZero() {
		text += " (next " + s.moment(first) + ")"
	}
	return text
}

// moment writes a time where times are shown.
func (p *Printer) moment(t time.Time) string { return moment(t.In(p.zone())) }

// firstDue gives the first time at which one of some waits is over; zero where none has an end.
func firstDue(list []journey.Waiting) time.Time {
	var first time.Time
	for _, w := range list {
		if !w.Due.IsZero() && (first.IsZero() || w.Due.Before(first)) {
			first = w.Due
		}
	}
	return first
}

// waits tells what members wait for and until when, and which conditions could not be told.
func (s *sheet) waits(t *part) {
	r := t.run
	shown := len(r.Waiting)
	if !s.Full {
		shown = min(shown, mostRemarks)
	}
	for _, w := range r.Waiting[:shown] {
		i := plain
		if w.Kind == journey.Held {
			i = changed
		}
		s.row(valueRow, 4, cell{text: number(w.Count), right: true}, cell{close: true, text: verbal(w.Count, "wait") + s.waiting(t, &w), ink: i})
	}
	s.more(4, len(r.Waiting)-shown, "that they wait for")
	unknowns := byCount(r.Unknowns)
	for _, what := range unknowns[:s.shown(len(unknowns))] {
		s.row(valueRow, 4, cell{text: number(r.Unknowns[what]), right: true}, cell{close: true, text: "× " + clean(what), ink: changed})
	}
	s.more(4, len(unknowns)-s.shown(len(unknowns)), "of these")
}

// waiting words where, for what and until when some wait: at step call: task for inside-sales, the first until 2026-11-24 09:00 EST.
func (s *sheet) waiting(t *part, w *journey.Waiting) string {
	text := ": "
	if w.Step != "" {
		text = " at step " + clean(w.Step) + ": "
	}
	switch {
	case t.problems[problemKey{w.Step, w.Why}]:
		return text + "see Errors"
	case w.Kind == journey.ForLanes:
		text += "for its lanes"
	case w.Kind == journey.ForEvents:
		text += "for " + clean(oneLine(w.Why))
	default:
		text += clean(oneLine(w.Why))
	}
	if !w.Due.IsZero() {
		text += ", " + map[bool]string{true: "until ", false: "the first until "}[w.Count == 1] + s.moment(w.Due)
	}
	return text
}

// oneLine joins the lines of an expression.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// waiters counts the members and lanes that wait.
func waiters(r *journey.PlayRun) int {
	n := 0
	for _, w := range r.Waiting {
		n += w.Count
	}
	return n
}

// isLate reports whether some are held back because an effect is later than the playbook allows.
func isLate(w *journey.Waiting) bool {
	return w.Kind == journey.Held && strings.Contains(w.Why, "--allow "+plan.Lateness)
}

// late words the effects that are held back because they are late.
func (s *sheet) late(p *plan.Plan) []string {
	var out []string
	for i := range p.Plays {
		for _, w := range p.Plays[i].Waiting {
			if isLate(&w) {
				why, _, _ := strings.Cut(w.Why, ":")
				out = append(out, stepOf(p.Plays[i].Name, w.Step)+" is held back for "+counted(w.Count, "member")+", "+why)
			}
		}
	}
	if len(out) > 0 {
		out = append(out, "to do what is late after all: --allow "+plan.Lateness)
	}
	return out
}

// problemKey is what tells the waits of a problem from others.
type problemKey struct{ step, why string }

// problems words the steps that can't be taken until somebody mends something, each with its remedy.
func (s *sheet) problems(p *plan.Plan) []string {
	var out []string
	for _, x := range p.Problems {
		text := stepOf(x.Play, x.Step) + " can't be taken for " + counted(x.Count, "member") + ": " + oneLine(x.Why)
		if len(x.Sample) > 0 {
			text += " (" + s.keys(x.Sample, x.Count) + ")"
		}
		out = append(out, text)
	}
	if len(out) > 0 {
		out = append(out, "give the role somebody: fill what its assign: speaks of, give it a fallback:, or name another role behind it. The others go on meanwhile")
	}
	return out
}
