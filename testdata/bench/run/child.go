//go:build unix

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// cost is what something took: processor time of all threads, time on the clock, and the most memory that a process held at once.
type cost struct {
	CPU, Wall time.Duration
	Peak      int64 // bytes; 0 if it was not asked for
}

// better joins two turns of the same thing. Of times it keeps the lower, each by itself: what else the machine does only ever adds to them. Of
// peaks it keeps the higher: a bar on memory says how much is held at most, and no turn may hold more.
func (c cost) better(other cost) cost {
	if c.Wall == 0 {
		return other
	}
	return cost{min(c.CPU, other.CPU), min(c.Wall, other.Wall), max(c.Peak, other.Peak)}
}

// newChild prepares a process that ends with ctx, together with all processes that it started.
func newChild(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGTERM) }
	c.WaitDelay = 20 * time.Second
	return c
}

// child is a process that ran to its end.
type child struct {
	cost
	output string // the end of what it printed on standard output
	wrote  written
}

// written is the bytes that a process wrote: by its calls, and what of them had to go to a disk.
type written struct{ calls, disk int64 }

// runChild runs a command to its end. An exit code other than 0 is an error with the end of what it said, unless it is one of fine.
func runChild(ctx context.Context, c *exec.Cmd, fine ...int) (child, error) {
	stdout, stderr := &tail{}, &tail{}
	c.Stdout, c.Stderr = stdout, stderr
	begin := time.Now()
	if err := c.Start(); err != nil {
		return child{}, fmt.Errorf("starting %s: %w", c.Path, err)
	}
	io := watchIO(c.Process.Pid)
	err := c.Wait()
	out := child{cost: cost{Wall: time.Since(begin)}, output: stdout.String(), wrote: io}
	if usage, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		out.CPU, out.Peak = processorTime(usage), peak(usage)
	}
	if code := c.ProcessState.ExitCode(); err != nil && code > 0 && slices.Contains(fine, code) {
		return out, ctx.Err()
	}
	if err != nil {
		return out, fmt.Errorf("running %s: %w: %s", strings.Join(c.Args, " "), err, strings.TrimSpace(stderr.String()+stdout.String()))
	}
	return out, nil
}

// watchIO waits until a process has ended, without taking its end away, and reads what it wrote.
func watchIO(pid int) written {
	waitEnded(pid)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return written{}
	}
	var w written
	for line := range strings.Lines(string(text)) {
		var n int64
		switch {
		case scan(line, "wchar: %d", &n):
			w.calls = n
		case scan(line, "write_bytes: %d", &n):
			w.disk += n
		case scan(line, "cancelled_write_bytes: %d", &n):
			w.disk -= n
		}
	}
	return w
}

func scan(line, format string, n *int64) bool {
	found, err := fmt.Sscanf(line, format, n)
	return err == nil && found == 1
}

// tail keeps the last bytes that are written to it.
type tail struct{ bytes.Buffer }

const tailSize = 16 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	n, err := t.Buffer.Write(p)
	if extra := t.Len() - tailSize; extra > 0 {
		t.Next(extra)
	}
	return n, err
}

func processorTime(u *syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// used is the processor time of this process so far, and the most memory that it held, in bytes.
func used() (time.Duration, int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err) // the arguments are right
	}
	return processorTime(&u), peak(&u)
}
