//go:build unix

// Tests of what only a process of its own has: signals, pipes, users. What it says and does is tested in pkg/cli.
package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestMain makes the test's binary playctl where it is asked to.
func TestMain(m *testing.M) {
	if os.Getenv("PLAYCTL_IS_UNDER_TEST") != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is a playctl.
type process struct {
	*exec.Cmd
	out, err screen
}

// screen is a stream that is looked at while it is written.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// command gives a playctl that was not started yet.
func command(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.CommandContext(t.Context(), self, args...)}
	p.Env = append(os.Environ(), "PLAYCTL_IS_UNDER_TEST=1", "CI=")
	p.Stdout, p.Stderr = &p.out, &p.err
	return p
}

// start starts a playctl.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	p := command(t, args...)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// code waits for the end and gives the exit code, -1 for one that a signal ended.
func (p *process) code() int {
	_ = p.Wait()
	return p.ProcessState.ExitCode()
}

// signal sends a signal.
func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	if err := p.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// playctl runs one to its end and holds its exit code against what is wanted.
func playctl(t *testing.T, want int, args ...string) *process {
	t.Helper()
	p := start(t, args...)
	if got := p.code(); got != want {
		t.Fatalf("playctl %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, want, p.out.String(), p.err.String())
	}
	return p
}

// made makes the starter playbook.
func made(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "my")
	playctl(t, 0, "init", dir)
	return dir
}

// eventually waits for something to become true.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 20s", what)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// lines counts the lines of a file that hold a text.
func lines(path, text string) int {
	data, _ := os.ReadFile(path)
	n := 0
	for line := range strings.Lines(string(data)) {
		if strings.Contains(line, text) {
			n++
		}
	}
	return n
}

// holdDesk makes every write to the desk wait until the lock is given back.
func holdDesk(t *testing.T, dir string) (free func()) {
	t.Helper()
	file, err := os.OpenFile(filepath.Join(dir, "desk", ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return func() { file.Close() }
}

// applying starts an apply that waits in its first write.
func applying(t *testing.T, dir string) *process {
	t.Helper()
	p := start(t, "apply", "-C", dir, "--yes")
	eventually(t, "the run begins", func() bool {
		list := start(t, "state", "list", "-C", dir)
		return list.code() == 0 && strings.Contains(list.out.String(), "running")
	})
	return p
}

// TestApply_interruptLetsWhatIsInFlightEnd holds the first Ctrl-C, and SIGTERM, and a terminal that is closed.
func TestApply_interruptLetsWhatIsInFlightEnd(t *testing.T) {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			dir := made(t)
			free := holdDesk(t, dir)
			p := applying(t, dir)
			p.signal(t, s)
			eventually(t, "the signal is noticed", func() bool { return strings.Contains(p.err.String(), "stopping:") })
			free()
			if code := p.code(); code != 130 || !strings.Contains(p.out.String(), "4 added") || !strings.Contains(p.err.String(), "the state is saved") {
				t.Errorf("exit code %d\n%s%s", code, p.out.String(), p.err.String())
			}
			if rest := playctl(t, 0, "plan", "-C", dir).out.String(); !strings.Contains(rest, "Plan: 0 to add, 0 to remove, 0 to change, 3 to do once") {
				t.Errorf("the next plan is not the rest:\n%s", rest)
			}
		})
	}
}

// TestApply_secondInterruptStopsNow holds that nobody has to wait for a system that hangs.
func TestApply_secondInterruptStopsNow(t *testing.T) {
	t.Parallel()
	dir := made(t)
	defer holdDesk(t, dir)()
	p := applying(t, dir)
	p.signal(t, os.Interrupt)
	eventually(t, "the signal is noticed", func() bool { return strings.Contains(p.err.String(), "stopping:") })
	p.signal(t, os.Interrupt)
	if code := p.code(); code != 130 || !strings.Contains(p.err.String(), "the state is saved") {
		t.Errorf("exit code %d\n%s%s", code, p.out.String(), p.err.String())
	}
	playctl(t, 2, "plan", "-C", dir, "--detailed-exitcode")
}

