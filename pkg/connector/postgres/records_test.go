package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/pgtest"
)

// all reads an object.
func (b base) all(r connector.RecordReader, object string, fields ...string) (rows [][]any) {
	b.t.Helper()
	err := r.Records(context.Background(), object, fields, time.Time{}, func(values []any) error {
		rows = append(rows, append([]any(nil), values...))
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return rows
}

func TestRecords_everyTypeIsAValue(t *testing.T) {
	b := alone(t)
	b.exec(`CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TYPE pair AS (x int, y text); CREATE DOMAIN email AS text; CREATE DOMAIN small AS int2;
SET timezone = 'Asia/Tokyo'; SET datestyle = 'SQL, DMY'`)
	at := time.Date(2026, 3, 1, 12, 30, 0, 123456000, time.UTC)
	for _, c := range []struct {
		of, value string
		want      any
	}{
		{"boolean", "true", true}, {"smallint", "-7", int64(-7)}, {"integer", "2147483647", int64(2147483647)}, {"bigint", "-9223372036854775808", int64(-9223372036854775808)},
		{"small", "7", int64(7)}, {"real", "0.1", 0.1}, {"double precision", "1e300", 1e300}, {"numeric", "12.50", 12.5}, {"numeric(20, 0)", "12345678901234567890", "12345678901234567890"},
		{"numeric(10, 0)", "42", int64(42)}, {"text", "'ä ''b'", "ä 'b"}, {"text", "''", ""}, {"varchar(9)", "'v'", "v"}, {"char(5)", "'ab'", "ab"}, {"email", "'a@b'", "a@b"}, {"mood", "'bad'", "bad"},
		{"uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {"bytea", `'\x4869'`, "Hi"}, {"bytea", `'\xff00'`, `\xff00`},
		{"timestamptz", "'2026-03-01T13:30:00.123456+01:00'", at}, {"timestamptz", "'infinity'", "infinity"}, {"timestamptz", "'-infinity'", "-infinity"},
		{"timestamp", "'2026-03-01 12:30:00.5'", "2026-03-01 12:30:00.5"}, {"date", "'2026-03-01'", "2026-03-01"}, {"interval", "'1 day'", "1 day"}, {"inet", "'10.0.0.1'", "10.0.0.1"},
		{"text[]", `ARRAY['a', 'b "c"', NULL]`, []any{"a", `b "c"`, nil}}, {"int[]", "'{1,2}'", []any{int64(1), int64(2)}}, {"mood[]", "'{good}'", []any{"good"}},
		{"jsonb", `'{"a": 1, "b": [2.5, null, "x"], "c": 12345678901234567890}'`, map[string]any{"a": int64(1), "b": []any{2.5, nil, "x"}, "c": "12345678901234567890"}}, {"json", `'"s"'`, "s"}, {"json", "'null'", nil},
		{"pair", "ROW(1, 'z')", map[string]any{"x": int64(1), "y": "z"}}, {"text", "NULL", nil}, {"timestamptz", "NULL", nil},
	} {
		b.exec("DROP TABLE IF EXISTS typed; CREATE TABLE typed (id text, v " + c.of + "); INSERT INTO typed VALUES ('a', " + c.value + ")")
		b.kinds = objects{}
		if got := b.all(b, "typed", "v", "id"); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", [][]any{{c.want, "a"}}) {
			t.Errorf("%s %s is %#v", c.of, c.value, got)
		}
	}
}

// What is set in a column of any type is read back as it was set, so that the second plan has nothing to do.
func TestSet_everyTypeReadsBackAsItWasSet(t *testing.T) {
	b := alone(t)
	b.exec(`CREATE TYPE mood AS ENUM ('good', 'bad')`)
	for _, c := range []struct {
		of    string
		value any
	}{
		{"boolean", true}, {"integer", int64(-7)}, {"numeric(10, 2)", 1.5}, {"real", 0.1}, {"double precision", 1e21}, {"text", "ä"}, {"char(5)", "ab"}, {"mood", "bad"}, {"bytea", "Hi ä"},
		{"uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}, {"timestamptz", noon.Add(time.Millisecond)}, {"timestamp", noon}, {"date", "2026-03-01"}, {"text[]", []any{"a", `b "c", d`}}, {"int[]", []any{int64(1)}},
		{"jsonb", map[string]any{"a": int64(1)}}, {"json", []any{"x"}},
	} {
		b.exec("DROP TABLE IF EXISTS typed; CREATE TABLE typed (id text PRIMARY KEY, v " + c.of + ")")
		b.kinds = objects{}
		item := set("a", map[string]any{"v": c.value})
		if got := statuses(b.write(connector.Set, kind("typed"), item)) + ", " + statuses(b.write(connector.Set, kind("typed"), item)); got != "done, already" {
			t.Errorf("%s: %s", c.of, got)
		}
		fields, err := b.Fields(t.Context(), "typed", []string{"a"}, []string{"v"})
		if err != nil || fields["a"]["v"] != connector.Text(c.value) {
			t.Errorf("%s: %q is %q, %v", c.of, connector.Text(c.value), fields["a"]["v"], err)
		}
		if got := statuses(b.write(connector.Set, kind("typed"), set("a", map[string]any{"v": nil}))); got != "done" || len(b.all(b, "typed", "v")) != 1 || b.all(b, "typed", "v")[0][0] != nil {
			t.Errorf("%s: nothing is %s, %v", c.of, got, b.all(b, "typed", "v"))
		}
	}
}

func TestRecords_ofAnySchemaAndAwkwardNames(t *testing.T) {
	b := alone(t)
	b.exec(`CREATE SCHEMA "Odd ""One"; CREATE TABLE "Odd ""One"."a.b" ("Id" text, "x ""y" int); INSERT INTO "Odd ""One"."a.b" VALUES ('k', 1); CREATE SCHEMA other; CREATE VIEW other.v AS SELECT 1 AS n`)
	if got := b.all(b, `"Odd ""One"."a.b"`, "Id", `x "y`); fmt.Sprint(got) != "[[k 1]]" {
		t.Errorf("it has %v", got)
	}
	if got := b.all(b, "other.v", "n"); fmt.Sprint(got) != "[[1]]" {
		t.Errorf("the view has %v", got)
	}
	var object *connector.NoObjectError
	err := b.Records(t.Context(), "other.w", []string{"n"}, time.Time{}, nil)
	if !errors.As(err, &object) || fmt.Sprint(object.Known) != `[company Odd "One.a.b other.v]` {
		t.Errorf("a table that there is not gives %v, %+v", err, object)
	}
	for name, want := range map[string]string{"t": `"public"."t"`, "s.t": `"s"."t"`, `"s.t"`: `"public"."s.t"`, "a.b.c": `"public"."a.b.c"`, `"a`: `"public"."""a"`, "a.": `"public"."a."`, `"a""b".c`: `"a""b"."c"`, `"a"x`: `"public"."""a""x"`} {
		if got := b.table(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// Two who read from a snapshot at once see the same, whatever is written meanwhile; so they do one after the other where no snapshot can be passed on.
func TestSnapshot_isTheSameForAllWhoReadFromIt(t *testing.T) {
	b := alone(t)
	b.exec("INSERT INTO company (id) SELECT generate_series(1, 3)")
	for _, alone := range []bool{false, true} {
		r, end, err := b.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if alone {
			r.(*snapshot).id = ""
		}
		b.exec("DELETE FROM company WHERE id = (SELECT max(id) FROM company)")
		counts := make(chan int, 2)
		for range 2 {
			go func() {
				n := 0
				err := r.Records(t.Context(), "company", []string{"id"}, time.Time{}, func([]any) error { n++; return nil })
				if err != nil {
					t.Error(err)
				}
				counts <- n
			}()
		}
		want := 3
		if alone {
			want = 2
		}
		if x, y := <-counts, <-counts; x != want || y != want {
			t.Errorf("they see %d and %d rows, want %d (alone: %v)", x, y, want, alone)
		}
		end()
	}
	if n := len(b.all(b, "company", "id")); n != 1 {
		t.Errorf("then there are %d rows", n)
	}
}

// A reading that ends early leaves no connection that still works on it, and the next one is not hindered.
func TestRecords_thatEndEarlyLeaveNothingRunning(t *testing.T) {
	b := alone(t)
	b.exec("INSERT INTO company (id) SELECT generate_series(1, 100000)")
	enough := errors.New("enough")
	for range 2 * mostConnections {
		if err := b.Records(t.Context(), "company", []string{"id"}, time.Time{}, func([]any) error { return enough }); !errors.Is(err, enough) {
			t.Fatal(err)
		}
	}
	if n := len(b.all(b, "company", "id")); n != 100000 {
		t.Errorf("then there are %d rows", n)
	}
}

func TestSet_onViewsSaysWhichTakeNone(t *testing.T) {
	b := alone(t)
	b.exec("CREATE VIEW plain AS SELECT * FROM company; CREATE VIEW many AS SELECT id, count(*) AS n FROM company GROUP BY id; CREATE MATERIALIZED VIEW kept AS SELECT * FROM company")
	if got := statuses(b.write(connector.Set, kind("plain"), set("a", map[string]any{"tier": "gold"}))); got != "done" {
		t.Errorf("a view of a table: %s", got)
	}
	for view, want := range map[string]string{"many": "a view of more than", "kept": "a materialized view"} {
		if got := b.fail(connector.Set, kind(view), set("a", map[string]any{"n": int64(1)})); !strings.Contains(got, want) || !strings.Contains(got, "name the table behind it") {
			t.Errorf("%s: %s", view, got)
		}
	}
}

func TestReadOnly_readsAndWritesNothing(t *testing.T) {
	b := newBase(t, pgtest.Start(t).DSN(t), "public")
	p := poor(t, b, "watcher")
	settings := map[string]any{"url": p.pool.config.ConnString(), "read_only": true}
	c, err := Driver().Open(connector.Options{Settings: settings, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	d := c.(*desk)
	if err := d.Check(t.Context()); err == nil || !strings.Contains(err.Error(), `GRANT SELECT ON ALL TABLES IN SCHEMA "public" TO "watcher"`) {
		t.Errorf("without rights: %v", err)
	}
	if err := p.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "read_only: true") {
		t.Errorf("without the setting: %v", err)
	}
	b.exec("GRANT SELECT ON company TO watcher; INSERT INTO company (id) VALUES ('a')")
	if err := d.Check(t.Context()); err != nil {
		t.Errorf("with rights: %v", err)
	}
	if got := b.all(d, "company", "id"); len(got) != 1 {
		t.Errorf("it reads %v", got)
	}
	r := base{desk: d, t: t}
	if got := r.fail(connector.Set, kind("company"), set("a", map[string]any{"tier": "x"})); !strings.Contains(got, "read_only") {
		t.Errorf("writing: %s", got)
	}
	if err := d.Create(t.Context(), audience("A")); err == nil || !strings.Contains(err.Error(), "read_only") {
		t.Errorf("creating: %v", err)
	}
	settings["read_only"] = "maybe"
	if _, err := Driver().Open(connector.Options{Settings: settings, Now: time.Now}); err == nil || strings.Contains(err.Error(), "un-privileged") {
		t.Errorf("maybe: %v", err)
	}
}
