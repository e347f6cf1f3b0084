package mapping_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr/mapping"
	"github.com/playctl/playctl/pkg/playbook"
)

var scope = mapping.Scope{{Name: "settings.token", Type: mapping.Text}, {Name: "settings.size", Type: mapping.Int}, {Name: "status", Type: mapping.Int},
	{Name: "headers", Type: mapping.Object}, {Name: "json", Type: mapping.Any}, {Name: "items", Type: mapping.List}, {Name: "fields", Type: mapping.Texts},
	{Name: "at", Type: mapping.Any}, {Name: "values", Type: mapping.Object}}

var values = mapping.Values{
	"settings.token": "secret-1", "settings.size": int64(2), "status": int64(207), "headers": map[string]string{"retry-after": "3"},
	"json": map[string]any{"results": []any{map[string]any{"id": int64(12)}}, "paging": map[string]any{"next": map[string]any{"after": "x2"}},
		"none": nil, "total": 1.5, "when": "2026-11-22T09:00:00Z"},
	"items":  []any{map[string]any{"key": "7", "fields": map[string]any{"a": int64(1), "b": true}}},
	"fields": []string{"name", "city"},
	"at":     time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("", 3600)),
	"values": map[string]any{"n": int64(3), "at": time.Date(2026, 11, 22, 10, 0, 0, 0, time.FixedZone("", 3600))},
}

func newEnv(t *testing.T) *mapping.Env {
	t.Helper()
	env, err := mapping.NewEnv()
	if err != nil {
		t.Fatal(err)
	}
	return env
}

func compile(t *testing.T, text string) *mapping.Program {
	t.Helper()
	p, problems := newEnv(t).Compile(playbook.ArgumentExpr("m.yaml", text), scope, mapping.Value)
	if problems.Errors() > 0 {
		t.Fatalf("%s: %v", text, problems)
	}
	return p
}

func TestValue_isAsJSONHasIt(t *testing.T) {
	for text, want := range map[string]any{
		`json.results[0].id`:     int64(12),
		`json.paging.next.after`: "x2",
		`json.none`:              nil,
		`json.total > 1`:         true,
		`header("Retry-After")`:  "3",
		`settings.token`:         "secret-1",
		`items.map(i, {"id": i.key, "properties": texts(i.fields)})`: []any{map[string]any{"id": "7", "properties": map[string]any{"a": "1", "b": "true"}}},
		`fields.join(",")`:                  "name,city",
		`status in [200, 207]`:              true,
		`json.?missing.orValue("none")`:     "none",
		`has(json.missing)`:                 false,
		`json_text({"id": 1, "t": "a&b"})`:  `{"id":1,"t":"a&b"}`,
		`merge({"a": 1, "b": 2}, {"b": 3})`: map[string]any{"a": int64(1), "b": int64(3)},
		`soql_quote("O'Neil \\")`:           `'O\'Neil \\'`,
		`soql_quote("two\nlines\t")`:        `'two\nlines\t'`,
		`jql_quote("say \"x\"")`:            `"say \"x\""`,
		`sql_quote("O'Neil")`:               `'O''Neil'`,
		`sha256(lower(squeeze(" A ")))`:     "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
		`hmac_sha256("key", "text")`:        "6afa9046a9579cad143a384c1b564b9a250d27d6f6a63f9f20bf3a7594c9e2c6",
		`epoch(at)`:                         int64(1795338000),
		`layout(at, "2006-01-02")`:          "2026-11-22",
		`base64.encode(b"a:b")`:             "YTpi",
		`url_escape("a b&c")`:               "a+b%26c",
	} {
		got, err := compile(t, text).Value(t.Context(), values)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", text, err, diff)
		}
	}
}

