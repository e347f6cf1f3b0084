// Package sqlite keeps a state in one SQLite file beside the playbook: where a state is kept unless the playbook says otherwise.
//
//	DIR/.playctl/state.db      the state; DIR/.playctl/ENV/state.db for a named environment
//	DIR/.playctl/state.lock    locked by the kernel while somebody has a session: a process that is killed holds nothing
//	DIR/.playctl/holder.json   who that is, and how far
//	DIR/.playctl/backups/      the last ten good copies, state-SERIAL.db
//
// Reading takes no lock of ours, writes nothing and works in a read-only folder. It reads everything in one transaction and checks all of
// it: the file's structure, as SQLite's quick_check does, and every row by its checksum. A state that fails a check is a *[state.DamagedError] whose
// hint names the newest good backup and the command that restores it; it is never taken for no state, and never read in part.
//
// The file is only ever opened through SQLite while it may be in use. POSIX drops a process's locks on a file as soon as that process
// closes any descriptor of it, so an innocent os.ReadFile would break the locks of a session in the same process.
package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// Store is a state kept in a folder. It may be used by several goroutines at once.
type Store struct {
	dir         string // the playbook's folder
	environment string
	now         func() time.Time
}

// Open gives the store of an environment of the playbook in dir, which need not have a state yet; "" is the environment of a playbook
// that names none. It makes no call: whatever is wrong there is an error of Read and Lock. The time of now goes into what others are told
// about the holder of the lock.
func Open(dir, environment string, now func() time.Time) *Store {
	return &Store{dir: dir, environment: environment, now: now}
}

// Where gives the state's file.
func (s *Store) Where() string { return s.Path() }

// Path is the state's file.
func (s *Store) Path() string { return s.file("state.db") }

// file gives the path of one of the store's files.
func (s *Store) file(name string) string {
	return filepath.Join(s.dir, ".playctl", s.environment, name)
}

// Read gives the state as of now; see [state.Store]. Beside [state.ErrNone] and *[state.DamagedError] it has the errors of reading a file,
// such as a missing permission.
func (s *Store) Read(ctx context.Context) (*state.Snapshot, error) {
	if err := s.find(); err != nil {
		return nil, err
	}
	var snapshot *state.Snapshot
	err := untouched(ctx, s.Path(), func(path string) (err error) {
		snapshot, err = readFile(ctx, path)
		return err
	})
	if err != nil {
		return nil, s.explain("reading", err)
	}
	if err := s.outdated(ctx, snapshot.Meta); err != nil {
		return nil, err
	}
	return snapshot, nil
}

// Whole gives the state with its journal; see [state.Store].
func (s *Store) Whole(ctx context.Context) (*state.Whole, error) {
	if err := s.find(); err != nil {
		return nil, err
	}
	var w *state.Whole
	err := untouched(ctx, s.Path(), func(path string) (err error) {
		w, err = readWithJournal(ctx, path)
		return err
	})
	if err != nil {
		return nil, s.explain("reading", err)
	}
	if err := s.outdated(ctx, w.Meta); err != nil {
		return nil, err
	}
	return w, nil
}

// Exists tells whether there is something at the state's place, good or not.
func (s *Store) Exists(context.Context) (bool, error) {
	if err := s.checkEnvironment(); err != nil {
		return false, err
	}
	_, err := os.Lstat(s.Path())
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return true, nil //nolint:nilerr // what can't be looked at is there: reading it says what is wrong
}

// find tells whether there is a file that may be a state.
func (s *Store) find() error {
	if err := s.checkEnvironment(); err != nil {
		return err
	}
	info, err := os.Stat(s.Path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return state.ErrNone
	case err != nil:
		return fmt.Errorf("reading the state: %w", err)
	case info.IsDir():
		return s.damaged("is a folder, not a file")
	case info.Size() < 512: // SQLite's smallest page; it takes less for an empty database
		return s.damaged(diagnose(s.Path(), nil))
	}
	return nil
}

// checkEnvironment refuses a name that would lead out of the store's folder.
func (s *Store) checkEnvironment() error {
	if err := state.CheckEnvironment(s.environment); err != nil {
		return fmt.Errorf("opening the state: %w", err)
	}
	return nil
}
