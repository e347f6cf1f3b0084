package flow

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/playctl/playctl/pkg/audit"
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

// scrub gives a state that names a record nowhere, and counts what was taken out or made unreadable. What runs did stays counted: lines of
// their journals stay, without whom they are about. playOf gives the entity of a play, "" where it is not known. The state that was given
// is not changed.
func scrub(w *state.Whole, r state.Record, playOf func(play string) string) (*state.Whole, Purged) {
	s := &scrubber{record: r, playOf: playOf, purged: Purged{}, members: map[string]bool{}, effects: map[string]bool{}}
	out := *w
	out.Members = s.keepMembers(w.Members)
	out.Truths = kept(s, "truth", w.Truths, func(t *state.Truth) bool { return s.marks(t) })
	out.Held = s.keepHeld(w.Held)
	out.Effects = kept(s, "effect", w.Effects, func(e *state.Effect) bool {
		gone := e.Record == r || s.members[e.Member]
		s.effects[e.Key] = s.effects[e.Key] || gone
		return gone
	})
	out.Tasks = kept(s, "task", w.Tasks, func(t *state.Task) bool { return t.Record == r || s.members[t.Member] || t.Lane == laneOf(r) })
	out.Seen = kept(s, "observed value", w.Seen, func(x *state.Seen) bool { return x.Record == r })
	out.Changes = kept(s, "observed value", w.Changes, func(c *state.Change) bool { return c.Record == r })
	out.Failures = kept(s, "failure", w.Failures, func(f *state.Failure) bool { return f.Record == r || s.members[f.Member] || f.Lane == laneOf(r) })
	s.texts(&out)
	out.Journal = s.pages(w.Journal)
	out.Runs = s.runs(w.Runs)
	s.digests(&out, w.Journal)
	return &out, s.purged
}

// laneOf gives the key of a record's lanes.
func laneOf(r state.Record) string { return (&state.Lane{Record: r}).Key() }

// scrubber takes one record out of a state.
type scrubber struct {
	record  state.Record
	playOf  func(play string) string
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

// marks reports whether a truth is of the record: of a play whose entity is not known it is by the key alone.
func (s *scrubber) marks(t *state.Truth) bool {
	parts := strings.Split(t.Key, "\x00")
	of := s.playOf(t.Play)
	return parts[0] == s.record.Key && (of == "" || of == s.record.Entity) || slices.Contains(parts[1:], s.record.Key)
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
			m.Per = erasedWord
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
		if slices.ContainsFunc(out[i].Keepers, func(k state.Keeper) bool { return k.Lane == laneOf(s.record) || s.members[k.Member] }) {
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
		if k.Lane == laneOf(s.record) {
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

// digests has the records of runs go with their journals, of which they hold a digest, where they did so before.
func (s *scrubber) digests(w *state.Whole, before []state.Page) {
	was, is := digestsOf(before), digestsOf(w.Journal)
	for i := range w.Runs {
		r := &w.Runs[i]
		if old, now := was[r.ID], is[r.ID]; old != now && strings.HasPrefix(r.Digest, old) {
			r.Digest = now + strings.TrimPrefix(r.Digest, old)
		}
	}
}

// digestsOf gives the digests of what runs planned, by run, as far as there is anything.
func digestsOf(pages []state.Page) map[string]string {
	out := map[string]string{}
	for part := range runsOf(pages) {
		operations := audit.Operations(part)
		out[part[0].Run] = state.OperationsDigest(func(yield func(string, string) bool) {
			for i := range operations {
				if o := &operations[i]; !o.PlannedAt.IsZero() && !yield(o.Key, o.Digest) {
					return
				}
			}
		})
	}
	return out
}

// pages takes whom they are about out of lines of the journal, whose pages are by run.
func (s *scrubber) pages(list []state.Page) []state.Page {
	out := slices.Clone(list)
	var about map[int]bool
	for i := range out {
		if i == 0 || out[i].Run != out[i-1].Run {
			about = s.linesAbout(list[i:])
		}
		lines := slices.Clone(out[i].Lines)
		for j := range lines {
			l := &lines[j]
			if about[l.N] && !blank(l) {
				s.purged["journal line"]++
				*l = state.Line{N: l.N, Verb: l.Verb, Connector: l.Connector, Kind: l.Kind, Name: l.Name, Play: l.Play, Step: l.Step, Status: l.Status}
			}
			l.Reason, l.Receipt = s.text(l.Reason), s.text(l.Receipt)
		}
		out[i].Lines = lines
	}
	return out
}

// linesAbout gives the positions of operations of the first run in a list of pages that are about the record: planned lines say whom they are
// about.
func (s *scrubber) linesAbout(list []state.Page) map[int]bool {
	about := map[int]bool{}
	for i := range list {
		if list[i].Run != list[0].Run {
			break
		}
		for _, l := range list[i].Lines {
			if l.Record == s.record || l.Lane == laneOf(s.record) || l.Member != "" && s.members[l.Member] || l.Effect != "" && s.effects[l.Effect] {
				about[l.N] = true
			}
		}
	}
	return about
}

// blank reports whether a line names nobody already.
func blank(l *state.Line) bool {
	return l.Record == (state.Record{}) && l.Key+l.Digest+l.Lane+l.Member+l.Effect+l.Reason+l.Receipt == ""
}

// erasedWord stands for a key that was forgotten.
const erasedWord = "(forgotten)"

// text takes the key out of a text in which it stands as a word of its own. A key of a few digits is taken for one only where nothing else
// is said, or at the end, as in what a run was limited to.
func (s *scrubber) text(text string) string {
	key := s.record.Key
	if key == "" || !strings.Contains(text, key) {
		return text
	}
	out := ""
	if isShortNumber(key) {
		if out = text; text == key || strings.HasSuffix(text, " "+key) {
			out = strings.TrimSuffix(text, key) + erasedWord
		}
	} else {
		out = withoutWord(text, key)
	}
	if out != text {
		s.purged["mention"]++
	}
	return out
}

// isShortNumber reports whether a key could be any number.
func isShortNumber(key string) bool { return len(key) < 4 && strings.Trim(key, "0123456789") == "" }

// withoutWord replaces a key wherever it stands as a word of its own.
func withoutWord(text, key string) string {
	var out strings.Builder
	for from := 0; ; {
		at := strings.Index(text[from:], key)
		if at < 0 {
			out.WriteString(text[from:])
			return out.String()
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(key):])
		word := key
		if !wordy(before) && !wordy(after) {
			word = erasedWord
		}
		out.WriteString(text[from:at] + word)
		from = at + len(key)
	}
}

// wordy reports whether a rune goes on with a key rather than ending it.
func wordy(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-')
}
