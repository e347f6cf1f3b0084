//go:build linux

package files_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"github.com/playctl/playctl/pkg/connector"
)

// job is what a helper process does with a desk.
type job struct {
	Dir    string // the playbook's directory
	Do     string // "add, send and task", or a verb
	Name   string // of the audience, the object, the action or the task
	IDs    []string
	Batch  int    // "add, send and task": items a batch
	Times  int    // "add, send and task": batches; 0 is until killed
	From   int    // "add, send and task": the first id
	Limit  uint64 // how long files may get
	Crash  bool   // die of reaching the limit, in the middle of the write, instead of being told
	Nobody bool   // run as a user without rights
	// FailSync says which calls of fsync fail, as strace has it: 1 is the first, 1+ all.
	FailSync string
}

// report is what became of it.
type report struct {
	Err      string
	NotBegun bool
	Statuses string
}

const jobVariable = "PLAYCTL_FILES_JOB"

// TestMain makes the test binary a helper process if it is told a job.
func TestMain(m *testing.M) {
	text := os.Getenv(jobVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var j job
	if err := json.Unmarshal([]byte(text), &j); err != nil {
		panic(err)
	}
	j.work()
}

// work does the job and prints a line for what became of it, or for every batch.
func (j job) work() {
	runtime.LockOSThread() // strace counts the calls of each thread
	if j.Limit > 0 {
		if j.Crash {
			dieOf(syscall.SIGXFSZ)
		} else {
			signal.Ignore(syscall.SIGXFSZ)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: j.Limit, Max: j.Limit}); err != nil {
			panic(err)
		}
	}
	d := openDesk(&testing.T{}, j.Dir)
	if j.Do == "add, send and task" {
		j.addSendAndTask(d)
		return
	}
	outcomes, err := j.once(d)
	r := report{Statuses: statuses(outcomes), NotBegun: errors.As(err, new(*connector.NotBegunError))}
	if err != nil {
		r.Err = err.Error()
	}
	text, _ := json.Marshal(r)
	fmt.Println(string(text))
}

// dieOf makes a signal end the process at once. Go itself only ignores it or tells about it later.
func dieOf(s syscall.Signal) {
	var byDefault [4]uint64
	_, _, errno := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&byDefault)), 0, 8, 0, 0)
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); errno != 0 || err != nil {
		panic(fmt.Sprint(errno, err))
	}
}

func (j job) once(d desk) ([]connector.Outcome, error) {
	b := connector.Batch{Target: kind(j.Name), Items: ids(j.IDs...)}
	switch j.Do {
	case "check":
		return nil, d.Check(context.Background())
	case "create":
		return nil, d.Create(context.Background(), audience(j.Name))
	case "add":
		b.Verb, b.Target = connector.Add, audience(j.Name)
	case "remove":
		b.Verb, b.Target = connector.Remove, audience(j.Name)
	case "set":
		b.Verb = connector.Set
		for i := range b.Items {
			b.Items[i].Fields = map[string]any{"tier": "gold"}
		}
	case "send":
		b.Verb = connector.Send
		for i := range b.Items {
			b.Items[i].Key = b.Items[i].ID
		}
	case "task":
		b.Verb = connector.Task
		for i, id := range j.IDs {
			b.Items[i] = call(id)
		}
	case "cancel":
		b.Verb = connector.Cancel
	}
	return d.Write(context.Background(), b)
}

// addSendAndTask adds, sends and makes tasks, batch after batch, and prints a line after each.
func (j job) addSendAndTask(d desk) {
	for n := j.From; j.Times == 0 || n < j.From+j.Times*j.Batch; n += j.Batch {
		list := keys(n, n+j.Batch)
		items := ids(list...)
		for i := range items {
			items[i].Key = list[i]
		}
		for _, b := range []connector.Batch{
			{Verb: connector.Add, Target: audience("Intent"), Items: items},
			{Verb: connector.Send, Target: kind("message"), Items: items},
			{Verb: connector.Task, Target: kind("task"), Items: items},
		} {
			if _, err := d.Write(context.Background(), b); err != nil {
				panic(err)
			}
		}
		fmt.Println("done")
	}
}

// command gives the helper process for a job.
func command(t *testing.T, j job) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(os.Args[0])
	if j.FailSync != "" {
		c = exec.Command("strace", "-f", "-qqq", "-o", os.DevNull, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO:when="+j.FailSync, os.Args[0])
	}
	c.Env = append(os.Environ(), jobVariable+"="+string(text))
	if !j.Crash {
		c.Stderr = os.Stderr
	}
	if j.Nobody && os.Geteuid() == 0 {
		c.Path = copyForAll(t)
		c.Dir = "/"
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return c
}

// copyForAll copies the test binary to where everybody may run it.
func copyForAll(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "files")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	path := filepath.Join(dir, "files.test")
	if err := errors.Join(os.Chmod(dir, 0o755), os.WriteFile(path, data, 0o755)); err != nil {
		t.Fatal(err)
	}
	return path
}

// run does a job to its end and gives what became of it.
func run(t *testing.T, j job) report {
	t.Helper()
	out, err := command(t, j).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var r report
	if j.Do != "add, send and task" {
		if err := json.Unmarshal(out, &r); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	return r
}

// process is a helper process at work.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
	read  int
}

func start(t *testing.T, j job) *process {
	t.Helper()
	c := command(t, j)
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	return &process{t, c, bufio.NewScanner(out), 0}
}

// next waits until the process has printed another line.
func (p *process) next() {
	p.t.Helper()
	if !p.lines.Scan() {
		p.t.Fatal("the process ended")
	}
	p.read++
}

// kill kills the process and gives how many lines it printed.
func (p *process) kill() int {
	_ = p.cmd.Process.Kill()
	for p.lines.Scan() {
		p.read++
	}
	_ = p.cmd.Wait()
	return p.read
}
