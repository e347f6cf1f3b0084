package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/state"
)

// transact runs one transaction on the lock's connection: all of it is kept, or nothing. f gives the transaction's number, by which the server
// is asked what became of it if the connection breaks while it is kept.
func (s *session) transact(ctx context.Context, f func(ctx context.Context, tx pgx.Tx, xid *string) error) error {
	ctx, cancel := unhurried(ctx)
	defer cancel()
	tx, err := s.conn.Begin(ctx)
	if err != nil {
		return s.broken(ctx, err)
	}
	var xid string
	if err := f(ctx, tx, &xid); err != nil {
		return s.broken(ctx, errors.Join(err, ended(tx.Rollback(ctx), err)))
	}
	err = tx.Commit(ctx)
	if err == nil || !isCut(s.conn, err) {
		return s.broken(ctx, err)
	}
	s.watch.lose()
	switch fate, asking := s.store.fateOf(ctx, xid, s.pid); {
	case asking != nil:
		return fmt.Errorf("writing %s: the connection broke while it was being kept, and whether it was is not known: %w", s.store.Where(), errors.Join(&pg.CallError{Text: s.store.place.redact(err.Error()), Err: err}, asking))
	case fate == "committed":
		return s.lostWith(ctx, true, err)
	}
	return s.lostTo(ctx, err)
}

// broken makes of an error of a transaction that was not kept one that says whether the lock is lost with it.
func (s *session) broken(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case isCut(s.conn, err):
		s.watch.lose()
		return s.lostTo(ctx, err)
	case errors.Is(err, errChanged), errors.Is(err, pgx.ErrNoRows):
		if h, _ := s.store.Holder(ctx); h != nil && s.has(ctx) {
			return s.store.damaged(ctx, &flaw{"was changed by somebody without the lock", "find out who writes to " + s.store.place.name("*") + " beside playctl, and run again"})
		}
		s.watch.lose()
		return s.lostTo(ctx, nil)
	}
	return s.store.explain(ctx, "writing", err)
}

// has reports whether the row of holder is the session's.
func (s *session) has(ctx context.Context) bool {
	var has bool
	err := s.conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+s.store.place.table("holder")+" WHERE fence = $1)", s.fence).Scan(&has)
	return err == nil && has
}

// lostTo says that the lock is lost, to whom as far as that can be found out, and why if there is a reason.
func (s *session) lostTo(ctx context.Context, why error) error { return s.lostWith(ctx, false, why) }

// lostWith is lostTo for a transaction that was kept, or was not.
func (s *session) lostWith(ctx context.Context, kept bool, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pg.ConnectTimeout)
	defer cancel()
	lost := &state.LostError{Where: s.store.Where(), Kept: kept}
	if h, err := s.store.Holder(ctx); err == nil {
		lost.By = h
	}
	if why == nil {
		return lost
	}
	return fmt.Errorf("%w (%s)", lost, s.store.place.redact(why.Error()))
}

// The server is asked for a transaction's fate so often, and for so long, whoever interrupts.
const (
	askFor   = 30 * time.Second
	askEvery = 500 * time.Millisecond
)

// fateOf asks the server over new connections what became of a transaction, until it knows: "committed" or "aborted". It ends the connection
// that began it, which may not have noticed yet that nobody is there any more.
func (s *Store) fateOf(ctx context.Context, xid string, pid uint32) (fate string, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.askFor)
	defer cancel()
	for err = errors.New("nobody answered"); ; {
		var status *string
		asking := s.with(ctx, "asking", func(c *pgx.Conn) error {
			if _, err := c.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM ("+holding+") AS l WHERE pid = $2", s.place.lockKey(), int32(pid)); err != nil {
				return err
			}
			return c.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", xid).Scan(&status)
		})
		switch {
		case pg.CodeOf(asking) == "22023": // invalid_parameter_value: the server crashed before it kept that number
			return "aborted", nil
		case asking == nil && status == nil:
			return "", errors.New("the server has forgotten the transaction")
		case asking == nil && *status != "in progress":
			return *status, nil
		case asking == nil:
			err = errors.New("the server is still at it")
		case ctx.Err() == nil:
			err = asking
		}
		select {
		case <-ctx.Done():
			return "", fmt.Errorf("asking for %s: %w", s.askFor, err)
		case <-time.After(askEvery):
		}
	}
}
