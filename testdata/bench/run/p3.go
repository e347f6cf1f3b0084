//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
)

// loading is one way to read one entity, or all of them linked.
type loading struct{ format, entity string }

// cached is the format of what was read before.
const cached = "cache"

// entities are the world's, by the names of their files.
var entities = []struct{ name, file string }{
	{"account", "accounts"}, {"person", "people"}, {"opportunity", "opportunities"}, {"activity", "activities"},
}

// everything stands for all entities, linked.
const everything = ""

// measureLoading is the bar P3: reading the world, entity by entity and as a whole, beside DuckDB on the same files with the same types.
func measureLoading(ctx context.Context, b *bench) error {
	world, err := b.ensureWorld(ctx, b.scale)
	if err != nil {
		return err
	}
	dir, err := b.assemble("p3", world)
	if err != nil {
		return err
	}
	duck, err := b.startDuck(ctx)
	if err != nil {
		return err
	}
	defer duck.end()
	m := &loadings{dir: dir, world: world, duck: duck, ours: map[loading]cost{}, peers: map[loading]cost{}, rows: map[string]int64{}, broken: map[string]error{}}
	for round := range max(b.rounds/2, 1) {
		b.say("loading: round %d", round+1)
		for _, format := range loadFormats {
			if m.broken[format] == nil {
				m.broken[format] = b.loadFormat(ctx, m, format)
			}
		}
	}
	b.reportLoading(m)
	return errors.Join(slices.Collect(maps.Values(m.broken))...)
}

// loadFormats are the formats in the order in which they are read: the cache is filled from CSV.
var loadFormats = []string{"csv", "jsonl", "parquet", cached}

// loadings is what was measured so far.
type loadings struct {
	dir, world  string
	duck        *worker
	ours, peers map[loading]cost
	rows        map[string]int64
	broken      map[string]error // formats that could not be read; the others go on
}

// loadFormat reads each entity once in a format, and all of them, in turns with DuckDB.
func (b *bench) loadFormat(ctx context.Context, m *loadings, format string) error {
	for _, e := range append(entityNames(), everything) {
		l := loading{format, e}
		t, err := b.readOnce(ctx, m.dir, l)
		if err != nil {
			return fmt.Errorf("reading %s: %w", l, err)
		}
		m.ours[l] = m.ours[l].better(t.cost())
		maps.Copy(m.rows, t.Rows)
		if format == cached || e == everything {
			continue
		}
		if t, err = b.duckOnce(m.duck, m.world, l, m.rows[e]); err != nil {
			return err
		}
		m.peers[l] = m.peers[l].better(t.cost())
	}
	return nil
}

func (l loading) String() string {
	if l.entity == everything {
		return "all, linked, from " + l.format
	}
	return l.entity + " from " + l.format
}

func entityNames() []string {
	var names []string
	for _, e := range entities {
		names = append(names, e.name)
	}
	return names
}

func fileOf(entity string) string {
	for _, e := range entities {
		if e.name == entity {
			return e.file
		}
	}
	return ""
}

// readOnce reads in a process of its own, on one thread: the memory of one way is not the other's.
func (b *bench) readOnce(ctx context.Context, dir string, l loading) (*told, error) {
	w, err := b.startWorker(ctx, "reader", 1)
	if err != nil {
		return nil, err
	}
	defer w.end()
	a := ask{Do: "open", Dir: dir, Format: l.format, Entity: l.entity}
	if l.format == cached { // what is cached is CSV
		a.Format, a.Cache = "csv", filepath.Join(dir, ".playctl", "cache")
	}
	if _, err := w.do(a); err != nil {
		return nil, err
	}
	a.Do = "read"
	if _, err := os.Stat(a.Cache); a.Cache != "" && err != nil {
		if _, err := w.do(ask{Do: "read", Cache: a.Cache}); err != nil { // this reading fills it
			return nil, err
		}
		if _, err := os.Stat(a.Cache); err != nil {
			return nil, fmt.Errorf("looking for the cache that was made by reading: %w", err)
		}
		w.end()
		return b.readOnce(ctx, dir, l)
	}
	return w.do(a)
}

// read reads one entity with those above it, or all, and links them.
func (d *desk) read(ctx context.Context, a ask) (*told, error) {
	r := d.request(a)
	if a.Entity != everything {
		r.Entities = d.withParents(nil, a.Entity)
	}
	var result *source.Result
	t, err := measure(a.Loops, func() (err error) {
		result, err = source.Read(ctx, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	t.Rows = map[string]int64{}
	for _, report := range result.Reports {
		t.Rows[report.Entity] = int64(report.Rows)
	}
	return t, nil
}

// withParents adds an entity behind those above it.
func (d *desk) withParents(list []*playbook.Entity, name string) []*playbook.Entity {
	e := d.program.Book.Entity(name)
	if slices.Contains(list, e) {
		return list
	}
	for _, p := range e.Parents {
		list = d.withParents(list, p.Entity)
	}
	return append(list, e)
}
