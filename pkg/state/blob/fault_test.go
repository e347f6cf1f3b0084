package blob_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
)

var (
	meta = state.Meta{Version: state.Version, Lineage: "lineage", Salt: "00ff", Playbook: "demo", Created: begun}
	ada  = state.Holder{ID: "run-ada", Operation: "apply", Who: "ada@host", PID: 1, Since: begun}
	bob  = state.Holder{ID: "run-bob", Operation: "apply", Who: "bob@host", PID: 2, Since: begun}
)

// step gives the nth of a row of commits, of which none does the same as another, nor takes back what one before did.
func step(n int) *state.Changes {
	c := &state.Changes{
		Members: []state.Member{{Key: fmt.Sprint("m", n), Play: "p", Record: state.Record{Entity: "account", Key: fmt.Sprint(n)}, EnteredAt: begun}},
		Effects: []state.Effect{{Key: fmt.Sprint("e", n), Status: state.Happened, At: begun}},
		Pages:   []state.Page{{Run: "r", Seq: n, At: begun, Kind: state.EndedPage, Lines: []state.Line{{N: n, Status: "done"}}}},
		Run:     &state.Run{ID: "r", Serial: int64(n), Started: begun, Status: state.Running},
	}
	if n > 1 {
		c.MembersGone = []string{fmt.Sprint("m", n-1)}
	}
	return c
}

