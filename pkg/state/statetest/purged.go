package statetest

import (
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// testPurged takes somebody out of a state that has backups of before and of since somebody came: only those that hold somebody go, and there
// is a good one of the state as it is.
func testPurged(t *testing.T, s state.Store) {
	nobody, somebody := state.Changes{Truths: []state.Truth{{Play: "p", Key: "k"}}}, full()
	session := begin(t, s)
	commit(t, session, nobody)
	for serial := int64(1); serial <= 3; serial++ { // a session each, so that there are backups
		if err := session.Unlock(); err != nil {
			t.Fatalf("Unlock: %v", err)
		}
		session = lock(t, s)
		if serial == 2 {
			commit(t, session, somebody)
		}
		commit(t, session, state.Changes{Truths: nobody.Truths, Run: &state.Run{ID: "r", Serial: serial, Started: at(30), Status: state.Succeeded}})
	}
	has := func(w *state.Whole) bool { return len(w.Members) > 0 }
	left := wholeOf(newMeta(), nobody)
	left.Meta.Serial = 4
	if err := session.Purge(t.Context(), left, has); err != nil {
		t.Fatalf("Purge: %v", err)
	}
	same(t, &left.Snapshot, s, session)
	pages(t, s, "", nil)
	purged := func() {
		t.Helper()
		list, err := s.Backups(t.Context())
		if err != nil || !slices.ContainsFunc(list, func(b state.Backup) bool { return b.Serial == 4 }) {
			t.Errorf("Backups: %v, %v; want one of the state as it is", list, err)
		}
		for _, b := range list {
			if w, err := s.Backup(t.Context(), b.Name); err != nil || has(w) {
				t.Errorf("Backup(%q): %v; it holds who was taken out", b.Name, err)
			}
		}
	}
	purged()
	if err := session.Purge(t.Context(), left, has); err != nil {
		t.Errorf("Purge again: %v", err)
	}
	commit(t, session, state.Changes{Truths: []state.Truth{{Play: "p", Key: "later"}}, Run: &state.Run{ID: "r", Serial: 4, Started: at(30), Status: state.Succeeded}})
	if err := session.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
	purged()
}
