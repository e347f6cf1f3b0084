//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const postgresName = "postgres"

// postgres is a server of our own, in a folder of our own, that listens on a socket in that folder only.
type postgres struct {
	bin  string // folder of its programs
	dir  string
	as   *syscall.Credential // it refuses to run as root
	conn *pgx.Conn
	end  func()
}

// postgresEngine is Postgres with the world and the indexes that a warehouse would have; nil if it is not installed.
func (b *bench) postgresEngine(ctx context.Context, world string) (*engine, error) {
	bin := postgresPrograms()
	if bin == "" {
		b.report.absent = append(b.report.absent, "Postgres is not installed on this machine.")
		return nil, nil
	}
	p, err := b.startPostgres(ctx, bin, filepath.Base(world))
	if err != nil {
		return nil, err
	}
	if err := p.fill(ctx, b, world); err != nil {
		p.end()
		return nil, err
	}
	e := &engine{name: postgresName, end: p.end, evaluate: func(segment, loops int) (*told, error) { return p.count(ctx, theFive[segment].postgres, loops) }}
	t, err := p.count(ctx, "SELECT count(*) FROM accounts", 1)
	if err != nil {
		p.end()
		return nil, err
	}
	e.accounts = float64(t.Rows["matched"])
	return e, p.conn.QueryRow(ctx, "SHOW server_version").Scan(&b.machine.postgres)
}

// postgresPrograms is the folder of the newest installed server's programs, "" if there is none.
func postgresPrograms() string {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil || len(found) == 0 {
		return ""
	}
	slices.SortFunc(found, func(a, b string) int { return postgresVersion(b) - postgresVersion(a) })
	return filepath.Dir(found[0])
}

func postgresVersion(path string) int {
	n, err := strconv.Atoi(strings.Split(path, "/")[4])
	if err != nil {
		return 0
	}
	return n
}

// startPostgres makes the cluster unless there is one, and starts the server.
func (b *bench) startPostgres(ctx context.Context, bin, name string) (*postgres, error) {
	p := &postgres{bin: bin, dir: filepath.Join(b.dir, "postgres-"+name)}
	if err := p.makeHome(); err != nil {
		return nil, err
	}
	data := filepath.Join(p.dir, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err != nil {
		c := p.child(ctx, "initdb", "-D", data, "-A", "trust", "-U", "bench", "-E", "UTF8", "--no-locale", "--no-sync")
		if _, err := runChild(ctx, c); err != nil {
			return nil, err
		}
	}
	server := p.child(ctx, "postgres", "-D", data, "-k", p.dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=2GB",
		"-c", "work_mem=256MB", "-c", "maintenance_work_mem=512MB", "-c", "max_wal_size=4GB", "-c", "max_parallel_workers_per_gather=0",
		"-c", "max_parallel_maintenance_workers=0", "-c", "autovacuum=off", "-c", "random_page_cost=1.1")
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGINT) } // a fast shutdown
	said := &tail{}
	server.Stderr, server.Stdout = said, said
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("starting postgres: %w", err)
	}
	p.end = func() {
		_ = server.Process.Signal(syscall.SIGINT)
		_ = server.Wait() // however it ends: it is not needed any more
	}
	if err := p.connect(ctx); err != nil {
		p.end()
		return nil, fmt.Errorf("%w: %s", err, said)
	}
	return p, nil
}

// makeHome makes the server's folder, which must belong to whom the server runs as.
func (p *postgres) makeHome() error {
	if err := os.MkdirAll(p.dir, 0o755); err != nil || os.Getuid() != 0 {
		return err
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			continue
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			continue
		}
		p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return os.Chown(p.dir, uid, gid)
	}
	return errors.New("postgres doesn't run as root, and there is no user postgres or nobody")
}

// connect waits until the server answers.
func (p *postgres) connect(ctx context.Context) error {
	var err error
	for range 300 {
		if p.conn, err = pgx.Connect(ctx, "host="+p.dir+" user=bench dbname=postgres"); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return fmt.Errorf("connecting to postgres: %w", err)
}

// count runs a query that counts, and takes the processor time of the process that serves this connection.
func (p *postgres) count(ctx context.Context, sql string, loops int) (*told, error) {
	before, err := onProcessor(p.conn.PgConn().PID())
	if err != nil {
		return nil, err
	}
	begin, n := time.Now(), int64(0)
	for range loops {
		if err := p.conn.QueryRow(ctx, sql).Scan(&n); err != nil {
			return nil, err
		}
	}
	wall := time.Since(begin)
	after, err := onProcessor(p.conn.PgConn().PID())
	loop := time.Duration(loops)
	return &told{CPU: (after - before) / loop, Wall: wall / loop, Rows: map[string]int64{"matched": n}}, err
}

// onProcessor is the time that a process has been on a processor.
func onProcessor(pid uint32) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		return 0, err
	}
	var ns int64
	if _, err := fmt.Sscan(string(text), &ns); err != nil {
		return 0, fmt.Errorf("reading the processor time of process %d: %w", pid, err)
	}
	return time.Duration(ns), nil
}

