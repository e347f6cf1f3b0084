//go:build unix

package sqlite

import (
	"bytes"
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
	return dieWriting(s, func(ctx context.Context, db *conn) error { return write(ctx, db, round(99)) })
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
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	err = session.Commit(t.Context(), crowd(1))
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Fatalf("Commit: %v, want a DamagedError", err)
	}
	if err := session.Unlock(); err != nil {
		t.Error(err)
	}
	for _, path := range []string{s.Path(), journal(s.Path())} {
		if now := listing(t, s)[path]; now != files[path] {
			t.Errorf("Lock changed %s from %s to %s", path, files[path], now)
		}
	}
}

// What the hint names can be put in the place of what is damaged, also when that has left a journal, and both stay for whoever wants to find out.
func TestReplace_ofADamagedStateSetsItAside(t *testing.T) {
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
	backup, err := s.Backup(t.Context(), damaged.Backup.Name)
	if err != nil {
		t.Fatal(err)
	}
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(session.Replace(t.Context(), backup), session.Commit(t.Context(), round(3)), session.Unlock()); err != nil {
		t.Fatal(err)
	}
	if aside, err := os.ReadFile(s.aside()); err != nil || !bytes.Equal(aside, good[:5000]) {
		t.Errorf("set aside were %d bytes (%v), want the 5000 that were damaged", len(aside), err)
	}
	if left, err := os.ReadFile(journal(s.aside())); err != nil || string(left) != "left over" {
		t.Errorf("its journal is %q (%v)", left, err)
	}
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.Meta.Serial != 3 || got.Meta.Lineage != want.Meta.Lineage || len(got.Members) < len(want.Members) {
		t.Errorf("read %+v with %d members, want %+v and what was committed since", got.Meta, len(got.Members), want.Meta)
	}
}

// A row that is damaged does not show before it is read: it is found before anything is put in its place, and gets no backup.
func TestReplace_ofADamagedRowMakesNoBackupOfIt(t *testing.T) {
	s, bad := kept(t)
	backup, err := s.Backup(t.Context(), "state-2.db")
	if err != nil {
		t.Fatal(err)
	}
	bad[strings.Index(string(bad), "run-of-the-mill")] ^= 1
	put(t, s.Path(), bad)
	if err := os.Remove(s.file("backups/state-2.db")); err != nil {
		t.Fatal(err)
	}
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(session.Replace(t.Context(), backup), session.Unlock()); err != nil {
		t.Fatal(err)
	}
	if aside, err := os.ReadFile(s.aside()); err != nil || !bytes.Equal(aside, bad) {
		t.Errorf("the damaged state was not set aside: %v", err)
	}
	list, err := s.Backups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		if _, err := s.Backup(t.Context(), b.Name); err != nil {
			t.Errorf("backup %s: %v", b.Name, err)
		}
	}
}
