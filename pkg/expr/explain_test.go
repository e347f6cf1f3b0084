package expr_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/expr"
)

// outline writes an explanation as indented lines: text, value, and what is missing.
func outline(x expr.Explained, indent string) string {
	line := indent + x.Text + " = " + x.Value
	if x.Unknown != "" {
		line += ": " + x.Unknown
	}
	out := line + "\n"
	for _, part := range x.Parts {
		out += outline(part, indent+"  ")
	}
	return out
}

// TestExplain holds the tree of an explanation: operands of logic one by one, without short cuts, comparisons with their values, lists by
// their number, and nothing that a macro made and nobody wrote.
func TestExplain(t *testing.T) {
	env, d := newEnv(t), data()
	for _, c := range []struct {
		row        int
		text, want string
	}{
		{0, `account.employees > 3000 && account.target && account.name == "Acme"`, `
account.employees > 3000 && account.target && account.name == "Acme" = false
  account.employees > 3000 = false
    account.employees = 2500
  account.target = true
  account.name == "Acme" = true
    account.name = "Acme"`},
		{1, `account.employees > 3000 || has(account.name)`, `
account.employees > 3000 || has(account.name) = unknown: account.employees is missing
  account.employees > 3000 = unknown: account.employees is missing
    account.employees = unknown: account.employees is missing
  has(account.name) = false`},
		{0, `segment("big") && changed(account.stage, "*", "Won") && count("big") > 3`, `
segment("big") && changed(account.stage, "*", "Won") && count("big") > 3 = false
  segment("big") = true
  changed(account.stage, "*", "Won") = false
  count("big") > 3 = false
    count("big") = 1`},
		{1, `segment("big")`, `
segment("big") = unknown: segment big is unknown`},
		{0, `account.activities.within(days(30)).exists(a, a.type == "form")`, `
account.activities.within(days(30)).exists(a, a.type == "form") = true
  account.activities.within(days(30)) = 2 records
    account.activities = 3 records
    days(30) = 30d`},
		{0, `account.people.filter(p, p.score > 5).size() == 1 ? account.renewal_at > daysAgo(5) : account.people[7].opted_out`, `
account.people.filter(p, p.score > 5).size() == 1 ? account.renewal_at > daysAgo(5) : account.people[7].opted_out = true
  account.people.filter(p, p.score > 5).size() == 1 = true
    account.people.filter(p, p.score > 5).size() = 1
      account.people.filter(p, p.score > 5) = 1 record
        account.people = 2 records
  account.renewal_at > daysAgo(5) = true
    account.renewal_at = 2026-12-22T09:00:00Z
    daysAgo(5) = 2026-11-17T09:00:00Z
  account.people[7].opted_out = not evaluated`},
		{0, `((account.target || account.employees > 3) == true) && !(account.employees in [1, 2])`, `
((account.target || account.employees > 3) == true) && !(account.employees in [1, 2]) = true
  (account.target || account.employees > 3) == true = true
    account.target || account.employees > 3 = true
      account.target = true
      account.employees > 3 = true
        account.employees = 2500
  !(account.employees in [1, 2]) = true
    account.employees in [1, 2] = false
      account.employees = 2500`},
		{0, `account.products == vars.words && account.people[0] in account.people`, `
account.products == vars.words && account.people[0] in account.people = true
  account.products == vars.words = true
    account.products = ["Core", "Data"]
    vars.words = ["Core", "Data"]
  account.people[0] in account.people = true
    account.people[0] = person p1
      account.people = 2 records
    account.people = 2 records`},
	} {
		p := compile(t, env, c.text, expr.Condition)
		x, err := p.Explain(context.Background(), d, expr.Row("account", c.row))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), strings.TrimSuffix(outline(*x, ""), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.text, diff)
		}
	}
}

// TestUnknown_saysWhatIsMissing holds the reason that previews and reports give for an unknown.
func TestUnknown_saysWhatIsMissing(t *testing.T) {
	env, d := newEnv(t), data()
	for text, want := range map[string]string{
		`account.employees > 3 && account.target`:                                   "account.employees is missing",
		`account.people[0].email != "x" && account.target`:                          "account.target is missing",
		`account.people.all(p, p.account.target)`:                                   "account.target is missing",
		`account.people[5].email == "x"`:                                            "index out of bounds: 5",
		`1 / (account.people.size() - 1) > 0`:                                       "division by zero",
		`account.people.map(p, p.score).avg() > 3.0 && account.intent["x"] > 3`:     "account.intent is missing",
		`account.activities.filter(a, a.type == "x").map(a, a.minutes).max() > 3.0`: "max() of nothing",
		`segment("big")`: "segment big is unknown",
	} {
		_, err := compile(t, env, text, expr.Condition).Bool(context.Background(), d, expr.Row("account", 1))
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
