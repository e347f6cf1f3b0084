package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/state"
)

// Commit keeps one transaction. What goes is taken out before what comes is put in. When it has an error nothing of it is kept, everything
// before it is, and, unless it is a *[state.LostError], the session can be used on. Of one error it is said that nobody knows whether the
// transaction was kept: the server went away in the middle and did not come back.
func (s *session) Commit(ctx context.Context, c *state.Changes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	switch {
	case !s.there:
		return fmt.Errorf("writing %s: %w", s.store.Where(), state.ErrNone)
	case c.Empty():
		return nil
	}
	if err := s.secure(ctx); err != nil {
		return err
	}
	next := s.meta
	next.writes++
	if !c.RunOnly() {
		next.commits++
	}
	if c.Run != nil {
		next.Serial = c.Run.Serial
	}
	if c.MovedTo != nil {
		next.MovedTo = *c.MovedTo
	}
	b := &pgx.Batch{}
	if err := s.store.place.write(b, c); err != nil {
		return fmt.Errorf("writing %s: %w", s.store.Where(), err)
	}
	err := s.transact(ctx, func(ctx context.Context, tx pgx.Tx, xid *string) error {
		if err := s.moveMeta(ctx, tx, next, xid); err != nil {
			return err
		}
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return err
	}
	s.meta, s.changed = next, s.changed || !c.RunOnly()
	return nil
}

// secure sees to it, before the session's first commit, that what was there is good to the last row, and has a backup. Usually the caller
// has read it, and the last session made the backup on Unlock; one that was killed didn't.
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
	has, err := s.store.place.hasBackup(ctx, s.conn, s.meta)
	if err != nil {
		return s.broken(ctx, err)
	}
	if !has {
		if err := s.backup(ctx); err != nil {
			return err
		}
	}
	s.saved = true
	return nil
}

// errChanged says that the session's number, or the count of writes, is not what it was.
var errChanged = errors.New("the row of meta is not as the session left it")

// moveMeta brings the row of meta from how the session knows it to the next, if the session has the lock, and gives the transaction's number.
func (s *session) moveMeta(ctx context.Context, tx pgx.Tx, next meta, xid *string) error {
	r, err := metas.rowsOf([]meta{next}, len(metas.columns))
	if err != nil {
		return err
	}
	all := names("", append(append([]string{}, metas.columns...), "crc"))
	n := len(r.arguments)
	sql := fmt.Sprintf("UPDATE %s AS m SET (%s) = (SELECT * FROM %s) WHERE m.lineage = $%d AND m.writes = $%d AND %s RETURNING pg_current_xact_id()::text",
		s.store.place.table(metas.name), all, r.unnest(), n+1, n+2, s.fenced(n+3))
	err = tx.QueryRow(ctx, sql, append(r.arguments, storable(s.meta.Lineage), s.meta.writes, s.fence)...).Scan(xid)
	if errors.Is(err, pgx.ErrNoRows) {
		return errChanged
	}
	return err
}

// write queues what changes say, but for the row of meta.
func (p *place) write(b *pgx.Batch, c *state.Changes) error {
	var run []state.Run
	if c.Run != nil {
		run = []state.Run{*c.Run}
	}
	sheets, err := sheetsOf(c.Pages)
	return errors.Join(err,
		plays.drop(b, p, keyed(c.PlaysGone, func(v *state.Play, key string) { v.Name = key })),
		members.drop(b, p, keyed(c.MembersGone, func(v *state.Member, key string) { v.Key = key })),
		truths.drop(b, p, c.TruthsGone),
		held.drop(b, p, c.HeldGone),
		effects.drop(b, p, keyed(c.EffectsGone, func(v *state.Effect, key string) { v.Key = key })),
		tasks.drop(b, p, keyed(c.TasksGone, func(v *state.Task, key string) { v.Key = key })),
		seen.drop(b, p, c.SeenGone),
		changes.drop(b, p, c.ChangesGone),
		failures.drop(b, p, keyed(c.FailuresGone, func(v *state.Failure, key string) { v.Key = key })),
		erased.drop(b, p, keyed(c.ErasedGone, func(v *state.Erasure, key string) { v.Mark = key })),
		plays.put(b, p, c.Plays),
		members.put(b, p, c.Members),
		truths.put(b, p, c.Truths),
		held.put(b, p, c.Held),
		effects.put(b, p, c.Effects),
		tasks.put(b, p, c.Tasks),
		seen.put(b, p, c.Seen),
		changes.put(b, p, c.Changes),
		failures.put(b, p, c.Failures),
		erased.put(b, p, c.Erased),
		journals.put(b, p, sheets),
		runs.put(b, p, run))
}

// keyed gives values that have only a key.
func keyed[T any](keys []string, set func(*T, string)) []T {
	values := make([]T, len(keys))
	for i, key := range keys {
		set(&values[i], key)
	}
	return values
}
