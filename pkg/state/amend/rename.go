package amend

import "github.com/playctl/playctl/pkg/state"

// Rename gives the changes by which a play goes by another name. Keys of enrollments and effects stay: they name what happened.
func Rename(s *state.Snapshot, from, to string) state.Changes {
	var c state.Changes
	for _, p := range s.Plays {
		if p.Name == from {
			p.Name = to
			c.Plays, c.PlaysGone = append(c.Plays, p), append(c.PlaysGone, from)
		}
	}
	for _, t := range s.Truths {
		if t.Play == from {
			c.TruthsGone = append(c.TruthsGone, t)
			t.Play = to
			c.Truths = append(c.Truths, t)
		}
	}
	c.Members = renamed(s.Members, func(m *state.Member) *string { return &m.Play }, from, to)
	c.Effects = renamed(s.Effects, func(e *state.Effect) *string { return &e.Play }, from, to)
	c.Tasks = renamed(s.Tasks, func(t *state.Task) *string { return &t.Play }, from, to)
	c.Failures = renamed(s.Failures, func(f *state.Failure) *string { return &f.Play }, from, to)
	return c
}

// renamed gives those rows of a play, by its new name.
func renamed[T any](list []T, play func(*T) *string, from, to string) []T {
	var out []T
	for _, row := range list {
		if name := play(&row); *name == from {
			*name = to
			out = append(out, row)
		}
	}
	return out
}
