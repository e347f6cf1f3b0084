package sqlite

import (
	"context"
	"os"
	"runtime"

	"github.com/playctl/playctl/pkg/state"
	"golang.org/x/sync/errgroup"
)

// parallelFrom is the size in bytes from which a file is read by several connections.
const parallelFrom = 1 << 20

// checkFile checks a file as of one moment, without writing; the rows' checksums need reading.
func checkFile(ctx context.Context, path string, how checking) error {
	c, err := connect(ctx, path, readOnly)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.exec(ctx, "BEGIN"); err != nil {
		return err
	}
	if err := c.identify(ctx); err != nil {
		return err
	}
	if c.form == state.Version && c.isGood(ctx, how) {
		return nil
	}
	return c.check(ctx, how)
}

// readFile reads and checks a whole state as of one moment, without writing.
func readFile(ctx context.Context, path string) (*state.Snapshot, error) {
	var s *state.Snapshot
	err := momentOf(ctx, path, func(c *conn) (err error) {
		s, err = c.snapshot(ctx)
		return err
	})
	return s, err
}

// readWithJournal is readFile for all there is.
func readWithJournal(ctx context.Context, path string) (*state.Whole, error) {
	var w *state.Whole
	err := momentOf(ctx, path, func(c *conn) error {
		s, err := c.snapshot(ctx)
		if err != nil {
			return err
		}
		w = &state.Whole{Snapshot: *s}
		w.Journal, err = c.pages(ctx, "")
		return err
	})
	return w, err
}

// momentOf lets f look at a file as of one moment: until it returns nobody can change that.
func momentOf(ctx context.Context, path string, f func(*conn) error) error {
	c, err := connect(ctx, path, readOnly)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.exec(ctx, "BEGIN"); err != nil {
		return err
	}
	if err := c.identify(ctx); err != nil {
		return err
	}
	return f(c)
}

// snapshot reads and checks a state in an open transaction.
func (c *conn) snapshot(ctx context.Context) (*state.Snapshot, error) {
	if s, err := readImage(ctx, c); err == nil || ctx.Err() != nil {
		return s, err
	}
	others := helpers(ctx, c.path)
	defer func() {
		for _, other := range others {
			other.close()
		}
	}()
	return readAll(ctx, append(others, c))
}

// helpers gives more connections that see the same as the first one does: while that has SQLite's shared lock nobody changes the file.
// Fewer than wished for, or none, is no error.
func helpers(ctx context.Context, path string) []*conn {
	var got []*conn
	info, err := os.Stat(path)
	if err != nil || info.Size() < parallelFrom {
		return nil
	}
	for len(got) < min(runtime.GOMAXPROCS(0), 4)-1 {
		c, err := connect(ctx, path, helper)
		if err != nil {
			break
		}
		if c.exec(ctx, "BEGIN") != nil || c.identify(ctx) != nil {
			c.close()
			break
		}
		got = append(got, c)
	}
	return got
}

// readImage reads a state from its file's pages. An error says that SQLite had better have a look.
func readImage(ctx context.Context, c *conn) (*state.Snapshot, error) {
	if c.form != state.Version {
		return nil, errDoubt
	}
	f, err := c.image(ctx)
	if err != nil {
		return nil, err
	}
	var s state.Snapshot
	var names []meta
	var group errgroup.Group
	group.SetLimit(min(runtime.GOMAXPROCS(0), 4))
	for _, job := range []func() error{ // what takes longest comes first
		decoding(ctx, f, &members, &s.Members), decoding(ctx, f, &held, &s.Held), decoding(ctx, f, &effects, &s.Effects),
		decoding(ctx, f, &tasks, &s.Tasks), decoding(ctx, f, &truths, &s.Truths), decoding(ctx, f, &seen, &s.Seen),
		decoding(ctx, f, &changes, &s.Changes), decoding(ctx, f, &plays, &s.Plays), decoding(ctx, f, &runs, &s.Runs),
		decoding(ctx, f, &failures, &s.Failures), decoding(ctx, f, &erased, &s.Erased), decoding(ctx, f, &metas, &names),
	} {
		group.Go(job)
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if len(names) != 1 {
		return nil, errDoubt
	}
	s.Meta = names[0].Meta
	if err := names[0].counts.compare(&s); err != nil {
		return nil, err
	}
	return &s, nil
}

func decoding[T any](ctx context.Context, f *image, t *table[T], into *[]T) func() error {
	return func() (err error) {
		*into, err = t.decode(ctx, f)
		return err
	}
}

// readAll reads the tables over connections that see the same, and checks the file meanwhile.
func readAll(ctx context.Context, conns []*conn) (*state.Snapshot, error) {
	var s state.Snapshot
	var should counts
	forms := formsOf(conns[0].form)
	work := make(chan func(*conn) error, 16)
	work <- reading(ctx, forms.members, &s.Members) // what takes longest comes first
	work <- reading(ctx, &held, &s.Held)
	work <- func(c *conn) error { return c.check(ctx, quick) }
	work <- reading(ctx, &effects, &s.Effects)
	work <- reading(ctx, forms.tasks, &s.Tasks)
	work <- reading(ctx, &truths, &s.Truths)
	work <- reading(ctx, &seen, &s.Seen)
	work <- reading(ctx, &changes, &s.Changes)
	work <- reading(ctx, forms.plays, &s.Plays)
	work <- reading(ctx, forms.runs, &s.Runs)
	work <- reading(ctx, forms.failures, &s.Failures)
	work <- reading(ctx, forms.erased, &s.Erased)
	work <- func(c *conn) error {
		m, err := c.meta(ctx)
		s.Meta, should = m.Meta, m.counts
		return err
	}
	close(work)
	var group errgroup.Group
	for _, c := range conns {
		group.Go(func() error {
			for job := range work {
				if err := job(c); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	if conns[0].form < state.Version { // nobody counted
		return &s, nil
	}
	if err := should.compare(&s); err != nil {
		return nil, err
	}
	return &s, nil
}

// reading reads a table, nothing if it is nil.
func reading[T any](ctx context.Context, t *table[T], into *[]T) func(*conn) error {
	return func(c *conn) (err error) {
		if t == nil {
			return nil
		}
		*into, err = t.read(ctx, c)
		return err
	}
}
