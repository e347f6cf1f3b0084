package postgres

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/state"
)

var testTime = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func clock() time.Time { return testTime }

// database gives a new database, and a store in it.
func database(t testing.TB) (dsn string, s *Store) {
	t.Helper()
	dsn = pgtest.Start(t).DSN(t)
	return dsn, openAt(t, dsn, "")
}

func openAt(t testing.TB, dsn, environment string) *Store {
	t.Helper()
	s, err := Open(dsn, "", "", environment, clock)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func run(t testing.TB, dsn, sql string) {
	t.Helper()
	pgtest.Start(t).Exec(t, dsn, sql)
}

func lock(t testing.TB, s *Store, id string) state.Session {
	t.Helper()
	session, err := s.Lock(t.Context(), state.Holder{ID: id, Operation: "apply", Who: id + "@host"})
	if err != nil {
		t.Fatalf("Lock: %v", err)
	}
	t.Cleanup(func() { _ = session.Unlock() })
	return session
}

// begin locks a store and creates its state.
func begin(t testing.TB, s *Store) state.Session {
	t.Helper()
	session := lock(t, s, "run-1")
	if err := session.Create(t.Context(), state.Meta{Lineage: "l", Playbook: "demo", Salt: "00", Created: testTime}); err != nil {
		t.Fatalf("Create: %v", err)
	}
	return session
}

// crowd gives a commit with n members, effects and truths.
func crowd(n int) *state.Changes {
	c := &state.Changes{Run: &state.Run{ID: "r", Serial: 1, Status: state.Running}}
	for i := range n {
		key := fmt.Sprintf("k%06d", i)
		r := state.Record{Entity: "person", Key: key}
		c.Members = append(c.Members, state.Member{Key: key, Play: "p", Record: r, Number: 1, EnteredAt: testTime,
			Track: state.Track{Step: "mail", StepAt: testTime, Done: []state.StepDone{{ID: "call", Outcome: "done", At: testTime}}}})
		c.Effects = append(c.Effects, state.Effect{Key: key, Member: key, Play: "p", Step: "mail", Connector: "map", Action: "email", Record: r, Status: state.Intended,
			Attempts: 1, At: testTime, Run: "r"})
		c.Truths = append(c.Truths, state.Truth{Play: "p", Key: key})
	}
	return c
}

func commit(t testing.TB, s state.Session, c *state.Changes) {
	t.Helper()
	if err := s.Commit(t.Context(), c); err != nil {
		t.Fatalf("Commit: %v", err)
	}
}

func truth(key string) *state.Changes {
	return &state.Changes{Truths: []state.Truth{{Play: "p", Key: key}}}
}

// wantTruths compares which truths there are.
func wantTruths(t *testing.T, s *Store, keys ...string) {
	t.Helper()
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	var have []string
	for _, v := range got.Truths {
		have = append(have, v.Key)
	}
	if diff := cmp.Diff(keys, have, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("truths (-want +got):\n%s", diff)
	}
}

func wantLost(t *testing.T, err error) {
	t.Helper()
	var lost *state.LostError
	if !errors.As(err, &lost) || lost.Where == "" {
		t.Errorf("it gives %v, want a LostError", err)
	}
}
