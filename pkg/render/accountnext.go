package render

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// nextOf writes what a run would do for the record now.
func (s *sheet) nextOf(a *Account) {
	s.put(0, s.paint(strong, "next"))
	if a.View == nil {
		s.say(4, 4, s.paint(changed, "can't be told: "+clean(a.Unplanned)))
		return
	}
	first := len(s.lines)
	for _, t := range parts(a.narrowed()) {
		s.nextIn(t, a)
	}
	for _, text := range s.problems(a.View.Plan) {
		s.say(4, 4, s.paint(loud, clean(text)))
	}
	for _, text := range s.blocked(a.View.Plan) {
		s.say(4, 4, s.paint(changed, clean(text)))
	}
	if len(s.lines) == first {
		s.put(4, "nothing to do now")
	}
	if due := firstWait(a.waits()); !due.IsZero() {
		s.say(4, 4, "something comes due "+s.moment(due))
	}
}

// narrowed is the plan with the news of the record's own tasks alone.
func (a *Account) narrowed() *View {
	v, p := *a.View, *a.View.Plan
	mine := map[string]bool{}
	for i := range a.State.Members {
		if m := &a.State.Members[i]; m.Record == a.Record {
			mine[m.Key] = true
		}
	}
	p.Transitions.Tasks = slices.DeleteFunc(slices.Clone(p.Transitions.Tasks), func(t state.Task) bool { return !mine[t.Member] })
	v.Plan = &p
	return &v
}

// nextIn writes what happens in one play.
func (s *sheet) nextIn(t *part, a *Account) {
	var texts []string
	for i := range a.View.Plan.Members {
		if m := &a.View.Plan.Members[i]; m.After.Record == a.Record && m.After.Play == t.run.Name {
			texts = append(texts, s.nextMember(m)...)
		}
	}
	if why := turnedAway(&t.run.Funnel); why != "" {
		texts = append(texts, "does not enter: "+why)
	}
	texts = append(texts, notReached(t.run)...)
	if len(texts)+len(t.groups) == 0 && t.news == nil {
		return
	}
	s.say(4, 4, "play "+clean(t.run.Name)+": "+clean(cmp.Or(strings.Join(texts, "; "), "goes on")))
	s.tasks(t.news)
	s.creates(t.creates)
	s.groups(t.groups)
	s.enrolls(t.enrolls)
}

// turnedAway says why the record does not enter although its time has come; empty where it enters, or its time has not come.
func turnedAway(f *journey.Funnel) string {
	if f.Matched+f.Enrolled == 0 || f.Enters+f.HeldOut > 0 {
		return ""
	}
	var out []string
	for _, x := range []struct {
		n   int
		why string
	}{{f.AlreadyIn, "already in"}, {f.NotReeligible, "not re-eligible"}, {f.GoalMet, "goal already met"}, {f.ExitHolds, "would exit at once"}, {f.Suppressed, "suppressed"},
		{f.NotAddressable, "not addressable"}, {f.Grouped, "blocked by group"}, {f.Limited, "over the limit"}, {f.Unapproved, "not approved"}} {
		if x.n > 0 {
			out = append(out, x.why)
		}
	}
	return strings.Join(out, ", ")
}

// nextMember words what happens to a member.
func (s *sheet) nextMember(m *plan.Member) []string {
	var out []string
	switch {
	case m.Enters && m.After.HeldOut:
		out = append(out, "enters, held out")
	case m.Enters:
		out = append(out, "enters")
	case m.Leaves:
		out = append(out, "leaves: "+points(strings.ReplaceAll(string(m.After.Outcome), "_", " "), m.After.Reason))
	}
	var steps []string
	for _, move := range m.Moves {
		text := move.Step
		if move.Done.Outcome != "" && move.Done.Outcome != "done" {
			text += " (" + move.Done.Outcome + ")"
		}
		steps = append(steps, text)
	}
	if len(steps) > 0 {
		out = append(out, "takes "+strings.Join(steps, ", "))
	}
	if m.End != nil && m.End.Outcome != "" {
		out = append(out, "leaves: "+points(strings.ReplaceAll(string(m.End.Outcome), "_", " "), m.End.Reason))
	}
	for i := range m.Lanes {
		l := &m.Lanes[i]
		text := "lane" + inLane(l.Lane)
		for _, move := range l.Moves {
			text += " " + move.Step
		}
		out = append(out, text)
	}
	return out
}

// firstWait gives the first time at which one of some waits is over; zero where none has an end.
func firstWait(waits []journey.Wait) time.Time {
	var first time.Time
	for _, w := range waits {
		if !w.Due.IsZero() && (first.IsZero() || w.Due.Before(first)) {
			first = w.Due
		}
	}
	return first
}
