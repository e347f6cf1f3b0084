package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// rowOfEach is a change that puts two rows into every table, some of them twice.
func rowOfEach() *state.Changes {
	c := &state.Changes{Run: &state.Run{ID: "r1", Serial: 1}}
	for i := range 2 {
		r := state.Record{Entity: "account", Key: fmt.Sprint("a-", i)}
		c.Plays = append(c.Plays, state.Play{Name: r.Key})
		c.Members = append(c.Members, state.Member{Key: r.Key, Record: r})
		c.Truths = append(c.Truths, state.Truth{Play: "p", Key: r.Key}, state.Truth{Play: "p", Key: "a-0"})
		c.Held = append(c.Held, state.Held{Connector: "c", Kind: "k", Name: "n", Token: r.Key})
		c.Effects = append(c.Effects, state.Effect{Key: r.Key}, state.Effect{Key: "a-0"})
		c.Tasks = append(c.Tasks, state.Task{Key: r.Key})
		c.Seen = append(c.Seen, state.Seen{Record: r, Field: "f"})
		c.Changes = append(c.Changes, state.Change{Record: r, Field: "f", At: testTime})
		c.Failures = append(c.Failures, state.Failure{Key: r.Key})
		c.Erased = append(c.Erased, state.Erasure{Mark: r.Key})
		c.Pages = append(c.Pages, state.Page{Run: "r1", Seq: i})
	}
	return c
}

func TestRead_aRowThatIsMissingIsNoticed(t *testing.T) {
	for _, table := range counted {
		t.Run(table, func(t *testing.T) {
			s, session := locked(t, rowOfEach(), rowOfEach(), &state.Changes{TasksGone: []string{"a-1", "a-1", "none"}})
			if _, err := s.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Journal(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			if err := session.Unlock(); err != nil {
				t.Fatal(err)
			}
			alter(t, s, "DELETE FROM "+table+" WHERE (SELECT count(*) FROM "+table+" AS o WHERE o.crc < "+table+".crc) = 0")
			_, err := s.Read(t.Context())
			if table == journals.name {
				_, err = s.Journal(t.Context(), "")
			}
			var damaged *state.DamagedError
			if !errors.As(err, &damaged) || !strings.HasPrefix(damaged.What, "is damaged: table "+table+" has ") {
				t.Errorf("a row of %s is missing, and reading says: %v", table, err)
			}
		})
	}
}

// alter changes a file behind the store's back.
func alter(t *testing.T, s *Store, sql string) {
	t.Helper()
	c, err := connect(t.Context(), s.Path(), readWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := c.exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// Rows are written in batches, again, taken out and put in by the same commit, and by one that is rolled back: the counts are those of the file.
func TestCommit_countsWhatIsThere(t *testing.T) {
	s, session := locked(t)
	some := func(from, to int) *state.Changes {
		c := &state.Changes{}
		for i := from; i < to; i++ {
			key := fmt.Sprint("k-", i)
			c.Members = append(c.Members, state.Member{Key: key})
			c.Held = append(c.Held, state.Held{Connector: "c", Kind: "k", Name: "n", Token: key})
		}
		return c
	}
	gone := func(c *state.Changes, from, to int) *state.Changes {
		out := some(from, to)
		for i := range out.Members {
			c.MembersGone = append(c.MembersGone, out.Members[i].Key)
		}
		c.HeldGone = out.Held
		return c
	}
	for n, c := range []*state.Changes{some(0, 40), some(0, 40), some(20, 60), gone(some(0, 40), 30, 50), some(30, 50), gone(&state.Changes{}, 0, 20), some(0, 60), some(0, 60)} {
		if err := session.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(t.Context()); err != nil {
			t.Fatalf("after commit %d: %v", n, err)
		} else if n == 7 && len(got.Members)+len(got.Held) != 120 {
			t.Fatalf("%d members and %d held", len(got.Members), len(got.Held))
		}
		if n == 4 { // one that fails, and takes what it wrote back
			bad := some(60, 100)
			bad.Members = append(bad.Members, state.Member{Key: "z", Event: state.Event{"x": func() {}}})
			if err := session.Commit(t.Context(), bad); err == nil {
				t.Fatal("what JSON can't say was kept")
			}
		}
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
}
