package postgres

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
)

// Fields gives the values of fields of those ids that there are.
func (d *desk) Fields(ctx context.Context, name string, ids, fields []string) (map[string]map[string]string, error) {
	var found map[string]map[string]string
	err := d.pool.with(ctx, func(c *pgx.Conn) error {
		o, err := d.object(ctx, c, name)
		if err != nil {
			return err
		}
		for _, field := range fields {
			if _, known := o.columns[field]; !known {
				return fmt.Errorf("table %s has no column %q: ALTER TABLE %s ADD COLUMN %s text", name, field, d.table(name), quoted(field))
			}
		}
		condition := "t." + quoted(d.key) + " = g.id::" + o.columns[d.key].name
		found, err = d.fields(ctx, c, o, condition, holdable(ids), fields)
		if isOfItem(err) { // one of the ids is none that the column could have
			found, err = d.fields(ctx, c, o, "t."+quoted(d.key)+"::text = g.id", holdable(ids), fields)
		}
		return err
	})
	return found, d.pool.explain(ctx, "reading "+name+" from", err)
}

func (d *desk) fields(ctx context.Context, c *pgx.Conn, o *object, condition string, ids, fields []string) (map[string]map[string]string, error) {
	values := make([]string, len(fields))
	for i, field := range fields {
		values[i] = "to_json(t." + quoted(field) + ")::text"
	}
	rows, err := c.Query(ctx, fmt.Sprintf("SELECT g.id, ARRAY[%s]::text[] FROM unnest($1::text[]) AS g (id) JOIN %s AS t ON %s", strings.Join(values, ", "), d.table(o.name), condition), ids)
	if err != nil {
		return nil, err
	}
	found := map[string]map[string]string{}
	var id string
	var texts []*string
	_, err = pgx.ForEachRow(rows, []any{&id, &texts}, func() error {
		found[id] = map[string]string{}
		for i, field := range fields {
			if texts[i] == nil {
				continue
			}
			if text := o.columns[field].value(*texts[i]); text != "" {
				found[id][field] = text
			}
		}
		return nil
	})
	return found, err
}

// value gives a column's value, which Postgres gave as JSON, as the text in which values are compared.
func (t columnType) value(text string) string {
	decoder := json.NewDecoder(bytes.NewBufferString(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return text
	}
	switch v := v.(type) {
	case string:
		switch {
		case strings.HasPrefix(t.name, "timestamp"):
			return moment(v)
		case t.base == "bpchar":
			return strings.TrimRight(v, " ")
		case t.base == "bytea":
			if raw, err := hex.DecodeString(strings.TrimPrefix(v, `\x`)); err == nil {
				return bytesText(raw)
			}
		}
		return v
	case json.Number:
		return number(v.String())
	}
	return connector.Text(v)
}

// moment gives a time as Postgres writes it in JSON, with its zone or in UTC, as text is compared.
func moment(text string) string {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			return connector.Text(at)
		}
	}
	return text // infinity
}

// number gives a number as text is compared: numeric(10,2) has 1.50 for 1.5.
func number(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		return text
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return connector.Text(f)
}
