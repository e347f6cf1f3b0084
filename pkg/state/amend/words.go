package amend

import (
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// words are what may be keys of records, where it does not say of which.
type words map[string]bool

// in notes texts, and the words in them.
func (w words) in(texts ...string) {
	for _, text := range texts {
		w[text] = true
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !wordy(r) }) {
			w[word] = true
		}
		for _, word := range strings.Fields(text) {
			w[strings.Trim(word, `'",.:;()`)] = true
		}
	}
}

// inRows notes what rows say in texts, lists of keys and fields of events.
func (w words) inRows(s *state.Whole) {
	for i := range s.Members {
		w.inMember(&s.Members[i])
	}
	for i := range s.Effects {
		w.in(s.Effects[i].Reason, s.Effects[i].Receipt)
	}
	for i := range s.Failures {
		w.in(s.Failures[i].Reason)
	}
	for i := range s.Tasks {
		w.inAnswers(s.Tasks[i].Answers)
	}
	for i := range s.Runs {
		w.in(s.Runs[i].Message)
		w.in(s.Runs[i].Limits...)
	}
}

// inMember notes the keys that a membership has of others: whom its steps reached, what it is per, and what its events and answers say.
func (w words) inMember(m *state.Member) {
	w[m.Per] = true
	w.in(m.Reason)
	w.inEvent(m.Event)
	tracks := []*state.Track{&m.Track}
	for i := range m.Lanes {
		tracks = append(tracks, &m.Lanes[i].Track)
		w.in(m.Lanes[i].Reason)
	}
	for _, t := range tracks {
		for _, key := range t.Reached {
			w[key] = true
		}
		for i := range t.Done {
			for _, key := range t.Done[i].Records {
				w[key] = true
			}
			w.inEvent(t.Done[i].Event)
			w.inAnswers(t.Done[i].Answers)
		}
	}
}

func (w words) inEvent(e state.Event) {
	for _, value := range e {
		if text, ok := value.(string); ok {
			w.in(text)
		}
	}
}

func (w words) inAnswers(a state.Answers) {
	for _, text := range a {
		w.in(text)
	}
}
