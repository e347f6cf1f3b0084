package expr_test

import (
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
    steps: [{send: desk.message, text: hi}]
`

// book reads the declarations with more YAML after them.
func book(t *testing.T, more string) *playbook.Book {
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

// data makes three accounts: a1 whole, a2 with everything missing, a3 without children.
func data() *expr.Data {
	text := frame.Type{Kind: frame.String}
	integer, double, boolean, at := frame.Type{Kind: frame.Int}, frame.Type{Kind: frame.Double}, frame.Type{Kind: frame.Bool}, frame.Type{Kind: frame.Time}
	col := frame.NewColumn
	strings := func(c *frame.Column, values ...string) *frame.Column {
		for _, v := range values {
			if v == "" {
				c.AppendMissing()
			} else {
				c.AppendString(v)
			}
		}
		return c
	}
	name, employees, revenue := strings(col("name", text), "Acme", "", "Zoë"), col("employees", integer), col("revenue", double)
	target, stage, renewal := col("target", boolean), strings(col("stage", text), "Proposal", "", "Won"), col("renewal_at", at)
	intent, products := col("intent", frame.Type{Kind: frame.Map, Elem: &integer}), col("products", frame.Type{Kind: frame.List, Elem: &text})
	employees.AppendInt(2500)
	employees.AppendMissing()
	employees.AppendInt(12)
	revenue.AppendDouble(1.5e6)
	revenue.AppendMissing()
	revenue.AppendDouble(0)
	target.AppendBool(true)
	target.AppendMissing()
	target.AppendBool(false)
	renewal.AppendInt(now.AddDate(0, 1, 0).UnixMicro())
	renewal.AppendMissing()
	renewal.AppendInt(now.AddDate(-1, 0, 0).UnixMicro())
	intent.MapKeys.AppendString("data platform")
	intent.Elems.AppendInt(82)
	intent.EndMap()
	intent.AppendMissing()
	intent.EndMap()
	products.Elems.AppendString("Core")
	products.Elems.AppendString("Data")
	products.EndList()
	products.AppendMissing()
	products.EndList()
	accounts := &frame.Builder{Entity: "account", Key: strings(col("id", text), "a1", "a2", "a3")}
	accounts.Columns = []*frame.Column{name, employees, revenue, target, stage, renewal, intent, products, strings(col("id", text), "a1", "a2", "a3")}

	score, opted := col("score", integer), col("opted_out", boolean)
	score.AppendInt(10)
	score.AppendMissing()
	score.AppendInt(30)
	opted.AppendBool(false)
	opted.AppendMissing()
	opted.AppendBool(true)
	people := &frame.Builder{Entity: "person", Key: strings(col("id", text), "p1", "p2", "p3"),
		Parents: []frame.ParentLink{{Entity: "account", Plural: "people", Keys: strings(col("account_id", text), "a1", "a1", "a2")}}}
	people.Columns = []*frame.Column{strings(col("email", text), "p1@x.example", "", "p3@x.example"), score, opted, strings(col("id", text), "p1", "p2", "p3")}

	kinds, clock := strings(col("type", text), "web", "email_open", "form", "web"), col("at", at)
	inbound, minutes := col("inbound", boolean), col("minutes", double)
	for i, days := range []int{40, 3, 10, 0} {
		if i == 3 {
			clock.AppendMissing()
		} else {
			clock.AppendInt(now.AddDate(0, 0, -days).UnixMicro())
		}
		inbound.AppendBool(true)
		minutes.AppendDouble(float64(i))
	}
	events := &frame.Builder{Entity: "activity", Time: "at", Columns: []*frame.Column{kinds, clock, inbound, minutes},
		Parents: []frame.ParentLink{{Entity: "account", Plural: "activities", Keys: strings(col("account_id", text), "a1", "a1", "a1", "a2")},
			{Entity: "person", Plural: "activities", Keys: strings(col("person_id", text), "p1", "", "", "")}}}
	d := &expr.Data{Frame: frame.Link([]*frame.Builder{accounts, people, events}), Now: now, Vars: map[string]any{"floor": int64(70)},
		Segments: map[string]frame.Verdict{"big": frame.NewVerdict(3)}, Engaged: map[string]frame.Bits{"activity": frame.NewBits(4)},
		Changes: map[expr.ChangedField]map[string][]expr.Change{{Entity: "account", Field: "stage"}: {"a1": {{From: "Diligence", To: "Proposal", At: now.AddDate(0, 0, -2)}}}},
		Hash:    func(s string) string { return s }, Plays: noPlays{}}
	d.Segments["big"].True.Add(0)
	d.Segments["big"].Unknown.Add(1)
	d.Engaged["activity"].Add(0)
	d.Engaged["activity"].Add(1) // rows stand in order of time: web, form, email_open
	return d
}

type noPlays struct{}

func (noPlays) Enrolled(play, key string) bool          { return play == "nurture" && key == "a1" }
func (noPlays) Finished(play, outcome, key string) bool { return false }
