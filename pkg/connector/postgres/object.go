package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
)

// object is a table whose rows are records.
type object struct {
	name     string
	columns  map[string]columnType
	relkind  string // as pg_class has it: r, v
	writable bool   // rows can be inserted, changed and deleted, whoever may
}

// columnType is what a column takes.
type columnType struct {
	name    string // as SQL has it: numeric
	limited string // with what the column says beside: numeric(10,2)
	base    string // as pg_type has it, without domains: int4
	filled  bool   // NOT NULL
	isText  bool
	isJSON  bool
	isArray bool

	isComposite bool
}

// objects remembers tables that were looked at.
type objects struct {
	mu    sync.Mutex
	known map[string]*object
}

// relation looks at a table or view; nil: there is none.
func (d *desk) relation(ctx context.Context, c *pgx.Conn, name string) (*object, error) {
	d.kinds.mu.Lock()
	defer d.kinds.mu.Unlock()
	if o := d.kinds.known[name]; o != nil {
		return o, nil
	}
	o := &object{name: name, columns: map[string]columnType{}}
	if err := c.QueryRow(ctx, "SELECT relkind::text, pg_relation_is_updatable(oid, true) & 28 = 28 FROM pg_class WHERE oid = to_regclass($1)", d.table(name)).Scan(&o.relkind, &o.writable); errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	rows, err := c.Query(ctx, `SELECT a.attname, format_type(a.atttypid, NULL), format_type(a.atttypid, a.atttypmod), y.typname, a.attnotnull, y.typcategory = 'S', y.typname IN ('json', 'jsonb'),
  y.typcategory = 'A', y.typtype = 'c'
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type y ON y.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`, d.table(name))
	if err != nil {
		return nil, err
	}
	var column string
	var t columnType
	_, err = pgx.ForEachRow(rows, []any{&column, &t.name, &t.limited, &t.base, &t.filled, &t.isText, &t.isJSON, &t.isArray, &t.isComposite}, func() error {
		o.columns[column] = t
		return nil
	})
	if err != nil || len(o.columns) == 0 {
		return nil, err
	}
	if d.kinds.known == nil {
		d.kinds.known = map[string]*object{}
	}
	d.kinds.known[name] = o
	return o, nil
}

// object looks at a table whose rows are known by their key.
func (d *desk) object(ctx context.Context, c *pgx.Conn, name string) (*object, error) {
	o, err := d.relation(ctx, c, name)
	switch {
	case err != nil:
		return nil, err
	case o == nil:
		return nil, fmt.Errorf("there is no table %s for %q: make it, with a column %q that has a unique index, or mend the setting `schema`", d.table(name), name, d.key)
	}
	if _, keyed := o.columns[d.key]; !keyed {
		return nil, fmt.Errorf("table %s has no column %q: let the setting `key` name the one that records are known by", d.table(name), d.key)
	}
	return o, nil
}

// what names the kind of a relation.
func (o *object) what() string {
	switch o.relkind {
	case "v":
		return "a view of more than the columns of one table"
	case "m":
		return "a materialized view"
	case "f":
		return "a foreign table whose server takes none"
	}
	return "no table"
}

// setting gives how fields of records are set.
func (d *desk) setting(name string) *writing {
	var o *object
	return &writing{
		prepare: func(ctx context.Context, c *pgx.Conn) (err error) {
			if o, err = d.object(ctx, c, name); err == nil && !o.writable {
				err = fmt.Errorf("%s takes no writes: it is %s; name the table behind it, or give it triggers INSTEAD OF INSERT, UPDATE and DELETE", d.table(name), o.what())
			}
			return err
		},
		reject: func(item connector.Item) string {
			if reason := rejectMember(item); reason != "" {
				return reason
			}
			for _, field := range slices.Sorted(maps.Keys(item.Fields)) {
				if _, known := o.columns[field]; !known || field == d.key {
					return fmt.Sprintf("table %s has no column %q that can be set", name, field)
				}
			}
			return ""
		},
		do: func(ctx context.Context, tx pgx.Tx, items []connector.Item, outcomes []connector.Outcome) error {
			for from := 0; from < len(items); {
				to := distinct(items, from, func(i connector.Item) bool { return sameFields(i, items[from]) })
				if err := d.set(ctx, tx, o, items[from:to], outcomes[from:to]); err != nil {
					return err
				}
				from = to
			}
			return nil
		},
	}
}

func sameFields(a, b connector.Item) bool {
	return maps.EqualFunc(a.Fields, b.Fields, func(any, any) bool { return true })
}

