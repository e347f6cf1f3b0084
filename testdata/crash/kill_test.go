package crash

import (
	"fmt"
	"os"
	"path/filepath"
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
	place
	base    *house // before the run
	environ []string
	before  []fact
	calm    []fact   // the world after an undisturbed run
	knows   []string // the state after it
	figure  figure
	mu      sync.Mutex // of figure
}

// newTrial makes a house ready for its second chapter, or its first, and sees what an undisturbed run makes of it.
func newTrial(t *testing.T, what string, p place, accounts, chapter int, environ ...string) *trial {
	t.Helper()
	s := scripted
	s.top = p.top
	h := newHouse(t, accounts, s)
	if chapter == 2 {
		mustEnd(t, 0, h.scripted(t, environ, applying()...))
		h.chapter(t, 2)
	}
	tr := &trial{place: p, base: h, environ: environ, before: h.world(t), figure: figure{what: what}}
	calm := h.copied(t)
	points := filepath.Join(t.TempDir(), "points")
	mustEnd(t, 0, calm.scripted(t, append([]string{"CRASH_POINTS=" + points}, environ...), applying()...))
	text, err := os.ReadFile(points)
	if err != nil {
		t.Fatal(err)
	}
	if tr.figure.points, err = strconv.Atoi(string(text)); err != nil {
		t.Fatal(err)
	}
	tr.calm, tr.knows = calm.world(t), known(t, p.snapshot(t, calm.dir))
	s2 := p.snapshot(t, calm.dir)
	for _, n := range s2.Runs[len(s2.Runs)-1].Counts {
		tr.figure.effects += n
	}
	return tr
}

func mustEnd(t testing.TB, code int, p process) {
	t.Helper()
	if p.code != code {
		t.Fatalf("exit code %d, want %d\n%s%s", p.code, code, p.stdout, p.stderr)
	}
}

// kill kills a run at a point, looks at what it left, and runs again until all is done.
func (tr *trial) kill(t *testing.T, point int) *verdict {
	h := tr.base.copied(t)
	defer os.RemoveAll(h.dir)
	v := &verdict{}
	if p := h.scripted(t, append([]string{at(point)}, tr.environ...), applying()...); p.code != -1 {
		t.Errorf("point %d: it was not killed, its exit code is %d\n%s%s", point, p.code, p.stdout, p.stderr)
		return v
	}
	left := h.world(t)
	v.recorded(tr.before, left, tr.journal(t, h.dir))
	runs, resolved := tr.goOn(t, h, v)
	now := h.world(t)
	v.compare(tr.calm, now)
	v.recorded(tr.before, now, tr.journal(t, h.dir))
	if d := cmp.Diff(tr.knows, known(t, tr.snapshot(t, h.dir))); d != "" {
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
func (tr *trial) goOn(t *testing.T, h *house, v *verdict) (runs, resolved int) {
	for range 4 {
		p := h.scripted(t, tr.environ, applying()...)
		runs++
		doubts := tr.resolve(t, h.dir, h.world(t))
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
		what                  string
		accounts, chapter     int
		batch, short, strided int
	}{
		{"local state: the first run", 12, 1, 5, 9, 1},
		{"local state: a run of every verb", 40, 2, 5, 29, 1},
		{"local state: one item a write", 40, 2, 1, 0, 7},
	} {
		stride := sample(c.short, c.strided)
		if stride == 0 {
			continue
		}
		t.Run(strings.ReplaceAll(c.what, " ", "_"), func(t *testing.T) {
			tr := newTrial(t, c.what, local, c.accounts, c.chapter, "CRASH_BATCH="+strconv.Itoa(c.batch))
			if c.chapter == 2 && tr.figure.effects < 200 {
				t.Errorf("only %d effects", tr.figure.effects)
			}
			for _, w := range tr.everywhere(t, stride) {
				t.Error(w)
			}
		})
	}
}
