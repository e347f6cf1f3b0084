package postgres

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/connector"
)

// everyType has a column of most types, one that must not be NULL, and a key that is a number.
const everyType = `CREATE TABLE "Ac""count" (id bigint PRIMARY KEY, name varchar(10), ok boolean, n integer, amount numeric(10,2), ratio double precision, at timestamptz,
local timestamp, day date, tags text[], doc jsonb, must text NOT NULL DEFAULT 'x', "odd "" é" text, checked integer CHECK (checked < 100))`

const account = `Ac"count`

func TestSet_everyTypeReadsBackAsItIsCompared(t *testing.T) {
	b := alone(t)
	b.exec(everyType)
	at := time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.FixedZone("", 3600))
	fields := map[string]any{"name": "Acme", "ok": true, "n": int64(-7), "amount": 1.5, "ratio": 0.1, "at": at, "day": "2026-03-01", "tags": []any{"a", `b "c", \d`, ""},
		"doc": map[string]any{"a": int64(1), "b": []any{"x"}}, "must": "y", `odd " é`: "'; DROP TABLE company; --"}
	for i, want := range []string{"done", "already"} {
		if got := statuses(b.write(connector.Set, kind(account), set("7", fields), set("8", fields))); got != want+", "+want {
			t.Errorf("the %d. time: %s, want %s", i+1, got, want)
		}
	}
	got, err := b.Fields(t.Context(), account, []string{"7", "9", "not a number"}, keys(fields))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for field, value := range fields {
		want[field] = connector.Text(value)
	}
	if diff := cmp.Diff(map[string]map[string]string{"7": want}, got); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	b.exec("SELECT count(*) FROM company")
}

func keys(fields map[string]any) []string {
	var list []string
	for field := range maps.Keys(fields) {
		list = append(list, field)
	}
	return list
}

func TestSet_anEmptyTextIsNoValue(t *testing.T) {
	b := alone(t)
	b.exec(everyType)
	b.write(connector.Set, kind(account), set("1", map[string]any{"n": int64(5), "name": "a", "must": "b"}))
	empty := map[string]any{"n": "", "name": "", "must": ""}
	for _, want := range []string{"done", "already"} {
		if got := statuses(b.write(connector.Set, kind(account), set("1", empty))); got != want {
			t.Errorf("it is %s, want %s", got, want)
		}
	}
	got, err := b.Fields(t.Context(), account, []string{"1"}, []string{"n", "name", "must"})
	if err != nil || len(got["1"]) != 0 {
		t.Errorf("it reads %v, %v", got, err)
	}
	var null bool
	if err := b.conn.QueryRow(t.Context(), `SELECT n IS NULL AND name IS NULL AND must = '' FROM "Ac""count"`).Scan(&null); err != nil || !null {
		t.Errorf("n and name are not NULL, or must is: %v", err)
	}
}

// A value that a column does not take, a constraint, a bad key, a field without a column: each alone is rejected, with the reason.
func TestSet_aBadItemNeverSinksTheOthers(t *testing.T) {
	b := alone(t)
	b.exec(everyType)
	b.exec(`INSERT INTO "Ac""count" (id, n) VALUES (3, 1)`)
	var items []connector.Item
	for i := range 40 {
		items = append(items, set(fmt.Sprint(i), map[string]any{"n": int64(i)}))
	}
	for i, item := range map[int]connector.Item{
		3: set("3", map[string]any{"n": `ann@"people".example`}), 5: set("five", map[string]any{"n": int64(5)}), 8: set("8", map[string]any{"checked": int64(100)}), 13: set("13", map[string]any{"no column": "x"}),
		21: set("21", map[string]any{"name": strings.Repeat("long", 3)}), 22: set("22", map[string]any{"name": "zero\x00"}), 34: set("34", map[string]any{"id": "35"}), 39: set("", map[string]any{"n": int64(1)}),
	} {
		items[i] = item
	}
	reasons := map[int]string{3: "integer", 5: "bigint", 8: "check", 13: "no column", 21: "too long", 22: "zero byte", 34: `"id"`, 39: "empty"}
	for i, o := range b.write(connector.Set, kind(account), items...) {
		want := connector.Done
		if reasons[i] != "" {
			want = connector.Rejected
		}
		if o.Status != want || !strings.Contains(o.Reason, reasons[i]) {
			t.Errorf("item %d is %s: %s", i, o.Status, o.Reason)
		}
		if strings.Contains(o.Reason, "ann") || strings.Contains(o.Reason, "five") {
			t.Errorf("the reason of item %d has its value: %s", i, o.Reason)
		}
	}
	var rows, n int
	if err := b.conn.QueryRow(t.Context(), `SELECT count(*), sum(n) FROM "Ac""count"`).Scan(&rows, &n); err != nil || rows != 33 {
		t.Errorf("there are %d rows, %v", rows, err)
	}
}

// A row of a table with columns that must be filled is changed, though none could be inserted.
func TestSet_changesARowThatItCouldNotInsert(t *testing.T) {
	b := alone(t)
	b.exec("CREATE TABLE strict (id text PRIMARY KEY, must text NOT NULL, tier text)")
	b.exec("INSERT INTO strict VALUES ('a', 'x')")
	outcomes := b.write(connector.Set, kind("strict"), set("a", map[string]any{"tier": "gold"}), set("b", map[string]any{"tier": "gold"}))
	if got := statuses(outcomes); got != "done, rejected" || !strings.Contains(outcomes[1].Reason, `"must"`) {
		t.Errorf("they are %s: %s", got, outcomes[1].Reason)
	}
}

func TestSet_saysWhatATableLacks(t *testing.T) {
	b := alone(t)
	b.exec("CREATE TABLE keyless (name text)")
	b.exec("CREATE TABLE loose (id text, tier text)")
	for table, want := range map[string]string{"nothing": "there is no table", "keyless": `no column "id"`, "loose": "unique index"} {
		if got := b.fail(connector.Set, kind(table), set("a", map[string]any{"tier": "gold"})); !strings.Contains(got, want) {
			t.Errorf("%s: %s", table, got)
		}
	}
	for table, want := range map[string]string{"nothing": "there is no table", "company": "ADD COLUMN"} {
		if _, err := b.Fields(t.Context(), table, []string{"a"}, []string{"other"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", table, err)
		}
	}
}

func TestOpen_takesAnotherKey(t *testing.T) {
	b := alone(t)
	b.key = "no"
	b.exec("CREATE TABLE numbered (no integer PRIMARY KEY, tier text)")
	if got := statuses(b.write(connector.Set, kind("numbered"), set("4", map[string]any{"tier": "gold"}))); got != "done" {
		t.Errorf("it is %s", got)
	}
	if got, err := b.Fields(t.Context(), "numbered", []string{"4"}, []string{"tier"}); err != nil || got["4"]["tier"] != "gold" {
		t.Errorf("it reads %v, %v", got, err)
	}
}
