package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pg"
)

// membership gives how memberships are written.
func (d *desk) membership(v connector.Verb, c connector.Collection) (*writing, error) {
	if err := checkKind(c.Kind); err != nil {
		return nil, fmt.Errorf("writing %s: %w", c, err)
	}
	w := &writing{reject: rejectMember}
	w.prepare = func(ctx context.Context, conn *pgx.Conn) error {
		if err := d.ensure(ctx, conn); err != nil {
			return err
		}
		return d.exists(ctx, conn, c, "writing")
	}
	do := map[connector.Verb]func(context.Context, pgx.Tx, connector.Collection, []connector.Item, []connector.Outcome) error{
		connector.Add: d.add, connector.Remove: d.remove, connector.Set: d.setMembership}[v]
	w.do = func(ctx context.Context, tx pgx.Tx, items []connector.Item, outcomes []connector.Outcome) error {
		return do(ctx, tx, c, items, outcomes)
	}
	return w, nil
}

func checkKind(kind string) error {
	if !slices.ContainsFunc(spec().Collections, func(k connector.CollectionKind) bool { return k.Name == kind }) {
		return fmt.Errorf("there is no kind %q of collections", kind)
	}
	return nil
}

func rejectMember(item connector.Item) string {
	if reason := rejectID(item); reason != "" {
		return reason
	}
	for _, field := range slices.Sorted(maps.Keys(item.Fields)) {
		if reason := notText(field, connector.Text(item.Fields[field])); reason != "" {
			return fmt.Sprintf("field %q: %s", field, reason)
		}
	}
	return ""
}

// exists tells whether there is a collection: [connector.ErrNoCollection] if not.
func (d *desk) exists(ctx context.Context, q querier, c connector.Collection, doing string) error {
	found, err := collect(ctx, q, "SELECT name FROM "+d.table(collectionsTable)+" WHERE kind = $1 AND name = $2", c.Kind, c.Name)
	if pg.IsNone(err) || err == nil && len(found) == 0 {
		return &pg.CallError{Text: fmt.Sprintf("%s %s: %v", doing, c, connector.ErrNoCollection), Err: connector.ErrNoCollection}
	}
	return err
}

// membershipJSON gives the fields of a membership as JSON: texts, and null for one that has no value.
func membershipJSON(item connector.Item) string {
	fields := make(map[string]*string, len(item.Fields))
	for name, value := range item.Fields {
		if fields[name] = nil; connector.Text(value) != "" {
			text := connector.Text(value)
			fields[name] = &text
		}
	}
	text, _ := json.Marshal(fields) // of texts: can't fail
	return string(text)
}

// add makes ids members. The fields of one who is a member already stay as they are.
func (d *desk) add(ctx context.Context, tx pgx.Tx, c connector.Collection, items []connector.Item, outcomes []connector.Outcome) error {
	done, err := collect(ctx, tx, "INSERT INTO "+d.table(membersTable)+` (kind, name, id, fields, play, step, record, added_at)
SELECT $1, $2, id, jsonb_strip_nulls(fields::jsonb), play, step, record, $3 FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) WITH ORDINALITY
AS g (id, fields, play, step, record, n) ORDER BY n ON CONFLICT DO NOTHING RETURNING id`,
		c.Kind, c.Name, d.now(), column(items, idOf), column(items, membershipJSON), column(items, playOf), column(items, stepOf), column(items, recordOf))
	claimed(items, idOf, done, outcomes)
	return err
}

func (d *desk) remove(ctx context.Context, tx pgx.Tx, c connector.Collection, items []connector.Item, outcomes []connector.Outcome) error {
	done, err := collect(ctx, tx, "DELETE FROM "+d.table(membersTable)+" WHERE kind = $1 AND name = $2 AND id = ANY($3) RETURNING id", c.Kind, c.Name, column(items, idOf))
	claimed(items, idOf, done, outcomes)
	return err
}

// setMembership sets fields of memberships, repeats of an id one after the other.
func (d *desk) setMembership(ctx context.Context, tx pgx.Tx, c connector.Collection, items []connector.Item, outcomes []connector.Outcome) error {
	members, err := collect(ctx, tx, "SELECT id FROM "+d.table(membersTable)+" WHERE kind = $1 AND name = $2 AND id = ANY($3) FOR UPDATE", c.Kind, c.Name, column(items, idOf))
	if err != nil {
		return err
	}
	for from := 0; from < len(items); {
		to := distinct(items, from, func(connector.Item) bool { return true })
		part := items[from:to]
		done, err := collect(ctx, tx, "UPDATE "+d.table(membersTable)+` AS m SET fields = jsonb_strip_nulls(m.fields || g.fields::jsonb)
FROM unnest($3::text[], $4::text[]) AS g (id, fields) WHERE m.kind = $1 AND m.name = $2 AND m.id = g.id AND m.fields IS DISTINCT FROM jsonb_strip_nulls(m.fields || g.fields::jsonb)
RETURNING m.id`, c.Kind, c.Name, column(part, idOf), column(part, membershipJSON))
		if err != nil {
			return err
		}
		claimed(part, idOf, done, outcomes[from:to])
		from = to
	}
	isMember := map[string]bool{}
	for _, id := range members {
		isMember[id] = true
	}
	for i, item := range items {
		if !isMember[item.ID] {
			outcomes[i] = rejected("it is no member of " + c.String())
		}
	}
	return nil
}

