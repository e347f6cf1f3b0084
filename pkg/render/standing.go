package render

import (
	"cmp"
	"maps"
	"strings"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// standing is where the lanes of a play stand as a run begins, and which of its members a change of the playbook moved.
type standing struct {
	lanes map[string]int // by step; members are counted in [journey.PlayRun.Standing]
	moved map[string]int // members by "phone → call"
}

// standingOf gathers, by play, what the state tells of its active members.
func standingOf(v *View) map[string]*standing {
	out := map[string]*standing{}
	if v.State == nil {
		return out
	}
	was := map[string]*state.Member{}
	if v.Was != nil {
		for i := range v.Was.Members {
			was[v.Was.Members[i].Key] = &v.Was.Members[i]
		}
	}
	for i := range v.State.Members {
		now := &v.State.Members[i]
		if !now.Active() {
			continue
		}
		if out[now.Play] == nil {
			out[now.Play] = &standing{lanes: map[string]int{}, moved: map[string]int{}}
		}
		out[now.Play].add(cmp.Or(was[now.Key], now), now)
	}
	return out
}

func (s *standing) add(before, now *state.Member) {
	for i := range now.Lanes {
		if now.Lanes[i].EndedAt.IsZero() {
			s.lanes[now.Lanes[i].Step]++
		}
	}
	if from, to := place(before, now.Play), place(now, now.Play); from != to {
		s.moved[from+" → "+to]++
	}
}

// place names where a member stands; with its play where that is another one.
func place(m *state.Member, play string) string {
	step := m.Step
	if step == "" {
		step = "past the last step"
	}
	if m.Play != play {
		return m.Play + "." + step
	}
	return step
}

// moved tells whom the playbook's moved: and drop: took to another step.
func (s *sheet) moved(t *part) {
	if t.standing == nil {
		return
	}
	for _, how := range byCount(t.standing.moved) {
		n := t.standing.moved[how]
		s.row(valueRow, 4, cell{text: number(n), right: true}, cell{close: true, text: verbal(n, "move") + " with the playbook: " + clean(how)})
	}
}

// standsOn counts members and lanes by the step that they stand on.
func (t *part) standsOn() map[string]int {
	out := maps.Clone(t.run.Standing)
	if t.standing == nil {
		return out
	}
	if out == nil {
		out = map[string]int{}
	}
	for step, n := range t.standing.lanes {
		out[step] += n
	}
	return out
}

// on words how many stand on the step that a difference is about; empty for none.
func (t *part) on(difference string) string {
	text := strings.TrimPrefix(strings.TrimPrefix(difference, "+ "), "- ")
	rest, ok := strings.CutPrefix(text, "step ")
	step, _, found := strings.Cut(rest, ":")
	n := t.standsOn()[step]
	if !ok || !found || n == 0 {
		return ""
	}
	return number(n) + " " + verbal(n, "stand") + " on it"
}

// inFlight counts the members of a play that stays, and says whether the change of a play has moved any of them.
func inFlight(t *part) string {
	r := t.run
	if r.Members == 0 || r.Change == journey.Gone {
		return ""
	}
	text := counted(r.Members, "member") + " in flight"
	switch {
	case t.standing == nil:
	case len(t.standing.moved) > 0:
		text += ", " + number(total(t.standing.moved)) + " moved"
	case r.Change == journey.Changed:
		text += ", none moved"
	}
	return text
}
