package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/state"
)

// session is the store while it is locked. Its methods may be called by several goroutines; they wait for one another.
type session struct {
	store  *Store
	notice *notice
	watch  *watch
	pid    uint32 // of the server's process that has the lock
	fence  int64  // the number of the session, in the row of holder

	mu       sync.Mutex
	conn     *pgx.Conn // has the lock
	there    bool      // there is a state
	meta     meta      // as kept
	whole    bool      // every row was read and is good
	saved    bool      // what was there before this session has a backup
	changed  bool      // more was kept than records of runs
	unlocked bool
}

// look finds out what state there is. One that is damaged, or of a newer form, is found out by who reads it, and by the first commit: it must
// be possible to put a good one in its place.
func (s *session) look(ctx context.Context) error {
	m, err := s.store.place.metaOf(ctx, s.conn)
	switch {
	case errors.Is(err, state.ErrNone):
		return nil
	case errors.As(err, new(*flaw)):
		s.there = true
		return nil
	case err != nil:
		return s.store.explain(ctx, "opening", err)
	}
	s.there, s.meta = true, m
	return nil
}

// metaOf reads the row of meta.
func (p *place) metaOf(ctx context.Context, c *pgx.Conn) (m meta, err error) {
	err = atOnce(ctx, c, func(tx pgx.Tx) error {
		m, err = p.readMeta(ctx, tx)
		return err
	})
	return m, err
}

// grace is how long a write goes on after its context has ended, since breaking it off would break the lock's connection.
const grace = 30 * time.Second

// unhurried gives a context that ends grace later than another one.
func unhurried(ctx context.Context) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return longer, func() { stop(); cancel() }
}

// usable refuses what a session can't do any more.
func (s *session) usable(ctx context.Context) error {
	switch {
	case s.unlocked:
		return errUnlocked
	case s.watch.lost():
		return s.lostTo(ctx, nil)
	}
	return ctx.Err()
}

var errUnlocked = errors.New("using the state: it is no longer locked")

// Create makes a new, empty state, of the form [state.Version] whatever m says.
func (s *session) Create(ctx context.Context, m state.Meta) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.there {
		return fmt.Errorf("creating %s: %w", s.store.Where(), fs.ErrExist)
	}
	next := meta{Meta: m}
	next.Version = state.Version
	err := s.transact(ctx, func(ctx context.Context, tx pgx.Tx, xid *string) error {
		if _, err := tx.Exec(ctx, s.store.place.ddl()); err != nil {
			return err
		}
		return s.insertMeta(ctx, tx, next, xid)
	})
	if err != nil {
		return err
	}
	s.there, s.meta, s.whole, s.saved, s.changed = true, next, true, true, true
	return nil
}

// ddl gives the statements that make the tables of an empty state.
func (p *place) ddl() string {
	statements := []string{metas.create(p), "CREATE TABLE " + p.table("sums") + " (name text PRIMARY KEY, rows bigint NOT NULL, crc bigint NOT NULL)"}
	for _, t := range counted {
		statements = append(statements, t.create(p), "INSERT INTO "+p.table("sums")+" VALUES ('"+t.title()+"', 0, 0)")
	}
	statements = append(statements, "CREATE TABLE IF NOT EXISTS "+p.table("backups")+` (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL,
lineage text NOT NULL, serial bigint NOT NULL, commits bigint NOT NULL, digest bytea NOT NULL, packed bytea NOT NULL)`)
	return strings.Join(statements, ";\n")
}

// insertMeta writes the row of meta of a state that has none yet, if the session has the lock.
func (s *session) insertMeta(ctx context.Context, tx pgx.Tx, m meta, xid *string) error {
	r, err := metas.rowsOf([]meta{m}, len(metas.columns))
	if err != nil {
		return err
	}
	sql := fmt.Sprintf("INSERT INTO %s SELECT * FROM %s WHERE %s RETURNING pg_current_xact_id()::text", s.store.place.table(metas.name), r.unnest(), s.fenced(len(r.arguments)+1))
	return tx.QueryRow(ctx, sql, append(r.arguments, s.fence)...).Scan(xid)
}

// fenced gives the condition that the session has the lock, with its number as the nth argument. It holds the row of holder until the
// transaction ends, so that nobody takes the lock meanwhile.
func (s *session) fenced(n int) string {
	return fmt.Sprintf("EXISTS (SELECT FROM %s WHERE fence = $%d FOR SHARE)", s.store.place.table("holder"), n)
}

// Read gives the state as of now.
func (s *session) Read(ctx context.Context) (*state.Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return nil, errUnlocked
	}
	snapshot, err := s.store.Read(ctx)
	if err != nil {
		return nil, err
	}
	s.whole = true
	return snapshot, nil
}

// Progress tells others how far the holder is.
func (s *session) Progress(text string) { s.notice.progress(text) }

// Lost is closed once the connection that has the lock is known to have ended, or does not answer.
func (s *session) Lost() <-chan struct{} { return s.watch.gone }

// Unlock backs up what the session kept, and gives the lock back in any case: an error says that the backup couldn't be made or that
// something was left behind, not that the state is worse for it. A second Unlock does nothing.
func (s *session) Unlock() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unlocked {
		return nil
	}
	s.unlocked = true
	s.notice.close()
	s.watch.close()
	defer pg.HangUp(s.conn)
	if s.watch.lost() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), unlockFor)
	defer cancel()
	var backup error
	if s.changed {
		backup = s.backup(ctx)
	}
	return errors.Join(backup, s.store.explain(ctx, "unlocking", s.leave(ctx)))
}

// unlockFor is how long giving the lock back takes at most, with the backup.
const unlockFor = 10 * time.Minute

// leave gives the lock back.
func (s *session) leave(ctx context.Context) error {
	_, err := s.conn.Exec(ctx, "UPDATE "+s.store.place.table("holder")+" SET backend = 0, progress = '' WHERE fence = $1", s.fence)
	return errors.Join(err, discard(s.conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", s.store.place.lockKey())))
}
