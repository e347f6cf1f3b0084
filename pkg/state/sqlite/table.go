package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// table is how values of one type are kept in one table: as cells, and as a value again. The tables themselves are in tables.go.
type table[T any] struct {
	name string
	key  []string           // columns of the identity
	rest []string           // the other columns, without crc
	id   func(*encoder, *T) // cells of key
	body func(*encoder, *T) // cells of rest
	get  func(*decoder) T   // from the cells of key, then rest
	sort func(a, b *T) int  // the order in a snapshot; nil: that of the identity, in which the table lies
}

// columns gives every column, in order.
func (t *table[T]) columns() []string { return slices.Concat(t.key, t.rest, []string{"crc"}) }

// read gives every value, in the snapshot's order.
func (t *table[T]) read(ctx context.Context, c *conn) ([]T, error) {
	values, err := t.rows(ctx, c)
	if err != nil || t.sort == nil {
		return values, err
	}
	return state.Sort(values, t.sort), nil
}

// rows gives every value in the order in which the table lies.
func (t *table[T]) rows(ctx context.Context, c *conn) ([]T, error) {
	count, err := c.number(ctx, "SELECT count(*) FROM "+t.name+" NOT INDEXED") // far cheaper than growing the slice
	if err != nil || count == 0 {
		return nil, err
	}
	values := make([]T, 0, count)
	d, row := newDecoder(), make([]cell, len(t.columns()))
	sql := "SELECT " + strings.Join(t.columns(), ", ") + " FROM " + t.name
	if t.sort == nil {
		sql += " ORDER BY " + strings.Join(t.key, ", ")
	}
	err = c.query(ctx, sql, func(cells []driver.Value) error {
		for i, v := range cells {
			row[i] = cellOf(v)
		}
		d.begin(row)
		values = append(values, t.get(d))
		if d.err != nil {
			return &flaw{what: fmt.Sprintf("is damaged: table %s, row %d: %v", t.name, len(values), d.err)}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return values, nil
}

// decode gives every value, in the snapshot's order, from a file's pages.
func (t *table[T]) decode(ctx context.Context, f *image) ([]T, error) {
	root, known := f.roots[t.name]
	if !known {
		return nil, errDoubt
	}
	count, columns := f.rows(root), len(t.key)+len(t.rest)+1
	if count == 0 {
		return nil, nil
	}
	values := make([]T, 0, count)
	d := newDecoder()
	var before, now row
	err := f.walk(root, func(_ int64, payload []byte) error {
		if len(values)%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		before, now = now, before
		if err := now.parse(payload); err != nil || len(now.cells) != columns {
			return errDoubt
		}
		if t.sort == nil && len(values) > 0 && !now.follows(&before, len(t.key)) {
			return errDoubt
		}
		d.begin(now.cells)
		values = append(values, t.get(d))
		return d.err
	})
	if err != nil || t.sort == nil {
		return values, err
	}
	return state.Sort(values, t.sort), nil
}

// write inserts values, or replaces those of the same identity, and counts those that are new. Where rows lie in the order in which they came
// SQLite gives each new one the number behind the last.
func (t *table[T]) write(ctx context.Context, c *conn, values []T) error {
	if c.changed == nil || len(values) == 0 || !slices.Contains(indexed, t.name) {
		return t.put(ctx, c, values)
	}
	last := "SELECT max(rowid) FROM " + t.name
	before, err := c.number(ctx, last)
	if err == nil {
		err = t.put(ctx, c, values)
	}
	if err != nil {
		return err
	}
	after, err := c.number(ctx, last)
	c.changed.add(t.name, after-before)
	return err
}

// put is write that counts nothing in a table that is indexed.
func (t *table[T]) put(ctx context.Context, c *conn, values []T) error {
	insert, upsert, at := t.insert(atOnce), t.upsert(atOnce), atOnce
	for len(values) > 0 {
		if len(values) < at {
			insert, upsert, at = t.insert(1), t.upsert(1), 1
		}
		e := &c.encoder
		e.reset()
		for i := range at {
			e.begin()
			t.id(e, &values[i])
			t.body(e, &values[i])
			e.seal()
		}
		if e.err != nil {
			return e.err
		}
		if err := t.putNext(ctx, c, insert, upsert, at); err != nil {
			return err
		}
		values = values[at:]
	}
	return nil
}

// putNext writes the rows that are encoded. In a table without an index of its own what is inserted tells how many are new, unless all of them are
// known to be there: what a run means to do is written twice, before and after.
func (t *table[T]) putNext(ctx context.Context, c *conn, insert, upsert string, rows int) error {
	if c.changed == nil || slices.Contains(indexed, t.name) || c.known.all(t.name, &c.encoder, rows, len(t.key)) {
		_, err := c.tell(ctx, upsert, c.encoder.cells)
		return err
	}
	added, err := c.tell(ctx, insert, c.encoder.cells)
	c.changed.add(t.name, added)
	if err == nil && added < int64(rows) {
		_, err = c.tell(ctx, upsert, c.encoder.cells)
	}
	if err == nil {
		c.known.note(t.name, &c.encoder, rows, len(t.key))
	}
	return err
}

// atOnce is how many rows one statement writes, where there are so many: a statement costs as much as some rows.
const atOnce = 16

// insert gives the statement that writes those of so many rows that are not there yet.
func (t *table[T]) insert(rows int) string {
	columns := t.columns()
	row := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES %s ON CONFLICT DO NOTHING", t.name, strings.Join(columns, ", "), row+strings.Repeat(", "+row, rows-1))
}

// upsert gives the statement that writes so many rows.
func (t *table[T]) upsert(rows int) string {
	var set []string
	for _, column := range t.columns()[len(t.key):] {
		set = append(set, column+" = excluded."+column)
	}
	return strings.Replace(t.insert(rows), "ON CONFLICT DO NOTHING", fmt.Sprintf("ON CONFLICT (%s) DO UPDATE SET %s", strings.Join(t.key, ", "), strings.Join(set, ", ")), 1)
}

// remove takes values out by their identity. One that isn't there is none the less gone.
func (t *table[T]) remove(ctx context.Context, c *conn, values []T) error {
	return remove(ctx, c, t.name, t.key, values, t.id)
}

// removeKeys is remove for a table whose identity is one text.
func (t *table[T]) removeKeys(ctx context.Context, c *conn, keys []string) error {
	return remove(ctx, c, t.name, t.key, keys, func(e *encoder, key *string) { e.text(*key) })
}

// remove takes rows out by their identity, and counts them.
func remove[T any](ctx context.Context, c *conn, table string, key []string, values []T, id func(*encoder, *T)) error {
	if len(values) > 0 {
		delete(c.known, table)
	}
	sql := "DELETE FROM " + table + " WHERE " + strings.Join(key, " = ? AND ") + " = ?"
	for i := range values {
		c.encoder.reset()
		id(&c.encoder, &values[i])
		gone, err := c.tell(ctx, sql, c.encoder.cells)
		if err != nil {
			return err
		}
		c.changed.add(table, -gone)
	}
	return nil
}

// record gives the two cells of a record.
func (e *encoder) record(r state.Record) {
	e.text(r.Entity)
	e.text(r.Key)
}

func (d *decoder) record() state.Record { return state.Record{Entity: d.word(), Key: d.text()} }
