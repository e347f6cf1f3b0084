package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/playctl/playctl/pkg/connector"
)

// reading is the rows of a table on their way to somebody.
type reading struct {
	desk   *desk
	name   string
	fields []string
	each   func([]any) error
	stop   error // what each gave
}

// read reads all rows.
func (r *reading) read(ctx context.Context, c *pgx.Conn) error {
	columns, err := r.columns(ctx, c)
	if err != nil {
		return err
	}
	list, formats := make([]string, len(columns)), make([]int16, len(columns))
	for i, k := range columns {
		list[i] = k.as.sql(quoted(r.fields[i]))
		formats[i] = k.as.format
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows := c.PgConn().ExecParams(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+r.desk.table(r.name), nil, nil, nil, formats)
	if err := r.rows(rows, columns); err != nil {
		cancel() // or the rest would be read
		_, _ = rows.Close()
		return err
	}
	_, err = rows.Close()
	return err
}

// rows gives row after row to each.
func (r *reading) rows(rows *pgconn.ResultReader, columns []*cell) error {
	values := make([]any, len(columns))
	for rows.NextRow() {
		for i, raw := range rows.Values() {
			if values[i] = nil; raw == nil {
				continue
			}
			var err error
			if values[i], err = columns[i].value(raw); err != nil {
				return fmt.Errorf("column %q: %w", r.fields[i], err)
			}
		}
		if r.stop = r.each(values); r.stop != nil {
			return r.stop
		}
	}
	return nil
}

// columns finds out how each field is read.
func (r *reading) columns(ctx context.Context, c *pgx.Conn) ([]*cell, error) {
	o, err := r.desk.relation(ctx, c, r.name)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, r.desk.noTable(ctx, c, r.name)
	}
	cells := make([]*cell, len(r.fields))
	for i, field := range r.fields {
		t, known := o.columns[field]
		if !known {
			return nil, &connector.NoFieldError{Object: r.name, Field: field, Known: slices.Sorted(maps.Keys(o.columns))}
		}
		cells[i] = &cell{as: t.read(), seen: map[string]any{}}
	}
	return cells, nil
}

// noTable says that there is no table of a name, and which there are.
func (d *desk) noTable(ctx context.Context, c *pgx.Conn, name string) error {
	known, err := collect(ctx, c, `SELECT CASE n.nspname WHEN $1 THEN '' ELSE n.nspname || '.' END || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' AND c.relname NOT LIKE 'playctl\_%'
ORDER BY n.nspname <> $1, 1 LIMIT 1000`, d.schema)
	if err != nil {
		return err
	}
	e := &connector.NoObjectError{Where: d.pool.where(), Object: name, Known: known}
	if len(known) == 0 {
		e.Remedy = fmt.Sprintf("there is no table at all that the user %s may see: look whether the database is the right one, or GRANT USAGE ON SCHEMA … TO %[1]s", quoted(d.pool.config.User))
	}
	return e
}

// forbidden says which rights a user lacks to read a table.
func (d *desk) forbidden(name string, err error) string {
	id, user := d.named(name), quoted(d.pool.config.User)
	return fmt.Sprintf("reading %s from %s: %s; let somebody who may run: GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT ON %s TO %s",
		name, d.pool.where(), d.pool.redact(err.Error()), quoted(id[0]), user, id.Sanitize(), user)
}
