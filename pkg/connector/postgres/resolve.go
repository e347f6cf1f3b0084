package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
)

// identity is where records of a kind are looked up by what playbooks know them by.
type identity struct{ table, column string }

// resolving is a desk whose records are known by something else than their keys, as the setting `known_by` says.
type resolving struct {
	*desk
	by map[string]identity // by kind
}

// knownBy reads the setting `known_by`: for an object a column of its table, for other kinds TABLE.COLUMN.
func knownBy(setting any) (map[string]identity, error) {
	kinds, ok := setting.(map[string]any)
	if !ok {
		return nil, errors.New("write it as {company: domain, audience: analytics.people.email}")
	}
	by := map[string]identity{}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		text, _ := kinds[kind].(string)
		table, column := kind, text
		if at := strings.LastIndexByte(text, '.'); at >= 0 {
			table, column = text[:at], text[at+1:]
		}
		if table == "" || column == "" || strings.ContainsRune(text, 0) {
			return nil, fmt.Errorf("%s: write the column that has what its records are known by: domain, or analytics.people.email", kind)
		}
		by[kind] = identity{table, column}
	}
	return by, nil
}

// Describe tells beside what any connector offers that ids in collections are keys where they are looked up.
func (r *resolving) Describe() connector.Spec {
	s := r.desk.Describe()
	for i := range s.Collections {
		_, s.Collections[i].OpaqueIDs = r.by[s.Collections[i].Name]
	}
	return s
}

// Resolve gives the keys of rows by a column of theirs. What is a key already is itself, and so is every identity of a kind of which nothing is said.
func (r *resolving) Resolve(ctx context.Context, kind string, identities []string) (map[string]connector.Identified, error) {
	found := map[string]connector.Identified{}
	by, said := r.by[kind]
	if !said {
		for _, id := range identities {
			found[id] = connector.Identified{ID: id}
		}
		return found, ctx.Err()
	}
	err := r.pool.with(ctx, func(c *pgx.Conn) error {
		o, err := r.object(ctx, c, by.table)
		if err != nil {
			return err
		}
		if _, known := o.columns[by.column]; !known {
			return fmt.Errorf("table %s has no column %q: mend the setting `known_by`", r.table(by.table), by.column)
		}
		for part := range slices.Chunk(holdable(identities), batchSize) {
			if err := r.resolve(ctx, c, o, by.column, part, found); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, r.pool.explain(ctx, "looking up "+kind+" in", err)
	}
	return found, nil
}

// resolve finds some identities: by keys first, and then by the column.
func (r *resolving) resolve(ctx context.Context, c *pgx.Conn, o *object, by string, part []string, found map[string]connector.Identified) error {
	keys, err := collect(ctx, c, fmt.Sprintf("SELECT DISTINCT g.id FROM unnest($1::text[]) AS g (id) JOIN %s AS t ON %s = g.id", r.table(o.name), o.comparable(r.key)), part)
	if err != nil {
		return err
	}
	for _, id := range keys {
		found[id] = connector.Identified{ID: id}
	}
	rows, err := c.Query(ctx, fmt.Sprintf("SELECT g.id, min(t.%s::text), count(DISTINCT t.%[1]s) FROM unnest($1::text[]) AS g (id) JOIN %s AS t ON %s = g.id GROUP BY 1",
		quoted(r.key), r.table(o.name), o.comparable(by)), part)
	if err != nil {
		return err
	}
	var id, key string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&id, &key, &n}, func() error {
		switch _, is := found[id]; {
		case is:
		case n > 1:
			found[id] = connector.Identified{Why: fmt.Sprintf("%d rows of %s have it", n, o.name)}
		default:
			found[id] = connector.Identified{ID: key}
		}
		return nil
	})
	return err
}

// comparable gives a column as SQL compares it with texts; as it is, so that its index serves, where it has texts itself.
func (o *object) comparable(column string) string {
	if t := o.columns[column]; t.isText && t.base != "bpchar" {
		return "t." + quoted(column)
	}
	return "t." + quoted(column) + "::text"
}
