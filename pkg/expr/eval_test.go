package expr_test

import (
	"context"
	"testing"

	"github.com/playctl/playctl/pkg/expr"
)

// TestVerdict_threeValues writes, for accounts a1 (whole), a2 (all missing) and a3 (no children), T, F or ? for each expression.
func TestVerdict_threeValues(t *testing.T) {
	cases := []struct{ text, want string }{
		{`account.employees > 100`, "T?F"},
		{`account.employees > 1.5e3`, "T?F"},
		{`account.employees > 100 || account.id == "a2"`, "TTF"},
		{`account.employees > 100 && account.id != "a2"`, "TFF"},
		{`!(account.employees > 100)`, "F?T"},
		{`account.name == account.name`, "T?T"},
		{`account.name != "Acme"`, "F?T"},
		{`has(account.employees)`, "TFT"},
		{`account.?employees.orValue(0) == 0`, "FTF"},
		{`account.people.exists(p, p.score > 5)`, "TTF"},
		{`account.people.exists(p, p.score > 20)`, "?TF"},
		{`account.people.all(p, p.score > 5)`, "?TT"},
		{`account.people.filter(p, p.score > 5).size() == 1`, "TTF"},
		{`account.people.map(p, p.score > 5, p.score).sum() == 10`, "TFF"},
		{`account.people.map(p, p.score).sum() >= 0`, "?TT"},
		{`account.people.exists_one(p, p.score > 5)`, "?TF"},
		{`account.people.filter(p, p.score > 5).map(p, p.score).avg() > 1.0`, "TT?"},
		{`account.people.filter(p, p.score > 5).map(p, p.score).max() == 30`, "FT?"},
		{`account.intent.get("data platform", 0) >= vars.floor`, "T?F"},
		{`account.intent["data platform"] > 1`, "T??"},
		{`"data platform" in account.intent`, "T?F"},
		{`"Core" in account.products`, "T?F"},
		{`account.products.size() == 2`, "T?F"},
		{`account.stage in ["Proposal", "Won"]`, "T?T"},
		{`account.renewal_at > now && account.renewal_at < now + days(40)`, "T?F"},
		{`account.activities.within(days(30)).size() == 2`, "TFF"},
		{`account.activities.since(daysAgo(5)).size() == 1`, "TFF"},
		{`account.activities.quiet(days(5))`, "TTT"},
		{`account.activities.quiet(days(30))`, "FTT"},
		{`account.activities.filter(a, a.type == "form").within(days(30)).exists(a, a.inbound)`, "TFF"},
		{`segment("big")`, "T?F"},
		{`changed(account.stage)`, "TFF"},
		{`changed(account.stage, "Diligence", "Proposal")`, "TFF"},
		{`changed(account.stage, "*", "Won")`, "FFF"},
		{`changed(account.stage, "*", "*", days(1))`, "FFF"},
		{`enrolled("nurture")`, "TFF"},
		{`finished("nurture", "converted")`, "FFT"},
		{`finished("nurture")`, "FFT"},
		{`count("big") == 1`, "TTT"},
		{`9223372036854775807 + account.employees > 0`, "??" + "?"},
		{`1 / (account.employees - 12) > -5`, "T??"},
		{`account.revenue / 0.0 > 1.0`, "T?F"},
		{`account.people.exists(p, p.account.id == "a1")`, "TFF"},
		{`account.activities.exists(a, a.person.score == 10)`, "T?F"},
		{`account.name.matches("^A.*e$")`, "T?F"},
		{`account.name.lowerAscii() == "zoë" && account.name.size() == 3`, "F?T"},
	}
	env, d := newEnv(t), data()
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			p, problems := env.Compile(source(c.text), expr.Scope{Self: "account"}, expr.Condition)
			if problems.Err() != nil {
				t.Fatal(problems[0].Format())
			}
			v, err := p.Verdict(context.Background(), d)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for row := range 3 {
				switch {
				case v.True.Has(row):
					got += "T"
				case v.Unknown.Has(row):
					got += "?"
				default:
					got += "F"
				}
			}
			if got != c.want {
				x, _ := p.Explain(context.Background(), d, expr.Row("account", 1))
				t.Errorf("got %s, want %s; a2: %+v", got, c.want, x)
			}
		})
	}
}
