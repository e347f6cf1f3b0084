package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/playctl/playctl/pkg/state"
	lib "modernc.org/sqlite/lib"
)

// Replace puts a state in the place of the one that is there, if there is one, which gets a backup first. The new one is written beside it and
// takes its place at once, so that an interrupted Replace leaves the old one.
func (s *session) Replace(ctx context.Context, w *state.Whole) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return errUnlocked
	}
	if err := s.makeWay(ctx); err != nil {
		return err
	}
	return s.put(ctx, w)
}

// makeWay keeps what is about to be replaced: as a backup, or if it is damaged, beside it, for whoever wants to find out what happened.
func (s *session) makeWay(ctx context.Context) error {
	if s.db != nil && !s.whole {
		_, err := s.store.Read(ctx)
		var damaged *state.DamagedError
		if errors.As(err, &damaged) {
			s.broken = err
		} else if err != nil {
			return err
		}
	}
	switch {
	case s.broken != nil:
		if err := s.closeOld(); err != nil {
			return err
		}
		return s.store.setAside()
	case s.db != nil:
		return s.keepOld(ctx)
	}
	return nil
}

func (s *session) closeOld() error {
	db := s.db
	if s.db = nil; db == nil {
		return nil
	}
	return db.close()
}

// aside is where a damaged state is put, with its journal.
func (s *Store) aside() string { return s.Path() + ".damaged" }

// setAside gives a damaged state another name as well, under which it stays once a good one has taken its place. An older one goes.
func (s *Store) setAside() error {
	for from, to := range map[string]string{s.Path(): s.aside(), journal(s.Path()): journal(s.aside())} {
		if err := os.RemoveAll(to); err != nil {
			return unwritable(to, err)
		}
		err := os.Link(from, to)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			err = os.Rename(from, to) // a folder, or a file system without links
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return unwritable(to, err)
		}
	}
	return nil
}

// Purge puts a state in the place of the one that is there, and leaves no copy of that: see [state.Session].
func (s *session) Purge(ctx context.Context, w *state.Whole, goes func(*state.Whole) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return errUnlocked
	}
	if err := s.closeOld(); err != nil {
		return err
	}
	for _, left := range []string{s.store.aside(), journal(s.store.aside())} { // first: what is interrupted after put looks as if it were done
		if err := os.RemoveAll(left); err != nil {
			return unwritable(left, err)
		}
	}
	if err := s.put(ctx, w); err != nil {
		return err
	}
	if err := s.store.backup(ctx, s.db, s.meta.Serial); err != nil {
		return err
	}
	return s.store.purgeBackups(ctx, filepath.Join(s.store.file("backups"), backupName(s.meta.Serial)), goes)
}

// purgeBackups removes the backups that are to go, and those that can't be read, but for the one just made.
func (s *Store) purgeBackups(ctx context.Context, made string, goes func(*state.Whole) bool) error {
	list, err := s.Backups(ctx)
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.Where == made {
			continue
		}
		w, err := readWhole(ctx, b.Where)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && !goes(w) {
			continue
		}
		if err := os.Remove(b.Where); err != nil {
			return fmt.Errorf("removing a backup: %w", err)
		}
	}
	return nil
}

// put writes a state beside the one that is there and has it take its place. What is there is closed.
func (s *session) put(ctx context.Context, w *state.Whole) error {
	write := func(ctx context.Context, db *conn) error { return fillWhole(ctx, db, w) }
	if err := create(ctx, s.store.Path(), meta{Meta: w.Meta}, write); err != nil {
		return errors.Join(s.store.explain("writing", err), s.reopen(ctx))
	}
	if err := s.reopen(ctx); err != nil {
		return err
	}
	s.whole, s.saved, s.changed, s.broken = true, true, true, nil
	return nil
}

// keepOld makes sure that what is about to be replaced has a backup, and closes it.
func (s *session) keepOld(ctx context.Context) error {
	if !s.store.hasBackup(ctx, s.meta) {
		if err := s.store.backup(ctx, s.db, s.meta.Serial); err != nil {
			return err
		}
	}
	return s.closeOld()
}

// reopen opens what is there now; nothing is no error.
func (s *session) reopen(ctx context.Context) error {
	if s.db != nil {
		return nil
	}
	if err := s.store.find(); errors.Is(err, state.ErrNone) {
		return nil
	} else if err != nil {
		return err
	}
	return s.open(ctx)
}

// fillWhole writes a whole state into an empty one, in an open transaction.
func fillWhole(ctx context.Context, db *conn, w *state.Whole) error {
	all := &state.Changes{Plays: w.Plays, Members: w.Members, Truths: w.Truths, Held: w.Held, Effects: w.Effects, Tasks: w.Tasks, Seen: w.Seen, Changes: w.Changes,
		Failures: w.Failures, Erased: w.Erased, Pages: w.Journal}
	if err := write(ctx, db, all); err != nil {
		return err
	}
	return runs.write(ctx, db, w.Runs)
}

// Backup reads a backup by its name; see [state.Store].
func (s *Store) Backup(ctx context.Context, name string) (*state.Whole, error) {
	list, err := s.Backups(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		if b.Name == name {
			return readWhole(ctx, b.Where)
		}
	}
	return nil, fmt.Errorf("reading a backup: there is no %q in %s", name, s.file("backups"))
}

// readWhole reads a backup, which nobody writes.
func readWhole(ctx context.Context, path string) (*state.Whole, error) {
	err := checkFile(ctx, path, thorough)
	if err != nil {
		what := err.Error()
		if primary := code(err) & 0xff; primary == lib.SQLITE_CORRUPT || primary == lib.SQLITE_NOTADB {
			what = diagnose(path, err)
		}
		return nil, &state.DamagedError{Where: path, What: what, Hint: "choose another one: playctl state backups"}
	}
	w, err := readWithJournal(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return w, nil
}
