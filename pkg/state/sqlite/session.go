package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/gofrs/flock"
	"github.com/playctl/playctl/pkg/state"
)

// session is the store while it is locked. Its methods may be called by several goroutines; they wait for one another.
type session struct {
	store  *Store
	lock   *flock.Flock
	notice *notice

	mu       sync.Mutex
	db       *conn // nil while there is no state, while it is broken, and after Unlock
	broken   error // why the state that is there can only be replaced
	meta     meta  // as kept
	whole    bool  // every row was read and is good
	saved    bool  // what was there before this session has a backup, and the present form
	changed  bool  // more was kept than records of runs
	unsure   bool  // a commit failed of which SQLite may have kept everything: meta is to be read again
	unlocked bool
}

// begin opens a session on a lock that is held.
func (s *Store) begin(ctx context.Context, lock *flock.Flock, who state.Holder) (*session, error) {
	if who.Since.IsZero() {
		who.Since = s.now()
	}
	who.PID = cmp.Or(who.PID, os.Getpid())
	n, err := post(s.file("holder.json"), who)
	if err != nil {
		return nil, unwritable(s.Path(), err)
	}
	session := &session{store: s, lock: lock, notice: n}
	err = s.find()
	if err == nil {
		err = session.open(ctx)
	}
	var damaged *state.DamagedError
	switch {
	case errors.As(err, &damaged):
		session.broken = err
	case err != nil && !errors.Is(err, state.ErrNone):
		return nil, errors.Join(err, n.remove())
	}
	return session, nil
}

// open checks the file, but for the rows' checksums, and opens it. That puts right what an interrupted commit left.
func (s *session) open(ctx context.Context) error {
	path := s.store.Path()
	err := untouched(ctx, path, func(path string) error { return checkFile(ctx, path, thorough) })
	if err != nil {
		return s.store.explain("opening", err)
	}
	db, err := connect(ctx, path, readWrite)
	if err != nil {
		return s.store.explain("opening", err)
	}
	var m meta
	if err = db.identify(ctx); err == nil {
		m, err = db.meta(ctx)
	}
	if fixed, fixedErr := db.IsReadOnly("main"); fixed && err == nil {
		err = unwritable(path, fs.ErrPermission)
	} else {
		err = errors.Join(err, fixedErr)
	}
	if err != nil {
		return s.store.explain("opening", errors.Join(err, db.close()))
	}
	if err := s.store.outdated(ctx, m.Meta); err != nil {
		return errors.Join(err, db.close())
	}
	s.db, s.meta = db, m
	return nil
}

// Create makes a new, empty state, of the form [state.Version] whatever m says.
func (s *session) Create(ctx context.Context, m state.Meta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.unlocked:
		return errUnlocked
	case s.broken != nil:
		return s.broken
	case s.db != nil:
		return fmt.Errorf("creating %s: %w", s.store.Path(), fs.ErrExist)
	}
	if err := create(ctx, s.store.Path(), meta{Meta: m}, nothing); err != nil {
		return s.store.explain("writing", err)
	}
	if err := s.open(ctx); err != nil {
		return err
	}
	s.whole, s.saved, s.changed = true, true, true
	return nil
}

// create makes the file under another name first, so that an interrupted one is never taken for a state. A journal without its file,
// left by somebody who deleted that, would spoil the new one.
func create(ctx context.Context, path string, m meta, content func(context.Context, *conn) error) error {
	temporary := path + ".new"
	if err := touch(temporary); err != nil {
		return unwritable(path, err)
	}
	if err := fill(ctx, temporary, m, content); err != nil {
		return err
	}
	if err := os.Remove(journal(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(path, err)
	}
	if err := publish(temporary, path); err != nil {
		return unwritable(path, err)
	}
	return nil
}

func nothing(context.Context, *conn) error { return nil }

// fill makes an empty file a state with this content.
func fill(ctx context.Context, path string, m meta, content func(context.Context, *conn) error) error {
	db, err := connect(ctx, path, scratch)
	if err != nil {
		return err
	}
	err = db.transact(ctx, func(ctx context.Context) error {
		mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", application, state.Version)
		if err := db.exec(ctx, mark+schema); err != nil {
			return err
		}
		if err := content(ctx, db); err != nil {
			return err
		}
		var err error
		if m.counts, err = db.count(ctx); err != nil {
			return err
		}
		return metas.write(ctx, db, []meta{m})
	})
	return errors.Join(err, db.close())
}

// Read gives the state as of now.
func (s *session) Read(ctx context.Context) (*state.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return nil, errUnlocked
	}
	if s.broken != nil {
		return nil, s.broken
	}
	snapshot, err := s.store.Read(ctx)
	if err != nil {
		return nil, err
	}
	s.whole = true
	return snapshot, nil
}

// Progress tells others how far the holder is.
func (s *session) Progress(text string) { s.notice.progress(text) }

// Lost is nil: the lock goes with the process, and nobody can take it from one that lives.
func (s *session) Lost() <-chan struct{} { return nil }

// Unlock backs up what the session kept, and gives the lock back in any case: an error says that the backup couldn't be made or that
// something was left behind, not that the state is worse for it. A second Unlock does nothing.
func (s *session) Unlock() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return nil
	}
	s.unlocked = true
	var backup, closing error
	if s.changed {
		if backup = s.sure(context.Background()); backup == nil {
			backup = s.store.backup(context.Background(), s.db, s.meta.Serial)
		}
	}
	if s.db != nil {
		closing = s.db.close()
		s.db = nil
	}
	return errors.Join(backup, closing, s.notice.remove(), s.lock.Unlock())
}

var errUnlocked = errors.New("using the state: it is no longer locked")