// set sets the same fields of different records. One that is not there is inserted.
func (d *desk) set(ctx context.Context, tx pgx.Tx, o *object, items []connector.Item, outcomes []connector.Outcome) error {
	for i := range outcomes {
		outcomes[i] = connector.Outcome{Status: connector.Already}
	}
	fields := slices.Sorted(maps.Keys(items[0].Fields))
	if len(fields) == 0 {
		return nil
	}
	s := d.setter(o, fields)
	there, err := places(ctx, tx, s.find, column(items, idOf))
	if err != nil {
		return err
	}
	var old, fresh []int
	for i := range items {
		if there[i] {
			old = append(old, i)
		} else {
			fresh = append(fresh, i)
		}
	}
	if len(old) > 0 {
		changed, err := places(ctx, tx, s.update, s.arguments(items, old)...)
		if err != nil {
			return err
		}
		for n := range changed {
			outcomes[old[n]].Status = connector.Done
		}
	}
	if len(fresh) > 0 {
		_, err = tx.Exec(ctx, s.insert, s.arguments(items, fresh)...)
	}
	for _, i := range fresh {
		outcomes[i].Status = connector.Done
	}
	return err
}

// setter is the SQL that sets some fields of an object.
type setter struct {
	object *object
	fields []string
	find   string // the places, among ids, of those that there are
	update string // gives the places of those that changed
	insert string
}

func (d *desk) setter(o *object, fields []string) *setter {
	table, key, keyType := d.table(o.name), quoted(d.key), o.columns[d.key].name
	given, columns, values, updates, differ, excluded := []string{"$1::text[]"}, []string{key}, []string{"g.c0::" + keyType}, []string(nil), []string(nil), []string(nil)
	names := []string{"c0"}
	for n, field := range fields {
		t, column := o.columns[field], quoted(field)
		value := fmt.Sprintf("g.c%d", n+1)
		names = append(names, fmt.Sprintf("c%d", n+1))
		if !t.isText || !t.filled { // an empty text is no value
			value = "NULLIF(" + value + ", '')"
		}
		given = append(given, fmt.Sprintf("$%d::text[]", n+2))
		columns, values = append(columns, column), append(values, t.cast(value))
		updates = append(updates, column+" = "+t.cast(value))
		differ = append(differ, t.differs("t."+column, value))
		excluded = append(excluded, column+" = excluded."+column)
	}
	rows := fmt.Sprintf("unnest(%s) WITH ORDINALITY AS g (%s, n)", strings.Join(given, ", "), strings.Join(names, ", "))
	return &setter{object: o, fields: fields,
		find: fmt.Sprintf("SELECT g.n FROM unnest($1::text[]) WITH ORDINALITY AS g (c0, n) WHERE EXISTS (SELECT FROM %s AS t WHERE t.%s = g.c0::%s)", table, key, keyType),
		update: fmt.Sprintf("UPDATE %s AS t SET %s FROM %s WHERE t.%s = g.c0::%s AND (%s) RETURNING g.n", table, strings.Join(updates, ", "), rows, key, keyType,
			strings.Join(differ, " OR ")),
		insert: fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s ORDER BY g.n ON CONFLICT (%s) DO UPDATE SET %s", table, strings.Join(columns, ", "), strings.Join(values, ", "), rows,
			key, strings.Join(excluded, ", ")),
	}
}

// differs gives the condition that a column does not hold a value yet, which may be rounded for that, but not cut off.
func (t columnType) differs(column, value string) string {
	switch {
	case t.isJSON: // json has no equality
		return column + "::jsonb IS DISTINCT FROM " + value + "::jsonb"
	case t.isText:
		return column + "::text IS DISTINCT FROM " + value
	}
	if t.base == "bytea" {
		return column + " IS DISTINCT FROM " + t.cast(value)
	}
	return column + " IS DISTINCT FROM " + value + "::" + t.limited
}

// cast makes a text one of the column's values. To cast to varchar(10) would cut off the rest; the text is what the bytes of a column of bytes are.
func (t columnType) cast(value string) string {
	switch t.base {
	case "bytea":
		return "convert_to(" + value + ", 'UTF8')"
	case "bpchar":
		return value + "::bpchar" // which is named as if it had one character
	}
	return value + "::" + t.name
}

// arguments gives ids and values of some of the items, a list a column.
func (s *setter) arguments(items []connector.Item, which []int) []any {
	lists := make([][]string, len(s.fields)+1)
	for _, i := range which {
		lists[0] = append(lists[0], items[i].ID)
		for n, field := range s.fields {
			lists[n+1] = append(lists[n+1], s.object.columns[field].text(items[i].Fields[field]))
		}
	}
	arguments := make([]any, len(lists))
	for n, list := range lists {
		arguments[n] = list
	}
	return arguments
}

// text gives a value as text that the column can be cast from.
func (t columnType) text(value any) string {
	list, isList := value.([]any)
	switch {
	case value == nil:
		return ""
	case t.isJSON:
		text, err := json.Marshal(value)
		if err != nil {
			return connector.Text(value) // which the column refuses, with the reason
		}
		return string(text)
	case t.isArray && isList:
		parts := make([]string, len(list))
		for i, v := range list {
			parts[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(connector.Text(v)) + `"`
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return connector.Text(value)
}

// places reads a query's one column of places, counted from 1, as a set of indices.
func places(ctx context.Context, tx pgx.Tx, sql string, arguments ...any) (map[int]bool, error) {
	rows, err := tx.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, err
	}
	found := map[int]bool{}
	var n int
	_, err = pgx.ForEachRow(rows, []any{&n}, func() error {
		found[n-1] = true
		return nil
	})
	return found, err
}
