package sqlite

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/state"
)

// Commit keeps one transaction. What goes is taken out before what comes is put in. When it has an error nothing of it is kept (all
// of it where the disk failed after the last write), everything before it is, and the session can be used on; a full disk or a read-only file is a *[state.UnwritableError].
func (s *session) Commit(ctx context.Context, c *state.Changes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.unlocked:
		return errUnlocked
	case s.broken != nil:
		return s.broken
	case s.db == nil:
		return fmt.Errorf("writing %s: %w", s.store.Path(), state.ErrNone)
	case ctx.Err() != nil:
		return ctx.Err()
	case c.Empty():
		return nil
	}
	if err := s.secure(ctx); err != nil {
		return err
	}
	if err := s.sure(ctx); err != nil {
		return err
	}
	next := s.meta // of the present form, now
	if !c.RunOnly() {
		next.commits++
	}
	if c.Run != nil {
		next.Serial = c.Run.Serial
	}
	if c.MovedTo != nil {
		next.MovedTo = *c.MovedTo
	}
	var changed counts
	s.db.changed = &changed
	if s.db.known == nil {
		s.db.known = knownRows{}
	}
	err := s.db.transact(ctx, func(ctx context.Context) error {
		if err := write(ctx, s.db, c); err != nil {
			return err
		}
		next.counts = s.meta.counts.plus(&changed)
		return metas.write(ctx, s.db, []meta{next})
	})
	if err != nil {
		s.unsure = true // the disk may fail where all is written and only the journal's end is not
		return s.store.explain("writing", err)
	}
	s.meta, s.changed = next, s.changed || !c.RunOnly()
	return nil
}

// sure reads the row of meta again after a commit that failed.
func (s *session) sure(ctx context.Context) error {
	if !s.unsure {
		return nil
	}
	m, err := s.db.meta(ctx)
	if err != nil {
		return s.store.explain("writing", err)
	}
	s.meta, s.unsure = m, false
	return nil
}

// secure sees to it, before the session's first commit, that what was there is good to the last row, and has a backup; then it brings it
// to the present form. Usually the caller has read it, and the last session made the backup on Unlock; one that was killed didn't.
func (s *session) secure(ctx context.Context) error {
	if !s.whole {
		if _, err := s.store.Read(ctx); err != nil {
			return err
		}
		s.whole = true
	}
	if s.saved {
		return nil
	}
	if !s.store.hasBackup(ctx, s.meta) {
		if err := s.store.backup(ctx, s.db, s.meta.Serial); err != nil {
			return err
		}
	}
	err := s.db.upgrade(ctx)
	if err == nil {
		s.meta, err = s.db.meta(ctx)
	}
	if err != nil {
		return s.store.explain("writing", err)
	}
	s.saved = true
	return nil
}

// hasBackup reports whether the newest backup is of just this, but for the records of runs that changed nothing else.
func (s *Store) hasBackup(ctx context.Context, m meta) bool {
	list, err := s.Backups(ctx)
	if err != nil || len(list) == 0 {
		return false
	}
	kept, err := metaOf(ctx, list[0].Where)
	kept.Serial, kept.counts = m.Serial, m.counts // of runs
	return err == nil && kept == m
}

// write puts changes into an open transaction, but for the row of meta.
func write(ctx context.Context, db *conn, c *state.Changes) error {
	var run []state.Run
	if c.Run != nil {
		run = []state.Run{*c.Run}
	}
	pages := packing(c.Pages)
	for _, step := range []func() error{
		func() error { return plays.removeKeys(ctx, db, c.PlaysGone) },
		func() error { return members.removeKeys(ctx, db, c.MembersGone) },
		func() error { return truths.remove(ctx, db, c.TruthsGone) },
		func() error { return held.remove(ctx, db, c.HeldGone) },
		func() error { return effects.removeKeys(ctx, db, c.EffectsGone) },
		func() error { return tasks.removeKeys(ctx, db, c.TasksGone) },
		func() error { return seen.remove(ctx, db, c.SeenGone) },
		func() error { return changes.remove(ctx, db, c.ChangesGone) },
		func() error { return failures.removeKeys(ctx, db, c.FailuresGone) },
		func() error { return erased.removeKeys(ctx, db, c.ErasedGone) },
		func() error { return plays.write(ctx, db, c.Plays) },
		func() error { return members.write(ctx, db, c.Members) },
		func() error { return truths.write(ctx, db, c.Truths) },
		func() error { return held.write(ctx, db, c.Held) },
		func() error { return effects.write(ctx, db, c.Effects) },
		func() error { return tasks.write(ctx, db, c.Tasks) },
		func() error { return seen.write(ctx, db, c.Seen) },
		func() error { return changes.write(ctx, db, c.Changes) },
		func() error { return failures.write(ctx, db, c.Failures) },
		func() error { return erased.write(ctx, db, c.Erased) },
		func() error {
			packed, err := pages()
			if err != nil {
				return err
			}
			return journals.write(ctx, db, packed)
		},
		func() error { return runs.write(ctx, db, run) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
