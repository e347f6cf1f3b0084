package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Request says what to read.
type Request struct {
	Dir        string                         // the playbook's directory, which files are relative to
	Entities   []*playbook.Entity             // as checked by package playbook; a parent of one of them is one of them
	Zone       *time.Location                 // of times without an offset; nil is UTC
	Now        time.Time                      // events after it don't exist for this run, and ages count up to it
	Progress   func(Progress)                 // told how far the reading is, unless nil; see [Progress]
	Connectors map[string]connector.Connector // by name: those that entities are read from
	CacheDir   string                         // where parsed columns are kept from run to run, made when needed; "" keeps nothing
	Version    string                         // of playctl: what another one has kept is not used
	OldIsFit   bool                           // a source that is older than its entity accepts is only reported, whatever on_stale: says
	Clock      func() time.Time               // measures how long reading takes, from several goroutines; it decides nothing, and nil measures nothing

	cacheFrom int64 // how large a file must be for its columns to be kept, for tests; 0 is the constant of that name
}

// Result is what was read.
type Result struct {
	Frame   *frame.Frame
	Reports []Report // in the order of the request's entities
}

// Read reads all entities' files and objects of connectors, two at a time, and links them. What it reads from one connector is of one moment, where that
// has snapshots.
//
// Before any record is read every file is opened, and its age, header and format are checked, so that one run shows what is wrong with
// all of them. Problems of the files and the playbook are a [diag.List], sorted. When ctx ends, Read returns its error, wrapped, within
// a few milliseconds.
func Read(ctx context.Context, r Request) (*Result, error) {
	if r.Zone == nil {
		r.Zone = time.UTC
	}
	if r.Clock == nil {
		r.Clock = func() time.Time { return r.Now }
	}
	connectors, problems, err := openReaders(ctx, r)
	defer connectors.close()
	if err != nil {
		return nil, err
	}
	readings, err := openAll(ctx, r, connectors, problems)
	defer func() {
		for _, x := range readings {
			x.close()
		}
	}()
	if err == nil {
		err = readAll(ctx, r, readings)
	}
	if err != nil {
		return nil, err
	}
	f, err := link(ctx, readings)
	if err != nil {
		return nil, err
	}
	if f, err = settle(ctx, r, readings, f); err != nil {
		return nil, err
	}
	result := &Result{Frame: f}
	for _, x := range readings {
		x.table.report.Orphans = orphans(f.Table(x.table.entity.Name))
		result.Reports = append(result.Reports, x.table.report)
	}
	return result, nil
}

// reading is an entity with its open file, or with the connector that it is read from.
type reading struct {
	table    *table
	in       *input // nil of a connector
	format   format
	progress *meter
	cache    cache
	oldIsFit bool // see Request
	now      time.Time
}

func (x *reading) close() {
	if x.in != nil {
		_ = x.in.file.Close() // only read from
	}
}

// size is how large a file is. A connector is as large as can be: nobody knows.
func (x *reading) size() int64 {
	if x.in == nil {
		return math.MaxInt64
	}
	return x.in.info.Size()
}

// format reads the records of a file into a table. What is wrong with the file is a list; an error is one of reading.
type format interface {
	read(t *table) (diag.List, error)
}

// readAll reads the records of all files and objects, two at a time, objects and large files first. One that fails does not stop the others, so that what is
// reported does not depend on which is faster.
func readAll(ctx context.Context, r Request, readings []*reading) error {
	stop := watch(r.Progress, readings)
	defer stop()
	queue := slices.Clone(readings)
	slices.SortStableFunc(queue, func(a, b *reading) int { return cmp.Compare(b.size(), a.size()) })
	found := make([]diag.List, len(queue))
	var group errgroup.Group
	group.SetLimit(2)
	threads := newThreads()
	for i, x := range queue {
		x.table.threads = threads
		group.Go(func() (err error) {
			if found[i], err = x.read(r.Clock); err != nil {
				err = stopped(x.table.entity, err)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	problems := slices.Concat(found...)
	problems.Sort()
	return problems.Err()
}

// read reads the records of one file.
func (x *reading) read(clock func() time.Time) (diag.List, error) {
	start := clock()
	t := x.table
	t.reached = x.reached
	problems, err := x.records()
	if err != nil {
		return nil, err
	}
	if x.in != nil {
		t.report.Bytes = x.in.read
	}
	x.progress.set(t.rows, t.report.Bytes)
	t.report.Rows, t.report.Took = t.rows, clock().Sub(start)
	if len(problems) == 0 {
		problems = t.verdict()
	}
	if x.in == nil {
		if len(problems) == 0 {
			problems = t.checkAgeBy(x.now, x.oldIsFit)
		}
		return problems, nil
	}
	if len(problems) == 0 && x.in.changed() {
		problems.Add(fileProblem(t.entity.File, 0, "write exports under another name and rename them", "the file changed while it was read"))
	}
	return problems, nil
}

// reached notes how far the reading is: so many bytes are in the table. At the first block it makes room for the rest, which goes by the
// records so far.
func (x *reading) reached(bytes int64) {
	if total := x.progress.total; bytes > 0 && x.table.rows > 0 && x.progress.rows.Load() == 0 && bytes < total {
		x.table.builder.Reserve(int(float64(x.table.rows) * float64(total) / float64(bytes) * 1.05))
	}
	x.progress.set(x.table.rows, bytes)
}

// link makes the frame.
func link(ctx context.Context, readings []*reading) (*frame.Frame, error) {
	builders := make([]*frame.Builder, len(readings))
	for i, x := range readings {
		builders[i] = x.table.builder
	}
	return interruptible(ctx, func() *frame.Frame { return frame.Link(builders) })
}

// interruptible gives the frame that a function makes. Linking can't be interrupted, so when ctx ends its result is left to the garbage
// collector.
func interruptible(ctx context.Context, linking func() *frame.Frame) (*frame.Frame, error) {
	linked := make(chan *frame.Frame, 1)
	go func() { linked <- linking() }()
	select {
	case f := <-linked:
		return f, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("linking entities: %w", ctx.Err())
	}
}

// stopped words an error that has nothing to do with what is in a file.
func stopped(e *playbook.Entity, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("reading %s: %w", e.Name, err)
	}
	return fmt.Errorf("reading %s from %q: %w", e.Name, e.Origin(), err)
}
