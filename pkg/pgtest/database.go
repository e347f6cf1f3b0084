//go:build unix

package pgtest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
)

// answers reports whether the server takes connections.
func (s *Server) answers() bool {
	c, err := pgx.Connect(context.Background(), s.url("postgres"))
	if err != nil {
		return false
	}
	return c.Close(context.Background()) == nil
}

// DSN gives the address of a new, empty database, which goes with the test.
func (s *Server) DSN(t testing.TB) string {
	t.Helper()
	s.mu.Lock()
	s.names++
	name := fmt.Sprintf("test%d", s.names)
	s.mu.Unlock()
	s.Exec(t, s.url("postgres"), "CREATE DATABASE "+name+" TEMPLATE template0")
	t.Cleanup(func() { s.Exec(t, s.url("postgres"), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	return s.url(name)
}

// Exec runs SQL over a connection of its own.
func (s *Server) Exec(t testing.TB, dsn, sql string) {
	t.Helper()
	ctx := context.Background() // a test that cleans up has none any more
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatalf("connecting to Postgres: %v", err)
	}
	_, err = c.Exec(ctx, sql)
	if err := errors.Join(err, c.Close(ctx)); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Cut ends every connection to the database of a DSN, as a network does that breaks; new ones work.
func (s *Server) Cut(t testing.TB, dsn string) {
	t.Helper()
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	s.Exec(t, s.url("postgres"), "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"+config.Database+"'")
}
