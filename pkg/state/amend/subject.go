package amend

import (
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// Subject is what a change of a state is about: a play, a record or a member.
type Subject struct {
	Play   string
	Record state.Record
	Member string // its key
	Text   string // in words
}

// is reports whether the subject is this record.
func (t *Subject) is(r state.Record) bool { return t.Record.Key != "" && r == t.Record }

// AmbiguousError says that a name means several things.
type AmbiguousError struct {
	Name    string
	Play    bool           // it is a play's name
	Records []state.Record // whose key it is
}

// Error says which.
func (e *AmbiguousError) Error() string {
	if e.Play {
		return fmt.Sprintf("%q is a play and a record", e.Name)
	}
	return fmt.Sprintf("%s and %s have the key %q", e.Records[0].Entity, e.Records[1].Entity, e.Name)
}

// UnknownError says that a state knows nothing by a name.
type UnknownError struct{ Name string }

// Error says so.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("the state knows no play, record or member %q", e.Name)
}

// Named finds what goes by a name: play.NAME, a play, a record's key or a member's. With an entity it is a record's. *[AmbiguousError] says that
// it could be several, *[UnknownError] that there is none.
func Named(s *state.Snapshot, name, entity string) (Subject, error) {
	play, said := PlayNamed(name)
	isPlay := entity == "" && slices.Contains(Plays(s), play)
	records := Keyed(s, name, entity)
	switch {
	case isPlay && (said || len(records) == 0):
		return Subject{Play: play, Text: "play " + play}, nil
	case isPlay, len(records) > 1:
		return Subject{}, &AmbiguousError{Name: name, Play: isPlay, Records: records}
	case len(records) == 1:
		return Subject{Record: records[0], Text: records[0].String()}, nil
	}
	for i := range s.Members {
		if m := &s.Members[i]; m.Key == name && entity == "" {
			return Subject{Member: m.Key, Text: "member " + m.Key + ", " + m.Record.String() + " in play " + m.Play}, nil
		}
	}
	return Subject{}, &UnknownError{Name: name}
}

// PlayNamed takes "play." off a name, and reports whether it was there.
func PlayNamed(name string) (play string, said bool) {
	return strings.CutPrefix(strings.TrimPrefix(name, "plays."), "play.")
}

// Plays gives the names of the plays of which a state knows anything, sorted.
func Plays(s *state.Snapshot) []string {
	var out []string
	for i := range s.Plays {
		out = append(out, s.Plays[i].Name)
	}
	for i := range s.Members {
		out = append(out, s.Members[i].Play)
	}
	for i := range s.Truths {
		out = append(out, s.Truths[i].Play)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Keyed gives the records with a key of which a state knows anything, sorted; of one entity, or with "" of any.
func Keyed(s *state.Snapshot, key, entity string) []state.Record {
	return slices.DeleteFunc(Records(s), func(r state.Record) bool {
		return r.Key != key && r.String() != key || entity != "" && r.Entity != entity
	})
}
