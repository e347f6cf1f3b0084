//go:build unix

package pgtest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/pgtest"
)

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func TestDSN_isADatabaseOfItsOwn(t *testing.T) {
	s := pgtest.Start(t)
	if again := pgtest.Start(t); again != s {
		t.Error("a process has two servers")
	}
	one, other := s.DSN(t), s.DSN(t)
	s.Exec(t, one, "CREATE TABLE mine (n int)")
	var tables int
	if err := connect(t, other).QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE tablename = 'mine'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("another database has %d of its tables: %v", tables, err)
	}
}

func TestCut_endsConnectionsAndTakesNewOnes(t *testing.T) {
	s := pgtest.Start(t)
	dsn, other := s.DSN(t), s.DSN(t)
	cut, spared := connect(t, dsn), connect(t, other)
	s.Cut(t, dsn)
	if cut.Ping(t.Context()) == nil {
		t.Error("the connection that was cut works")
	}
	if err := spared.Ping(t.Context()); err != nil {
		t.Errorf("that of another database does not: %v", err)
	}
	connect(t, dsn)
}

func TestRestart_afterKillKeepsWhatWasCommitted(t *testing.T) {
	s := pgtest.Start(t)
	dsn := s.DSN(t)
	s.Exec(t, dsn, "CREATE TABLE kept AS SELECT 42 AS n")
	s.Kill(t)
	if _, err := pgx.Connect(t.Context(), dsn); err == nil {
		t.Error("a killed server answers")
	}
	s.Restart(t)
	var n int
	if err := connect(t, dsn).QueryRow(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 42 {
		t.Errorf("after the restart it holds %d: %v", n, err)
	}
}

// TestServer_endsWithAProcessThatIsKilled starts a server in a test process of its own, which says where it is and is then killed.
func TestServer_endsWithAProcessThatIsKilled(t *testing.T) {
	if told := os.Getenv("PGTEST_TELL"); told != "" {
		dsn := pgtest.Start(t).DSN(t)
		if err := os.WriteFile(told+".new", []byte(dsn), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(told+".new", told); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		return
	}
	told := filepath.Join(t.TempDir(), "dsn")
	cmd := exec.Command(os.Args[0], "-test.run=TestServer_endsWithAProcessThatIsKilled")
	cmd.Env = append(os.Environ(), "PGTEST_TELL="+told)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var dsn []byte
	eventually(t, "the process told where its server is", func() bool {
		dsn, _ = os.ReadFile(told)
		return len(dsn) > 0
	})
	connect(t, string(dsn))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	eventually(t, "the server ended", func() bool {
		c, err := pgx.Connect(t.Context(), string(dsn))
		if err == nil {
			c.Close(t.Context())
		}
		return err != nil && strings.Contains(err.Error(), "refused")
	})
}

// eventually waits half a minute for what must come.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 300 {
		if holds() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("not within half a minute: %s", what)
}
