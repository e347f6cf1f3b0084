package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pg"
	"github.com/playctl/playctl/pkg/pgtest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// base is a schema of a database with a connector to it.
type base struct {
	*desk
	t    testing.TB
	dsn  string
	conn *pgx.Conn // behind the connector
}

const companies = "CREATE TABLE %[1]s.company (id text PRIMARY KEY, tier text, note text)"

// newBase gives a connector to a new schema, with a table of companies, of a database.
func newBase(t testing.TB, dsn, schema string) base {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	b := base{t: t, dsn: dsn, conn: conn, desk: openBase(t, dsn, schema)}
	b.exec("CREATE SCHEMA IF NOT EXISTS " + quoted(schema))
	b.exec(fmt.Sprintf(companies, quoted(schema)))
	return b
}

func openBase(t testing.TB, dsn, schema string) *desk {
	t.Helper()
	c, err := Driver().Open(connector.Options{Name: "dwh", Settings: map[string]any{"url": dsn, "schema": schema}, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	return c.(*desk)
}

// alone gives a connector to a database of its own.
func alone(t testing.TB) base {
	t.Helper()
	return newBase(t, pgtest.Start(t).DSN(t), "public")
}

func (b base) exec(sql string, arguments ...any) {
	b.t.Helper()
	if _, err := b.conn.Exec(context.Background(), sql, arguments...); err != nil {
		b.t.Fatalf("%s: %v", sql, err)
	}
}

// items reads a table of playctl's, behind the connector.
func (b base) items(table, where, kind string) []connector.Item {
	b.t.Helper()
	order, id := "seq", "id"
	if table == tasksTable {
		order, id = "id", "record_id"
	}
	rows, err := b.conn.Query(context.Background(), fmt.Sprintf("SELECT key, %s, play, step, record, payload::text FROM %s WHERE %s = $1 ORDER BY %s", id, b.table(table), where, order), kind)
	if pg.IsNone(err) {
		return nil
	}
	if err != nil {
		b.t.Fatal(err)
	}
	var list []connector.Item
	var i connector.Item
	var payload string
	_, err = pgx.ForEachRow(rows, []any{&i.Key, &i.ID, &i.Source.Play, &i.Source.Step, &i.Source.Record, &payload}, func() error {
		d := json.NewDecoder(strings.NewReader(payload))
		d.UseNumber()
		i.Fields = nil
		list = append(list, i)
		return d.Decode(&list[len(list)-1].Fields)
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func (b base) write(v connector.Verb, target connector.Collection, items ...connector.Item) []connector.Outcome {
	b.t.Helper()
	outcomes, err := b.Write(b.t.Context(), connector.Batch{Verb: v, Target: target, Items: items})
	if err != nil {
		b.t.Fatal(err)
	}
	return outcomes
}

// fail writes one batch that must fail before it begins, and gives the error's text.
func (b base) fail(v connector.Verb, target connector.Collection, items ...connector.Item) string {
	b.t.Helper()
	_, err := b.Write(b.t.Context(), connector.Batch{Verb: v, Target: target, Items: items})
	if !errors.As(err, new(*connector.NotBegunError)) {
		b.t.Fatalf("the write gave %v, want an error before it began", err)
	}
	return err.Error()
}

// statuses gives the outcomes' words.
func statuses(outcomes []connector.Outcome) string {
	words := make([]string, len(outcomes))
	for i, o := range outcomes {
		words[i] = o.Status.String()
	}
	return strings.Join(words, ", ")
}

func audience(name string) connector.Collection {
	return connector.Collection{Kind: "audience", Name: name}
}

func kind(name string) connector.Collection { return connector.Collection{Kind: name} }

func set(id string, fields map[string]any) connector.Item {
	return connector.Item{ID: id, Fields: fields}
}
