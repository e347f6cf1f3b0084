package amend

import (
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// Purged counts what a state no longer says of a record, by kind of row.
type Purged map[string]int

// Total counts all of it.
func (p Purged) Total() int {
	n := 0
	for _, rows := range p {
		n += rows
	}
	return n
}

// Forgetting is what a state says of a record that is to be forgotten.
type Forgetting struct {
	Record  state.Record
	Purged  Purged   // what it says of it, and what goes
	Again   bool     // it was forgotten before
	Outside []string // where it stays that playctl can't erase, and what to do there
}

// Scrub gives a state that names a record nowhere, and counts what was taken out or made unreadable. What runs did stays counted: lines of
// their journals stay, without whom they are about. The state that was given is not changed.
func Scrub(w *state.Whole, r state.Record, of PlayOf) (*state.Whole, Purged) {
	s := &scrubber{record: r, of: of, purged: Purged{}, members: map[string]bool{}, effects: map[string]bool{}}
	out := *w
	out.Members = s.keepMembers(w.Members)
	out.Truths = kept(s, "truth", w.Truths, func(t *state.Truth) bool { return s.marks(t) })
	out.Held = s.keepHeld(w.Held)
	out.Effects = kept(s, "effect", w.Effects, func(e *state.Effect) bool {
		gone := e.Record == r || s.members[e.Member]
		s.effects[e.Key] = s.effects[e.Key] || gone
		return gone
	})
	out.Tasks = kept(s, "task", w.Tasks, func(t *state.Task) bool { return t.Record == r || s.members[t.Member] || t.Lane == LaneOf(r) })
	out.Seen = kept(s, "observed value", w.Seen, func(x *state.Seen) bool { return x.Record == r })
	out.Changes = kept(s, "observed value", w.Changes, func(c *state.Change) bool { return c.Record == r })
	out.Failures = kept(s, "failure", w.Failures, func(f *state.Failure) bool { return f.Record == r || s.members[f.Member] || f.Lane == LaneOf(r) })
	s.texts(&out)
	out.Journal = s.pages(w.Journal)
	out.Runs = s.runs(w.Runs)
	s.digests(&out, w.Journal)
	return &out, s.purged
}

// scrubber takes one record out of a state.
type scrubber struct {
	record  state.Record
	of      PlayOf
	purged  Purged
	members map[string]bool // enrollments that go
	effects map[string]bool // effects that go
}

// kept gives a list without what goes.
func kept[T any](s *scrubber, kind string, list []T, goes func(*T) bool) []T {
	out := make([]T, 0, len(list))
	for i := range list {
		if goes(&list[i]) {
			s.purged[kind]++
			continue
		}
		out = append(out, list[i])
	}
	return out
}

// marks reports whether an edge is the record's, or is of its key.
func (s *scrubber) marks(t *state.Truth) bool {
	return s.of.owns(s.record, t) || s.record.Key != "" && t.Of() == s.record.Key
}

// keepMembers takes the record's memberships out, and its lanes and its name out of others'.
func (s *scrubber) keepMembers(list []state.Member) []state.Member {
	out := kept(s, "membership", list, func(m *state.Member) bool {
		s.members[m.Key] = m.Record == s.record
		return s.members[m.Key]
	})
	for i := range out {
		m := &out[i]
		if m.Lanes != nil {
			m.Lanes = kept(s, "lane", m.Lanes, func(l *state.Lane) bool { return l.Record == s.record })
		}
		for j := range m.Lanes {
			s.track(&m.Lanes[j].Track, m.Lanes[j].Record)
		}
		s.track(&m.Track, m.Record)
		m.Event = scrubFields(s, m.Event)
		m.Reason = s.text(m.Reason)
		if m.Per == s.record.Key {
			m.Per = Forgotten
			s.purged["mention"]++
		}
	}
	return out
}

// track takes the record's key out of whom steps reached. Where the owner has the same key as another kind of record, its own is meant.
func (s *scrubber) track(t *state.Track, owner state.Record) {
	t.Reached = s.keys(t.Reached, owner)
	t.Done = slices.Clone(t.Done)
	for i := range t.Done {
		d := &t.Done[i]
		d.Records = s.keys(d.Records, owner)
		d.Event, d.Answers = scrubFields(s, d.Event), s.answers(d.Answers)
	}
}

func (s *scrubber) keys(list []string, owner state.Record) []string {
	if owner.Key == s.record.Key || !slices.Contains(list, s.record.Key) {
		return list
	}
	s.purged["mention"]++
	return slices.DeleteFunc(slices.Clone(list), func(key string) bool { return key == s.record.Key })
}

// scrubFields empties those fields of an event that are the record's key.
func scrubFields(s *scrubber, e state.Event) state.Event {
	out := e
	for name, value := range e {
		text, ok := value.(string)
		if mended := s.text(text); ok && mended != text {
			if len(out) == len(e) {
				out = maps.Clone(e)
			}
			out[name] = mended
		}
	}
	return out
}

func (s *scrubber) answers(a state.Answers) state.Answers {
	out := maps.Clone(a)
	for name, text := range a {
		out[name] = s.text(text)
	}
	return out
}

// keepHeld takes out what is held for the record, and its lanes off the keepers of what is held for others.
func (s *scrubber) keepHeld(list []state.Held) []state.Held {
	out := kept(s, "holding", list, func(h *state.Held) bool { return h.Record == s.record })
	for i := range out {
		if slices.ContainsFunc(out[i].Keepers, func(k state.Keeper) bool { return k.Lane == LaneOf(s.record) || s.members[k.Member] }) {
			s.purged["mention"]++
			out[i].Keepers = s.keepers(out[i].Keepers)
		}
	}
	return out
}

// keepers takes those off who are gone. A lane stays as a keeper without its name, since the next plan then has it let go.
func (s *scrubber) keepers(list []state.Keeper) []state.Keeper {
	var out []state.Keeper
	for _, k := range list {
		if k.Lane == LaneOf(s.record) {
			k.Lane = ""
		}
		if !s.members[k.Member] && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// texts takes the key out of what was said about others.
func (s *scrubber) texts(w *state.Whole) {
	for i := range w.Effects {
		w.Effects[i].Reason = s.text(w.Effects[i].Reason)
	}
	for i := range w.Failures {
		w.Failures[i].Reason = s.text(w.Failures[i].Reason)
	}
	for i := range w.Tasks {
		w.Tasks[i].Answers = s.answers(w.Tasks[i].Answers)
	}
}

// runs takes the key out of what runs were limited to and said.
func (s *scrubber) runs(list []state.Run) []state.Run {
	out := slices.Clone(list)
	for i := range out {
		r := &out[i]
		r.Message = s.text(r.Message)
		r.Limits = slices.Clone(r.Limits)
		for j := range r.Limits {
			r.Limits[j] = s.text(r.Limits[j])
		}
	}
	return out
}
