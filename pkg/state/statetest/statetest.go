// Package statetest holds the tests that every store of a state must pass.
package statetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/state"
)

// Option is something that a store can't do.
type Option int

// Silent is a store that can tell nobody of the holder's progress, which may be lost.
const Silent Option = 1

// Run tests a store. open gives an empty one of its own to every test, and may use t to clean up after it; it can be called often, also
// for a test that has begun.
func Run(t *testing.T, open func(*testing.T) state.Store, can ...Option) {
	progress := testProgress
	if slices.Contains(can, Silent) {
		progress = testSilent
	}
	for _, test := range []struct {
		name string
		run  func(*testing.T, state.Store)
	}{
		{"no_state_is_ErrNone", testNone},
		{"create_keeps_the_meta", testCreate},
		{"a_second_create_is_refused", testCreateTwice},
		{"every_field_comes_back", testRoundTrip},
		{"zero_values_come_back", testZeroes},
		{"times_come_back_in_UTC_at_microseconds", testTimes},
		{"slices_are_sorted", testSorted},
		{"values_are_replaced_and_removed", testReplace},
		{"what_goes_is_taken_out_before_what_comes_is_put_in", testGoneFirst},
		{"what_goes_takes_nothing_with_it", testGoneAlone},
		{"values_belong_to_the_caller", testOwnership},
		{"a_run_moves_the_serial", testSerial},
		{"a_commit_that_fails_keeps_nothing", testAtomic},
		{"an_empty_commit_changes_nothing", testEmpty},
		{"the_lock_is_exclusive", testLock},
		{"a_session_ends_with_unlock", testUnlocked},
		{"the_holder_shows_progress", progress},
		{"read_sees_what_is_committed_while_locked", testReadWhileLocked},
		{"the_holder_can_be_asked_for", testHolder},
		{"a_broken_lock_is_lost", testBreak},
		{"the_journal_comes_back", testJournal},
		{"a_long_journal_comes_back", testJournalLong},
		{"state_and_journal_are_read_as_of_one_moment", testWhole},
		{"where_it_was_moved_to_comes_back", testMoved},
		{"a_state_is_replaced_whole_and_backed_up", testReplaced},
		{"what_is_purged_is_nowhere_any_more", testPurged},
		{"what_is_not_there_is_an_error_with_a_remedy", testNoBackup},
		{"readers_never_see_half_a_commit", testConcurrent},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
	t.Run("random_changes_do_as_in_the_model", func(t *testing.T) { testRandom(t, open) })
}

// holder is who holds the lock in these tests.
var holder = state.Holder{ID: "run-1", Operation: "apply", Who: "ada@host", PID: 4711, Since: at(0)}

// at gives a time that is so many microseconds after an arbitrary one.
func at(microseconds int) time.Time {
	return time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC).Add(time.Duration(microseconds) * time.Microsecond)
}

func newMeta() state.Meta {
	return state.Meta{Version: state.Version, Lineage: "3f2c9a", Serial: 0, Playbook: "demo", Environment: odd, Salt: "00ff", Created: at(123456)}
}

// lock opens a session that ends with the test.
func lock(t *testing.T, s state.Store) state.Session {
	t.Helper()
	session, err := s.Lock(t.Context(), holder)
	if err != nil {
		t.Fatalf("Lock: %v", err)
	}
	t.Cleanup(func() { _ = session.Unlock() })
	return session
}

// begin locks a store and creates its state.
func begin(t *testing.T, s state.Store) state.Session {
	t.Helper()
	session := lock(t, s)
	if err := session.Create(t.Context(), newMeta()); err != nil {
		t.Fatalf("Create: %v", err)
	}
	return session
}

func commit(t *testing.T, s state.Session, c state.Changes) {
	t.Helper()
	if err := s.Commit(t.Context(), &c); err != nil {
		t.Fatalf("Commit: %v", err)
	}
}

// reader is a store or a session.
type reader interface {
	Read(context.Context) (*state.Snapshot, error)
}

func read(t *testing.T, r reader) *state.Snapshot {
	t.Helper()
	snapshot, err := r.Read(t.Context())
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return snapshot
}

// difference compares two snapshots; an empty slice or map is as good as none.
func difference(want, got *state.Snapshot) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

// same checks what a store and its session read.
func same(t *testing.T, want *state.Snapshot, readers ...reader) {
	t.Helper()
	for _, r := range readers {
		if diff := difference(want, read(t, r)); diff != "" {
			t.Errorf("Read of %T (-want +got):\n%s", r, diff)
		}
	}
}
