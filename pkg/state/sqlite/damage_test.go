package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
)

// damages are the ways to spoil a state's file, and what Read says about each, with SIZE for the size of the good file.
var damages = []struct {
	name  string
	spoil func(good []byte) []byte
	what  string
	hint  string // when it is not to restore a backup
}{
	{name: "zero bytes", spoil: func([]byte) []byte { return nil }, what: "is empty (0 bytes)"},
	{name: "garbage", spoil: func([]byte) []byte { return []byte(strings.Repeat("PK\x03\x04 this is no state\n", 100)) },
		what: "is not an SQLite database"},
	{name: "zeros", spoil: func(good []byte) []byte { return make([]byte, len(good)) }, what: "is not an SQLite database"},
	{name: "cut within the header", spoil: func(good []byte) []byte { return good[:50] }, what: "is cut short: 50 bytes"},
	{name: "cut after the header", spoil: func(good []byte) []byte { return good[:1000] }, what: "is cut short: 1000 of SIZE bytes"},
	{name: "cut at a page", spoil: func(good []byte) []byte { return good[:8192] }, what: "is cut short: 8192 of SIZE bytes"},
	{name: "cut within the last page", spoil: func(good []byte) []byte { return good[:len(good)-1] }, what: "is cut short: LESS of SIZE bytes"},
	{name: "another program's", spoil: func(good []byte) []byte { return poke(good, 68, 0x0f055112) },
		what: "is an SQLite database of another program (application id 0x0f055112)"},
	{name: "no program's", spoil: func(good []byte) []byte { return poke(good, 68, 0) },
		what: "is an SQLite database of another program (application id 0x00000000)"},
	{name: "newer", spoil: func(good []byte) []byte { return poke(good, 60, state.Version+1) },
		what: fmt.Sprintf("was written by a newer playctl: it has form %d, and this one reads up to form %d", state.Version+1, state.Version),
		hint: "use the playctl that wrote it, or a later one; nothing was changed"},
	{name: "of no form", spoil: func(good []byte) []byte { return poke(good, 60, 0) }, what: "is damaged: form 0 is none of playctl's"},
	{name: "a page of zeros", spoil: func(good []byte) []byte {
		return wipe(good, strings.Index(string(good), "run-of-the-mill")/4096*4096, 4096)
	}, what: "is damaged: Tree 14 page 14: btreeInitPage() returns error code 11"},
}

// poke puts a number into a file's header.
func poke(good []byte, offset int, n uint32) []byte {
	binary.BigEndian.PutUint32(good[offset:], n)
	return good
}

func wipe(good []byte, offset, length int) []byte {
	clear(good[offset : offset+length])
	return good
}

// kept gives a store whose state has one commit and one backup, and the file's bytes.
func kept(t *testing.T) (*Store, []byte) {
	t.Helper()
	s, session := locked(t, crowd(3), &state.Changes{Run: &state.Run{ID: "r2", Serial: 2, Message: "run-of-the-mill"}})
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return s, good
}

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRead_damagedIsRefusedWithRemedy(t *testing.T) {
	for _, test := range damages {
		t.Run(test.name, func(t *testing.T) {
			s, good := kept(t)
			what := strings.NewReplacer("SIZE", fmt.Sprint(len(good)), "LESS", fmt.Sprint(len(good)-1)).Replace(test.what)
			put(t, s.Path(), test.spoil(good))
			backup := s.file("backups/state-2.db")
			hint := "restore the newest good backup, of serial 2: playctl state restore state-2.db"
			wantDamage(t, s, what, hint, test.hint)

			put(t, journal(s.Path()), []byte("left over"))
			wantDamage(t, s, what, hint, test.hint)

			put(t, backup, nil)
			hint = fmt.Sprintf("there is no good backup in %s: put an older copy at %s; without one, move what is there away, take this "+
				"environment's line out of playctl.lineage and run `playctl apply --new-state`, which knows of nothing that was done and may do it again", s.file("backups"), s.Path())
			wantDamage(t, s, what, hint, test.hint)
		})
	}
}

// restoreHint words a remedy.
func restoreHint(serial int64, name string) string {
	return fmt.Sprintf("restore the newest good backup, of serial %d: playctl state restore %s", serial, name)
}

// worded gives an error of a damaged state with its remedy in words.
func worded(err error) error {
	var e *state.DamagedError
	if !errors.As(err, &e) {
		return err
	}
	out := &state.DamagedError{Where: e.Where, What: e.What, Hint: e.Hint}
	if e.Backup != nil && !e.Foreign {
		out.Hint = restoreHint(e.Backup.Serial, e.Backup.Name) + e.Hint
	}
	return out
}

// A state of a newer playctl may well be good: its remedy is that playctl. What there is besides is named too.
func TestRead_ofANewerPlayctlNamesTheNewestGoodBackup(t *testing.T) {
	s, good := kept(t)
	put(t, s.Path(), poke(good, 60, state.Version+1))
	_, err := s.Read(t.Context())
	var e *state.DamagedError
	if !errors.As(err, &e) || !e.Foreign || e.Backup == nil || e.Backup.Name != "state-2.db" {
		t.Errorf("Read: %+v", e)
	}
}

