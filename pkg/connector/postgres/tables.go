package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pg"
)

// The tables of playctl.
const (
	collectionsTable = "playctl_collections"
	membersTable     = "playctl_members"
	outboxTable      = "playctl_outbox"
	tasksTable       = "playctl_tasks"
)

var ownTables = []string{collectionsTable, membersTable, outboxTable, tasksTable}

// tables remembers whether the tables of playctl are there.
type tables struct {
	mu    sync.Mutex
	there bool
}

// ddl gives the statements that make the tables of playctl that are not there.
func (d *desk) ddl() string {
	return strings.NewReplacer("COLLECTIONS", d.table(collectionsTable), "MEMBERS", d.table(membersTable), "OUTBOX", d.table(outboxTable), "TASKS", d.table(tasksTable)).Replace(`
CREATE TABLE IF NOT EXISTS COLLECTIONS (kind text COLLATE "C", name text COLLATE "C", created_at timestamptz NOT NULL, PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS MEMBERS (kind text COLLATE "C", name text COLLATE "C", id text COLLATE "C", fields jsonb NOT NULL DEFAULT '{}', play text, step text, record text,
  added_at timestamptz DEFAULT now(), PRIMARY KEY (kind, name, id), FOREIGN KEY (kind, name) REFERENCES COLLECTIONS ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX IF NOT EXISTS playctl_members_id ON MEMBERS (kind, id);
CREATE TABLE IF NOT EXISTS OUTBOX (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, action text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, at timestamptz NOT NULL,
  play text, step text, record text, id text, payload jsonb NOT NULL, UNIQUE (action, key));
CREATE TABLE IF NOT EXISTS TASKS (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, status text NOT NULL DEFAULT 'open',
  outcome text, outcomes jsonb, title text, assignee text, role text, due timestamptz, asks jsonb, answers jsonb NOT NULL DEFAULT '{}', payload jsonb NOT NULL, play text, step text, record text,
  record_id text, created_at timestamptz NOT NULL, touched_at timestamptz, done_at timestamptz, UNIQUE (kind, key));
`)
}

// ensure makes the tables of playctl if one of them is missing. Two who do so at once take turns.
func (d *desk) ensure(ctx context.Context, c *pgx.Conn) error {
	d.own.mu.Lock()
	defer d.own.mu.Unlock()
	if d.own.there {
		return nil
	}
	missing, err := d.missing(ctx, c)
	if err == nil && len(missing) > 0 {
		err = pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('playctl tables', 0))"); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, d.ddl())
			return err
		})
		if pg.CodeOf(err) == "42501" { // insufficient_privilege
			return &pg.CallError{Text: fmt.Sprintf("making the tables of playctl in schema %q of %s: %s; let somebody who may run:%sGRANT SELECT, INSERT, UPDATE, DELETE ON %s TO %s;",
				d.schema, d.pool.where(), d.pool.redact(err.Error()), d.ddl(), d.listed(), quoted(d.pool.config.User)), Err: err}
		}
	}
	d.own.there = err == nil
	return err
}

// listed gives the tables of playctl as SQL lists them.
func (d *desk) listed() string {
	var list []string
	for _, name := range ownTables {
		list = append(list, d.table(name))
	}
	return strings.Join(list, ", ")
}

// missing gives those of playctl's tables that are not there.
func (d *desk) missing(ctx context.Context, c *pgx.Conn) ([]string, error) {
	var full []string
	for _, name := range ownTables {
		full = append(full, d.table(name))
	}
	rows, err := c.Query(ctx, "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL", full)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