// distinct gives the end of the longest run of items from one on in which no id comes twice and every item is like the others.
func distinct(items []connector.Item, from int, like func(connector.Item) bool) int {
	seen := map[string]bool{}
	for to := from; to < len(items); to++ {
		if seen[items[to].ID] || to > from && !like(items[to]) {
			return to
		}
		seen[items[to].ID] = true
	}
	return len(items)
}

// Create makes a collection. One that exists is left as it is.
func (d *desk) Create(ctx context.Context, c connector.Collection) error {
	err := checkKind(c.Kind)
	if d.readOnly {
		err = errReadOnly
	}
	if reason := notText(c.Name); err == nil && reason != "" {
		err = errors.New("its name can't be kept: " + reason)
	}
	if err != nil {
		return fmt.Errorf("making %s: %w", c, err)
	}
	err = d.pool.with(ctx, func(conn *pgx.Conn) error {
		if err := d.ensure(ctx, conn); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, "INSERT INTO "+d.table(collectionsTable)+" VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", c.Kind, c.Name, d.now())
		return err
	})
	return d.pool.explain(ctx, "making "+c.String()+" in", err)
}

// read lets f read. Where the tables of playctl are not there yet there is nothing to be read.
func (d *desk) read(ctx context.Context, doing string, f func(*pgx.Conn) error) error {
	err := d.pool.with(ctx, f)
	if pg.IsNone(err) {
		return nil
	}
	return d.pool.explain(ctx, doing, err)
}

// Members gives the ids in a collection.
func (d *desk) Members(ctx context.Context, c connector.Collection) (ids []string, err error) {
	err = d.read(ctx, "reading "+c.String()+" from", func(conn *pgx.Conn) error {
		if err := d.exists(ctx, conn, c, "reading"); err != nil {
			return err
		}
		ids, err = collect(ctx, conn, "SELECT id FROM "+d.table(membersTable)+" WHERE kind = $1 AND name = $2 ORDER BY id", c.Kind, c.Name)
		return err
	})
	return ids, err
}

// Collections gives the names of the collections of a kind.
func (d *desk) Collections(ctx context.Context, kind string) (names []string, err error) {
	if err := checkKind(kind); err != nil {
		return nil, fmt.Errorf("listing collections: %w", err)
	}
	err = d.read(ctx, "listing collections of", func(conn *pgx.Conn) error {
		names, err = collect(ctx, conn, "SELECT name FROM "+d.table(collectionsTable)+" WHERE kind = $1 ORDER BY name", kind)
		return err
	})
	return names, err
}

// MembershipsOf gives the names of the collections of a kind that ids are in.
func (d *desk) MembershipsOf(ctx context.Context, kind string, ids []string) (map[string][]string, error) {
	if err := checkKind(kind); err != nil {
		return nil, fmt.Errorf("reading memberships: %w", err)
	}
	found := map[string][]string{}
	err := d.read(ctx, "reading memberships from", func(conn *pgx.Conn) error {
		rows, err := conn.Query(ctx, "SELECT id, name FROM "+d.table(membersTable)+" WHERE kind = $1 AND id = ANY($2) ORDER BY id, name", kind, holdable(ids))
		if err != nil {
			return err
		}
		var id, name string
		_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
			found[id] = append(found[id], name)
			return nil
		})
		return err
	})
	return found, err
}

// holdable gives those texts that Postgres can hold: the others are nowhere in it.
func holdable(texts []string) []string {
	list := make([]string, 0, len(texts))
	for _, text := range texts {
		if notText(text) == "" {
			list = append(list, text)
		}
	}
	return list
}

// MembershipFields gives the values of fields of those ids that are in the collection.
func (d *desk) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (map[string]map[string]string, error) {
	found := map[string]map[string]string{}
	err := d.read(ctx, "reading "+c.String()+" from", func(conn *pgx.Conn) error {
		if err := d.exists(ctx, conn, c, "reading"); err != nil {
			return err
		}
		rows, err := conn.Query(ctx, "SELECT id, fields FROM "+d.table(membersTable)+" WHERE kind = $1 AND name = $2 AND id = ANY($3)", c.Kind, c.Name, holdable(ids))
		if err != nil {
			return err
		}
		var id string
		var all map[string]any
		_, err = pgx.ForEachRow(rows, []any{&id, &all}, func() error {
			values := map[string]string{}
			for _, field := range fields {
				if text := connector.Text(all[field]); text != "" {
					values[field] = text
				}
			}
			found[id], all = values, nil
			return nil
		})
		return err
	})
	return found, err
}