// child is one of Postgres's programs, run as whom it wants to be run.
func (p *postgres) child(ctx context.Context, program string, args ...string) *exec.Cmd {
	c := newChild(ctx, p.dir, filepath.Join(p.bin, program), args...)
	c.SysProcAttr.Credential = p.as
	return c
}

// fill loads the world unless this very world is loaded already.
func (p *postgres) fill(ctx context.Context, b *bench, world string) error {
	stamp, err := os.ReadFile(filepath.Join(world, manifestName))
	if err != nil {
		return err
	}
	var m manifest
	if err := json.Unmarshal(stamp, &m); err != nil {
		return err
	}
	want, have := fmt.Sprintf("%s %d %v %x", m.Generator, m.Seed, m.Scale, digestOf(postgresTables)), ""
	if err := p.conn.QueryRow(ctx, "SELECT world FROM stamp").Scan(&have); err == nil && have == want {
		return nil
	}
	b.say("loading %s into Postgres", world)
	for _, t := range postgresTables {
		if err := p.fillTable(ctx, world, t); err != nil {
			return fmt.Errorf("filling Postgres with %s: %w", t.name, err)
		}
	}
	_, err = p.conn.Exec(ctx, "DROP TABLE IF EXISTS stamp; CREATE TABLE stamp AS SELECT '"+want+"' AS world")
	return err
}

func (p *postgres) fillTable(ctx context.Context, world string, t postgresTable) error {
	file, err := os.Open(filepath.Join(world, t.name+".csv"))
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := p.conn.Exec(ctx, "DROP TABLE IF EXISTS "+t.name+", raw; CREATE UNLOGGED TABLE raw ("+t.raw+")"); err != nil {
		return err
	}
	if _, err := p.conn.PgConn().CopyFrom(ctx, file, "COPY raw FROM STDIN (FORMAT csv, HEADER)"); err != nil {
		return err
	}
	if _, err := p.conn.Exec(ctx, "CREATE TABLE "+t.name+" AS "+t.make+"; DROP TABLE raw; "+t.index); err != nil {
		return err
	}
	_, err = p.conn.Exec(ctx, "VACUUM ANALYZE "+t.name)
	return err
}

// postgresTable is how one file becomes a table.
type postgresTable struct{ name, raw, make, index string }

var postgresTables = []postgresTable{{
	name: "accounts",
	raw: `id text, name text, domain text, industry text, employees bigint, revenue double precision, region text, country text, sites bigint,
		tier text, target boolean, arr double precision, health text, open_tickets bigint, renewal_at timestamptz, intent jsonb, products text,
		owner_email text, sdr_email text, csm_email text, am_email text`,
	make: `SELECT substr(id, 3)::int AS n, name, domain, industry, employees, revenue, region, country, sites, tier, target, arr, health, open_tickets,
		renewal_at AT TIME ZONE 'UTC' AS renewal_at, CASE WHEN intent IS NOT NULL THEN coalesce((intent->>'data platform')::int, 0) END AS data_platform,
		products, owner_email, sdr_email, csm_email, am_email FROM raw ORDER BY id`,
	index: `CREATE UNIQUE INDEX ON accounts (n); CREATE INDEX ON accounts (employees, revenue, sites); CREATE INDEX ON accounts (industry, data_platform)`,
}, {
	name: "people",
	raw: `id text, account_id text, email text, name text, title text, level text, buying_role text, persona text, opted_out boolean,
		left_company boolean, score bigint`,
	make:  `SELECT substr(account_id, 3)::int AS account, id, email, name, title, level, buying_role, persona, opted_out, left_company, score FROM raw ORDER BY 1`,
	index: `CREATE INDEX ON people (account) INCLUDE (level, opted_out); CREATE INDEX ON people (level, opted_out) INCLUDE (account)`,
}, {
	name: "activities",
	raw:  `account_id text, person_id text, type text, at timestamptz, inbound boolean, channel text, campaign text, product text, minutes double precision`,
	make: `SELECT substr(account_id, 3)::int AS account, person_id, type, at AT TIME ZONE 'UTC' AS at, inbound, channel, campaign, product, minutes
		FROM raw ORDER BY 1, 4`,
	index: `CREATE INDEX ON activities (account, at); CREATE INDEX ON activities (type, at) INCLUDE (account)`,
}}
