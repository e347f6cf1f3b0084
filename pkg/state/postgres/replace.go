package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/state"
)

// Replace puts a state in the place of the one that is there, if there is one, which gets a backup first. If that can't be read any more, its
// tables stay beside it, as damaged_…, until the next such Replace. All of it is one transaction.
func (s *session) Replace(ctx context.Context, w *state.Whole) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	clear := s.store.place.ddl()
	if s.there {
		var err error
		if clear, err = s.keepOld(ctx); err != nil {
			return err
		}
	}
	return s.become(ctx, clear, w)
}

// become makes the state another one, with the statements that make room for it.
func (s *session) become(ctx context.Context, clear string, w *state.Whole) error {
	b := &pgx.Batch{}
	err := s.store.place.write(b, &state.Changes{Plays: w.Plays, Members: w.Members, Truths: w.Truths, Held: w.Held, Effects: w.Effects, Tasks: w.Tasks, Seen: w.Seen,
		Changes: w.Changes, Failures: w.Failures, Erased: w.Erased, Pages: w.Journal})
	if err = errors.Join(err, runs.put(b, s.store.place, w.Runs)); err != nil {
		return fmt.Errorf("writing %s: %w", s.store.Where(), err)
	}
	next := meta{Meta: w.Meta, commits: s.meta.commits + 1, writes: s.meta.writes + 1}
	next.Version = state.Version
	err = s.transact(ctx, func(ctx context.Context, tx pgx.Tx, xid *string) error {
		if _, err := tx.Exec(ctx, clear); err != nil {
			return err
		}
		if err := s.insertMeta(ctx, tx, next, xid); err != nil {
			return err
		}
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return err
	}
	s.there, s.meta, s.whole, s.saved, s.changed = true, next, true, true, true
	return nil
}

// keepOld makes sure that what is about to be replaced has a backup, and gives the statements that make room.
func (s *session) keepOld(ctx context.Context) (string, error) {
	err := s.secure(ctx)
	var bad *state.DamagedError
	if errors.As(err, &bad) {
		return s.store.place.setAside() + s.store.place.ddl(), nil
	}
	if err == nil && s.changed {
		err = s.backup(ctx)
	}
	return s.store.place.empty(), err
}

// empty gives the statements that take every row out: one by one, since whoever reads at the moment would else find the tables empty.
func (p *place) empty() string {
	statements := []string{"DELETE FROM " + p.table(metas.name), "UPDATE " + p.table("sums") + " SET rows = 0, crc = 0"}
	for _, name := range titles() {
		statements = append(statements, "DELETE FROM "+p.table(name))
	}
	return strings.Join(statements, ";\n")
}

// setAside gives the statements that rename the tables of a damaged state.
func (p *place) setAside() string {
	var text strings.Builder
	for _, name := range append([]string{metas.name, "sums"}, titles()...) {
		aside := "damaged_" + name
		text.WriteString("DROP TABLE IF EXISTS " + p.table(aside) + ";\n")
		text.WriteString("ALTER TABLE IF EXISTS " + p.table(name) + " RENAME TO " + pgx.Identifier{p.prefix + aside}.Sanitize() + ";\n")
	}
	return text.String()
}

func titles() []string {
	list := make([]string, len(counted))
	for i, t := range counted {
		list[i] = t.title()
	}
	return list
}
