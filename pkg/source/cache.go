package source

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"regexp"

	"golang.org/x/sync/errgroup"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/frame"
)

// cacheFrom is how large a file must be for its columns to be kept. Below it reading takes some milliseconds, and tests and examples stay
// without files that nobody asked for.
const cacheFrom = 1 << 20

// cache is where the columns of one entity are kept between runs. The zero value keeps nothing.
type cache struct {
	on     bool
	dir    string
	schema digestSum // of all that decides what is read, but the file
	entity string
	size   int64
	key    digestKey
	source digestSum // of the file, before it was read; zero before that is known
	hit    bool      // the columns are those of the cache
}

// cacheable are entities' names that can be names of files.
var cacheable = regexp.MustCompile(`^[A-Za-z0-9_-]{1,100}$`)

// newCache finds out whether the columns of a reading are to be kept.
func newCache(r Request, x *reading) cache {
	size := x.in.info.Size()
	if r.CacheDir == "" || size < cmp.Or(r.cacheFrom, cacheFrom) || !cacheable.MatchString(x.table.entity.Name) {
		return cache{}
	}
	// Of events that have a key, which of two with the same one is kept depends on now; so they are kept as they are now.
	x.table.span.whole = x.table.event && x.table.entity.Key == ""
	return cache{on: true, dir: r.CacheDir, schema: schemaOf(x.table.entity, r), entity: x.table.entity.Name, size: size}
}

// name is the name of the cache's file.
func (c *cache) name() string {
	return c.entity + "-" + hex.EncodeToString(c.schema[:cacheHash]) + cacheSuffix
}

// path is where the cache's file is.
func (c *cache) path() string { return filepath.Join(c.dir, c.name()) }

// Of the name of a file of the cache: how many bytes of the schema's digest, and its end.
const (
	cacheHash   = 8
	cacheSuffix = ".columns"
)

// records reads the records into the table: from the cache if it has them, else from the file.
func (x *reading) records() (diag.List, error) {
	c := &x.cache
	if c.on {
		hit, err := x.lookUp()
		if !hit && err == nil && c.on && c.source == (digestSum{}) {
			err = x.measure(newKey())
		}
		if hit || err != nil {
			return nil, err
		}
	}
	return x.format.read(x.table)
}

// lookUp takes the records of the cache into the table, if they are those of the file. What is wrong with the cache is no error: then the
// file is read.
func (x *reading) lookUp() (hit bool, err error) {
	c, t := &x.cache, x.table
	f := openCache(c)
	if f == nil {
		return false, nil
	}
	defer f.close()
	if h := &f.head; !h.Stamp.known() || h.Stamp != systemStamp(x.in.info) {
		if err := x.measure(h.Key); err != nil || h.Source != c.source {
			return false, err
		}
	}
	if !(span{from: f.head.From, until: f.head.Until}).holds(t.now) {
		return false, nil
	}
	b, m, err := f.read(x.in.ctx)
	if err != nil || !b.Like(t.builder) || len(m.Warnings) > 0 && m.Places != placesOf(t) {
		return false, x.in.ctx.Err()
	}
	t.builder, t.rows = b, b.Rows()
	t.report.FromCache, t.report.Bad, t.report.Future = true, m.Bad, m.Future
	t.report.BadSamples, t.report.Warnings = m.Samples, m.Warnings
	x.in.read = c.size
	c.hit = true
	return true, nil
}

// measure takes the digest of the file before it is read, for [reading.facts] to hold against that after. Where there is none, nothing is kept;
// whoever reads the file will say what is wrong with it.
func (x *reading) measure(key digestKey) error {
	c := &x.cache
	source, err := digestOf(x.in, c.size, key)
	c.key, c.source, c.on = key, source, err == nil
	return x.in.ctx.Err()
}

// settle keeps the columns that are new, two files at a time, and gives the frame without the events later than now.
func settle(ctx context.Context, r Request, readings []*reading, f *frame.Frame) (*frame.Frame, error) {
	var group errgroup.Group
	group.SetLimit(2)
	for _, x := range readings {
		if x.cache.on && !x.cache.hit {
			group.Go(func() error {
				x.keep(f.Table(x.table.entity.Name))
				return nil
			})
		}
	}
	_ = group.Wait() // keeping has no errors
	ahead := 0
	for _, x := range readings {
		n := x.table.ahead()
		x.table.report.Rows -= n
		x.table.report.Future += n
		ahead += n
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("linking entities: %w", err)
	}
	if ahead == 0 {
		return f, nil
	}
	return interruptible(ctx, func() *frame.Frame { return f.Until(r.Now) })
}
