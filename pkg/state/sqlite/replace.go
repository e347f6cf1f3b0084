package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/playctl/playctl/pkg/state"
)

// Replace puts a state in the place of the one that is there, if there is one, which gets a backup first. The new one is written beside it and
// takes its place at once, so that an interrupted Replace leaves the old one.
func (s *session) Replace(ctx context.Context, w *state.Whole) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return errUnlocked
	}
	if s.db != nil {
		if err := s.keepOld(ctx); err != nil {
			return err
		}
	}
	return s.put(ctx, w)
}

// Purge puts a state in the place of the one that is there, and leaves no copy of that: see [state.Session].
func (s *session) Purge(ctx context.Context, w *state.Whole, goes func(*state.Whole) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.unlocked:
		return errUnlocked
	case s.db != nil:
		db := s.db
		s.db = nil
		if err := db.close(); err != nil {
			return err
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
	s.whole, s.saved, s.changed = true, true, true
	return nil
}

// keepOld makes sure that what is about to be replaced has a backup, and closes it.
func (s *session) keepOld(ctx context.Context) error {
	if !s.store.hasBackup(ctx, s.meta) {
		if err := s.store.backup(ctx, s.db, s.meta.Serial); err != nil {
			return err
		}
	}
	db := s.db
	s.db = nil
	return db.close()
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
	if err := write(ctx, db, all, meta{Meta: w.Meta}); err != nil {
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
		return nil, &state.DamagedError{Where: path, What: err.Error(), Hint: "choose another one: playctl state backups"}
	}
	snapshot, err := readFile(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	pages, err := readJournal(ctx, path, "")
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return &state.Whole{Snapshot: *snapshot, Journal: pages}, nil
}
