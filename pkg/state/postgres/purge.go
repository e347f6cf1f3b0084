package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/state"
)

// Purge puts a state in the place of the one that is there, and leaves no copy of that in its tables: see [state.Session]. They are written
// anew, since Postgres leaves deleted rows in their files. What it has elsewhere, its log and dumps of the database, is its administrator's.
func (s *session) Purge(ctx context.Context, w *state.Whole, goes func(*state.Whole) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := s.dropAside(ctx); err != nil { // first of all: what is interrupted after the state was replaced looks as if it were done
		return err
	}
	clear := s.store.place.ddl()
	if s.there {
		clear = s.store.place.empty()
		if _, err := s.store.Read(ctx); errors.As(err, new(*state.DamagedError)) {
			clear = s.store.place.setAside() + s.store.place.ddl()
		}
	}
	if err := s.become(ctx, clear, w); err != nil {
		return err
	}
	if err := s.backup(ctx); err != nil {
		return err
	}
	ctx, cancel := unhurried(ctx)
	defer cancel()
	if err := s.purgeBackups(ctx, goes); err != nil {
		return err
	}
	if err := s.dropAside(ctx); err != nil { // what was damaged until now
		return err
	}
	return s.broken(ctx, s.store.place.wipe(ctx, s.conn))
}

// dropAside removes what was set aside.
func (s *session) dropAside(ctx context.Context) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	for _, name := range append([]string{metas.name, "sums"}, titles()...) {
		if _, err := s.conn.Exec(ctx, "DROP TABLE IF EXISTS "+s.store.place.table("damaged_"+name)); err != nil {
			return s.broken(ctx, err)
		}
	}
	return nil
}

// purgeBackups removes the backups that are to go, and those that can't be read, but for the one just made.
func (s *session) purgeBackups(ctx context.Context, goes func(*state.Whole) bool) error {
	list, err := s.store.place.listBackups(ctx, s.conn)
	if err != nil || len(list) == 0 {
		return s.broken(ctx, err)
	}
	for _, b := range list[1:] {
		packed, err := s.store.place.packedBackup(ctx, s.conn, b.Name)
		if err != nil {
			return s.broken(ctx, err)
		}
		if w, err := unpack(packed); err == nil && !goes(w) {
			continue
		}
		seq, err := backupNumber(b.Name)
		if err == nil {
			_, err = s.conn.Exec(ctx, "DELETE FROM "+s.store.place.table("backups")+" WHERE seq = $1", seq)
		}
		if err != nil {
			return s.broken(ctx, err)
		}
	}
	return nil
}

// wipe writes every table anew, without what was deleted in it. A reader that still sees that is waited for.
func (p *place) wipe(ctx context.Context, c *pgx.Conn) error {
	for _, name := range append([]string{metas.name, "sums", "backups"}, titles()...) {
		if _, err := c.Exec(ctx, "VACUUM FULL "+p.table(name)); err != nil {
			return err
		}
	}
	return nil
}
