//go:build unix

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// workerWord as the first argument makes this programme a worker.
const workerWord = "worker"

// ask is what a worker is told to do, one line of JSON. peers/duck reads SQL and Loops of it, and does nothing else.
type ask struct {
	Do      string `json:"do"`
	Loops   int    `json:"loops,omitempty"` // so often, for things that take too short a time to be measured
	SQL     string `json:"sql,omitempty"`
	Dir     string `json:"dir,omitempty"` // of a world, or of a playbook
	Format  string `json:"format,omitempty"`
	Entity  string `json:"entity,omitempty"`
	Cache   string `json:"cache,omitempty"`
	Engine  string `json:"engine,omitempty"`
	Segment int    `json:"segment,omitempty"`
	Threads int    `json:"threads,omitempty"`
	File    string `json:"file,omitempty"`
}

// told is what a worker answers: what one loop took and what came out.
type told struct {
	CPU   time.Duration    `json:"cpu"`
	Wall  time.Duration    `json:"wall"`
	Peak  int64            `json:"peak,omitempty"` // bytes, of the process so far
	Rows  map[string]int64 `json:"rows,omitempty"` // by entity, or counts by name
	Text  string           `json:"text,omitempty"`
	Error string           `json:"error,omitempty"`
}

func (t *told) cost() cost { return cost{CPU: t.CPU, Wall: t.Wall, Peak: t.Peak} }

// worker is a process that does what it is asked, one thing after the other.
type worker struct {
	name string
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	said *tail
}

// startWorker starts a worker of this programme, on so many processors.
func (b *bench) startWorker(ctx context.Context, name string, threads int) (*worker, error) {
	c, err := selfCommand(ctx, b.root, workerWord)
	if err != nil {
		return nil, err
	}
	c.Env = append(os.Environ(), fmt.Sprintf("GOMAXPROCS=%d", threads))
	return startWorker(name, c)
}

func startWorker(name string, c *exec.Cmd) (*worker, error) {
	w := &worker{name: name, cmd: c, said: &tail{}}
	c.Stderr = w.said
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	w.in, w.out = in, bufio.NewReader(out)
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	return w, nil
}

// do asks the worker and waits for its answer.
func (w *worker) do(a ask) (*told, error) {
	line, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	if _, err := w.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("asking %s to %s: %w: %s", w.name, a.Do, err, w.said)
	}
	answer, err := w.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("hearing from %s how to %s went: %w: %s", w.name, a.Do, err, w.said)
	}
	var t told
	if err := json.Unmarshal(answer, &t); err != nil {
		return nil, fmt.Errorf("reading %s's answer %q: %w", w.name, answer, err)
	}
	if t.Error != "" {
		return nil, fmt.Errorf("%s: %s: %s", w.name, a.Do, t.Error)
	}
	return &t, nil
}

// end lets the worker go, also for the second time. How it ends doesn't matter: all that it was asked is answered.
func (w *worker) end() {
	_ = w.in.Close()
	_ = w.cmd.Wait()
}

// work is the whole of a worker: it answers each line of in with one of out.
func work(in io.Reader, out io.Writer) int {
	lines, answers := bufio.NewReader(in), json.NewEncoder(out)
	desk := newDesk()
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return 0 // whoever asked is gone or has no more to ask
		}
		var a ask
		t := &told{}
		if err = json.Unmarshal(line, &a); err == nil {
			t, err = desk.do(context.Background(), a)
		}
		if err != nil {
			t = &told{Error: err.Error()}
		}
		if err := answers.Encode(t); err != nil {
			return 1
		}
	}
}
