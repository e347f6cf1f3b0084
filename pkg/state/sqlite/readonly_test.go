//go:build unix

package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// childReadOnly gives up its privileges, for which a read-only folder is none, and says what Read and Lock do.
func childReadOnly(s *Store) error {
	if os.Getuid() == 0 {
		if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(65534), syscall.Setuid(65534)); err != nil {
			return err
		}
	}
	got, err := s.Read(context.Background())
	switch {
	case errors.Is(err, state.ErrNone), err != nil:
		fmt.Println("read:", err)
	default:
		fmt.Println("read: serial", got.Meta.Serial)
	}
	_, err = s.Lock(context.Background(), state.Holder{Who: "nobody"})
	var refused *state.UnwritableError
	if errors.As(err, &refused) {
		fmt.Println("hint:", refused.Hint)
	}
	fmt.Println("lock:", err)
	return nil
}

// asNobody runs childReadOnly on a folder, and gives what it says, with DIR for the folder's path.
func asNobody(t *testing.T, s *Store) string {
	t.Helper()
	if err := os.Chmod(filepath.Dir(s.dir), 0o755); err != nil { // the test's own folder, to which only its user has access
		t.Fatal(err)
	}
	return strings.ReplaceAll(start(t, "read-only", s.dir).run(t), s.dir, "DIR")
}

// protect sets the modes of everything below a folder.
func protect(t *testing.T, dir string, file, folder fs.FileMode) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, folder)
		}
		return os.Chmod(path, file)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
}

func TestReadOnlyFolder(t *testing.T) {
	full := func(t *testing.T) *Store {
		s, session := locked(t, round(1))
		if err := session.Unlock(); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, test := range []struct {
		name         string
		store        func(*testing.T) *Store
		file, folder fs.FileMode
		want         string
	}{
		{"nothing there", func(t *testing.T) *Store { return Open(t.TempDir(), "", clock) }, 0o444, 0o555,
			"read: no state yet\n" +
				"hint: make DIR writable for the user that applies; `playctl plan` works where it can be read\n" +
				"lock: writing DIR/.playctl: mkdir DIR/.playctl: permission denied\n"},
		{"a state", full, 0o444, 0o555,
			"read: serial 1\n" +
				"hint: make DIR/.playctl writable for the user that applies; `playctl plan` works where it can be read\n" +
				"lock: writing DIR/.playctl/state.lock: open DIR/.playctl/state.lock: permission denied\n"},
		{"a state whose lock can be written", full, 0o666, 0o555,
			"read: serial 1\n" +
				"hint: make DIR/.playctl writable for the user that applies; `playctl plan` works where it can be read\n" +
				"lock: writing DIR/.playctl/state.db: open DIR/.playctl/holder.json.new: permission denied\n"},
		{"a state that can't be written in a folder that can", func(t *testing.T) *Store {
			s := full(t)
			if err := os.Remove(s.file("state.lock")); err != nil {
				t.Fatal(err)
			}
			return s
		}, 0o444, 0o777,
			"read: serial 1\n" +
				"hint: let its owner write it: chmod u+w DIR/.playctl/state.db\n" +
				"lock: writing DIR/.playctl/state.db: permission denied\n"},
		{"an interrupted state", func(t *testing.T) *Store { s, _ := interrupt(t); return s }, 0o444, 0o555,
			"read: serial 1\n" +
				"hint: make DIR/.playctl writable for the user that applies; `playctl plan` works where it can be read\n" +
				"lock: writing DIR/.playctl/state.lock: open DIR/.playctl/state.lock: permission denied\n"},
		{"a state that can't be read", full, 0, 0o555,
			"read: reading DIR/.playctl/state.db: open DIR/.playctl/state.db: permission denied\n" +
				"hint: make DIR/.playctl writable for the user that applies; `playctl plan` works where it can be read\n" +
				"lock: writing DIR/.playctl/state.lock: open DIR/.playctl/state.lock: permission denied\n"},
		{"a folder that can't be read", full, 0o444, 0o444,
			"read: reading the state: stat DIR/.playctl/state.db: permission denied\n" +
				"hint: make DIR writable for the user that applies; `playctl plan` works where it can be read\n" +
				"lock: writing DIR/.playctl: mkdir DIR/.playctl: permission denied\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := test.store(t)
			protect(t, s.dir, test.file, test.folder)
			files := listing(t, s)
			if got := asNobody(t, s); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if test.folder == 0o777 {
				return // the lock's file may be made there
			}
			if now := listing(t, s); fmt.Sprint(now) != fmt.Sprint(files) {
				t.Errorf("the folder was %v and is %v", files, now)
			}
		})
	}
}

func TestLock_fileInsteadOfFolder(t *testing.T) {
	s := Open(t.TempDir(), "", clock)
	put(t, filepath.Join(s.dir, ".playctl"), nil)
	_, err := s.Lock(t.Context(), state.Holder{Who: "ada"})
	var refused *state.UnwritableError
	if !errors.As(err, &refused) {
		t.Fatalf("Lock: %v, want an UnwritableError", err)
	}
	if want := s.dir + "/.playctl must be a folder: move what is there away"; refused.Hint != want {
		t.Errorf("hint %q, want %q", refused.Hint, want)
	}
	if _, err := s.Read(t.Context()); err == nil || errors.Is(err, state.ErrNone) {
		t.Errorf("Read: %v, want an error that is not ErrNone", err)
	}
}
