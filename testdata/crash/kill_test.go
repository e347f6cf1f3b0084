package crash

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// trial is a house whose runs are killed, beside one that nobody disturbs.
type trial struct {
	place   // of the base
	backend backend
	base    *house // before the run
	environ []string
	before  []fact
	calm    []fact   // the world after an undisturbed run
	knows   []string // the state after it
	figure  figure
	mu      sync.Mutex // of figure
}

// newTrial makes a house ready for its second chapter, or its first, and sees what an undisturbed run makes of it.
func newTrial(t *testing.T, what string, b backend, accounts, chapter int, environ ...string) *trial {
	t.Helper()
	p := b.next(t)
	s := scripted
	s.top = p.top(t)
	if b.cloned != nil {
		s.desk = onDatabase
	}
	h := newHouse(t, accounts, s)
	h.database, _ = p.settings["url"].(string)
	if b.cloned == nil {
		h.database = ""
	}
	h.furnish(t)
	if chapter == 2 {
		mustEnd(t, 0, h.scripted(t, slices.Concat(environ, p.environ), applying()...))
		h.chapter(t, 2)
	}
	tr := &trial{place: p, backend: b, base: h, environ: environ, before: h.world(t), figure: figure{what: what}}
	calm, at := tr.copied(t)
	points := filepath.Join(t.TempDir(), "points")
	mustEnd(t, 0, calm.scripted(t, slices.Concat([]string{"CRASH_POINTS=" + points}, environ, at.environ), applying()...))
	text, err := os.ReadFile(points)
	if err != nil {
		t.Fatal(err)
	}
	if tr.figure.points, err = strconv.Atoi(string(text)); err != nil {
		t.Fatal(err)
	}
	tr.undisturbed(t, calm, at)
	return tr
}

// undisturbed keeps what a run made that nobody disturbed.
func (tr *trial) undisturbed(t *testing.T, calm *house, at place) {
	t.Helper()
	s := at.snapshot(t, calm.dir)
	tr.calm, tr.knows = calm.world(t), known(t, s)
	for _, n := range s.Runs[len(s.Runs)-1].Counts {
		tr.figure.effects += n
	}
}

// copied gives a house like the base, with a state of its own.
func (tr *trial) copied(t *testing.T) (*house, place) {
	t.Helper()
	h := tr.base.copied(t)
	switch {
	case !tr.remote:
		return h, tr.place
	case tr.backend.cloned != nil:
		return h, tr.backend.cloned(t, tr.base, h)
	}
	p := tr.backend.next(t)
	h.systems.top = p.top(t)
	h.book(t)
	carry(t, tr.place, p, tr.base.dir, h.dir)
	return h, p
}

func mustEnd(t testing.TB, code int, p process) {
	t.Helper()
	if p.code != code {
		t.Fatalf("exit code %d, want %d\n%s%s", p.code, code, p.stdout, p.stderr)
	}
}

// kill kills a run at a point, looks at what it left, and runs again until all is done.
func (tr *trial) kill(t *testing.T, point int) *verdict {
	h, kept := tr.copied(t)
	defer os.RemoveAll(h.dir)
	v := &verdict{}
	if p := h.scripted(t, slices.Concat([]string{at(point)}, tr.environ, kept.environ), applying()...); p.code != -1 {
		t.Errorf("point %d: it was not killed, its exit code is %d\n%s%s", point, p.code, p.stdout, p.stderr)
		return v
	}
	left := h.world(t)
	v.recorded(tr.before, left, kept.journal(t, h.dir))
	runs, resolved := tr.goOn(t, h, kept)
	now := h.world(t)
	v.compare(tr.calm, now)
	v.recorded(tr.before, now, kept.journal(t, h.dir))
	kept.audited(t, h)
	if d := cmp.Diff(tr.knows, known(t, kept.snapshot(t, h.dir))); d != "" {
		t.Errorf("point %d: the state ends otherwise (-undisturbed +killed):\n%s", point, d)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.figure.kills++
	tr.figure.runs += runs + 1
	tr.figure.resolved += resolved
	tr.figure.add(v)
	return v
}

// goOn runs until all is done: a run that meets effects in doubt at a system that can't be asked goes on once somebody has told.
func (tr *trial) goOn(t *testing.T, h *house, kept place) (runs, resolved int) {
	for range 4 {
		if tr.backend.forever {
			kept.unlock(t, h)
		}
		p := h.scripted(t, slices.Concat(tr.environ, kept.environ), applying("--lock-timeout", "20s")...)
		runs++
		doubts := kept.resolve(t, h)
		resolved += doubts
		if p.code == 0 && doubts == 0 {
			return runs, resolved
		}
		if p.code != 0 && p.code != 7 || doubts == 0 {
			t.Errorf("the run after it: exit code %d, %d in doubt\n%s%s", p.code, doubts, p.stdout, p.stderr)
			return runs, resolved
		}
	}
	t.Error("it never comes to an end")
	return runs, resolved
}

// everywhere kills at every stride-th point, two at a time, and gives what was wrong.
func (tr *trial) everywhere(t *testing.T, stride int) (wrong []string) {
	begun := time.Now()
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(2)
	for point := 1; point <= tr.figure.points; point += stride {
		g.Go(func() error {
			if v := tr.kill(t, point); v.wrong() {
				mu.Lock()
				defer mu.Unlock()
				wrong = append(wrong, fmt.Sprintf("killed at point %d of %d:\n%s", point, tr.figure.points, v))
			}
			return nil
		})
	}
	_ = g.Wait()
	tr.figure.took = time.Since(begun)
	tr.figure.report()
	t.Logf("%+v", tr.figure)
	return wrong
}

// TestKilled_atEveryPoint kills runs before and after every commit and every write of a connector: the runs after it do the rest, nothing
// twice; what was done is recorded.
func TestKilled_atEveryPoint(t *testing.T) {
	for _, c := range []struct {
		what              string
		backend           func(testing.TB) backend
		accounts, chapter int
		batch             int
		short, whole      int // so many points; 0 for all of them, -1 for none
	}{
		{"local: the first run", func(testing.TB) backend { return beside }, 12, 1, 5, 6, 0},
		{"local: a run of every verb", func(testing.TB) backend { return beside }, sample(28, 40), 2, 5, 8, 0},
		{"local: one item a write", func(testing.TB) backend { return beside }, 40, 2, 1, -1, 200},
		{"local, encrypted", encrypted, sample(28, 40), 2, 5, 4, 0},
		{"postgres as connector and state", allPostgres, sample(28, 40), 2, 5, 6, 0},
		{"postgres", onPostgres, 40, 2, 5, -1, 60},
		{"s3", onS3, 40, 2, 5, -1, 60},
		{"http", onHTTP, 40, 2, 5, -1, 60},
	} {
		points := sample(c.short, c.whole)
		if points < 0 {
			continue
		}
		t.Run(strings.ReplaceAll(c.what, " ", "_"), func(t *testing.T) {
			tr := newTrial(t, c.what, c.backend(t), c.accounts, c.chapter, "CRASH_BATCH="+strconv.Itoa(c.batch))
			if c.chapter == 2 && tr.figure.effects < 200 {
				t.Errorf("only %d effects", tr.figure.effects)
			}
			stride := 1
			if points > 0 {
				stride = max(1, tr.figure.points/points)
			}
			for _, w := range tr.everywhere(t, stride) {
				t.Error(w)
			}
		})
	}
}