// TestApply_killedLosesNothing holds that after kill -9 the next runs come to the same end, with nothing done twice.
func TestApply_killedLosesNothing(t *testing.T) {
	t.Parallel()
	dir := made(t)
	free := holdDesk(t, dir)
	p := applying(t, dir)
	p.signal(t, os.Kill)
	p.code()
	free()
	if text := playctl(t, 0, "plan", "-C", dir).out.String(); !strings.Contains(text, "was cut off before its end: this is the rest") {
		t.Errorf("the plan does not speak of the run that was killed:\n%s", text)
	}
	if text := playctl(t, 0, "apply", "-C", dir, "--yes").out.String(); !strings.Contains(text, "was cut off before its end: this is the rest") {
		t.Errorf("the apply does not speak of the run that was killed:\n%s", text)
	}
	playctl(t, 0, "plan", "-C", dir, "--detailed-exitcode")
	if n := lines(filepath.Join(dir, "desk", "message.jsonl"), "#sdr"); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

// TestPlan_interruptEndsAtOnce holds Ctrl-C while a secret is asked for, also where the command that gives it has started others.
func TestPlan_interruptEndsAtOnce(t *testing.T) {
	t.Parallel()
	dir := made(t)
	file := filepath.Join(dir, "playbook.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	slow := strings.Replace(string(text), "dir: ./desk", `dir: {command: [sh, -c, "touch asked; sleep 60 2>/dev/null & exec sleep 60 2>/dev/null"]}`, 1)
	if err := os.WriteFile(file, []byte(slow), 0o644); err != nil {
		t.Fatal(err)
	}
	p := start(t, "plan", "-C", dir)
	eventually(t, "the secret is asked for", func() bool { return exists(filepath.Join(dir, "asked")) })
	begun := time.Now()
	p.signal(t, os.Interrupt)
	if code := p.code(); code != 130 || !strings.Contains(p.err.String(), "interrupted: nothing was changed") {
		t.Errorf("exit code %d\n%s", code, p.err.String())
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestPipe_nobodyReads holds that playctl … | head -1 ends quietly, and that an apply does all of its work even so.
func TestPipe_nobodyReads(t *testing.T) {
	t.Parallel()
	dir := made(t)
	for _, c := range []struct {
		args string
		code int
	}{{"plan --detailed-exitcode", 2}, {"plan --json", 0}, {"apply --yes -q", 0}, {"plan --detailed-exitcode", 0}} {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		reader.Close()
		p := command(t, append(strings.Fields(c.args), "-C", dir)...)
		p.Stdout = writer
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		writer.Close()
		if code := p.code(); code != c.code || p.err.String() != "" {
			t.Errorf("%s: exit code %d, %q", c.args, code, p.err.String())
		}
	}
	if n := lines(filepath.Join(dir, "desk", "message.jsonl"), "#sdr"); n != 3 {
		t.Errorf("%d messages, want 3", n)
	}
}

// TestReadOnlyFolder_plansAndRefusesToApply holds that a folder that may not be written to is found out before the first effect.
func TestReadOnlyFolder_plansAndRefusesToApply(t *testing.T) {
	t.Parallel()
	dir := made(t)
	playctl(t, 0, "apply", "-C", dir, "--yes", "--only", "a-01")
	for _, path := range []string{filepath.Dir(filepath.Dir(dir)), filepath.Dir(dir)} {
		must(t, os.Chmod(path, 0o755))
	}
	must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(path, 0o555)
		}
		return os.Chmod(path, 0o444)
	}))
	t.Cleanup(func() { // so that the folder can be removed
		_ = filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error { return os.Chmod(path, 0o755) })
	})
	binary := copyForAll(t)
	run := func(args ...string) *process {
		p := command(t, append(args, "-C", dir)...)
		p.Path = binary
		if os.Getuid() == 0 {
			p.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		must(t, p.Start())
		return p
	}
	if p := run("plan"); p.code() != 0 || !strings.Contains(p.out.String(), "Plan: 2 to add") {
		t.Errorf("plan: %s%s", p.out.String(), p.err.String())
	}
	if p := run("apply", "--yes"); p.code() != 1 || !strings.Contains(p.err.String(), "permission denied") || !strings.Contains(p.err.String(), "hint:") {
		t.Errorf("apply: exit code %d\n%s%s", p.ProcessState.ExitCode(), p.out.String(), p.err.String())
	}
	if n := lines(filepath.Join(dir, "desk", "message.jsonl"), "#sdr"); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

// copyForAll copies the test's binary to where everybody may run it.
func copyForAll(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	in, err := os.Open(self)
	must(t, err)
	defer in.Close()
	dir, err := os.MkdirTemp("", "playctl-test-")
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	path := filepath.Join(dir, "playctl")
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(out, in)
	must(t, err)
	must(t, out.Close())
	return path
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
