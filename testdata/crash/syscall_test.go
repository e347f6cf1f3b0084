//go:build linux && strace

package crash

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
)

// writing are the system calls that change a disk.
const writing = "write,pwrite64,pwritev,fsync,fdatasync,ftruncate,rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat"

// traced gives the real playctl under strace, which does something to its system calls. log gets a line for each that changes a disk. Go's
// threads are kept few, since strace counts each one's calls by themselves, and those of each name.
func (h *house) traced(t testing.TB, log, inject string, args ...string) *exec.Cmd {
	t.Helper()
	trace := []string{"-f", "-qq", "-o", log, "-e", "trace=" + writing, "-e", "signal=none"}
	if inject != "" {
		trace = append(trace, "-e", "inject="+inject)
	}
	return h.command(t, "strace", []string{"GOMAXPROCS=1"}, append(append(trace, binary(t)), args...)...)
}

// calls counts the lines of a log.
func calls(t testing.TB, log string) int {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(text, []byte("\n"))
}

// call is one writing system call: the nth of its name that a thread makes.
type call struct {
	name string
	nth  int
}

// callsOf gives every call in a log that can be hit: as strace counts them.
func callsOf(t testing.TB, log string) []call {
	t.Helper()
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	most, byThread := map[string]int{}, map[string]int{}
	for line := range strings.Lines(string(text)) {
		thread, rest, _ := strings.Cut(line, " ")
		name, _, ok := strings.Cut(strings.TrimSpace(rest), "(")
		if !ok || strings.HasPrefix(name, "<") { // the end of a call that was interrupted by another thread's
			continue
		}
		byThread[thread+name]++
		most[name] = max(most[name], byThread[thread+name])
	}
	var out []call
	for _, name := range slices.Sorted(maps.Keys(most)) {
		for n := range most[name] {
			out = append(out, call{name, n + 1})
		}
	}
	return out
}

// callsIn gives the calls of an undisturbed run.
func (tr *trial) callsIn(t *testing.T) []call {
	t.Helper()
	h := tr.base.copied(t)
	defer os.RemoveAll(h.dir)
	log := filepath.Join(t.TempDir(), "calls")
	mustEnd(t, 0, end(t, h.traced(t, log, "", applying()...)))
	return callsOf(t, log)
}

// killCall kills the real playctl at a system call, and runs it again. It gives how many calls there were until then; killed is false if no
// thread came so far this time.
func (tr *trial) killCall(t *testing.T, c call) (v *verdict, at int, killed bool) {
	h := tr.base.copied(t)
	defer os.RemoveAll(h.dir)
	log := h.dir + ".calls"
	defer os.Remove(log)
	v = &verdict{}
	p := end(t, h.traced(t, log, fmt.Sprintf("%s:signal=KILL:when=%d", c.name, c.nth), applying()...))
	if p.code == 0 {
		return v, 0, false
	}
	v.recorded(tr.before, h.world(t), tr.journal(t, h.dir))
	if again := h.real(t, applying()...); again.code != 0 {
		t.Errorf("call %v: the run after it: exit code %d\n%s%s", c, again.code, again.stdout, again.stderr)
	}
	now := h.world(t)
	v.compare(tr.calm, now)
	v.recorded(tr.before, now, tr.journal(t, h.dir))
	tr.place.audited(t, h)
	if d := cmp.Diff(tr.knows, known(t, tr.snapshot(t, h.dir))); d != "" {
		t.Errorf("call %v: the state ends otherwise (-undisturbed +killed):\n%s", c, d)
	}
	return v, calls(t, log), true
}

// TestKilled_atSystemCalls kills the real playctl at system calls that write, one after another: in the middle of commits, of files that are
// replaced, of new states. strace counts the calls of each thread by itself, so that which ones they are differs from run to run.
func TestKilled_atSystemCalls(t *testing.T) {
	tr := newRealTrial(t, "local state: at system calls", sample(6, 40))
	every := tr.callsIn(t)
	tr.figure.points = len(every)
	begun := time.Now()
	var mu sync.Mutex
	seen := map[int]bool{}
	var g errgroup.Group
	g.SetLimit(2)
	for n := 0; n < len(every); n += sample(max(1, len(every)/30), 1) {
		g.Go(func() error {
			v, at, killed := tr.killCall(t, every[n])
			mu.Lock()
			defer mu.Unlock()
			if v.wrong() {
				t.Errorf("killed at system call %v:\n%s", every[n], v)
			}
			if tr.figure.add(v); killed {
				seen[at] = true
				tr.figure.kills++
				tr.figure.runs++
			}
			tr.figure.runs++
			return nil
		})
	}
	_ = g.Wait()
	tr.figure.took = time.Since(begun)
	tr.figure.report()
	note("killed after %d different numbers of system calls", len(seen))
	if t.Logf("%+v, %d places", tr.figure, len(seen)); len(seen) < tr.figure.kills/4 || tr.figure.kills < 10 {
		t.Errorf("%d kills, at %d places", tr.figure.kills, len(seen))
	}
}

// TestDiskFails_stopsAndGoesOnLater has system calls fail, one or all from one on: a full disk, and one that can't make a write durable.
func TestDiskFails_stopsAndGoesOnLater(t *testing.T) {
	tr := newRealTrial(t, "system calls fail", sample(6, 20))
	begun := time.Now()
	every := slices.DeleteFunc(tr.callsIn(t), func(c call) bool {
		return !strings.Contains(" pwrite64 fsync ftruncate unlinkat renameat ", " "+c.name+" ")
	})
	var mu sync.Mutex
	codes := map[int]int{}
	var g errgroup.Group
	g.SetLimit(2)
	for n := 0; n < len(every); n += sample(max(1, len(every)/16), 1) {
		c := every[n]
		for _, from := range []string{"", "+"} {
			g.Go(func() error {
				code := tr.failing(t, fmt.Sprintf("%s %d%s fails", c.name, c.nth, from), func(h *house) *exec.Cmd {
					return h.traced(t, os.DevNull, fmt.Sprintf("%s:error=%s:when=%d%s", c.name, failure(c.name), c.nth, from), applying()...)
				})
				mu.Lock()
				defer mu.Unlock()
				codes[code]++
				tr.figure.points++
				return nil
			})
		}
	}
	_ = g.Wait()
	tr.figure.took = time.Since(begun)
	tr.figure.report()
	if t.Logf("%+v, exit codes %v", tr.figure, codes); codes[1] < 10 {
		t.Errorf("exit codes %v", codes)
	}
}

// failure is how a disk fails at a call.
func failure(call string) string {
	if call == "pwrite64" {
		return "ENOSPC"
	}
	return "EIO"
}
