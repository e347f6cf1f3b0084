package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pg"
)

// snapshot is a transaction in which all that is read is of one moment. Whoever reads while somebody else does so takes a connection of their own, to
// which the moment is passed on, or, where the server can't do that, waits.
type snapshot struct {
	desk *desk
	conn *pgx.Conn
	turn chan struct{} // to use conn
	id   string        // by which other transactions see the same; "" where they can't
}

// beginning opens a transaction that reads for as long as it takes, unless the server itself has a limit, and gives up no moment that nobody reads.
const beginning = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT set_config('idle_in_transaction_session_timeout', '0', true);
SELECT set_config('statement_timeout', '0', true) WHERE current_setting('statement_timeout') = '10min'`

// Snapshot gives a reader of what there is now.
func (d *desk) Snapshot(ctx context.Context) (connector.RecordReader, func(), error) {
	c, release, err := d.pool.borrow(ctx)
	if err != nil {
		return nil, nil, d.pool.explain(ctx, "reading", err)
	}
	s := &snapshot{desk: d, conn: c, turn: make(chan struct{}, 1)}
	if err := s.begin(ctx); err != nil {
		rollBack(c)
		release()
		return nil, nil, d.pool.explain(ctx, "reading", err)
	}
	return s, func() {
		rollBack(c)
		release()
	}, nil
}

// begin begins the transaction. Where no snapshot can be passed on, such as by a pooler or another server that speaks as Postgres does, it is alone.
func (s *snapshot) begin(ctx context.Context) error {
	if _, err := s.conn.Exec(ctx, beginning, pgx.QueryExecModeSimpleProtocol); err != nil {
		return err
	}
	err := s.conn.QueryRow(ctx, "SELECT pg_export_snapshot()").Scan(&s.id)
	if err == nil || s.conn.IsClosed() || ctx.Err() != nil {
		return err
	}
	rollBack(s.conn)
	_, err = s.conn.Exec(ctx, beginning, pgx.QueryExecModeSimpleProtocol)
	return err
}

// rollBack ends a transaction in which nothing was written, also after the context has ended.
func rollBack(c *pgx.Conn) {
	if c.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := c.Exec(ctx, "ROLLBACK"); err != nil {
		pg.HangUp(c)
	}
}

// Records implements [connector.RecordReader].
func (s *snapshot) Records(ctx context.Context, name string, fields []string, _ time.Time, each func([]any) error) error {
	r := &reading{desk: s.desk, name: name, fields: fields, each: each}
	err := s.with(ctx, func(c *pgx.Conn) error { return r.read(ctx, c) })
	switch {
	case r.stop != nil:
		return r.stop
	case errors.As(err, new(*connector.NoObjectError)), errors.As(err, new(*connector.NoFieldError)):
		return err
	case pg.CodeOf(err) == "42501": // insufficient_privilege
		return &pg.CallError{Text: s.desk.forbidden(name, err), Err: err}
	}
	return s.desk.pool.explain(ctx, "reading "+name+" from", err)
}

// with lets f use a connection that sees the moment.
func (s *snapshot) with(ctx context.Context, f func(*pgx.Conn) error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		return f(s.conn)
	default:
	}
	if s.id == "" {
		select {
		case s.turn <- struct{}{}:
			defer func() { <-s.turn }()
			return f(s.conn)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return s.desk.pool.with(ctx, func(c *pgx.Conn) error {
		defer rollBack(c)
		sql := strings.Replace(beginning, ";", "; SET TRANSACTION SNAPSHOT '"+s.id+"';", 1)
		if _, err := c.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		return f(c)
	})
}

// Records gives the rows of a table or view. Which of them changed since some time a table does not tell: all of them come.
func (d *desk) Records(ctx context.Context, name string, fields []string, since time.Time, each func([]any) error) error {
	s, end, err := d.Snapshot(ctx)
	if err != nil {
		return err
	}
	defer end()
	return s.Records(ctx, name, fields, since, each)
}
