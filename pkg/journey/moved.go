package journey

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// formerNames gives the ids that a step of this play went by before, as `moved:` says.
func (t *pass) formerNames(s *step) []string {
	var out []string
	for _, m := range t.plays.book.Moved {
		if m.To.Play == t.p.Name && m.To.Step == s.ID && m.From.Step != "" {
			out = append(out, m.From.Step)
		}
	}
	return out
}

// dropped reports whether somebody came to where they stand by the drop of a step, in this run.
func (t *pass) dropped(at *state.Track) bool {
	return len(t.plays.book.Drop) > 0 && at.StepAt.Equal(t.in.Now)
}

// relocate has the state speak of plays and steps by the names that they go by now (`moved:`), and takes members off steps that were dropped. It
// works on a copy; what changed is kept with the run.
func (r *run) relocate() error {
	book := r.plays.book
	if len(book.Moved)+len(book.Drop) == 0 {
		return nil
	}
	s := *r.in.State
	s.Members, s.Held, s.Tasks = slices.Clone(s.Members), slices.Clone(s.Held), slices.Clone(s.Tasks)
	s.Plays, s.Truths = slices.Clone(s.Plays), slices.Clone(s.Truths)
	of := map[string]string{}
	for i := range s.Members {
		m := &s.Members[i]
		of[m.Key] = m.Play
		if r.relocateMember(m) {
			r.out.Transitions.Members = append(r.out.Transitions.Members, *m)
		}
	}
	for i := range s.Held {
		if r.relocateHeld(&s.Held[i], of) {
			r.out.Transitions.Held = append(r.out.Transitions.Held, s.Held[i])
		}
	}
	for i := range s.Tasks {
		if t := &s.Tasks[i]; r.rename(&t.Play, &t.Step) {
			r.out.Transitions.Tasks = append(r.out.Transitions.Tasks, *t)
		}
	}
	r.relocatePlays(&s)
	reorder(&s)
	in := *r.in
	in.State = &s
	r.in = &in
	return nil
}

// reorder puts a snapshot in its order again, in which other names stand elsewhere.
func reorder(s *state.Snapshot) {
	slices.SortFunc(s.Members, func(a, b state.Member) int { return state.CompareMembers(&a, &b) })
	slices.SortFunc(s.Truths, func(a, b state.Truth) int { return state.CompareTruths(&a, &b) })
	s.Truths = slices.Compact(s.Truths)
}

// rename gives the names by which a step of a play goes now, and reports whether they are others.
func (r *run) rename(play, step *string) bool {
	for _, m := range r.plays.book.Moved {
		switch {
		case m.From.Play != *play:
		case m.From.Step == "":
			*play = m.To.Play
			return true
		case m.From.Step == *step:
			*play, *step = m.To.Play, m.To.Step
			return true
		}
	}
	return false
}

// relocateMember renames a member's play and steps. The play of a member whose step went into another play is that one; its other steps keep their
// ids there.
func (r *run) relocateMember(m *state.Member) bool {
	play, changed := m.Play, false
	to := play
	for _, moved := range r.plays.book.Moved {
		if moved.From.Play == play && moved.To.Play != play && r.plays.book.Play(play) == nil {
			to, changed = moved.To.Play, true
		}
	}
	changed = r.relocateTrack(play, to, &m.Track) || changed
	m.Lanes = slices.Clone(m.Lanes)
	for i := range m.Lanes {
		l := &m.Lanes[i]
		lane := play
		changed = r.rename(&lane, &l.Of) || changed
		changed = r.relocateTrack(play, to, &l.Track) || changed
	}
	m.Play = to
	return changed
}

func (r *run) relocateTrack(play, to string, t *state.Track) bool {
	changed := false
	name := func(step *string) {
		p := play
		changed = *step != "" && r.rename(&p, step) || changed
	}
	name(&t.Step)
	t.Done = slices.Clone(t.Done)
	for i := range t.Done {
		name(&t.Done[i].ID)
	}
	if slices.Contains(r.plays.book.Drop, playbook.Path{Play: play, Step: t.Step}) || slices.Contains(r.plays.book.Drop, playbook.Path{Play: to, Step: t.Step}) {
		t.Step, changed = r.behind(play, to, t), true
		t.StepAt, t.Due, t.Reached = r.in.Now, time.Time{}, nil
	}
	return changed
}

// behind gives the step behind a dropped one, in the order of the play as it was last applied, that there still is and that was not done.
func (r *run) behind(play, to string, t *state.Track) string {
	var d definition
	for i := range r.in.State.Plays {
		if r.in.State.Plays[i].Name == play && json.Unmarshal([]byte(r.in.State.Plays[i].Definition), &d) != nil {
			return ""
		}
	}
	p := r.plays.find(to)
	at := slices.IndexFunc(d.Steps, func(s stepDefinition) bool { return s.ID == t.Step })
	if p == nil || at < 0 {
		return ""
	}
	for _, s := range d.Steps[at+1:] {
		known := p.steps[s.ID]
		if known != nil && s.Block == d.Steps[at].Block && !slices.ContainsFunc(t.Done, func(x state.StepDone) bool { return x.ID == s.ID }) {
			return s.ID
		}
	}
	return ""
}

func (r *run) relocateHeld(h *state.Held, playOf map[string]string) bool {
	changed := false
	h.Keepers = slices.Clone(h.Keepers)
	for i := range h.Keepers {
		play := playOf[h.Keepers[i].Member]
		changed = r.rename(&play, &h.Keepers[i].Step) || changed
	}
	return changed
}

// relocatePlays renames plays and what is known of their truths.
func (r *run) relocatePlays(s *state.Snapshot) {
	for _, m := range r.plays.book.Moved {
		if m.From.Step != "" || r.plays.book.Play(m.From.Play) != nil {
			continue
		}
		for i := range s.Plays {
			if p := &s.Plays[i]; p.Name == m.From.Play {
				r.out.Transitions.PlaysGone = append(r.out.Transitions.PlaysGone, p.Name)
				p.Name = m.To.Play
				r.out.Transitions.Plays = append(r.out.Transitions.Plays, *p)
			}
		}
		for i := range s.Truths {
			if t := &s.Truths[i]; t.Play == m.From.Play {
				r.out.Transitions.TruthsGone = append(r.out.Transitions.TruthsGone, *t)
				t.Play = m.To.Play
				r.out.Transitions.Truths = append(r.out.Transitions.Truths, *t)
			}
		}
	}
}
