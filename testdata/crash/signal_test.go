package crash

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/state"
)

// TestInterrupted_atAnyPoint interrupts runs before and after commits and writes, once, twice and by SIGTERM: the run ends, the state is saved and
// says so, and the next run does the rest, nothing twice.
func TestInterrupted_atAnyPoint(t *testing.T) {
	tr := newTrial(t, "interrupted: SIGINT, SIGINT twice, SIGTERM", beside, 20, 2, "CRASH_BATCH=5")
	begun := time.Now()
	for _, signals := range []string{"INT", "INT,INT", "TERM"} {
		for point := 3; point <= tr.figure.points; point += max(1, tr.figure.points/sample(3, 40)) {
			tr.interrupt(t, point, signals)
		}
	}
	tr.figure.took = time.Since(begun)
	tr.figure.report()
	t.Logf("%+v", tr.figure)
}

// interrupt interrupts a run at a point, looks at what it left, and runs again.
func (tr *trial) interrupt(t *testing.T, point int, signals string) {
	t.Helper()
	h, kept := tr.copied(t)
	defer os.RemoveAll(h.dir)
	p := h.scripted(t, slices.Concat([]string{at(point), "CRASH_SIGNAL=" + signals}, tr.environ), applying()...)
	runs := kept.snapshot(t, h.dir).Runs
	last := runs[len(runs)-1]
	ended := p.code == 0 && last.Status == state.Succeeded // it was done already
	stopped := p.code == 130 && last.Status == state.Interrupted && strings.Contains(p.stderr, "the state is saved")
	if !ended && !stopped {
		t.Errorf("%s at point %d of %d: exit code %d, the run %s\n%s%s", signals, point, tr.figure.points, p.code, last.Status, p.stdout, p.stderr)
	}
	if doubts := inDoubt(kept.snapshot(t, h.dir)); len(doubts) > 0 && signals != "INT,INT" {
		t.Errorf("%s at point %d: what was in flight could end, and is in doubt: %+v", signals, point, doubts)
	}
	v := &verdict{}
	v.recorded(tr.before, h.world(t), kept.journal(t, h.dir))
	more, resolved := tr.goOn(t, h, kept)
	v.compare(tr.calm, h.world(t))
	kept.audited(t, h)
	if v.wrong() {
		t.Errorf("%s at point %d: %s", signals, point, v)
	}
	if d := cmp.Diff(tr.knows, known(t, kept.snapshot(t, h.dir))); d != "" {
		t.Errorf("%s at point %d: the state ends otherwise (-undisturbed +interrupted):\n%s", signals, point, d)
	}
	tr.figure.kills++
	tr.figure.runs += more + 1
	tr.figure.resolved += resolved
	tr.figure.add(v)
}
