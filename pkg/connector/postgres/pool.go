package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/playctl/playctl/pkg/pg"
)

const (
	mostConnections = 4               // at a time; who wants another one waits
	idleFor         = 2 * time.Second // after which a connection that nobody uses is closed: a connector has no end that it is told of
)

// pool keeps connections for those who ask soon again.
type pool struct {
	config *pgx.ConnConfig
	turns  chan struct{}

	mu    sync.Mutex
	idle  []*pgx.Conn
	timer *time.Timer
}

func newPool(config *pgx.ConnConfig) *pool {
	config.RuntimeParams["timezone"] = "UTC" // in which times are read
	config.RuntimeParams["datestyle"] = "ISO"
	return &pool{config: config, turns: make(chan struct{}, mostConnections)}
}

// where names the database, without user and password.
func (p *pool) where() string { return pg.Where(p.config) }

// with lets f use a connection.
func (p *pool) with(ctx context.Context, f func(*pgx.Conn) error) error {
	c, release, err := p.borrow(ctx)
	if err != nil {
		return err
	}
	defer release()
	return f(c)
}

// borrow gives a connection for as long as it is not released. One that was idle may have been cut meanwhile: it is looked at first.
func (p *pool) borrow(ctx context.Context) (c *pgx.Conn, release func(), err error) {
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if c, err = p.take(ctx); err != nil {
		<-p.turns
		return nil, nil, err
	}
	return c, func() {
		if !c.IsClosed() {
			p.give(c)
		}
		<-p.turns
	}, nil
}

func (p *pool) take(ctx context.Context) (*pgx.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for c := p.takeIdle(); c != nil; c = p.takeIdle() {
		if c.Ping(ctx) == nil {
			return c, nil
		}
		pg.HangUp(c)
	}
	return pgx.ConnectConfig(ctx, p.config)
}

func (p *pool) takeIdle() *pgx.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	c := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return c
}

// give keeps a connection. All that are idle are closed once nobody has given one for a while.
func (p *pool) give(c *pgx.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.idle = append(p.idle, c)
	if p.timer != nil {
		p.timer.Stop()
	}
	p.timer = time.AfterFunc(idleFor, func() {
		for c := p.takeIdle(); c != nil; c = p.takeIdle() {
			pg.HangUp(c)
		}
	})
}

// explain makes an error one that says what was done where, and what to do about it, and that has no password in it.
func (p *pool) explain(ctx context.Context, doing string, err error) error {
	var known *pg.CallError
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case ctx.Err() != nil && !errors.As(err, new(*pgconn.PgError)):
		return ctx.Err()
	}
	text := fmt.Sprintf("%s %s: %s", doing, p.where(), p.redact(err.Error()))
	if hint := cmp.Or(hints[pg.CodeOf(err)], pg.Hint(err)); hint != "" {
		text += "; " + hint
	}
	return &pg.CallError{Text: text, Err: err}
}

// redact takes the password out of a text.
func (p *pool) redact(text string) string { return pg.Redact(p.config, text) }

// hints are the remedies of errors of Postgres that are of what the connector does, by SQLSTATE.
var hints = map[string]string{
	"42501": "grant the user the rights that it lacks",                                           // insufficient_privilege
	"42P10": "the column `key` of that table needs a unique index: CREATE UNIQUE INDEX ON … (…)", // invalid_column_reference
	"53100": "free some space on its disk",                                                       // disk_full
}