func TestValue_whatIsNotThereIsAbsent(t *testing.T) {
	for _, text := range []string{`json.missing`, `json.paging.before.after`, `json.results[3].id`, `header("X-None")`, `json.?missing`, `optional.none().value()`} {
		if got, err := compile(t, text).Value(t.Context(), values); !errors.Is(err, mapping.ErrAbsent) {
			t.Errorf("%s = %v, %v, want ErrAbsent", text, got, err)
		}
	}
	for text, named := range map[string]bool{`json.missing`: true, `json.paging.before.after`: true, `json.results[3].id`: false, `json.?missing`: false, `json.?missing[?0].?id`: false} {
		if _, err := compile(t, text).Value(t.Context(), values); errors.Is(err, mapping.ErrNoField) != named {
			t.Errorf("%s: %v, named: %v", text, err, named)
		}
	}
	holds, err := compile(t, `json.missing == 3`).Holds(t.Context(), values)
	if holds || err != nil {
		t.Errorf("a condition on what is absent: %v, %v", holds, err)
	}
	list, err := compile(t, `json.missing`).List(t.Context(), values)
	if len(list) != 0 || err != nil {
		t.Errorf("a list that is absent: %v, %v", list, err)
	}
	if text, err := compile(t, `json.none`).Text(t.Context(), values); text != "" || err != nil {
		t.Errorf("text of null: %q, %v", text, err)
	}
}

func TestValue_whatIsWrongIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		`int(header("Retry-After") + "x")`:   "type conversion error",
		`json.results.map(r, r.id)[0] + "x"`: "no such overload",
	} {
		if _, err := compile(t, text).Value(t.Context(), values); err == nil || errors.Is(err, mapping.ErrAbsent) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := compile(t, `json.total`).List(t.Context(), values); err == nil || !strings.Contains(err.Error(), "expected a list, found a number") {
		t.Errorf("a list of a number: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := compile(t, `lists.range(1000000).map(x, x * 2).size()`).Value(ctx, values); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of its context: %v", err)
	}
}

func TestCompile_places(t *testing.T) {
	for text, want := range map[string]string{
		`settings.tokn == "x"`: `1:1: there is no settings.tokn here`,
		`jsn.results`:          `1:1: there is no jsn here`,
		`status == `:           `Syntax error`,
		`header(status)`:       `header wants a name`,
		`status + "x"`:         `found no matching overload`,
	} {
		_, problems := newEnv(t).Compile(playbook.ArgumentExpr("m.yaml", text), scope, mapping.Value)
		if len(problems) == 0 || !strings.Contains(problems[0].Error(), want) {
			t.Errorf("%s: %v, want %q", text, problems, want)
		}
	}
	_, problems := newEnv(t).Compile(playbook.ArgumentExpr("m.yaml", `status`), scope, mapping.Condition)
	if len(problems) != 1 || !strings.Contains(problems[0].Message, "expected a condition") {
		t.Errorf("a number as a condition: %v", problems)
	}
}

func TestTemplate_escapesWhatItPutsIn(t *testing.T) {
	file, problems := document.Parse("m.yaml", []byte("path: '/lists/${json.name}/x?$${y}{{my.token}}'\nwhole: '${fields}'\nnull: '/a/${json.none}'\n"))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	v := values.With("json", map[string]any{"name": "a/b c", "none": nil})
	path := template(t, file.Root().Get("path"))
	if got, err := path.Text(t.Context(), v, func(s string) string { return "<" + s + ">" }); got != "/lists/<a/b c>/x?${y}{{my.token}}" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := template(t, file.Root().Get("whole")).Value(t.Context(), v); !cmp.Equal(got, []any{"name", "city"}) || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := template(t, file.Root().Get("null")).Text(t.Context(), v, nil); !errors.Is(err, mapping.ErrAbsent) {
		t.Errorf("null in a text: %v", err)
	}
}

func template(t *testing.T, n document.Node) *mapping.Template {
	t.Helper()
	out, problems := newEnv(t).Template(n, scope)
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	return out
}

func TestDecode_encodesAgain(t *testing.T) {
	const text = `{"big":9007199254740993,"f":1.5,"huge":1e+400,"list":[1,null,true,"a<b"]}`
	value, err := mapping.Decode([]byte(strings.Replace(text, `"huge":1e+400,`, "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := mapping.Encode(value)
	if want := strings.Replace(text, `"huge":1e+400,`, "", 1); string(got) != want || err != nil {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
	if got, err := mapping.Encode(values["values"]); string(got) != `{"at":"2026-11-22T09:00:00Z","n":3}` || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}
