package amend

import (
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// Remove gives the changes by which a state forgets a subject. Members of whom it is go with all that is theirs.
func Remove(s *state.Snapshot, t Subject, of PlayOf) state.Changes {
	r := &removal{Subject: t, of: of, gone: map[string]bool{}}
	for i := range s.Members {
		if m := &s.Members[i]; m.Key == t.Member && t.Member != "" || t.is(m.Record) || t.Play != "" && m.Play == t.Play {
			r.gone[m.Key] = true
			r.MembersGone = append(r.MembersGone, m.Key)
		}
	}
	r.mentions(s)
	r.deeds(s)
	for _, h := range s.Held {
		r.letGo(h)
	}
	r.edges(s)
	return r.Changes
}

// removal is a subject on its way out.
type removal struct {
	Subject
	of   PlayOf
	gone map[string]bool // members, by key
	state.Changes
}

// about reports whether a row is the subject's, or that of a member who goes.
func (r *removal) about(of state.Record, member string) bool { return r.gone[member] || r.is(of) }

// mentions takes the record's lanes out of the memberships of others.
func (r *removal) mentions(s *state.Snapshot) {
	for _, m := range s.Members {
		if !r.gone[m.Key] && slices.ContainsFunc(m.Lanes, func(l state.Lane) bool { return r.is(l.Record) }) {
			m.Lanes = slices.DeleteFunc(slices.Clone(m.Lanes), func(l state.Lane) bool { return r.is(l.Record) })
			r.Members = append(r.Members, m)
		}
	}
}

// deeds forgets effects, tasks and failures.
func (r *removal) deeds(s *state.Snapshot) {
	for i := range s.Effects {
		if e := &s.Effects[i]; r.about(e.Record, e.Member) {
			r.EffectsGone = append(r.EffectsGone, e.Key)
		}
	}
	for i := range s.Tasks {
		if x := &s.Tasks[i]; r.about(x.Record, x.Member) {
			r.TasksGone = append(r.TasksGone, x.Key)
		}
	}
	for i := range s.Failures {
		if f := &s.Failures[i]; r.about(f.Record, f.Member) || r.Play != "" && f.Play == r.Play {
			r.FailuresGone = append(r.FailuresGone, f.Key)
		}
	}
}

// letGo forgets a holding, or takes those who are gone off its keepers. Without keepers it is forgotten too, unless it was added for good.
func (r *removal) letGo(h state.Held) {
	left := slices.DeleteFunc(slices.Clone(h.Keepers), func(k state.Keeper) bool { return r.gone[k.Member] })
	switch {
	case r.is(h.Record), len(left) == 0 && len(h.Keepers) > 0 && !h.Added:
		r.HeldGone = append(r.HeldGone, h)
	case len(left) < len(h.Keepers):
		h.Keepers = left
		r.Held = append(r.Held, h)
	}
}

// edges forgets a play, the edges that a record has spent, and what was seen of it.
func (r *removal) edges(s *state.Snapshot) {
	for i := range s.Plays {
		if r.Play != "" && s.Plays[i].Name == r.Play {
			r.PlaysGone = append(r.PlaysGone, r.Play)
		}
	}
	for _, x := range s.Truths {
		if r.Play != "" && x.Play == r.Play || r.of.owns(r.Record, &x) {
			r.TruthsGone = append(r.TruthsGone, x)
		}
	}
	for _, x := range s.Seen {
		if r.is(x.Record) {
			r.SeenGone = append(r.SeenGone, x)
		}
	}
	for _, x := range s.Changes {
		if r.is(x.Record) {
			r.ChangesGone = append(r.ChangesGone, x)
		}
	}
}
