package expr_test

import (
	"context"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// TestValue holds every function of the language, and CEL's own where the language says more than CEL. What comes out is written for the
// accounts a1 (whole), a2 (all missing) and a3 (no children); "?" is unknown.
func TestValue(t *testing.T) {
	env, d := newEnv(t), data()
	for _, c := range []struct {
		text string
		want [3]string
	}{
		// segment, count, enrolled, finished, changed
		{`segment("big")`, [3]string{"true", "?", "false"}},
		{`account.people.map(p, has(p.email)).size()`, [3]string{"2", "1", "0"}},
		{`account.people.filter(p, segment("opted", p)).size()`, [3]string{"0", "1", "0"}},
		{`account.people.exists(p, segment("opted", p))`, [3]string{"?", "true", "false"}},
		{`account.people[0].account.name`, [3]string{"Acme", "?", "?"}},
		{`count("big") + count("opted")`, [3]string{"2", "2", "2"}},
		{`enrolled("nurture")`, [3]string{"true", "false", "false"}},
		{`finished("nurture")`, [3]string{"false", "false", "true"}},
		{`finished("nurture", "exited")`, [3]string{"false", "false", "false"}},
		{`changed(account.stage)`, [3]string{"true", "false", "false"}},
		{`changed(account.stage, "*", "Proposal")`, [3]string{"true", "false", "false"}},
		{`changed(account.stage, "Proposal", "*")`, [3]string{"false", "false", "false"}},
		{`changed(account.stage, "*", "*", days(2))`, [3]string{"false", "false", "false"}},
		{`changed(account.stage, "*", "*", hours(49))`, [3]string{"true", "false", "false"}},
		{`changed(account.employees, "*", 5)`, [3]string{"false", "false", "false"}},
		{`account.people.exists(p, changed(p.score))`, [3]string{"false", "false", "false"}},
		// now, days, hours, daysAgo
		{`now`, [3]string{"2026-11-22T09:00:00Z", "2026-11-22T09:00:00Z", "2026-11-22T09:00:00Z"}},
		{`daysAgo(1)`, [3]string{"2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z", "2026-11-21T09:00:00Z"}},
		{`now + days(vars.month) == now + hours(720)`, [3]string{"true", "true", "true"}},
		{`account.renewal_at - now > days(29)`, [3]string{"true", "?", "false"}},
		// within, since, quiet
		{`account.activities.within(days(30)).map(a, a.type)`, [3]string{`["form","email_open"]`, "[]", "[]"}},
		{`account.activities.since(daysAgo(5)).map(a, a.type)`, [3]string{`["email_open"]`, "[]", "[]"}},
		{`account.activities.quiet(days(5))`, [3]string{"true", "true", "true"}},
		{`account.activities.quiet(days(30))`, [3]string{"false", "true", "true"}},
		{`account.activities.filter(a, a.type == "web").quiet(days(100))`, [3]string{"false", "true", "true"}},
		{`account.activities.filter(a, a.minutes > 0.5).within(days(30)).size()`, [3]string{"2", "0", "0"}},
		{`account.activities.within(days(30)).filter(a, a.minutes > 0.5).size()`, [3]string{"2", "0", "0"}},
		{`(account.activities.filter(a, a.type == "form") + account.activities.filter(a, a.type == "web")).within(days(30)).size()`, [3]string{"1", "0", "0"}},
		// get, sum, avg, min, max
		{`account.intent.get("data platform", 0)`, [3]string{"82", "?", "0"}},
		{`account.intent.get("ai", 7)`, [3]string{"3", "?", "7"}},
		{`account.intent.get("none", 7)`, [3]string{"7", "?", "7"}},
		{`{"a": 1}.get("a", 0) + {"a": 1}.get("b", 5)`, [3]string{"6", "6", "6"}},
		{`account.people.map(p, has(p.score), p.score).sum()`, [3]string{"10", "30", "0"}},
		{`account.people.map(p, has(p.score), p.score).avg()`, [3]string{"10", "30", "?"}},
		{`account.people.map(p, has(p.score), p.score).min()`, [3]string{"10", "30", "?"}},
		{`account.people.map(p, p.score).max()`, [3]string{"?", "30", "?"}},
		{`account.activities.map(a, a.minutes).sum()`, [3]string{"3", "3", "0"}},
		{`[1.5, 0.5].avg() + [2, 3].avg()`, [3]string{"3.5", "3.5", "3.5"}},
		{`["b", "a"].min() + ["b", "a"].max()`, [3]string{"ab", "ab", "ab"}},
		{`[now, daysAgo(1)].max() == now && [now, daysAgo(1)].min() < now`, [3]string{"true", "true", "true"}},
		{`[9223372036854775807, 1].sum()`, [3]string{"?", "?", "?"}},
		{`[1.0, 0.0 / 0.0].max()`, [3]string{"?", "?", "?"}},
		// maps and lists
		{`account.intent["data platform"]`, [3]string{"82", "?", "?"}},
		{`account.intent["none"]`, [3]string{"?", "?", "?"}},
		{`account.intent["ai"]`, [3]string{"3", "?", "?"}},
		{`"none" in account.intent`, [3]string{"false", "?", "false"}},
		{`account.intent.size()`, [3]string{"2", "?", "0"}},
		{`account.intent.map(k, k)`, [3]string{`["ai","data platform"]`, "?", "[]"}},
		{`account.products`, [3]string{`["Core","Data"]`, "?", "[]"}},
		{`account.products == vars.words`, [3]string{"true", "?", "false"}},
		{`vars.words.filter(w, !(w in account.products))`, [3]string{"[]", "[]", `["Core","Data"]`}},
		{`account.products[1] + account.products[5]`, [3]string{"?", "?", "?"}},
		{`account.people[-1].id`, [3]string{"?", "?", "?"}},
		{`account.people.map(p, p.id).join(", ")`, [3]string{"p1, p2", "p3", ""}},
		{`sets.contains(vars.words, account.products)`, [3]string{"true", "?", "true"}},
		{`account.people == account.people && account.people[0] in account.people`, [3]string{"true", "true", "?"}},
		{`account.people.exists(p, p.account == account)`, [3]string{"true", "true", "false"}},
		// has and optional values
		{`has(account.employees)`, [3]string{"true", "false", "true"}},
		{`has(account.people) && has(account.intent)`, [3]string{"true", "false", "true"}},
		{`account.people.map(p, has(p.account.name))`, [3]string{"[true,true]", "[false]", "[]"}},
		{`account.?employees.orValue(0)`, [3]string{"2500", "0", "12"}},
		{`account.?name.hasValue()`, [3]string{"true", "false", "true"}},
		{`account.?intent[?"data platform"].orValue(1)`, [3]string{"82", "1", "1"}},
		{`account.intent[?"data platform"].orValue(1)`, [3]string{"82", "?", "1"}},
		{`account.people[?0].?email.orValue("nobody")`, [3]string{"p1@x.example", "p3@x.example", "nobody"}},
		{`account.people.map(p, p.?account.?name.orValue("?"))`, [3]string{`["Acme","Acme"]`, `["?"]`, "[]"}},
		{`account.activities.map(a, a.?person.?email.orValue("none"))`, [3]string{`["p1@x.example","none","none"]`, `["none"]`, "[]"}},
		// numbers
		{`account.employees > 1.5e3 && account.employees < 2500.5`, [3]string{"true", "?", "false"}},
		{`account.employees * 9223372036854775807`, [3]string{"?", "?", "?"}},
		{`account.employees - 9223372036854775807 - 9223372036854775807`, [3]string{"?", "?", "?"}},
		{`account.employees / (account.employees - account.employees)`, [3]string{"?", "?", "?"}},
		{`account.employees % 7`, [3]string{"1", "?", "5"}},
		{`-7 / 2`, [3]string{"-3", "-3", "-3"}},
		{`account.revenue / 0.0 > 1e308`, [3]string{"true", "?", "false"}},
		{`0.0 / account.revenue`, [3]string{"0", "?", "NaN"}},
		{`0.0 / 0.0 == 0.0 / 0.0 || 0.0 / 0.0 < 1.0 || 0.0 / 0.0 >= 1.0`, [3]string{"false", "false", "false"}},
		{`0.0 / 0.0 != 0.0 / 0.0`, [3]string{"true", "true", "true"}},
		{`double(account.employees) * 1.5`, [3]string{"3750", "?", "18"}},
		{`math.greatest(account.employees, 100)`, [3]string{"2500", "?", "100"}},
		{`string(account.employees) + "!"`, [3]string{"2500!", "?", "12!"}},
		// text
		{`account.name.size()`, [3]string{"4", "?", "3"}},
		{`"😀é".size()`, [3]string{"2", "2", "2"}},
		{`account.name < "Zz" && account.name > "B"`, [3]string{"false", "?", "true"}},
		{`"Zoë" > "Zoz" && "Z" < "a" && "\uffff" < "😀"`, [3]string{"true", "true", "true"}},
		{`account.name.lowerAscii()`, [3]string{"acme", "?", "zoë"}},
		{`account.name.matches("^A.*e$")`, [3]string{"true", "?", "false"}},
		{`account.name.startsWith("Z") || account.name.endsWith("me")`, [3]string{"true", "?", "true"}},
		{`"%s has %d".format([account.name, account.employees])`, [3]string{"Acme has 2500", "?", "Zoë has 12"}},
		// times
		{`account.renewal_at.getFullYear("America/New_York")`, [3]string{"2026", "?", "2025"}},
		{`timestamp("2026-11-22T10:00:00+01:00") == now`, [3]string{"true", "true", "true"}},
	} {
		for row, want := range c.want {
			if got := value(t, env, d, row, c.text); got != want {
				t.Errorf("%s of a%d is %s, want %s", c.text, row+1, got, want)
			}
		}
	}
}

// TestWindows_boundaries holds that a window of time reaches back to, and not beyond, the microsecond at which it begins.
func TestWindows_boundaries(t *testing.T) {
	begin := now.Add(-30 * 24 * time.Hour)
	times := []any{begin.Add(-time.Microsecond), begin, begin.Add(time.Microsecond), now, nil}
	types := []any{"before", "at", "after", "now", "never"}
	owners := []any{"a1", "a1", "a1", "a1", "a1"}
	inbound := []any{true, true, true, true, true}
	events := &frame.Builder{Entity: "activity", Time: "at",
		Parents: []frame.ParentLink{{Entity: "account", Plural: "activities", Keys: column("account_id", text, owners...)},
			{Entity: "person", Plural: "activities", Keys: column("person_id", text, nil, nil, nil, nil, nil)}},
		Columns: []*frame.Column{column("type", text, types...), column("at", moment, times...), column("inbound", boolean, inbound...),
			column("minutes", double, nil, nil, nil, nil, nil)}}
	env, d := newEnv(t), newData(accounts(), people(), events)
	for text, want := range map[string]string{
		`account.activities.map(a, a.type)`:                             `["never","before","at","after","now"]`,
		`account.activities.within(days(30)).map(a, a.type)`:            `["after","now"]`,
		`account.activities.within(hours(720)).map(a, a.type)`:          `["after","now"]`,
		`account.activities.since(daysAgo(30)).map(a, a.type)`:          `["after","now"]`,
		`account.activities.since(now).map(a, a.type)`:                  `[]`,
		`account.activities.within(days(0)).map(a, a.type)`:             `[]`,
		`account.activities.within(days(36600)).map(a, a.type)`:         `["before","at","after","now"]`,
		`account.activities.filter(a, a.at >= daysAgo(30)).size()`:      `3`,
		`account.activities.exists(a, a.at > now)`:                      `?`,
		`account.activities.filter(a, has(a.at)).size()`:                `4`,
		`account.activities.within(days(30)).within(days(1)).size()`:    `1`,
		`account.activities.filter(a, true).within(days(30)).size()`:    `2`,
		`[].filter(a, true).size() + account.activities[1].type.size()`: `6`,
	} {
		if got := value(t, env, d, 0, text); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// TestQuiet_boundaries holds that silence is broken by engagement inside the window only: by the third event here, after its beginning.
func TestQuiet_boundaries(t *testing.T) {
	env := newEnv(t)
	for _, c := range []struct {
		engaged []int // of web (40 days ago), form (10) and email_open (3); in order of time a2's event without one stands last
		text    string
		want    string
	}{
		{nil, `account.activities.quiet(days(100))`, "true"},
		{[]int{1}, `account.activities.quiet(days(10))`, "true"},
		{[]int{1}, `account.activities.quiet(hours(241))`, "false"},
		{[]int{0}, `account.activities.quiet(days(40))`, "true"},
		{[]int{0, 1, 2}, `account.activities.filter(a, a.type == "web").quiet(days(39))`, "true"},
		{[]int{0, 1, 2}, `account.activities.quiet(days(vars.month))`, "false"},
		{[]int{3}, `account.activities.quiet(days(36600))`, "true"},
	} {
		d := data()
		d.Engaged["activity"] = frame.NewBits(4)
		for _, row := range c.engaged {
			d.Engaged["activity"].Add(row)
		}
		if got := value(t, env, d, 0, c.text); got != c.want {
			t.Errorf("%s with engagement %v is %s, want %s", c.text, c.engaged, got, c.want)
		}
	}
}

// TestMember holds what the expressions of a play see of its member.
func TestMember(t *testing.T) {
	b := book(t, "")
	env, err := expr.NewEnv(b)
	if err != nil {
		t.Fatal(err)
	}
	d, play := data(), b.Play("nurture")
	env.Triggers(play, "activity")
	env.Reaches(play, "hello", "account")
	env.Reaches(play, "people", "person")
	whole := &expr.Member{Data: d, EnteredAt: daysAgo(20), StepAt: daysAgo(2), Event: map[string]any{"type": "form", "at": "2026-11-12T09:00:00Z", "minutes": 2.0},
		Steps: map[string]*expr.Step{"people": {Data: d, Outcome: "done", Entity: "person", Records: []string{"p2", "gone", "p1"}}}}
	bare := &expr.Member{Data: d, EnteredAt: daysAgo(20), StepAt: daysAgo(20)}
	for text, want := range map[string][2]string{
		`member.entered_at`: {"2026-11-02T09:00:00Z", "2026-11-02T09:00:00Z"},
		`account.activities.since(member.entered_at).map(a, a.type)`:        {`["form","email_open"]`, `["form","email_open"]`},
		`member.step_at < daysAgo(1)`:                                       {"true", "true"},
		`member.event.type`:                                                 {"form", "?"},
		`member.event.at == daysAgo(10)`:                                    {"true", "?"},
		`has(member.event) && has(member.event.type)`:                       {"true", "false"},
		`has(member.event.inbound)`:                                         {"false", "?"},
		`member.?event.?minutes.orValue(9.5)`:                               {"2", "9.5"},
		`member.event.account.name`:                                         {"?", "?"},
		`steps.people.outcome`:                                              {"done", "?"},
		`steps.hello.outcome == "done"`:                                     {"?", "?"},
		`has(steps.people) && !has(steps.hello)`:                            {"true", "false"},
		`steps.people.records.map(p, p.id)`:                                 {`["p2","p1"]`, "?"},
		`steps.?people.?outcome.orValue("none")`:                            {"done", "none"},
		`steps.people.records.exists(p, p.score == 10)`:                     {"true", "?"},
		`account.people.filter(p, !(p in steps.people.records)).size() + 0`: {"0", "0"},
	} {
		p, problems := env.Compile(source(text), expr.Scope{Self: "account", Play: play}, expr.AnyValue)
		if problems.Err() != nil {
			t.Fatal(problems[0].Format())
		}
		for i, m := range []*expr.Member{whole, bare} {
			at := expr.Row("account", 0)
			at.Member = m
			got := "?"
			if v, err := p.Value(context.Background(), d, at); err == nil {
				got = playbook.Text(v)
			}
			if got != want[i] {
				t.Errorf("%s of member %d is %s, want %s", text, i, got, want[i])
			}
		}
	}
}
