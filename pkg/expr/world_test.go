package expr_test

import (
	"context"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// now is the clock of every test here.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

const declarations = `
playbook: {name: test}
variables:
  floor: {type: int, default: 70}
  month: {type: int, default: 30}
  words: {type: list(string), default: [Core, Data]}
connectors:
  desk: {uses: files, dir: desk}
entities:
  account:
    file: accounts.csv
    key: id
    fields: {name: string, employees: int, revenue: double, target: bool, stage: string, renewal_at: timestamp,
             intent: "map(string, int)", products: list(string)}
  person:
    file: people.csv
    key: id
    parent: account_id -> account
    plural: people
    fields: {email: string, score: int, opted_out: bool}
  activity:
    file: activities.csv
    parent: [account_id -> account, person_id -> person]
    plural: activities
    time: at
    engagement: activity.inbound && activity.type != "email_open"
    fields: {type: string, at: timestamp, inbound: bool, minutes: double}
segments:
  big: {of: account, where: account.employees >= 1000}
  opted: {of: person, where: person.opted_out}
plays:
  nurture:
    of: account
    segment: big
    trigger: {on: 'account.activities.filter(a, a.type == "form")'}
    steps:
      - {id: hello, send: desk.message, text: hi}
      - {id: people, send: desk.note, text: hi, for: account.people}
`

// book reads the declarations with more YAML after them.
func book(t testing.TB, more string) *playbook.Book {
	t.Helper()
	file, problems := document.Parse("playbook.yaml", []byte(declarations))
	files := []*document.File{file}
	if more != "" {
		other, p := document.Parse("more.yaml", []byte(more))
		problems = append(problems, p...)
		files = append(files, other)
	}
	b, p := playbook.Read(files, playbook.Inputs{})
	if problems = append(problems, p...); problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	return b
}

// newEnv makes the environment of the declarations.
func newEnv(t testing.TB) *expr.Env {
	t.Helper()
	env, err := expr.NewEnv(book(t, ""))
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// source makes an expression as it would stand in a file.
func source(text string) playbook.Expr { return playbook.ArgumentExpr("--where", text) }

// compile compiles an expression about an account.
func compile(t testing.TB, env *expr.Env, text string, want expr.Want) *expr.Program {
	t.Helper()
	p, problems := env.Compile(source(text), expr.Scope{Self: "account"}, want)
	if problems.Err() != nil {
		t.Fatal(problems[0].Format())
	}
	return p
}

// value evaluates an expression for one account, and writes it down; "?" is unknown.
func value(t testing.TB, env *expr.Env, d *expr.Data, row int, text string) string {
	t.Helper()
	v, err := compile(t, env, text, expr.AnyValue).Value(context.Background(), d, expr.Row("account", row))
	if err != nil {
		return "?"
	}
	return playbook.Text(v)
}

// column makes a column; nil is missing.
func column(name string, t frame.Type, values ...any) *frame.Column {
	c := frame.NewColumn(name, t)
	for _, v := range values {
		c.Append(plain(v))
	}
	return c
}

// plain gives a value as frames take it.
func plain(value any) any {
	switch v := value.(type) {
	case int:
		return int64(v)
	case []string:
		out := make([]any, len(v))
		for i, s := range v {
			out[i] = s
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = plain(x)
		}
		return out
	}
	return value
}

// The types of the declarations.
var (
	text    = frame.Type{Kind: frame.String}
	integer = frame.Type{Kind: frame.Int}
	double  = frame.Type{Kind: frame.Double}
	boolean = frame.Type{Kind: frame.Bool}
	moment  = frame.Type{Kind: frame.Time}
)

// daysAgo gives a time before now.
func daysAgo(n int) time.Time { return now.AddDate(0, 0, -n) }

// accounts are a1 (whole), a2 (everything missing) and a3 (no children).
func accounts() *frame.Builder {
	ids := column("id", text, "a1", "a2", "a3")
	return &frame.Builder{Entity: "account", Key: ids, Columns: []*frame.Column{
		column("name", text, "Acme", nil, "Zoë"), column("employees", integer, 2500, nil, 12), column("revenue", double, 1.5e6, nil, 0.0),
		column("target", boolean, true, nil, false), column("stage", text, "Proposal", nil, "Won"),
		column("renewal_at", moment, now.AddDate(0, 1, 0), nil, now.AddDate(-1, 0, 0)),
		column("intent", frame.Type{Kind: frame.Map, Elem: &integer}, map[string]any{"data platform": 82, "ai": 3}, nil, map[string]any{}),
		column("products", frame.Type{Kind: frame.List, Elem: &text}, []string{"Core", "Data"}, nil, []string{}), ids}}
}

// people are p1 and p2 of a1, p3 of a2, and p4 of nobody.
func people() *frame.Builder {
	ids := column("id", text, "p1", "p2", "p3", "p4")
	return &frame.Builder{Entity: "person", Key: ids,
		Parents: []frame.ParentLink{{Entity: "account", Plural: "people", Keys: column("account_id", text, "a1", "a1", "a2", nil)}},
		Columns: []*frame.Column{column("email", text, "p1@x.example", nil, "p3@x.example", "p4@x.example"), column("score", integer, 10, nil, 30, 40),
			column("opted_out", boolean, false, nil, true, false), ids}}
}

// activities are three of a1, forty, three and ten days ago, and one of a2 without a time. In order of time: web, form, email_open.
func activities() *frame.Builder {
	return &frame.Builder{Entity: "activity", Time: "at",
		Parents: []frame.ParentLink{{Entity: "account", Plural: "activities", Keys: column("account_id", text, "a1", "a1", "a1", "a2")},
			{Entity: "person", Plural: "activities", Keys: column("person_id", text, "p1", nil, nil, nil)}},
		Columns: []*frame.Column{column("type", text, "web", "email_open", "form", "web"), column("at", moment, daysAgo(40), daysAgo(3), daysAgo(10), nil),
			column("inbound", boolean, true, true, true, true), column("minutes", double, 0.0, 1.0, 2.0, 3.0)}}
}

// data makes the world of the tests: see accounts, people and activities.
func data() *expr.Data {
	d := newData(accounts(), people(), activities())
	d.Segments["big"].True.Add(0)
	d.Segments["big"].Unknown.Add(1)
	d.Segments["opted"].True.Add(2)
	d.Segments["opted"].Unknown.Add(1)
	d.Engaged["activity"].Add(0)
	d.Engaged["activity"].Add(1)
	d.Changes = map[expr.ChangedField]map[string][]expr.Change{{Entity: "account", Field: "stage"}: {"a1": {{From: "Diligence", To: "Proposal", At: daysAgo(2)}}}}
	return d
}

func newData(builders ...*frame.Builder) *expr.Data {
	f := frame.Link(builders)
	d := &expr.Data{Frame: f, Now: now, Vars: map[string]any{"floor": int64(70), "month": int64(30), "words": []any{"Core", "Data"}},
		Segments: map[string]frame.Verdict{"big": frame.NewVerdict(f.Table("account").Rows), "opted": frame.NewVerdict(f.Table("person").Rows)},
		Engaged:  map[string]frame.Bits{"activity": frame.NewBits(f.Table("activity").Rows)},
		Hash:     func(s string) string { return s }, Plays: noPlays{}}
	return d
}

type noPlays struct{}

func (noPlays) Enrolled(play, key string) bool { return play == "nurture" && key == "a1" }
func (noPlays) Finished(play, outcome, key string) bool {
	return play == "nurture" && key == "a3" && (outcome == "converted" || outcome == "*")
}
