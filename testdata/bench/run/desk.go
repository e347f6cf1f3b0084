//go:build unix

package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/playctl/playctl/pkg/flow"
)

// desk is what a worker has loaded.
type desk struct {
	world   *flow.World
	program *flow.Program
	given   *flow.Given
	five    *fiveSegments
	naive   *naivePeer
}

func newDesk() *desk { return &desk{} }

// do does one thing.
func (d *desk) do(ctx context.Context, a ask) (*told, error) {
	if a.Threads > 0 {
		runtime.GOMAXPROCS(a.Threads)
	}
	switch a.Do {
	case "load": // reads a world for what comes next; not measured
		return &told{}, d.load(ctx, a)
	case "segment":
		return d.segment(ctx, a)
	case "read":
		return d.read(ctx, a)
	case "open":
		return &told{}, d.open(a)
	case "evaluate":
		return d.evaluate(ctx, a)
	case "keep":
		return d.keep(ctx, a)
	case "rest":
		return d.rest(ctx)
	case "profile":
		return d.profile(ctx, a)
	}
	return nil, fmt.Errorf("there is no %q to do", a.Do)
}

// measure does something so many times, with the garbage of what was before collected, and gives what one time took.
func measure(loops int, f func() error) (*told, error) {
	loops = max(loops, 1)
	runtime.GC()
	before, _ := used()
	begin := time.Now()
	for range loops {
		if err := f(); err != nil {
			return nil, err
		}
	}
	took := time.Since(begin)
	after, most := used()
	return &told{CPU: (after - before) / time.Duration(loops), Wall: took / time.Duration(loops), Peak: most}, nil
}
