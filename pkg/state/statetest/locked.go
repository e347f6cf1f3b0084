package statetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

func testLock(t *testing.T, s state.Store) {
	first := lock(t, s)
	other := state.Holder{ID: "run-2", Operation: "apply", Who: "bob@host"}
	_, err := s.Lock(t.Context(), other)
	var locked *state.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("the second Lock: %v, want a LockedError", err)
	}
	if diff := cmp.Diff(holder, locked.Holder); diff != "" {
		t.Errorf("holder (-want +got):\n%s", diff)
	}
	if err := first.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
	second, err := s.Lock(t.Context(), other)
	if err != nil {
		t.Fatalf("Lock after Unlock: %v", err)
	}
	if err := first.Unlock(); err != nil {
		t.Errorf("a second Unlock: %v", err)
	}
	if _, err := s.Lock(t.Context(), other); !errors.As(err, &locked) {
		t.Errorf("a second Unlock gave away somebody else's lock: %v", err)
	}
	if err := second.Unlock(); err != nil {
		t.Errorf("Unlock: %v", err)
	}
}

func testUnlocked(t *testing.T, s state.Store) {
	session := begin(t, s)
	if err := session.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
	c := full()
	if session.Commit(t.Context(), &c) == nil {
		t.Error("Commit works after Unlock")
	}
	if session.Create(t.Context(), newMeta()) == nil {
		t.Error("Create works after Unlock")
	}
	if _, err := session.Read(t.Context()); err == nil {
		t.Error("Read works after Unlock")
	}
	session.Progress("late")
	same(t, snapshotOf(), s)
}

func testProgress(t *testing.T, s state.Store) {
	session := lock(t, s)
	for i := range 1000 {
		session.Progress(fmt.Sprintf("%d of 1000", i+1))
	}
	var locked *state.LockedError
	for range 100 {
		if _, err := s.Lock(t.Context(), holder); !errors.As(err, &locked) {
			t.Fatalf("Lock: %v, want a LockedError", err)
		}
		if locked.Holder.Progress == "1000 of 1000" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("after 2 s the holder is still at %q", locked.Holder.Progress)
}

// testSilent is testProgress for a store that tells nobody: the lock stays the holder's, and nothing untrue is told.
func testSilent(t *testing.T, s state.Store) {
	session := lock(t, s)
	session.Progress("1 of 1000")
	session.Progress("2 of 1000")
	var locked *state.LockedError
	if _, err := s.Lock(t.Context(), holder); !errors.As(err, &locked) || locked.Holder.Progress != "" {
		t.Errorf("Lock: %v, want a LockedError without progress", err)
	}
}

func testReadWhileLocked(t *testing.T, s state.Store) {
	session := begin(t, s)
	same(t, snapshotOf(), s, session)
	commit(t, session, full())
	same(t, snapshotOf(full()), s, session)
	second := state.Changes{Truths: []state.Truth{{Play: "later", Key: "k"}}}
	commit(t, session, second)
	same(t, snapshotOf(full(), second), s, session)
}

// round gives the nth of a row of commits after which all members stand on the same step, which is also the run's id.
func round(n int) state.Changes {
	step := fmt.Sprint("step-", n)
	c := state.Changes{Run: &state.Run{ID: step, Serial: int64(n), Status: state.Running}}
	for i := range 40 {
		c.Members = append(c.Members, state.Member{Key: fmt.Sprint("m", i), Play: "p", Track: state.Track{Step: step}})
	}
	return c
}

func testConcurrent(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, round(1))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for last := int64(0); ; {
				got, err := s.Read(t.Context())
				if err != nil {
					t.Errorf("Read: %v", err)
					return
				}
				checkRound(t, got, last)
				last = got.Meta.Serial
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := 2; n <= 40; n++ {
		commit(t, session, round(n))
	}
	close(done)
	readers.Wait()
}

// checkRound checks that a snapshot is what a round left, and none before the last.
func checkRound(t *testing.T, got *state.Snapshot, last int64) {
	if got.Meta.Serial < last {
		t.Errorf("serial %d was read after %d", got.Meta.Serial, last)
	}
	want := fmt.Sprint("step-", got.Meta.Serial)
	if int(got.Meta.Serial) != len(got.Runs) || got.Runs[len(got.Runs)-1].ID != want {
		t.Errorf("serial %d has %d runs", got.Meta.Serial, len(got.Runs))
	}
	for _, m := range got.Members {
		if m.Step != want {
			t.Errorf("serial %d: member %s is on %s", got.Meta.Serial, m.Key, m.Step)
		}
	}
}
