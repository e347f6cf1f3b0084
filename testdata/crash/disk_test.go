//go:build unix

package crash

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// newRealTrial makes a house for the real playctl, whose systems are all files, ready for its second chapter, and sees what an undisturbed run
// makes of it.
func newRealTrial(t *testing.T, what string, accounts int) *trial {
	t.Helper()
	h := newHouse(t, accounts, ofFiles)
	mustEnd(t, 0, h.real(t, applying()...))
	h.chapter(t, 2)
	calm := h.copied(t)
	mustEnd(t, 0, calm.real(t, applying()...))
	tr := &trial{place: local, backend: beside, base: h, before: h.world(t), figure: figure{what: what}}
	tr.undisturbed(t, calm, local)
	return tr
}

// failing runs the real playctl on a disk that fails, looks at what it left, and runs it again on one that does not. It gives the exit code of
// the first.
func (tr *trial) failing(t *testing.T, how string, run func(h *house) *exec.Cmd) (code int) {
	t.Helper()
	h := tr.base.copied(t)
	defer os.RemoveAll(h.dir)
	before := tr.journal(t, h.dir)
	p := end(t, run(h))
	v := &verdict{}
	after := tr.journal(t, h.dir) // which fails the test if it can't be read
	v.recorded(tr.before, h.world(t), after)
	if len(after) < len(before) {
		t.Errorf("%s: of %d pages %d are left", how, len(before), len(after))
	}
	switch p.code {
	case 0, 7: // a system's file was too large, or nothing failed
	case 1:
		if !strings.Contains(p.stderr, "hint: ") {
			t.Errorf("%s: no remedy\n%s%s", how, p.stdout, p.stderr)
		}
	default:
		t.Errorf("%s: exit code %d\n%s%s", how, p.code, p.stdout, p.stderr)
	}
	if again := h.real(t, applying()...); again.code != 0 {
		t.Errorf("%s: the run after it: exit code %d\n%s%s", how, again.code, again.stdout, again.stderr)
	}
	now := h.world(t)
	v.compare(tr.calm, now)
	v.recorded(tr.before, now, tr.journal(t, h.dir))
	tr.place.audited(t, h)
	if v.wrong() {
		t.Errorf("%s: %s", how, v)
	}
	if d := cmp.Diff(tr.knows, known(t, tr.snapshot(t, h.dir))); d != "" {
		t.Errorf("%s: the state ends otherwise (-undisturbed +failed):\n%s", how, d)
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.figure.add(v)
	tr.figure.runs += 2
	if p.code != 0 {
		tr.figure.kills++
	}
	return p.code
}

// limit is the shell's word for how large files may become, in blocks of 512 bytes.
const limit = `ulimit -f "$1"; shift; exec "$@"`

// TestDiskFull_stopsAndGoesOnLater lets no file grow beyond many sizes: the run stops at the first record that it can't keep and says what to
// do, what was recorded is still there, and the next run does the rest.
func TestDiskFull_stopsAndGoesOnLater(t *testing.T) {
	accounts := sample(12, 40)
	tr := newRealTrial(t, "no file grows beyond a size", accounts)
	begun := time.Now()
	var mu sync.Mutex
	codes := map[int]int{}
	var g errgroup.Group
	g.SetLimit(2)
	for blocks := 0; blocks <= sample(300, 520); blocks += sample(23, 1) {
		g.Go(func() error {
			code := tr.failing(t, fmt.Sprintf("files of %d bytes", blocks*512), func(h *house) *exec.Cmd {
				return h.command(t, "sh", nil, append([]string{"-c", limit, "sh", fmt.Sprint(blocks), binary(t)}, applying()...)...)
			})
			mu.Lock()
			defer mu.Unlock()
			codes[code]++
			tr.figure.points++
			return nil
		})
	}
	_ = g.Wait()
	tr.figure.took = time.Since(begun)
	tr.figure.report()
	if t.Logf("%+v, exit codes %v", tr.figure, codes); codes[1] == 0 || codes[0] == 0 {
		t.Errorf("exit codes %v: the sizes are badly chosen", codes)
	}
}
