//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector/all"
	states "github.com/playctl/playctl/pkg/state/all"
)

// childOf names the variable by which this test binary, run again, is a process of its own that can be killed or limited: it holds the first of
// the ids that the process gives.
const childOf = "PLAYCTL_TEST_PROCESS"

func TestMain(m *testing.M) {
	first, err := strconv.Atoi(os.Getenv(childOf))
	if err != nil {
		os.Exit(m.Run())
	}
	os.Exit(child(first))
}

// child is the command line on the real file system, with a script's clock and accidents. $FSIZE limits how large files may get, in bytes; with
// $NOBODY it has no privileges.
func child(first int) int {
	now, err := time.Parse(time.RFC3339, os.Getenv("NOW"))
	if err != nil {
		panic(err)
	}
	if limit, err := strconv.ParseUint(os.Getenv("FSIZE"), 10, 64); err == nil {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			panic(err)
		}
	}
	if os.Getenv("NOBODY") != "" && os.Getuid() == 0 { // for whom a folder that is read-only is none
		if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(65534), syscall.Setuid(65534)); err != nil {
			panic(err)
		}
	}
	ids := &counter{n: first}
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	w := &cli.World{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Terminal: func(int) bool { return false }, Dir: dir, Environ: os.Environ(),
		Now: func() time.Time { return now }, NewID: ids.next, Transport: http.DefaultTransport, Drivers: append(all.Drivers(), newStage(os.Getenv("PROBE")).driver()),
		Backends: append(states.Drivers(), far()), User: "ada@desk", PID: os.Getpid(), Version: "1.2.3",
		Exec: func(context.Context, string, []string) (string, error) { return "", nil }}
	return cli.Main(context.Background(), w, os.Args[1:])
}

// spawn runs the command line as a process of its own. killed says that it ended by kill -9.
func spawn(ts *testscript.TestScript, neg bool, args []string) {
	d := standOf(ts)
	d.ids.mu.Lock()
	d.ids.n += 1000 // the ids that it gives
	first := d.ids.n
	d.ids.n += 1000
	d.ids.mu.Unlock()
	c := exec.Command(os.Args[0], args...)
	var out, errs bytes.Buffer
	c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), &out, &errs
	c.Env = []string{childOf + "=" + strconv.Itoa(first), "NOW=" + ts.Getenv("NOW"), "PROBE=" + ts.Getenv("PROBE"), "FSIZE=" + ts.Getenv("FSIZE"), "NOBODY=" + ts.Getenv("NOBODY")}
	err := c.Run()
	fmt.Fprint(ts.Stdout(), out.String())
	fmt.Fprint(ts.Stderr(), errs.String())
	d.code = c.ProcessState.ExitCode()
	d.killed = c.ProcessState.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL
	if (err != nil) != neg {
		ts.Fatalf("it ended with %v", err)
	}
}

// readable lets everybody read what is below a folder, and come to it.
func readable(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "readable DIR")
	dir := ts.MkAbs(args[0])
	ts.Check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o755)
		}
		return os.Chmod(path, 0o644)
	}))
	for above := filepath.Dir(dir); above != filepath.Dir(above) && above != filepath.Clean(os.TempDir()); above = filepath.Dir(above) {
		ts.Check(os.Chmod(above, 0o755))
	}
}

// killed holds that the last process was killed.
func killed(ts *testscript.TestScript, _ bool, _ []string) {
	if !standOf(ts).killed {
		ts.Fatalf("it was not killed, it ended with %d", standOf(ts).code)
	}
}

// grown sets $FSIZE to the size of a file and so many bytes more.
func grown(ts *testscript.TestScript, _ bool, args []string) {
	want(ts, args, "grown FILE N")
	more, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Setenv("FSIZE", strconv.FormatInt(info.Size()+more, 10))
}

// remedy runs the command that the last hint names, as it stands, on a terminal where somebody says yes.
func remedy(ts *testscript.TestScript, neg bool, _ []string) {
	text := ts.ReadFile("stderr")
	_, hint, found := strings.Cut(text, "hint: ")
	_, command, named := strings.Cut(hint, "playctl ")
	if !found || !named {
		ts.Fatalf("no hint names a command:\n%s", text)
	}
	command, _, _ = strings.Cut(strings.TrimSpace(command), ";")
	p := newProcess(ts)
	p.world.Terminal = func(int) bool { return true }
	p.world.Stdin = strings.NewReader("yes\n")
	ts.Logf("running: playctl %s", command)
	p.run(strings.Fields(command))
	tell(ts, neg, p)
}

// die is what a connector does that takes its process with it, as kill -9 would: nothing is closed and nothing is told.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
