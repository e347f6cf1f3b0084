package folder_test

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/folder"
	"github.com/playctl/playctl/pkg/state/seal"
	"github.com/playctl/playctl/pkg/state/statetest"
)

func now() time.Time { return time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC) }

func sealer(t *testing.T) *seal.Sealer {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.New(nil, id.String())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func open(t *testing.T, dir string, s *seal.Sealer) *folder.Store {
	t.Helper()
	store, err := folder.Open(dir, "", s, now)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// few draws less random changes than usual: the store is the one of blob, which is tested with all of them, over another bucket.
func few() {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		_ = f.Value.Set("5")
	}
}

func TestStore(t *testing.T) {
	few()
	s := sealer(t)
	statetest.Run(t, func(t *testing.T) state.Store { return open(t, t.TempDir(), s) })
}

// kept makes a state in a folder.
func kept(t *testing.T, dir string, s *seal.Sealer) {
	t.Helper()
	session, err := open(t, dir, s).Lock(t.Context(), state.Holder{ID: "run", Who: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Create(t.Context(), state.Meta{Lineage: "lineage-planted", Salt: "salt-planted"}); err != nil {
		t.Fatal(err)
	}
	c := &state.Changes{Truths: []state.Truth{{Play: "play-planted", Key: "key-planted"}}, Run: &state.Run{ID: "r", Serial: 1, By: "ada-planted"}}
	if err := session.Commit(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
}

// What is encrypted is in no file in any other form, and nobody but the owner can read the files.
func TestFiles_areSealedAndTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	kept(t, dir, sealer(t))
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
		if d.IsDir() {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil || bytes.Contains(data, []byte("planted")) {
			t.Errorf("%s says what it should hide, or %v", path, err)
		}
		if isObject := len(data) > 0 && filepath.Base(path) != "lock"; isObject && !seal.Sealed(data) {
			t.Errorf("%s is not encrypted", path)
		}
		files++
		return nil
	})
	if err != nil || files < 4 {
		t.Errorf("%d files, %v", files, err)
	}
}

func TestRead_withTheWrongKeyOrNoneIsRefusedWithTheRemedy(t *testing.T) {
	dir, good := t.TempDir(), sealer(t)
	kept(t, dir, good)
	plain := t.TempDir()
	kept(t, plain, nil)
	recipient, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	writeOnly, err := seal.New([]string{recipient.Recipient().String()}, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		dir  string
		s    *seal.Sealer
		want string
	}{
		"no sealer":      {dir, nil, "is encrypted, and the playbook does not say who can read it"},
		"wrong identity": {dir, sealer(t), "is encrypted for others than the identity that was given"},
		"no identity":    {dir, writeOnly, "is encrypted, and there is no identity to read it with"},
		"a plain one":    {plain, good, "is not encrypted, and the playbook says encrypt:"},
	} {
		_, err := open(t, test.dir, test.s).Read(t.Context())
		var damaged *state.DamagedError
		if !errors.As(err, &damaged) || !strings.Contains(damaged.What, test.want) || damaged.Hint == "" {
			t.Errorf("%s: %v, want %q with a hint", name, err, test.want)
		}
	}
}

func TestMissing_tellsOfTheStateThatIsNotEncrypted(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, ".playctl"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".playctl", "state.db"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := open(t, dir, sealer(t)).Missing(t.Context()); !strings.Contains(got.Hint, "playctl init --migrate-state") {
		t.Errorf("Missing: %+v", got)
	}
}

func TestOpen_refusesAnEnvironmentThatLeadsElsewhere(t *testing.T) {
	for _, name := range []string{"../x", "a/b", ".", "..", `a\b`} {
		if _, err := folder.Open(t.TempDir(), name, nil, now); err == nil {
			t.Errorf("%q: no error", name)
		}
	}
}

// A folder that can't be written to is found out with the lock, before anything is done, and its state can be read all the same.
func TestLock_ofAReadOnlyFolderIsRefused(t *testing.T) {
	dir, s := t.TempDir(), sealer(t)
	kept(t, dir, s)
	home := filepath.Join(dir, ".playctl", "sealed")
	spoil := filepath.Join(home, "lock.new") // a folder in the place of the file: root may write anywhere
	if err := os.MkdirAll(filepath.Join(spoil, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, dir, s).Lock(t.Context(), state.Holder{ID: "x", Who: "bob"})
	var unwritable *state.UnwritableError
	if !errors.As(err, &unwritable) {
		t.Errorf("Lock: %v, want an UnwritableError", err)
	}
	if _, err := open(t, dir, s).Read(t.Context()); err != nil {
		t.Errorf("Read: %v", err)
	}
	if h, err := open(t, dir, s).Holder(t.Context()); h != nil || err != nil {
		t.Errorf("Holder: %v, %v; want nobody", h, err)
	}
}

// What a process that was killed began to write is of no use to anybody, and goes with the next session.
func TestLock_removesWhatWasBegun(t *testing.T) {
	dir, s := t.TempDir(), sealer(t)
	kept(t, dir, s)
	begun := filepath.Join(dir, ".playctl", "sealed", "log", "000000000009-1-x-1.new")
	if err := os.WriteFile(begun, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	session, err := open(t, dir, s).Lock(t.Context(), state.Holder{ID: "x", Who: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Unlock()
	if _, err := os.Stat(begun); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

// Who becomes a recipient can read the state once a session has ended, whatever that did.
func TestUnlock_sealsForNewRecipients(t *testing.T) {
	var names, identities []string
	for range 2 {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		names, identities = append(names, id.Recipient().String()), append(identities, id.String())
	}
	with := func(recipients []string, identity string) *seal.Sealer {
		s, err := seal.New(recipients, identity)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	dir := t.TempDir()
	kept(t, dir, with(names[:1], identities[0]))
	if _, err := open(t, dir, with(names, identities[1])).Read(t.Context()); err == nil {
		t.Error("who is no recipient reads")
	}
	session, err := open(t, dir, with(names, identities[0])).Lock(t.Context(), state.Holder{ID: "x", Who: "bob"})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, dir, with(names, identities[1])).Read(t.Context()); err != nil {
		t.Errorf("the new recipient: %v", err)
	}
}

// What a killed process began to write is taken away wherever it is: a copy of somebody who was forgotten must not stay in it.
func TestLock_cleansEveryFolder(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, nil)
	session, err := s.Lock(t.Context(), state.Holder{ID: "r"})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	left := filepath.Join(dir, ".playctl", "sealed", "damaged", "000000000001", "log", "x.new")
	if err := errors.Join(os.MkdirAll(filepath.Dir(left), 0o700), os.WriteFile(left, []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if session, err = s.Lock(t.Context(), state.Holder{ID: "r"}); err != nil {
		t.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Errorf("%s is still there", left)
	}
}
