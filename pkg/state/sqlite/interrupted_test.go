//go:build unix

package sqlite

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/state"
)

// childInterrupt dies while it commits: its pages are in the file, its journal is not yet removed.
func childInterrupt(s *Store) error {
	return dieWriting(s, func(ctx context.Context, db *conn) error { return write(ctx, db, round(99), meta{}) })
}

// childUpgrade dies while it upgrades a file.
func childUpgrade(s *Store) error {
	return dieWriting(s, func(ctx context.Context, db *conn) error { return remake(ctx, db, 1) })
}

// dieWriting kills this process in the middle of a transaction, some pages of which are in the file.
func dieWriting(s *Store, change func(context.Context, *conn) error) error {
	ctx := context.Background()
	db, err := connect(ctx, s.Path(), readWrite)
	if err != nil {
		return err
	}
	for _, sql := range []string{"PRAGMA cache_spill = 1", "PRAGMA cache_size = 1", "BEGIN IMMEDIATE"} {
		if err := db.exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := change(ctx, db); err != nil {
		return err
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// interrupt gives a store in round 1 whose file is partly of round 99, and its state.
func interrupt(t *testing.T) (*Store, *state.Snapshot) {
	t.Helper()
	s, session := locked(t, round(1))
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := start(t, "interrupt", s.dir)
	_ = p.Wait()
	if err := readFileError(t, s); !interrupted(err) {
		t.Fatalf("the file is not interrupted: %v", err)
	}
	return s, want
}

func readFileError(t *testing.T, s *Store) error {
	_, err := readFile(t.Context(), s.Path())
	return err
}

func TestRead_interruptedCommit(t *testing.T) {
	s, want := interrupt(t)
	files := listing(t, s)
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(files, listing(t, s)); diff != "" {
		t.Errorf("Read changed the folder (-before +after):\n%s", diff)
	}
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	if err := readFileError(t, s); err != nil {
		t.Errorf("Lock left the file interrupted: %v", err)
	}
	if err := session.Commit(t.Context(), round(2)); err != nil {
		t.Error(err)
	}
}

// Killed in the middle of an upgrade, a state is as before: readers see the older form, and the next commit upgrades it.
func TestUpgrade_killed(t *testing.T) {
	s, want := version1(t)
	p := start(t, "upgrade", s.dir)
	_ = p.Wait()
	if err := readFileError(t, s); !interrupted(err) {
		t.Fatalf("the file is not interrupted: %v", err)
	}
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	wantState(t, s, want, 1)
	if err := session.Commit(t.Context(), &state.Changes{MembersGone: []string{"never there"}}); err != nil {
		t.Fatal(err)
	}
	wantState(t, s, want, state.Version)
}

// A damaged state with a journal is left as it is, for whoever wants to find out what happened.
func TestLock_leavesDamageAlone(t *testing.T) {
	s, _ := interrupt(t)
	if err := os.Truncate(journal(s.Path()), 600); err != nil {
		t.Fatal(err)
	}
	files := listing(t, s)
	_, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Fatalf("Lock: %v, want a DamagedError", err)
	}
	for _, path := range []string{s.Path(), journal(s.Path())} {
		if now := listing(t, s)[path]; now != files[path] {
			t.Errorf("Lock changed %s from %s to %s", path, files[path], now)
		}
	}
	if want := "rm -f " + journal(s.Path()) + " && cp "; !strings.Contains(damaged.Hint, want) {
		t.Errorf("the hint is %q, without %q", damaged.Hint, want)
	}
}

// The hint's command, run as it stands, restores the backup, also when the damaged file has left a journal.
func TestRead_hintRestores(t *testing.T) {
	s, good := kept(t)
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(t, s.Path(), good[:5000])
	put(t, journal(s.Path()), []byte("left over"))
	_, err = s.Read(t.Context())
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Fatalf("Read: %v, want a DamagedError", err)
	}
	_, command, _ := strings.Cut(damaged.Hint, ": ")
	shell(t, command)
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after %s (-want +got):\n%s", command, diff)
	}
}
