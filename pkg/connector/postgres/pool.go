package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	mostConnections = 4                // at a time; who wants another one waits
	idleFor         = 2 * time.Second  // after which a connection that nobody uses is closed: a connector has no end that it is told of
	connectTimeout  = 15 * time.Second // unless the address says
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
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.RuntimeParams["timezone"] = "UTC" // in which times are read
	return &pool{config: config, turns: make(chan struct{}, mostConnections)}
}

// where names the database, without user and password.
func (p *pool) where() string {
	u := url.URL{Scheme: "postgres", Host: net.JoinHostPort(p.config.Host, strconv.Itoa(int(p.config.Port))), Path: "/" + p.config.Database}
	if strings.HasPrefix(p.config.Host, "/") { // a socket's folder
		u.Host, u.RawQuery = "", url.Values{"host": {p.config.Host}}.Encode()
	}
	return u.String()
}

// with lets f use a connection. One that was idle may have been cut meanwhile: it is looked at first.
func (p *pool) with(ctx context.Context, f func(*pgx.Conn) error) error {
	select {
	case p.turns <- struct{}{}:
		defer func() { <-p.turns }()
	case <-ctx.Done():
		return ctx.Err()
	}
	c, err := p.take(ctx)
	if err != nil {
		return err
	}
	err = f(c)
	if c.IsClosed() {
		return err
	}
	p.give(c)
	return err
}

func (p *pool) take(ctx context.Context) (*pgx.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for c := p.takeIdle(); c != nil; c = p.takeIdle() {
		if c.Ping(ctx) == nil {
			return c, nil
		}
		hangUp(c)
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
			hangUp(c)
		}
	})
}

// hangUp closes a connection. How that ends is nobody's business: the server notices in any case.
func hangUp(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = c.Close(ctx)
}

// callError is an error of a call, told without secrets.
type callError struct {
	text string
	err  error
}

func (e *callError) Error() string { return e.text }
func (e *callError) Unwrap() error { return e.err }

// explain makes an error one that says what was done where, and what to do about it, and that has no password in it.
func (p *pool) explain(ctx context.Context, doing string, err error) error {
	var known *callError
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case ctx.Err() != nil && !errors.As(err, new(*pgconn.PgError)):
		return ctx.Err()
	}
	text := fmt.Sprintf("%s %s: %s", doing, p.where(), p.redact(err.Error()))
	if hint := hints[codeOf(err)]; hint != "" {
		text += "; " + hint
	}
	return &callError{text, err}
}

// redact takes the password out of a text, in every way in which it may be written.
func (p *pool) redact(text string) string {
	secret := p.config.Password
	for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret), url.UserPassword("", secret).String()[1:]} {
		if form != "" {
			text = strings.ReplaceAll(text, form, "•••")
		}
	}
	return text
}

// codeOf gives the SQLSTATE of an error of Postgres, "" of any other; see
// https://www.postgresql.org/docs/current/errcodes-appendix.html.
func codeOf(err error) string {
	var p *pgconn.PgError
	if errors.As(err, &p) {
		return p.Code
	}
	return ""
}

// isNone reports whether an error says that a table or its schema is not there.
func isNone(err error) bool { code := codeOf(err); return code == "42P01" || code == "3F000" }

// hints are the remedies of errors of Postgres, by SQLSTATE.
var hints = map[string]string{
	"25006": "it takes no writes: let `url` lead to the primary server",                          // read_only_sql_transaction
	"28P01": "mend user and password in `url`",                                                   // invalid_password
	"28000": "mend user and password in `url`",                                                   // invalid_authorization_specification
	"3D000": "make the database, or mend its name in `url`",                                      // invalid_catalog_name
	"42501": "grant the user the rights that it lacks",                                           // insufficient_privilege
	"42P10": "the column `key` of that table needs a unique index: CREATE UNIQUE INDEX ON … (…)", // invalid_column_reference
	"53100": "free some space on its disk",                                                       // disk_full
}