// wantDamage checks that nobody uses the state, also not who has the lock, that it stays as it is, and that the lock is free afterwards.
func wantDamage(t *testing.T, s *Store, what, hint, otherHint string) {
	t.Helper()
	want := &state.DamagedError{Where: s.Path(), What: what, Hint: hint}
	if otherHint != "" {
		want.Hint = otherHint
	}
	_, readErr := s.Read(t.Context())
	before := listing(t, s)[s.Path()]
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	_, sessionErr := session.Read(t.Context())
	commitErr := session.Commit(t.Context(), crowd(1))
	createErr := session.Create(t.Context(), state.Meta{Lineage: "new"})
	if err := session.Unlock(); err != nil {
		t.Error(err)
	}
	if after := listing(t, s)[s.Path()]; after != before {
		t.Errorf("the damaged state was changed from %s to %s", before, after)
	}
	for _, err := range []error{readErr, sessionErr, commitErr, createErr} {
		var damaged *state.DamagedError
		if !errors.As(err, &damaged) {
			t.Fatalf("error %v, want a DamagedError", err)
		}
		if diff := cmp.Diff(error(want), worded(damaged)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// A bit that is flipped within a row leaves the file's structure whole, so Lock doesn't find it. Nothing is written all the same.
func TestRead_flippedBitInARow(t *testing.T) {
	s, bad := kept(t)
	bad[strings.Index(string(bad), "run-of-the-mill")] ^= 1
	put(t, s.Path(), bad)
	session, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	_, storeErr := s.Read(t.Context())
	_, sessionErr := session.Read(t.Context())
	commitErr := session.Commit(t.Context(), crowd(1))
	want := &state.DamagedError{Where: s.Path(), What: "is damaged: table runs, row 2: the checksum is wrong",
		Hint: "restore the newest good backup, of serial 2: playctl state restore state-2.db"}
	for _, err := range []error{storeErr, sessionErr, commitErr} {
		if diff := cmp.Diff(error(want), worded(err)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// A damaged index misleads nobody who reads, but whoever writes: the member would be there twice.
func TestLock_damagedIndex(t *testing.T) {
	s, session := locked(t, &state.Changes{Members: []state.Member{{Key: "the-member"}}})
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	bad, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	for page := 0; page < len(bad); page += 4096 {
		at := strings.Index(string(bad[page:page+4096]), "the-member")
		if bad[page] == 10 && at > 0 { // a leaf of an index
			bad[page+at] = 'T'
		}
	}
	put(t, s.Path(), bad)
	if _, err := s.Read(t.Context()); err != nil {
		t.Errorf("Read: %v", err)
	}
	session, err = s.Lock(t.Context(), state.Holder{Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	err = session.Commit(t.Context(), crowd(1))
	want := &state.DamagedError{Where: s.Path(), What: "is damaged: row 1 missing from index sqlite_autoindex_members_1",
		Hint: "restore the newest good backup, of serial 0: playctl state restore state-0.db"}
	var damaged *state.DamagedError
	if !errors.As(err, &damaged) {
		t.Fatalf("Commit: %v, want a DamagedError", err)
	}
	if diff := cmp.Diff(error(want), worded(damaged)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRead_folderInsteadOfFile(t *testing.T) {
	s, _ := kept(t)
	if err := errors.Join(os.Remove(s.Path()), os.Mkdir(s.Path(), 0o700)); err != nil {
		t.Fatal(err)
	}
	wantDamage(t, s, "is a folder, not a file", restoreHint(2, "state-2.db"), "")
}

func TestRead_missingIsNone(t *testing.T) {
	s, _ := kept(t)
	if err := os.Remove(s.Path()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context()); !errors.Is(err, state.ErrNone) {
		t.Errorf("Read: %v, want ErrNone", err)
	}
	want := &state.DamagedError{Where: s.Path(), What: "is missing",
		Hint: "restore the newest good backup, of serial 2: playctl state restore state-2.db"}
	if diff := cmp.Diff(error(want), worded(s.Missing(t.Context()))); diff != "" {
		t.Errorf("Missing (-want +got):\n%s", diff)
	}
	put(t, s.file("backups/state-2.db"), nil)
	want.Hint = fmt.Sprintf("there is no good backup in %s: copy %s from where playctl applied last", s.file("backups"), s.Path())
	if diff := cmp.Diff(error(want), worded(s.Missing(t.Context()))); diff != "" {
		t.Errorf("Missing without a backup (-want +got):\n%s", diff)
	}
}

// Any byte of the file may be another: then either it doesn't matter, or Read says that the state is damaged.
func TestRead_noFlippedByteIsBelieved(t *testing.T) {
	s, session := locked(t, crowd(40)) // which fill their pages
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const flips = 300
	random := rand.New(rand.NewPCG(1, 2))
	found := 0
	for n := range flips {
		at := random.IntN(len(good))
		if n < 100 {
			at = n // the header
		}
		bad := append([]byte(nil), good...)
		bad[at] ^= byte(1 + random.IntN(255))
		put(t, s.Path(), bad)
		got, err := s.Read(t.Context())
		var damaged *state.DamagedError
		switch {
		case errors.As(err, &damaged):
			found++
		case err != nil:
			t.Errorf("byte %d, %#02x instead of %#02x: %v", at, bad[at], good[at], err)
		case !reflect.DeepEqual(want, got):
			t.Errorf("byte %d, %#02x instead of %#02x, was read:\n%s", at, bad[at], good[at], cmp.Diff(want, got))
		}
	}
	if found < flips/4 { // the rest are free space
		t.Errorf("only %d of %d flipped bytes were found", found, flips)
	}
	entries, err := filepath.Glob(s.Path() + "-*")
	if err != nil || len(entries) != 0 {
		t.Errorf("Read left %v", entries)
	}
}

func TestDiagnose_saysNothingThatUpsetsATerminal(t *testing.T) {
	s, good := kept(t)
	put(t, s.Path(), []byte(strings.ReplaceAll(string(good), "CREATE TABLE", "CR\x1b[2J\xff\xfe\x07 E")))
	_, err := s.Read(t.Context())
	if err == nil || strings.ContainsAny(err.Error(), "\x1b\x07") || !utf8.ValidString(err.Error()) {
		t.Errorf("Read: %q", err)
	}
}
