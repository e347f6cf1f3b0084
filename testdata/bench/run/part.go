//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// part is what can be measured by itself.
type part struct {
	name  string
	title string
	run   func(context.Context, *bench) error
}

func parts() []part {
	return []part{
		{"p1", "five segments over the world", measureSegments},
		{"p2", "fifty segments, two scores, one stage model", measureGraph},
		{"p3", "loading", measureLoading},
		{"p4", "plan over the world, and its growth", measurePlan},
		{"profile", "where the time of a whole plan goes", measureProfile},
		{"p5", "plan of a small world, beside Terraform", measureSmall},
		{"p6", "apply to files", measureApply},
		{"p7", "a run without a change", measureIdle},
		{"p9", "a vendor's limit", measureLimits},
		{"p10", "the binary", measureBinary},
	}
}

func partNames() []string {
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	return names
}

// bench is one run of the programme.
type bench struct {
	*options
	root    string // of the repository
	machine machine
	report  report
	log     io.Writer

	lock    *os.File // on the folder of what is kept, until the process ends
	playctl string   // the binary, once it is built
}

// prepare finds the repository and makes the folder for what is kept.
func prepare(ctx context.Context, o *options, log io.Writer) (*bench, error) {
	b := &bench{options: o, log: log}
	var err error
	if b.root, err = findRoot(); err != nil {
		return nil, err
	}
	if o.dir == "" {
		if o.dir = os.Getenv("PLAYCTL_BENCH_DIR"); o.dir == "" {
			o.dir = filepath.Join(os.TempDir(), "playctl-bench")
		}
	}
	if o.dir, err = filepath.Abs(o.dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	if b.lock, err = lockDir(o.dir); err != nil {
		return nil, err
	}
	b.machine = thisMachine(ctx)
	return b, nil
}

// lockDir keeps others out of the folder: they would measure each other, and clear away each other's work.
func lockDir(dir string) (*os.File, error) {
	file, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("another one measures in %s: wait for it, or say -dir", dir), file.Close())
	}
	return file, nil
}

// findRoot looks for the module's folder, from the working directory upward.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module github.com/playctl/playctl\n") {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("looking for playctl's go.mod above %s: it is not there", dir)
		}
	}
}

// runParts does one part after the other and reports whether any failed. One that fails is told of in the results, and the rest goes on.
func (b *bench) runParts(ctx context.Context) (failed bool) {
	for _, p := range parts() {
		if !slices.Contains(b.only, p.name) {
			continue
		}
		b.say("== %s: %s", p.name, p.title)
		begin := time.Now()
		err := ctx.Err()
		if err == nil {
			err = b.limited(ctx, p)
		}
		if err != nil {
			b.say("%s failed: %v", p.name, err)
			b.report.fail(p, err)
			failed = true
		}
		b.say("%s took %s", p.name, time.Since(begin).Round(time.Second))
	}
	return failed
}

// partLimit is how long a part may take: one that hangs must not keep the others from being measured.
const partLimit = time.Hour

func (b *bench) limited(ctx context.Context, p part) error {
	ctx, cancel := context.WithTimeout(ctx, partLimit)
	defer cancel()
	err := p.run(ctx, b)
	if ctx.Err() != nil && err != nil {
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return err
}

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.log, format+"\n", args...) }

// publish prints the results and writes them where they belong.
func (b *bench) publish(stdout io.Writer) error {
	b.machine.after = loadNow()
	text := b.report.markdown(&b.machine, b.scale)
	if _, err := io.WriteString(stdout, text); err != nil {
		return err
	}
	out := b.out
	if out == "" && b.scale == 1 && len(b.only) == len(parts()) {
		out = filepath.Join(b.root, "testdata", "bench", "results.md")
	}
	if out == "" {
		return nil
	}
	return os.WriteFile(out, []byte(text), 0o644)
}
