//go:build unix

package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// keep reads all records for what comes next, and measures it.
func (d *desk) keep(ctx context.Context, a ask) (*told, error) {
	return measure(1, func() error { return d.readAll(ctx, a) })
}

func (d *desk) readAll(ctx context.Context, a ask) error {
	read, err := source.Read(ctx, d.request(a))
	if err != nil {
		return err
	}
	d.given = &flow.Given{Read: read}
	d.given.Lists, err = flow.Lists(ctx, d.world, d.program)
	return err
}

// rest is what a plan does beside reading records and evaluating segments: it reads the state and asks the connectors, and from there on it is
// what all of it takes less what evaluating takes, which comes first in it and is measured by itself before. The three follow each other, so
// that the garbage which is collected before each is in none of them.
func (d *desk) rest(ctx context.Context) (*told, error) {
	var s *state.Snapshot
	opened, err := measure(1, func() (err error) {
		if s, err = d.state(ctx); err != nil {
			return err
		}
		d.given.Connectors, err = flow.Connectors(ctx, d.world, d.program)
		return err
	})
	if err != nil {
		return nil, err
	}
	evaluated, err := d.evaluating(ctx, s)
	if err != nil {
		return nil, err
	}
	planned, err := measure(1, func() error {
		_, err := flow.PlanGiven(ctx, d.world, d.program, s, flow.Options{}, d.given)
		return err
	})
	if err != nil {
		return nil, err
	}
	return remaining(opened, evaluated, planned), nil
}

// remaining is opening and what of planning was not evaluating.
func remaining(opened, evaluated, planned *told) *told {
	return &told{CPU: opened.CPU + max(planned.CPU-evaluated.CPU, 0), Wall: opened.Wall + max(planned.Wall-evaluated.Wall, 0), Peak: planned.Peak}
}

// evaluating measures what a plan evaluates: segments, and what changed since the state was written.
func (d *desk) evaluating(ctx context.Context, s *state.Snapshot) (*told, error) {
	return measure(1, func() error {
		_, err := flow.EvaluateGiven(ctx, d.world, d.program, s, d.given)
		return err
	})
}

func (d *desk) state(ctx context.Context) (*state.Snapshot, error) {
	d.world.At = worldEnd.Add(time.Hour)
	return sqlite.Open(d.world.Dir, "", time.Now).Read(ctx)
}

// profile makes a whole plan, as the command does, and writes its profile to a file.
func (d *desk) profile(ctx context.Context, a ask) (t *told, err error) {
	file, err := os.Create(a.File)
	if err != nil {
		return nil, err
	}
	defer func() {
		if e := file.Close(); err == nil {
			err = e
		}
	}()
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, fmt.Errorf("profiling: %w", err)
	}
	defer pprof.StopCPUProfile()
	return measure(1, func() error {
		s, err := d.state(ctx)
		if err != nil {
			return err
		}
		_, err = flow.Plan(ctx, d.world, d.program, s, flow.Options{})
		return err
	})
}
