package crash

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// contenders is how many applies are started at once.
const contenders = 16

// TestLock_oneAtATime starts sixteen applies at once, over and over, against every place where a state can be kept. Exactly one at a time holds
// the lock; each of the others says who does and exits 4, or waits for it where it was told to. Then the holder is killed: nobody is stuck.
func TestLock_oneAtATime(t *testing.T) {
	for _, b := range backends(t) {
		t.Run(strings.ReplaceAll(b.name, ", ", "_"), func(t *testing.T) {
			r := &rush{backend: b}
			begun := time.Now()
			for range sample(1, 20) {
				r.refused(t)
				r.waited(t)
				r.killed(t)
			}
			note("%-20s %3d rounds of %d applies: %4d held the lock one after another, %4d refused, %4d waited, %3d holders killed, free after %s at most; %.0f s", b.name, r.rounds, contenders,
				r.held, r.locked, r.patient, r.kills, r.longest.Round(10*time.Millisecond), time.Since(begun).Seconds())
			t.Logf("%+v", *r)
			if r.held < r.rounds || r.locked == 0 || r.patient == 0 {
				t.Errorf("hardly anybody met anybody: %+v", *r)
			}
		})
	}
}

// rush is many applies at once, and what became of them.
type rush struct {
	backend
	rounds, held, locked, patient, kills int
	longest                              time.Duration // from a kill until somebody else held the lock
}

// scene makes a house that was never applied, with a state of its own, and says what it is in the end.
func (r *rush) scene(t *testing.T) (*house, place, []fact) {
	t.Helper()
	p := r.next(t)
	s := scripted
	s.top = p.top(t)
	h := newHouse(t, 4, s)
	calm := newHouse(t, 4, scripted)
	mustEnd(t, 0, calm.scripted(t, nil, applying()...))
	r.rounds++
	return h, p, calm.world(t)
}

// watch has processes notice when two of them hold the lock.
func watch(h *house) string { return "CRASH_WATCH=" + filepath.Join(h.dir, ".held") }

// atOnce runs applies at the same time and gives what became of each.
func (r *rush) atOnce(t *testing.T, h *house, p place, n int, more ...string) []process {
	t.Helper()
	out := make([]process, n)
	environ := append([]string{watch(h), "CRASH_BATCH=1"}, p.environ...)
	var wg sync.WaitGroup
	for i := range out {
		wg.Go(func() { out[i] = h.scripted(t, environ, applying(more...)...) })
	}
	wg.Wait()
	return out
}

// settled holds that the world is as one apply makes it, everything recorded, nothing twice, and nobody holds the lock.
func (r *rush) settled(t *testing.T, h *house, p place, want []fact) {
	t.Helper()
	var v verdict
	now := h.world(t)
	v.compare(want, now)
	v.recorded(nil, slices.DeleteFunc(now, func(f fact) bool { return f.name == "Small" }), p.journal(t, h.dir))
	if v.wrong() {
		t.Errorf("after %d applies at once: %s", contenders, &v)
	}
	if holder, err := p.store(t, h.dir).Holder(t.Context()); holder != nil || err != nil {
		t.Errorf("everybody is done, and the lock is held by %+v (%v)", holder, err)
	}
}

// refused has applies that don't wait.
func (r *rush) refused(t *testing.T) {
	t.Helper()
	h, p, want := r.scene(t)
	succeeded := 0
	for _, x := range r.atOnce(t, h, p, contenders) {
		switch {
		case x.code == 0:
			succeeded++
		case x.code == 4 && strings.Contains(x.stderr, "the state is locked by "): // crash@test, or another process that has not yet said who it is
			r.locked++
		default:
			t.Errorf("exit code %d\n%s%s", x.code, x.stdout, x.stderr)
		}
	}
	if r.held += succeeded; succeeded == 0 {
		t.Error("nobody came through")
	}
	r.settled(t, h, p, want)
}

// waited has applies that wait until it is their turn.
func (r *rush) waited(t *testing.T) {
	t.Helper()
	h, p, want := r.scene(t)
	for _, x := range r.atOnce(t, h, p, contenders, "--lock-timeout", "100s") {
		if x.code != 0 {
			t.Errorf("exit code %d\n%s%s", x.code, x.stdout, x.stderr)
		}
		r.held++
		r.patient++
	}
	r.settled(t, h, p, want)
}

// killed has a holder die in the middle, while the others wait.
func (r *rush) killed(t *testing.T) {
	t.Helper()
	h, p, want := r.scene(t)
	dead := h.scripted(t, append([]string{at(14), "CRASH_BATCH=1"}, p.environ...), applying()...)
	if dead.code != -1 {
		t.Fatalf("it was not killed: exit code %d\n%s%s", dead.code, dead.stdout, dead.stderr)
	}
	r.kills++
	begun := time.Now()
	if r.forever {
		r.breakLock(t, h, p)
	}
	freed := make(chan time.Duration, 1)
	go func() { freed <- r.free(t, h, p, begun) }()
	for _, x := range r.atOnce(t, h, p, contenders-1, "--lock-timeout", "100s") {
		if x.code != 0 && x.code != 7 { // 7: something is in doubt at a system that can't be asked
			t.Errorf("after a kill: exit code %d\n%s%s", x.code, x.stdout, x.stderr)
		}
		r.held++
	}
	r.longest = max(r.longest, <-freed)
	if p.resolve(t, h) > 0 {
		mustEnd(t, 0, h.scripted(t, p.environ, applying()...))
	}
	r.settled(t, h, p, want)
}

// free waits until the lock that a dead process held is somebody else's, or nobody's, and gives how long that took.
func (r *rush) free(t *testing.T, h *house, p place, since time.Time) time.Duration {
	store := p.store(t, h.dir)
	pid := 0
	for time.Since(since) < patience {
		holder, err := store.Holder(t.Context())
		if pid == 0 && holder != nil {
			pid = holder.PID
		}
		if err == nil && (holder == nil || holder.PID != pid || !r.expires) {
			return time.Since(since)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("the lock of a dead process is held for ever")
	return patience
}

// breakLock sees that the lock of a dead process holds, and takes it from it.
func (r *rush) breakLock(t *testing.T, h *house, p place) {
	t.Helper()
	if x := h.scripted(t, p.environ, applying()...); x.code != 4 {
		t.Errorf("over a lock that never expires: exit code %d\n%s%s", x.code, x.stdout, x.stderr)
	}
	if !p.unlock(t, h) {
		t.Error("the dead process holds no lock")
	}
}

// unlock takes the lock from whoever holds it, as a person does who knows that the process is dead. It reports whether anybody did.
func (p place) unlock(t testing.TB, h *house) bool {
	t.Helper()
	holder, err := p.store(t, h.dir).Holder(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if holder == nil {
		return false
	}
	mustEnd(t, 0, h.scripted(t, p.environ, "unlock", "--yes", holder.ID))
	return true
}

// watched is a session whose processes notice when another one is at work too.
type watched struct {
	state.Session
	file string
}

// errTwo says that two processes hold one lock.
var errTwo = errors.New("TWO PROCESSES HOLD THE LOCK")

// watchSession says that this process holds the lock, where others look.
func watchSession(s state.Session, file string) (state.Session, error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errTwo, err)
	}
	return watched{s, file}, f.Close()
}

// Unlock gives the lock back, once nobody is told any more that this process has it.
func (w watched) Unlock() error {
	if err := os.Remove(w.file); err != nil {
		return fmt.Errorf("%w: %w", errTwo, err)
	}
	return w.Session.Unlock()
}
