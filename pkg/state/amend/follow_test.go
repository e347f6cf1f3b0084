package amend_test

import (
	"slices"
	"testing"
	"time"

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
				got, _, err := amend.Carry(lost, older, bookOf(of))
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

// TestCarry_nobodyIsInAPlayTwice holds it of records that were forgotten and entered anew, by a state of before that has them still; and that a membership
// that is over by that keeps nothing.
func TestCarry_nobodyIsInAPlayTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		older := drawWorld(t, "one")
		r := rapid.SampledFrom(everyone).Draw(t, "forgotten")
		newer := after(t, older, amend.Remove(&older.Snapshot, amend.Subject{Record: r}, of(&older.Snapshot)), "state rm")
		var again state.Changes
		for i := range older.Members {
			if m := older.Members[i]; m.Record == r {
				m.Key, m.EnteredAt, m.Number = state.EnrollmentKey(m.Play, r, "", 7), began.Add(time.Hour), 1
				m.EndedAt, m.Outcome, m.Lanes = time.Time{}, "", nil
				if rapid.Bool().Draw(t, "and has left again") {
					m.EndedAt, m.Outcome = began.Add(2*time.Hour), state.Exited
				}
				again.Members = append(again.Members, m)
			}
		}
		newer = after(t, newer, again, "apply")
		got, _, err := amend.Carry(newer, older, bookOf(of(&newer.Snapshot)))
		if err != nil {
			t.Fatal(err)
		}
		sound(t, "carried", got)
		active := map[string]bool{}
		for i := range got.Members {
			m := &got.Members[i]
			if m.Record == r && m.Active() && m.Number == 1 && !slices.ContainsFunc(newer.Members, func(x state.Member) bool { return x.Key == m.Key }) {
				t.Errorf("%s goes on in play %s as it was before it entered anew", r, m.Play)
			}
			active[m.Key] = m.Active()
		}
		for i := range got.Held {
			for _, k := range got.Held[i].Keepers {
				if slices.ContainsFunc(older.Members, func(m state.Member) bool { return m.Key == k.Member && m.Record == r && m.Active() }) && !active[k.Member] {
					t.Errorf("a membership that is over keeps %s", got.Held[i].Record)
				}
			}
		}
	})
}
