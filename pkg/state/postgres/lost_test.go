package postgres

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/pgtest"
	"github.com/playctl/playctl/pkg/state"
)

func TestCommit_isLostOnceItsConnectionWasCut(t *testing.T) {
	dsn, s := database(t)
	session := begin(t, s)
	commit(t, session, truth("before"))
	pgtest.Start(t).Cut(t, dsn)
	wantLost(t, session.Commit(t.Context(), truth("after")))
	wantTruths(t, s, "before")
	other := lock(t, s, "run-2")
	commit(t, other, truth("other"))
	wantLost(t, session.Commit(t.Context(), truth("after")))
	if err := session.Unlock(); err != nil {
		t.Errorf("Unlock of who lost the lock: %v", err)
	}
	wantTruths(t, s, "before", "other")
}

// A pooler that hands the lock's connection to somebody else is found out by the row of holder.
func TestCommit_isLostOnceSomebodyElseIsTheHolder(t *testing.T) {
	dsn, s := database(t)
	session := begin(t, s)
	commit(t, session, truth("before"))
	run(t, dsn, `UPDATE playctl.holder SET fence = fence + 1`)
	wantLost(t, session.Commit(t.Context(), truth("after")))
	wantTruths(t, s, "before")
}

func TestCommit_refusesWhatWasWrittenWithoutTheLock(t *testing.T) {
	dsn, s := database(t)
	session := begin(t, s)
	commit(t, session, truth("before"))
	run(t, dsn, `UPDATE playctl.meta SET writes = writes + 1`)
	if err := session.Commit(t.Context(), truth("after")); err == nil {
		t.Error("it was kept")
	}
}

// cutter cuts one connection at its next COMMIT: before the server gets it, or once the server has answered.
type cutter struct {
	armed  atomic.Bool
	before bool
	met    func() // called at the cut; may be nil
}

func (c *cutter) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	return &cutConn{Conn: conn, cutter: c}, err
}

type cutConn struct {
	net.Conn
	cutter *cutter
	cut    atomic.Bool
}

func (c *cutConn) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("commit\x00")) && c.cutter.armed.CompareAndSwap(true, false) {
		c.cut.Store(true)
		if c.cutter.before {
			c.Conn.Close()
			return 0, net.ErrClosed
		}
	}
	return c.Conn.Write(b)
}

func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.cut.Load() {
		if c.cutter.met != nil {
			c.cutter.met()
		}
		c.Conn.Close()
		return 0, net.ErrClosed
	}
	return n, err
}

// cutAtCommit opens a store whose next COMMIT is cut, once armed.
func cutAtCommit(t *testing.T, dsn string, c *cutter) *Store {
	s := openAt(t, dsn, "")
	s.place.config.DialFunc = c.dial
	return s
}

// TestCommit_saysThatItWasKeptIfOnlyItsAnswerWasLost holds that a commit which was kept is no success where its lock is gone: who intended
// something by it may not do it any more, since somebody else may find the intent and do it.
func TestCommit_saysThatItWasKeptIfOnlyItsAnswerWasLost(t *testing.T) {
	dsn, plain := database(t)
	c := &cutter{}
	session := begin(t, cutAtCommit(t, dsn, c))
	commit(t, session, truth("before"))
	c.armed.Store(true)
	if err := session.Commit(t.Context(), truth("kept")); !wasKept(err) {
		t.Errorf("Commit: %v, want a LostError that says that it was kept", err)
	}
	wantTruths(t, plain, "before", "kept")
	wantLost(t, session.Commit(t.Context(), truth("after")))
	commit(t, lock(t, plain, "run-2"), truth("other"))
	wantTruths(t, plain, "before", "kept", "other")
}

func TestCommit_isLostIfTheServerNeverGotIt(t *testing.T) {
	dsn, plain := database(t)
	c := &cutter{before: true}
	session := begin(t, cutAtCommit(t, dsn, c))
	commit(t, session, truth("before"))
	c.armed.Store(true)
	wantLost(t, session.Commit(t.Context(), truth("not kept")))
	wantTruths(t, plain, "before")
	commit(t, lock(t, plain, "run-2"), truth("other"))
}

// The server crashes right after it kept a transaction, and comes back.
func TestCommit_isSettledWhenTheServerComesBack(t *testing.T) {
	server := pgtest.Start(t)
	dsn, plain := database(t)
	var back sync.WaitGroup
	c := &cutter{met: func() {
		server.Kill(t)
		back.Go(func() { time.Sleep(300 * time.Millisecond); server.Restart(t) })
	}}
	session := begin(t, cutAtCommit(t, dsn, c))
	commit(t, session, truth("before"))
	c.armed.Store(true)
	err := session.Commit(t.Context(), truth("settled"))
	back.Wait()
	wantLost(t, err)
	if wasKept(err) {
		wantTruths(t, plain, "before", "settled")
		return
	}
	wantTruths(t, plain, "before")
}

// wasKept reports whether an error says that the lock is lost and the transaction was kept.
func wasKept(err error) bool {
	var lost *state.LostError
	return errors.As(err, &lost) && lost.Kept
}

// TestLock_isFreeOnceItsProcessIsKilled kills a process of its own that has the lock and commits without a pause.
func TestLock_isFreeOnceItsProcessIsKilled(t *testing.T) {
	if dsn := os.Getenv("STATE_DSN"); dsn != "" {
		session := begin(t, openAt(t, dsn, ""))
		for n := 1; ; n++ {
			commit(t, session, &state.Changes{Truths: []state.Truth{{Play: "p", Key: time.Now().String()}}})
			if n == 20 {
				if err := os.WriteFile(os.Getenv("STATE_TELL"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	dsn, s := database(t)
	told := filepath.Join(t.TempDir(), "told")
	cmd := exec.Command(os.Args[0], "-test.run=TestLock_isFreeOnceItsProcessIsKilled")
	cmd.Env = append(os.Environ(), "STATE_DSN="+dsn, "STATE_TELL="+told)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	within(t, 30*time.Second, func() bool { _, err := os.Stat(told); return err == nil })
	if h, err := s.Holder(t.Context()); err != nil || h == nil || h.ID != "run-1" {
		t.Errorf("Holder while it runs: %+v, %v", h, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	within(t, 30*time.Second, func() bool { h, err := s.Holder(t.Context()); return err == nil && h == nil })
	session := lock(t, s, "run-2")
	got, err := session.Read(t.Context())
	if err != nil || len(got.Truths) < 20 {
		t.Errorf("after the kill: %v, with %d truths", err, len(got.Truths))
	}
	commit(t, session, truth("later"))
	if list, err := s.Backups(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("what the killed session left has no backup before it is written to: %v, %v", list, err)
	}
}

// within waits for what must come.
func within(t *testing.T, limit time.Duration, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("not within %s", limit)
}

func TestLock_isTakenByOneOfMany(t *testing.T) {
	dsn, s := database(t)
	if err := begin(t, s).Unlock(); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		var group sync.WaitGroup
		var holders atomic.Int64
		for range 16 {
			group.Go(func() {
				session, err := openAt(t, dsn, "").Lock(t.Context(), state.Holder{ID: "run"})
				if err == nil {
					if holders.Add(1) > 1 {
						t.Error("two have the lock")
					}
					time.Sleep(50 * time.Millisecond)
					holders.Add(-1)
					err = session.Unlock()
				}
				var locked *state.LockedError
				if err != nil && !errors.As(err, &locked) {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		group.Wait()
	}
}
