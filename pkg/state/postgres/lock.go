package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/state"
)

// holding finds the process of the server that has the advisory lock $1; see pg_locks.
const holding = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid::bigint = ($1::bigint >> 32) & 4294967295 AND objid::bigint = $1::bigint & 4294967295`

// Lock takes the lock, or says at once who has it: it doesn't wait. It makes the schema if need be, and finds out here, before anything is
// done, that nothing can be written there (*[state.UnwritableError]).
func (s *Store) Lock(ctx context.Context, who state.Holder) (state.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	session, err := s.lockOn(ctx, c, who)
	if err != nil {
		pg.HangUp(c)
		return nil, err
	}
	return session, nil
}

// keepAlive are the settings of a session's connection: the server notices within a minute that the machine has gone, and frees the lock; a
// commit that was answered is on the disk; and no limit that is meant for others, of a role or a database, ends what must be kept.
const keepAlive = `SELECT set_config('tcp_keepalives_idle', '20', false), set_config('tcp_keepalives_interval', '10', false),
set_config('tcp_keepalives_count', '3', false), set_config('statement_timeout', '0', false), set_config('idle_in_transaction_session_timeout', '0', false),
set_config('lock_timeout', '0', false), set_config('default_transaction_isolation', 'read committed', false),
set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`

// lockOn takes the lock on a connection.
func (s *Store) lockOn(ctx context.Context, c *pgx.Conn, who state.Holder) (*session, error) {
	var got bool
	err := errors.Join(discard(c.Exec(ctx, keepAlive)), c.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", s.place.lockKey()).Scan(&got))
	if err != nil {
		return nil, s.explain(ctx, "locking", err)
	}
	if !got {
		h, _, err := s.holder(ctx, c)
		if err != nil {
			return nil, s.explain(ctx, "locking", err)
		}
		if h == nil { // it was given back meanwhile
			h = &state.Holder{Who: "another process"}
		}
		return nil, &state.LockedError{Holder: *h}
	}
	if who.Since.IsZero() {
		who.Since = s.now()
	}
	fence, err := s.announce(ctx, c, who)
	if err != nil {
		return nil, s.explain(ctx, "writing", err)
	}
	session := &session{store: s, conn: c, pid: c.PgConn().PID(), fence: fence, notice: newNotice(s, fence), watch: newWatch()}
	if err := session.look(ctx); err != nil {
		return nil, errors.Join(err, s.explain(ctx, "unlocking", session.leave(ctx)))
	}
	session.watch.start(session.answers)
	return session, nil
}

func discard[T any](_ T, err error) error { return err }

// announce says who has the lock, which takes the state from everybody who had it before. It gives the number that stands for this session.
func (s *Store) announce(ctx context.Context, c *pgx.Conn, who state.Holder) (fence int64, err error) {
	table := s.place.table("holder")
	return fence, pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		var schema, there bool
		err := tx.QueryRow(ctx, "SELECT to_regnamespace($1) IS NOT NULL, to_regclass($2) IS NOT NULL", pgx.Identifier{s.place.schema}.Sanitize(), table).Scan(&schema, &there)
		if err == nil && !schema {
			_, err = tx.Exec(ctx, "CREATE SCHEMA "+pgx.Identifier{s.place.schema}.Sanitize())
		}
		if err == nil && !there {
			_, err = tx.Exec(ctx, "CREATE TABLE "+table+` (one boolean PRIMARY KEY, fence bigint NOT NULL, backend integer NOT NULL, id text NOT NULL, operation text NOT NULL,
who text NOT NULL, pid integer NOT NULL, since timestamptz NOT NULL, progress text NOT NULL)`)
		}
		if err != nil {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO `+table+` AS h VALUES (true, 1, pg_backend_pid(), $1, $2, $3, $4, $5, $6) ON CONFLICT (one) DO UPDATE SET fence = h.fence + 1,
backend = excluded.backend, id = excluded.id, operation = excluded.operation, who = excluded.who, pid = excluded.pid, since = excluded.since, progress = excluded.progress
RETURNING fence`, storable(who.ID), storable(who.Operation), storable(who.Who), who.PID, who.Since, storable(who.Progress)).Scan(&fence)
	})
}

// Holder tells who has the lock; nil: nobody.
func (s *Store) Holder(ctx context.Context) (*state.Holder, error) {
	var h *state.Holder
	err := s.with(ctx, "looking at the lock of", func(c *pgx.Conn) (err error) {
		h, _, err = s.holder(ctx, c)
		return err
	})
	return h, err
}

// holder tells who has the lock, and by which process of the server. Whoever just took it may not have said yet who he is.
func (s *Store) holder(ctx context.Context, c *pgx.Conn) (*state.Holder, int, error) {
	var backend, said int
	err := c.QueryRow(ctx, holding, s.place.lockKey()).Scan(&backend)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	var h state.Holder
	err = c.QueryRow(ctx, "SELECT backend, id, operation, who, pid, since, progress FROM "+s.place.table("holder")).
		Scan(&said, &h.ID, &h.Operation, &h.Who, &h.PID, &h.Since, &h.Progress)
	switch {
	case errors.Is(err, pgx.ErrNoRows), pg.IsNone(err), err == nil && said != backend:
		return &state.Holder{Who: "another process"}, backend, nil
	case err != nil:
		return nil, 0, err
	}
	for _, text := range []*string{&h.ID, &h.Operation, &h.Who, &h.Progress} {
		*text, _ = stored(*text) // what somebody wrote by hand is shown as it is not
	}
	h.Since = h.Since.UTC()
	return &h, backend, nil
}

// breakFor is how long Break waits for the server to end a connection.
const breakFor = 15 * time.Second

// Break ends the connection of the holder with that ID, and with it the lock. The holder's next commit keeps nothing.
func (s *Store) Break(ctx context.Context, id string) error {
	return s.with(ctx, "breaking the lock of", func(c *pgx.Conn) error {
		h, backend, err := s.holder(ctx, c)
		switch {
		case err != nil:
			return err
		case h == nil:
			return errors.New("nobody has it")
		case h.ID != id:
			return &state.LockedError{Holder: *h}
		}
		_, err = c.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM ("+holding+") AS l WHERE pid = $2", s.place.lockKey(), backend)
		if pg.CodeOf(err) == "42501" { // insufficient_privilege
			return fmt.Errorf("the user may not end the connection of whoever has it (%s): let somebody do it who may, with SELECT pg_terminate_backend(%d)", err.Error(), backend)
		}
		if err != nil {
			return err
		}
		return s.freed(ctx, c, backend)
	})
}

// freed waits until a process of the server has the lock no more.
func (s *Store) freed(ctx context.Context, c *pgx.Conn, backend int) error {
	const pause = 20 * time.Millisecond
	for range breakFor / pause {
		var now int
		err := c.QueryRow(ctx, holding, s.place.lockKey()).Scan(&now)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && now != backend {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return fmt.Errorf("the server did not end the connection %d within %s", backend, breakFor)
}

// isCut reports whether an error may be that of a connection that ended.
func isCut(c *pgx.Conn, err error) bool {
	var n net.Error
	return err != nil && (c.IsClosed() || errors.As(err, &n))
}
