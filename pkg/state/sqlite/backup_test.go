package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

// serials gives those of a store's backups, newest first.
func serials(t *testing.T, s *Store) []int64 {
	t.Helper()
	list, err := s.Backups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, b := range list {
		got = append(got, b.Serial)
	}
	return got
}

// runOnce makes one session that commits a run which sees something.
func runOnce(t *testing.T, s *Store, serial int64) {
	t.Helper()
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Commit(t.Context(), &state.Changes{Run: &state.Run{ID: fmt.Sprint(serial), Serial: serial},
		Truths: []state.Truth{{Play: "p", Key: fmt.Sprint(serial)}}}); err != nil {
		t.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
}

func TestBackup_keepsTen(t *testing.T) {
	s, session := locked(t)
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	for serial := range int64(13) {
		runOnce(t, s, serial+1)
	}
	if diff := cmp.Diff([]int64{13, 12, 11, 10, 9, 8, 7, 6, 5, 4}, serials(t, s)); diff != "" {
		t.Errorf("backups (-want +got):\n%s", diff)
	}
}

func TestBackup_isTheState(t *testing.T) {
	s, session := locked(t, crowd(20))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := readFile(t.Context(), s.file("backups/state-1.db"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-state +backup):\n%s", diff)
	}
}

func TestBackup_noneWithoutACommit(t *testing.T) {
	s, session := locked(t)
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	before := serials(t, s)
	again, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(again.Commit(t.Context(), &state.Changes{}), again.Unlock()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, serials(t, s)); diff != "" {
		t.Errorf("backups (-before +after):\n%s", diff)
	}
}

// A run that changed nothing leaves no backup behind: ten of those would drive out every copy of something else.
func TestBackup_noneForARunThatChangedNothing(t *testing.T) {
	s, session := locked(t, crowd(5))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	for serial := int64(2); serial < 4; serial++ {
		again, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
		if err != nil {
			t.Fatal(err)
		}
		for _, status := range []state.RunStatus{state.Running, state.Succeeded} {
			if err := again.Commit(t.Context(), &state.Changes{Run: &state.Run{ID: fmt.Sprint(serial), Serial: serial, Status: status}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := again.Unlock(); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.Read(t.Context()); err != nil || got.Meta.Serial != 3 || len(got.Runs) != 3 {
		t.Errorf("Read: %+v, %v, want serial 3", got.Meta, err)
	}
	if diff := cmp.Diff([]int64{1}, serials(t, s)); diff != "" {
		t.Errorf("backups (-want +got):\n%s", diff)
	}
	runOnce(t, s, 4)
	if diff := cmp.Diff([]int64{4, 1}, serials(t, s)); diff != "" {
		t.Errorf("backups after a run that changed something (-want +got):\n%s", diff)
	}
}

// A run that was killed left no backup of what it did. The next one makes it before it changes anything.
func TestBackup_ofAKilledRun(t *testing.T) {
	s, first := locked(t, crowd(5))
	abandon(t, first)
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Commit(t.Context(), &state.Changes{Run: &state.Run{ID: "r2", Serial: 2}}); err != nil {
		t.Fatal(err)
	}
	abandon(t, second)
	got, err := readFile(t.Context(), s.file("backups/state-1.db"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-state +backup):\n%s", diff)
	}
}

// abandon frees a session's lock without ending it, as a kill does.
func abandon(t *testing.T, opened state.Session) {
	t.Helper()
	s := opened.(*session)
	if err := errors.Join(s.db.close(), s.lock.Unlock()); err != nil {
		t.Fatal(err)
	}
	s.unlocked = true
}

// After another state took the place its runs have serials that other backups have too: the newest is the one made last.
func TestBackup_afterAReplacement(t *testing.T) {
	s, session := locked(t)
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	for serial := range int64(10) {
		runOnce(t, s, serial+1)
	}
	other, err := s.Backup(t.Context(), "state-2.db")
	if err != nil {
		t.Fatal(err)
	}
	other.Meta.Lineage = "another"
	again, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(again.Replace(t.Context(), other), again.Unlock()); err != nil {
		t.Fatal(err)
	}
	runOnce(t, s, 3)
	if got := serials(t, s); got[0] != 3 || len(got) != keptBackups || !slices.Contains(got, 10) {
		t.Errorf("backups %v, want 3 first, and 10 of them with 10", got)
	}
	put(t, s.Path(), nil)
	if good := s.Missing(t.Context()).Backup; good == nil || good.Serial != 3 {
		t.Errorf("the newest good backup is %+v, want one of serial 3", good)
	}
}

func TestBackup_skipsDamagedOnes(t *testing.T) {
	s, session := locked(t)
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	for serial := range int64(4) {
		runOnce(t, s, serial+1)
	}
	put(t, s.file("backups/state-4.db"), []byte("garbage"))
	put(t, s.file("backups/state-3.db"), nil)
	put(t, s.file("backups/state-x.db"), nil)
	if good := s.Missing(t.Context()).Backup; good == nil || good.Serial != 2 {
		t.Errorf("the newest good backup is %+v, want serial 2", good)
	}
}

// Without a backup of what was there nothing is changed.
func TestCommit_needsABackup(t *testing.T) {
	s, first := locked(t)
	abandon(t, first)
	put(t, s.file("backups"), nil)
	second, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	err = second.Commit(t.Context(), crowd(1))
	var refused *state.UnwritableError
	if !errors.As(err, &refused) {
		t.Errorf("Commit: %v, want an UnwritableError", err)
	}
	if got, err := s.Read(t.Context()); err != nil || len(got.Members) != 0 {
		t.Errorf("after a refused commit: %+v, %v", got, err)
	}
	if err := second.Unlock(); err != nil {
		t.Errorf("Unlock: %v", err)
	}
}

func TestUnlock_freesTheLockWithoutABackup(t *testing.T) {
	s, session := locked(t)
	put(t, s.file("backups"), nil)
	if err := session.Unlock(); err == nil {
		t.Error("Unlock made no backup and says nothing")
	}
	again, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Unlock(); err != nil {
		t.Error(err)
	}
}

func TestFiles_areForTheirOwnerOnly(t *testing.T) {
	s, session := locked(t, crowd(1))
	session.Progress("1 of 2")
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	var names []string
	err := filepath.Walk(s.file(""), func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		want := os.FileMode(0o600)
		if info.IsDir() {
			want = 0o700
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		name, err := filepath.Rel(s.dir, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".playctl", ".playctl/backups", ".playctl/backups/state-1.db", ".playctl/state.db", ".playctl/state.lock"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// An old copy in the place of the state would have everything since done again.
func TestRead_olderThanItsBackupIsRefused(t *testing.T) {
	s, session := locked(t)
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	for serial := range int64(3) {
		runOnce(t, s, serial+1)
	}
	newest, err := os.ReadFile(s.file("backups/state-3.db"))
	if err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(s.file("backups/state-1.db"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, s.Path(), old)
	what := fmt.Sprintf("is older than its own backup: it has serial 1, %s has 3", s.file("backups/state-3.db"))
	wantDamage(t, s, what, "restore the newest good backup, of serial 3: playctl state restore state-3.db", "")

	put(t, s.Path(), newest)
	if _, err := s.Read(t.Context()); err != nil {
		t.Errorf("after what the hint says: %v", err)
	}

	put(t, s.Path(), old) // backups that are damaged, or of another state, say nothing about it
	put(t, s.file("backups/state-3.db"), newest[:len(newest)-1])
	if err := os.Remove(s.file("backups/state-2.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context()); err != nil {
		t.Errorf("beside a damaged newer backup: %v", err)
	}
}
