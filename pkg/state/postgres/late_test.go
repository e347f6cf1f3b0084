package postgres

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestFateOf_endsByItself: of a server that takes connections and never answers nothing is heard; that is said in time, and whoever has
// interrupted meanwhile is not told sooner than it is known.
func TestFateOf_endsByItself(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	s := openAt(t, "postgres://ada@"+listener.Addr().String()+"/db?sslmode=disable", "")
	s.askFor = 200 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begun := time.Now()
	fate, err := s.fateOf(ctx, "1", 1)
	if took := time.Since(begun); err == nil || !strings.Contains(err.Error(), "asking for 200ms") || took < s.askFor || took > 10*time.Second {
		t.Errorf("%q, %v after %s", fate, err, took)
	}
}

// TestLock_hasNoTimeLimitAndReadingHas: what is kept must not be cut off, what is read may not take for ever.
func TestLock_hasNoTimeLimitAndReadingHas(t *testing.T) {
	_, s := database(t)
	limit := func(c *pgx.Conn) (text string) {
		if err := c.QueryRow(t.Context(), "SHOW statement_timeout").Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	err := s.with(t.Context(), "reading", func(c *pgx.Conn) error {
		if got := limit(c); got != "10min" {
			t.Errorf("a reader's limit is %s", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := limit(begin(t, s).(*session).conn); got != "0" {
		t.Errorf("the lock's limit is %s", got)
	}
}
