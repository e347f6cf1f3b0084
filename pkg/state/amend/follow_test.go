package amend_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
	"pgregory.net/rapid"
)

// TestCarry_playsThatTookOneAnothersNames holds that an older state follows where the playbook has moved plays in a row, or in a circle: what comes back
// of it is in the play that it was in, whatever that is called now.
func TestCarry_playsThatTookOneAnothersNames(t *testing.T) {
	for name, moves := range map[string][][2]string{
		"a row":    {{"small", "third"}, {"wide", "small"}},
		"a circle": {{"small", "third"}, {"wide", "small"}, {"third", "wide"}},
	} {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				older := drawWorld(t, "one")
				moved := older
				for _, m := range moves {
					moved = after(t, moved, amend.Rename(&moved.Snapshot, m[0], m[1]), "apply")
				}
				entities := map[string]string{"small": "account", "third": "person", "wide": "person"}
				of := amend.Entities(&moved.Snapshot, entities)
				lost := after(t, moved, amend.Remove(&moved.Snapshot, amend.Subject{Record: accounts[1]}, of), "apply")
				lost.Meta.Serial = older.Meta.Serial + 1
				got, _, err := amend.Carry(lost, older, of, []string{"account", "person"})
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(lost.Members, func(m state.Member) bool { return m.Play == "small" }) {
					return // nobody is left by whom the play's new name is known
				}
				if diff := cmp.Diff(playsOf(moved), playsOf(got)); diff != "" {
					t.Errorf("who is in which play (-before +after):\n%s", diff)
				}
				if diff := cmp.Diff(edgesOf(moved, accounts[1].Key), edgesOf(got, accounts[1].Key)); diff != "" {
					t.Errorf("which edges are spent (-before +after):\n%s", diff)
				}
			})
		})
	}
}

// playsOf gives the play of every membership.
func playsOf(w *state.Whole) map[string]string {
	out := map[string]string{}
	for i := range w.Members {
		out[w.Members[i].Key] = w.Members[i].Play
	}
	return out
}

// edgesOf gives the edges that a record has spent, sorted.
func edgesOf(w *state.Whole, key string) []string {
	var out []string
	for _, t := range w.Truths {
		if t.Owner() == key {
			out = append(out, t.Play+" "+t.Key)
		}
	}
	slices.Sort(out)
	return out
}
