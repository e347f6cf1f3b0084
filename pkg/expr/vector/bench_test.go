package vector_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

const benchBook = `
playbook: {name: bench}
entities:
  account:
    file: accounts.csv
    key: id
    fields: {name: string, domain: string, industry: string, employees: int, revenue: double, sites: int, intent: "map(string, int)"}
  person:
    file: people.csv
    key: id
    parent: account_id -> account
    plural: people
    fields: {level: string, opted_out: bool}
  activity:
    file: activities.csv
    parent: account_id -> account
    plural: activities
    time: at
    fields: {type: string, at: timestamp}
`

// benchData makes so many accounts, each with three people and ten activities on average.
func benchData(accounts int) *expr.Data {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 2))
	text := frame.Type{Kind: frame.String}
	whole := frame.Type{Kind: frame.Int}
	column := frame.NewColumn
	intent := column("intent", frame.Type{Kind: frame.Map, Elem: &whole})
	a := &frame.Builder{Entity: "account", Columns: []*frame.Column{column("name", text), column("domain", text), column("industry", text),
		column("employees", whole), column("revenue", frame.Type{Kind: frame.Double}), column("sites", whole), intent}, Key: column("id", text)}
	p := &frame.Builder{Entity: "person", Columns: []*frame.Column{column("level", text), column("opted_out", frame.Type{Kind: frame.Bool})}, Key: column("id", text),
		Parents: []frame.ParentLink{{Entity: "account", Plural: "people", Keys: column("account_id", text)}}}
	at := column("at", frame.Type{Kind: frame.Time})
	e := &frame.Builder{Entity: "activity", Columns: []*frame.Column{column("type", text), at}, Time: "at",
		Parents: []frame.ParentLink{{Entity: "account", Plural: "activities", Keys: column("account_id", text)}}}
	word := func(list ...string) string { return list[random.IntN(len(list))] }
	maybe := func(c *frame.Column, set func()) {
		if random.IntN(10) == 0 {
			c.AppendMissing()
		} else {
			set()
		}
	}
	for i := range accounts {
		key := fmt.Sprintf("a%07d", i)
		a.Key.AppendString(key)
		name := fmt.Sprintf("%s %s %d", word("Acme", "Globex", "Initech", "Umbrella", "Hooli"), word("Software", "Group", "Holding", "Systems", "Labs"), i)
		a.Columns[0].AppendString(name)
		a.Columns[1].AppendString(fmt.Sprintf("%s-%s.%s", word("acme", "globex", "initech"), word("data", "cloud", "group", "corp"), key))
		maybe(a.Columns[2], func() {
			a.Columns[2].AppendString(word("Software", "Fintech", "Retail", "Health", "Energy", "Media", "Education", "Travel"))
		})
		maybe(a.Columns[3], func() { a.Columns[3].AppendInt(random.Int64N(3000)) })
		maybe(a.Columns[4], func() { a.Columns[4].AppendDouble(random.Float64() * 1e8) })
		a.Columns[5].AppendInt(random.Int64N(60))
		for _, topic := range []string{"ai", "crm", "data platform"} {
			if random.IntN(3) == 0 {
				intent.MapKeys.AppendString(topic)
				intent.Elems.AppendInt(random.Int64N(100))
			}
		}
		intent.EndMap()
		for j := range random.IntN(7) {
			p.Key.AppendString(fmt.Sprintf("%s-%d", key, j))
			p.Parents[0].Keys.AppendString(key)
			maybe(p.Columns[0], func() {
				p.Columns[0].AppendString(word("c_level", "vp", "director", "manager", "staff", "staff", "staff", "staff"))
			})
			p.Columns[1].AppendBool(random.IntN(5) == 0)
		}
		for range random.IntN(21) {
			e.Parents[0].Keys.AppendString(key)
			e.Columns[0].AppendString(word("web_visit", "email_open", "form", "webinar"))
			at.AppendInt(now.UnixMicro() - random.Int64N(365*24*3600)*1e6)
		}
	}
	return &expr.Data{Frame: frame.Link([]*frame.Builder{a, p, e}), Now: now, Vars: map[string]any{}}
}

// BenchmarkVerdict measures a segment of each kind: ns/account of one thread, beside cel-go over the same columns.
func BenchmarkVerdict(b *testing.B) {
	file, problems := document.Parse("playbook.yaml", []byte(benchBook))
	book, more := playbook.Read([]*document.File{file}, playbook.Inputs{})
	if problems = append(problems, more...); problems.Err() != nil {
		b.Fatal(problems.Err())
	}
	env, err := expr.NewEnv(book)
	if err != nil {
		b.Fatal(err)
	}
	const accounts = 200_000
	d := benchData(accounts)
	for _, c := range []struct{ name, text string }{
		{"numeric", `account.employees >= 500 && account.revenue > 2e7 && account.sites < 30`},
		{"in", `account.industry in ["Software", "Fintech", "Health"] && account.intent.get("data platform", 0) >= 60`},
		{"text", `account.name.contains("Software") || account.domain.matches("^[a-z]+-(software|data|cloud|labs)[.]")`},
		{"exists", `account.people.exists(p, p.level in ["c_level", "vp"] && !p.opted_out)`},
		{"window", `account.activities.within(days(30)).filter(a, a.type == "web_visit").size() >= 3`},
	} {
		program, problems := env.Compile(playbook.ArgumentExpr("where", c.text), expr.Scope{Self: "account"}, expr.Condition)
		if problems.Err() != nil {
			b.Fatal(problems.Err())
		}
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := vector.New(d).Verdict(context.Background(), program); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/accounts, "ns/account")
		})
	}
}
