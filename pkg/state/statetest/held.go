package statetest

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

// holds tells who has the lock; nil: nobody.
func holds(t *testing.T, s state.Store) *state.Holder {
	t.Helper()
	h, err := s.Holder(t.Context())
	if err != nil {
		t.Fatalf("Holder: %v", err)
	}
	return h
}

func testHolder(t *testing.T, s state.Store) {
	if h := holds(t, s); h != nil {
		t.Errorf("Holder before anybody had the lock: %+v", h)
	}
	session := begin(t, s)
	if diff := cmp.Diff(&holder, holds(t, s)); diff != "" {
		t.Errorf("Holder (-want +got):\n%s", diff)
	}
	if err := session.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
	if h := holds(t, s); h != nil {
		t.Errorf("Holder after Unlock: %+v", h)
	}
}

// noticeWithin is how long a session may take to notice that its lock was broken. A lock on a bucket is renewed four times within its time.
const noticeWithin = 20 * time.Second

// testBreak breaks a lock that somebody has. A store that knows that its holder lives refuses, and the session goes on; with any other the
// session has lost it, keeps nothing any more, and does not give away the lock of whoever took it since.
func testBreak(t *testing.T, s state.Store) {
	if s.Break(t.Context(), "run-1") == nil {
		t.Error("Break broke a lock that nobody had")
	}
	session := begin(t, s)
	commit(t, session, full())
	if s.Break(t.Context(), "run-2") == nil {
		t.Error("Break took the lock of run-1 for that of run-2")
	}
	later := state.Changes{Truths: []state.Truth{{Play: "later", Key: "k"}}}
	if s.Break(t.Context(), holder.ID) != nil {
		commit(t, session, later)
		same(t, snapshotOf(full(), later), s)
		return
	}
	if h := holds(t, s); h != nil {
		t.Errorf("Holder after Break: %+v", h)
	}
	if lost := session.Lost(); lost != nil {
		select {
		case <-lost:
		case <-time.After(noticeWithin):
			t.Errorf("Lost is not closed %s after Break", noticeWithin)
		}
	}
	err := session.Commit(t.Context(), &later)
	var lost *state.LostError
	if !errors.As(err, &lost) {
		t.Errorf("Commit after the lock was broken: %v, want a LostError", err)
	}
	same(t, snapshotOf(full()), s)
	other, err := s.Lock(t.Context(), state.Holder{ID: "run-3", Operation: "apply", Who: "bob@host"})
	if err != nil {
		t.Fatalf("Lock after Break: %v", err)
	}
	commit(t, other, later)
	if err := session.Commit(t.Context(), &state.Changes{TruthsGone: later.Truths}); err == nil {
		t.Error("Commit works while somebody else has the lock")
	}
	_ = session.Unlock()
	if h := holds(t, s); h == nil || h.ID != "run-3" {
		t.Errorf("Unlock of who lost the lock gave away that of run-3: %+v", h)
	}
	if err := other.Unlock(); err != nil {
		t.Errorf("Unlock: %v", err)
	}
	same(t, snapshotOf(full(), later), s)
}
