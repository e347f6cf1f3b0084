// Package amend is the arithmetic of commands that change a state and nothing else: what it takes to forget a record, to rename a play, to give
// a record another key, to settle what is in doubt, to go back to an older state without unlearning what happened. It computes changes; whoever
// asked for them shows them, has them approved and commits them.
package amend

import (
	"encoding/json"
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// PlayOf gives the entity of a play's records, "" where nothing says it.
type PlayOf func(play string) string

// Entities gives the entities of plays: as the playbook says (known, by play), as the play was when it was last applied, or as its members have
// it.
func Entities(s *state.Snapshot, known map[string]string) PlayOf {
	of := map[string]string{}
	for i := range s.Members {
		of[s.Members[i].Play] = s.Members[i].Record.Entity
	}
	for i := range s.Plays {
		var defined struct {
			Keys struct {
				Of string `json:"of"`
			} `json:"keys"`
		}
		if err := json.Unmarshal([]byte(s.Plays[i].Definition), &defined); err == nil && defined.Keys.Of != "" {
			of[s.Plays[i].Name] = defined.Keys.Of
		}
	}
	for play, entity := range known {
		of[play] = entity
	}
	return func(play string) string { return of[play] }
}

// owns reports whether a spent edge is a record's. That of a play whose entity nothing says is by the key alone.
func (of PlayOf) owns(r state.Record, t *state.Truth) bool {
	entity := of(t.Play)
	return r.Key != "" && t.Owner() == r.Key && (entity == "" || entity == r.Entity)
}

// LaneOf gives the key of a record's lanes.
func LaneOf(r state.Record) string { return (&state.Lane{Record: r}).Key() }

// Records gives every record that a row of a state names, sorted.
func Records(s *state.Snapshot) []state.Record {
	seen := map[state.Record]bool{}
	EachRecord(s, func(r *state.Record) { seen[*r] = true })
	out := make([]state.Record, 0, len(seen))
	for r := range seen {
		out = append(out, r)
	}
	slices.SortFunc(out, state.CompareRecords)
	return out
}

// EachRecord goes over every record that a row of a state names.
func EachRecord(s *state.Snapshot, each func(*state.Record)) {
	for i := range s.Members {
		each(&s.Members[i].Record)
		for l := range s.Members[i].Lanes {
			each(&s.Members[i].Lanes[l].Record)
		}
	}
	for i := range s.Held {
		each(&s.Held[i].Record)
	}
	for i := range s.Effects {
		each(&s.Effects[i].Record)
	}
	for i := range s.Tasks {
		each(&s.Tasks[i].Record)
	}
	for i := range s.Seen {
		each(&s.Seen[i].Record)
	}
	for i := range s.Changes {
		each(&s.Changes[i].Record)
	}
	for i := range s.Failures {
		each(&s.Failures[i].Record)
	}
}

// InDoubt reports whether nobody knows if an effect happened.
func InDoubt(e *state.Effect) bool { return e.Status == state.Intended || e.Status == state.InDoubt }