// after gives what a state is after so many of them.
func stateAfter(t *testing.T, n int) *state.Snapshot {
	t.Helper()
	m := memory.New()
	session := must(m.Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	for i := 1; i <= n; i++ {
		check(t, session.Commit(t.Context(), step(i)))
	}
	return must(m.Read(t.Context()))(t)
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// holds holds a bucket against what should be in it.
func holds(t *testing.T, b *bucket, want *state.Snapshot) {
	t.Helper()
	got, err := store(b).Read(t.Context())
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("Read (-want +got):\n%s", diff)
	}
}

// undisturbed is how many steps the scripts of these tests have.
const undisturbed = 5

// work goes on with the steps from where the state is, through a client whose puts may fail, and reports how many are known to be kept.
func work(t *testing.T, c *client) (kept int, err error) {
	session, err := store(c).Lock(t.Context(), ada)
	if err != nil {
		return 0, err
	}
	defer session.Unlock()
	s, err := session.Read(t.Context())
	if errors.Is(err, state.ErrNone) {
		err = session.Create(t.Context(), meta)
		s = &state.Snapshot{Meta: meta}
	}
	if err != nil {
		return 0, err
	}
	kept = int(s.Meta.Serial)
	for n := kept + 1; n <= undisturbed; n++ {
		if err := session.Commit(t.Context(), step(n)); err != nil {
			return kept, err
		}
		kept = n
	}
	return kept, session.Unlock()
}

// A process is killed at every put there is, before or after it was done, and another one goes on: what was said to be kept is there, what was begun is
// there whole or not at all, and in the end everything is there once.
func TestKill_atEveryPut(t *testing.T) {
	kills := 0
	for _, how := range []fault{killed, died} {
		for k := 1; ; k++ {
			b := newBucket()
			c := &client{bucket: b, fault: func(_ string, n int) fault {
				if n == k {
					return how
				}
				return none
			}}
			kept, err := work(t, c)
			if err == nil && !c.dead {
				break
			}
			kills++
			c.end(true)
			if got, err := store(b).Read(t.Context()); err == nil {
				if n := int(got.Meta.Serial); n != kept && n != kept+1 {
					t.Fatalf("killed at put %d: %d steps are there, %d were said to be kept", k, n, kept)
				} else if diff := cmp.Diff(stateAfter(t, n), got, cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("killed at put %d (-want +got):\n%s", k, diff)
				}
			} else if !errors.Is(err, state.ErrNone) || kept != 0 {
				t.Fatalf("killed at put %d with %d kept: %v", k, kept, err)
			}
			b.old("lock", time.Hour)
			if _, err := work(t, &client{bucket: b}); err != nil {
				t.Fatalf("after the kill at put %d: %v", k, err)
			}
			holds(t, b, stateAfter(t, undisturbed))
			if left := b.names("log/"); len(left) != 0 {
				t.Fatalf("after the kill at put %d there are leftovers: %v", k, left)
			}
		}
	}
	if kills < 2*2*undisturbed {
		t.Errorf("only %d kills", kills)
	}
}

// A put fails, or its answer is lost, at every put there is, and the same session goes on: with an error nothing is kept, and the step is done again.
func TestCut_atEveryPut(t *testing.T) {
	for _, how := range []fault{before, after} {
		for k := 1; ; k++ {
			b, failed := newBucket(), false
			c := &client{bucket: b, fault: func(_ string, n int) fault {
				if n == k {
					failed = true
					return how
				}
				return none
			}}
			for try := 0; ; try++ {
				kept, err := work(t, c)
				if err == nil && kept == undisturbed {
					break
				}
				if try == 3 {
					t.Fatalf("cut at put %d: %v", k, err)
				}
			}
			holds(t, b, stateAfter(t, undisturbed))
			if !failed {
				break
			}
		}
	}
}

// The answer to a commit is lost, and nobody can be asked what became of it: the next call finds out, whatever it was.
func TestCommit_whoseAnswerIsLostIsFoundOut(t *testing.T) {
	for _, how := range []fault{killed, died, twice} {
		b := newBucket()
		c := &client{bucket: b}
		session := must(store(c).Lock(t.Context(), ada))(t)
		check(t, session.Create(t.Context(), meta))
		check(t, session.Commit(t.Context(), step(1)))
		c.fault = func(name string, _ int) fault {
			if name == "head" {
				return how
			}
			return none
		}
		var lost *state.LostError
		if err := session.Commit(t.Context(), step(2)); err == nil || errors.As(err, &lost) {
			t.Fatalf("Commit: %v, though nobody answered", err)
		}
		c.fault = nil
		c.end(false)
		got := must(session.Read(t.Context()))(t)
		want := stateAfter(t, 1)
		if how != killed {
			want = stateAfter(t, 2)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("Read (-want +got):\n%s", diff)
		}
		check(t, session.Commit(t.Context(), step(2)))
		check(t, session.Commit(t.Context(), step(3)))
		check(t, session.Unlock())
		holds(t, b, stateAfter(t, 3))
	}
}

// takenOver has ada lose the lock by its age to bob, who commits.
func takenOver(t *testing.T, b *bucket) state.Session {
	t.Helper()
	b.old("lock", time.Hour)
	session := must(store(b).Lock(t.Context(), bob))(t)
	check(t, session.Commit(t.Context(), step(2)))
	return session
}

// Who lost the lock while it slept can commit nothing, and says who has it; what it clears up is nobody else's.
func TestCommit_afterTheLockExpiredIsRefused(t *testing.T) {
	for _, when := range []string{"before", "between its objects"} {
		b := newBucket()
		c := &client{bucket: b}
		first := must(store(c).Lock(t.Context(), ada))(t)
		check(t, first.Create(t.Context(), meta))
		check(t, first.Commit(t.Context(), step(1)))
		var second state.Session
		if when == "before" {
			second = takenOver(t, b)
		} else {
			c.fault = func(name string, _ int) fault {
				if name == "head" && second == nil {
					second = takenOver(t, b)
				}
				return none
			}
		}
		err := first.Commit(t.Context(), &state.Changes{Truths: []state.Truth{{Play: "late", Key: "k"}}})
		var lost *state.LostError
		if !errors.As(err, &lost) || lost.By == nil || lost.By.ID != bob.ID {
			t.Errorf("%s: Commit: %v, want a LostError that names bob", when, err)
		}
		if err := first.Replace(t.Context(), &state.Whole{}); !errors.As(err, &lost) {
			t.Errorf("%s: Replace: %v, want a LostError", when, err)
		}
		if err := first.Unlock(); err != nil {
			t.Errorf("%s: Unlock: %v", when, err)
		}
		check(t, second.Commit(t.Context(), step(3)))
		holds(t, b, stateAfter(t, 3))
		check(t, second.Unlock())
		holds(t, b, stateAfter(t, 3))
	}
}

// A sweep that sleeps until somebody else has the lock takes nothing of theirs away.
func TestUnlock_thatIsLateTakesNothingOfOthersAway(t *testing.T) {
	b := newBucket()
	var second state.Session
	armed := false
	c := &sleeper{client: &client{bucket: b}, wake: func() {
		if armed && second == nil {
			second = takenOver(t, b)
		}
	}}
	first := must(store(c).Lock(t.Context(), ada))(t)
	check(t, first.Create(t.Context(), meta))
	check(t, first.Commit(t.Context(), step(1)))
	armed = true
	check(t, first.Unlock())
	if second == nil {
		t.Fatal("nobody came between")
	}
	check(t, second.Commit(t.Context(), step(3)))
	holds(t, b, stateAfter(t, 3))
	check(t, second.Unlock())
	holds(t, b, stateAfter(t, 3))
}

// Who asks for the lock is refused for as long as its holder lives, and gets it when it has been silent for its time.
func TestLock_expiresAfterKill(t *testing.T) {
	b := newBucket()
	c := &client{bucket: b}
	const expiry = 300 * time.Millisecond
	first := must(short(c, expiry).Lock(t.Context(), ada))(t)
	check(t, first.Create(t.Context(), meta))
	for range 10 {
		time.Sleep(expiry / 4)
		var locked *state.LockedError
		if _, err := short(b, expiry).Lock(t.Context(), bob); !errors.As(err, &locked) || locked.Holder.ID != ada.ID {
			t.Fatalf("Lock while ada lives: %v", err)
		}
	}
	c.end(true)
	killed := time.Now()
	for {
		second, err := short(b, expiry).Lock(t.Context(), bob)
		if err == nil {
			if took := time.Since(killed); took < expiry/2 || took > 3*expiry {
				t.Errorf("the lock was free after %v, want about %v", took, expiry)
			}
			check(t, second.Unlock())
			break
		}
		var locked *state.LockedError
		if !errors.As(err, &locked) || time.Since(killed) > 5*time.Second {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := first.Commit(t.Context(), step(1)); err == nil {
		t.Error("who was cut off commits")
	}
	c.end(false)
	var lost *state.LostError
	if err := first.Commit(t.Context(), step(1)); !errors.As(err, &lost) {
		t.Errorf("Commit: %v, want a LostError", err)
	}
}

// A lock that can't be read may be somebody's: it is waited for as any other.
func TestLock_thatCantBeReadIsWaitedFor(t *testing.T) {
	b := newBucket()
	b.set("lock", []byte("garbage"))
	var locked *state.LockedError
	if _, err := store(b).Lock(t.Context(), ada); !errors.As(err, &locked) || !strings.Contains(err.Error(), "can't be read") {
		t.Errorf("Lock: %v, want a LockedError that says so", err)
	}
	b.old("lock", time.Hour)
	check(t, must(store(b).Lock(t.Context(), ada))(t).Unlock())
}

// Objects that are taken away while they are read belong to a state that is no more: the present one is read.
func TestRead_whileTheLogIsPutTogether(t *testing.T) {
	b := newBucket()
	session := must(store(b).Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	for n := 1; n <= 3; n++ {
		check(t, session.Commit(t.Context(), step(n)))
	}
	c, done := &client{bucket: b}, false
	c.reading = func(name string) {
		if strings.HasPrefix(name, "backups/") && !done {
			done = true
			check(t, session.Unlock())
		}
	}
	got, err := store(c).Read(t.Context())
	if err != nil || !done {
		t.Fatalf("Read: %v (swept: %v)", err, done)
	}
	if diff := cmp.Diff(stateAfter(t, 3), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
}
