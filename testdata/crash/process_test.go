package crash

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// process is a playctl that has ended.
type process struct {
	code   int // -1: ended by a signal
	stdout string
	stderr string
}

// patience is how long a playctl may take before it counts as stuck.
const patience = 2 * time.Minute

// allowed are the guards that these plans would not pass.
var allowed = []string{"--allow", "removals"}

// command gives a playctl of a house that has not begun. environ are further variables, NAME=value.
func (h *house) command(t testing.TB, bin string, environ []string, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.Command(bin, args...)
	c.Dir = h.dir
	c.Env = append(clean(os.Environ()), environ...)
	return c
}

// clean leaves out variables that playctl listens to.
func clean(environ []string) (out []string) {
	for _, pair := range environ {
		if !strings.HasPrefix(pair, "PLAYCTL_") && !strings.HasPrefix(pair, "CRASH") && !strings.HasPrefix(pair, "CI=") {
			out = append(out, pair)
		}
	}
	return out
}

// end runs a command to its end, which must come.
func end(t testing.TB, c *exec.Cmd) process {
	t.Helper()
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	_ = c.Wait()
	if !stuck.Stop() {
		t.Errorf("%s was stuck\n%s%s", strings.Join(c.Args, " "), stdout.String(), stderr.String())
	}
	return process{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// scripted runs the playctl that has points.
func (h *house) scripted(t testing.TB, environ []string, args ...string) process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return end(t, h.command(t, self, append(environ, "CRASH_IS_PLAYCTL=1"), args...))
}

// real runs the real playctl.
func (h *house) real(t testing.TB, args ...string) process {
	t.Helper()
	return end(t, h.command(t, binary(t), nil, args...))
}

// applying gives the arguments of an apply.
func applying(more ...string) []string {
	return append(append([]string{"apply", "--yes", "-q"}, allowed...), more...)
}

// at is a point as a variable.
func at(point int) string { return "CRASH_AT=" + strconv.Itoa(point) }
