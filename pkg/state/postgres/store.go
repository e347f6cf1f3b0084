// Package postgres keeps a state in tables of a Postgres database, of version 13 or later.
//
//	meta       one row: how the state names itself, its serial, how many commits it had
//	plays …    a table for each kind of value, see tables.go; journal, a row a page
//	sums       for each of those tables how many rows it has and the sum of their checksums
//	holder     who has the lock, and how far
//	backups    the last ten good copies, each a whole state in one row: see [state.Encode]
//
// They lie in a schema of their own for each environment. The lock is a session's advisory lock: it is gone when its connection is, also
// after kill -9, or a minute after the machine has gone. A commit is one transaction on the lock's own connection, and changes the row of
// meta only while the row of holder is its session's, so that a session that lost its lock can't commit.
//
// Reading takes no lock. It reads everything in one transaction, as of one moment, and checks all of it: every row by its checksum, every
// table by the number of its rows and the sum of their checksums. A state that fails a check is a *[state.DamagedError].
package postgres

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/state"
)

// Store is a state kept in a database. It may be used by several goroutines at once.
type Store struct {
	place *place
	now   func() time.Time

	askFor time.Duration // a transaction's fate, see fateOf

	mu    sync.Mutex
	spare *pgx.Conn // a connection that nobody uses at the moment, for a little while
	timer *time.Timer
}

// Where gives the database and the tables, without user and password.
func (s *Store) Where() string { return s.place.where() }

// Exists tells whether there is a table that a state would have.
func (s *Store) Exists(ctx context.Context) (bool, error) {
	var there bool
	err := s.with(ctx, "looking for", func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", s.place.table(metas.name)).Scan(&there)
	})
	return there, err
}

// Read gives the state as of now; see [state.Store]. Beside [state.ErrNone] and *[state.DamagedError] it has the errors of a database,
// such as a missing permission, and of the way to it.
func (s *Store) Read(ctx context.Context) (*state.Snapshot, error) {
	var w *state.Whole
	err := s.with(ctx, "reading", func(c *pgx.Conn) (err error) {
		w, _, err = s.place.read(ctx, c, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &w.Snapshot, nil
}

// Whole gives the state with its journal; see [state.Store].
func (s *Store) Whole(ctx context.Context) (*state.Whole, error) {
	var w *state.Whole
	err := s.with(ctx, "reading", func(c *pgx.Conn) (err error) {
		w, _, err = s.place.read(ctx, c, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Journal gives the pages of a run, or of all; see [state.Store].
func (s *Store) Journal(ctx context.Context, run string) ([]state.Page, error) {
	var pages []state.Page
	err := s.with(ctx, "reading", func(c *pgx.Conn) (err error) {
		pages, err = s.place.readPages(ctx, c, run)
		return err
	})
	return pages, err
}

// Missing is the error for a state that should be there, because playctl.lineage names it, and isn't.
func (s *Store) Missing(ctx context.Context) *state.DamagedError {
	return s.refuse(ctx, "is missing", "there is no good backup beside it: look whether `state:` leads to the right database and schema, or restore the tables of "+s.place.name("*")+" from a dump")
}

// refuse says what is wrong, and what brings the state back, or gives another hint where there is no good backup.
func (s *Store) refuse(ctx context.Context, what, otherwise string) *state.DamagedError {
	return state.Damaged(ctx, s, s.Where(), what, otherwise)
}

// damaged is the error for a state that is there and can't be used.
func (s *Store) damaged(ctx context.Context, f *flaw) *state.DamagedError {
	if f.hint != "" {
		return state.Foreign(ctx, s, s.Where(), f.what, f.hint)
	}
	return s.refuse(ctx, f.what, "there is no good backup beside it: restore the tables of "+s.place.name("*")+" from a dump of the database")
}

// flaw is why tables can't be used as a state. The store makes it a *[state.DamagedError], with the hint if there is one, else with how to
// restore a backup.
type flaw struct{ what, hint string }

func (f *flaw) Error() string { return f.what }

// spareFor is how long a connection is kept for the next one who reads: what asks often asks soon.
const spareFor = 2 * time.Second

// with lets f use a connection, and makes an error of it one that names the place and has no secrets. f only reads, or does what may be done
// twice: it is called again with a new connection if the spare one turns out to be dead.
func (s *Store) with(ctx context.Context, doing string, f func(*pgx.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, err := s.takeSpare(), error(nil)
	if c != nil {
		err = f(c)
		if !c.IsClosed() {
			s.keepSpare(c)
			return s.explain(ctx, doing, err)
		}
	}
	if c != nil && ctx.Err() != nil {
		return s.explain(ctx, doing, err)
	}
	if c, err = s.connect(ctx); err != nil {
		return err
	}
	err = f(c)
	if !c.IsClosed() {
		s.keepSpare(c)
	}
	return s.explain(ctx, doing, err)
}

// connect opens a connection.
func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	c, err := pgx.ConnectConfig(ctx, s.place.config)
	if err != nil {
		return nil, s.explain(ctx, "connecting to", err)
	}
	return c, nil
}

func (s *Store) takeSpare() *pgx.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.spare
	s.spare = nil
	if s.timer != nil {
		s.timer.Stop()
	}
	return c
}

// keepSpare keeps a connection for the next one who asks, for a while; one is enough.
func (s *Store) keepSpare(c *pgx.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spare != nil {
		go pg.HangUp(c)
		return
	}
	s.spare = c
	s.timer = time.AfterFunc(spareFor, func() {
		if c := s.takeSpare(); c != nil {
			pg.HangUp(c)
		}
	})
}

// Backups lists the copies, newest first, without looking whether they are good.
func (s *Store) Backups(ctx context.Context) ([]state.Backup, error) {
	var list []state.Backup
	err := s.with(ctx, "listing the backups of", func(c *pgx.Conn) (err error) {
		list, err = s.place.listBackups(ctx, c)
		return err
	})
	return list, err
}

// Backup reads a backup by its name; see [state.Store].
func (s *Store) Backup(ctx context.Context, name string) (*state.Whole, error) {
	var packed []byte
	err := s.with(ctx, "reading a backup of", func(c *pgx.Conn) (err error) {
		packed, err = s.place.packedBackup(ctx, c, name)
		return err
	})
	if err != nil {
		return nil, err
	}
	w, err := unpack(packed)
	if err != nil {
		return nil, &state.DamagedError{Where: s.Where() + ", backup " + name, What: err.Error(), Hint: "choose another one: playctl state backups"}
	}
	return w, nil
}

var errNoBackup = errors.New("there is no such backup: `playctl state backups` lists them")
