package playbook_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

const scored = `
entities:
  account: {file: a.csv, key: id, fields: {size: int}}
  activity: {file: b.csv, parent: account_id -> account, plural: activities, time: at, fields: {at: timestamp}}
`

// readScores reads a playbook of an account with activities, and more.
func readScores(t *testing.T, more string) (*playbook.Book, []string) {
	t.Helper()
	file, problems := document.Parse("p.yaml", []byte(scored+more))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	book, problems := playbook.Read([]*document.File{file}, playbook.Inputs{})
	var words []string
	for _, p := range problems {
		words = append(words, strings.TrimSpace(p.Severity.String()+": "+p.Message+" | "+p.Hint))
	}
	return book, words
}

func TestRead_scores(t *testing.T) {
	book, problems := readScores(t, `
scores:
  heat:
    of: account
    max: 100
    owners: [marketing, sales]
    rules:
      - {points: 40, when: account.size > 5, why: it is big}
      - {points: -2, each: account.activities, as: a, when: a.at < now, half_life: 30d, at_most: 50}
  any: {of: account, rules: [{points: 1, each: account.activities}]}
`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if d := cmp.Diff([]string{"any", "heat"}, book.ScoreNames()); d != "" {
		t.Error(d)
	}
	s := book.Score("heat")
	if s.Of != "account" || s.Max != 100 || fmt.Sprint(s.Owners) != "[marketing sales]" || len(s.Rules) != 2 {
		t.Fatalf("read %+v", s)
	}
	once, each := s.Rules[0], s.Rules[1]
	if once.Points != 40 || once.When.Text != "account.size > 5" || once.Why != "it is big" || once.Each.Exists() {
		t.Errorf("read %+v", once)
	}
	if each.Points != -2 || each.Each.Text != "account.activities" || each.As != "a" || each.HalfLife != 30*24*time.Hour || each.AtMost != 50 {
		t.Errorf("read %+v", each)
	}
	if book.Score("nothing") != nil {
		t.Error("there is no such score")
	}
}

func TestRead_stages(t *testing.T) {
	book, problems := readScores(t, `
stages:
  journey:
    of: account
    order: furthest
    stages:
      - {name: aware, when: account.size > 1}
      - {name: mqa, when: account.size > 5, by: marketing, sla: 2 business days, why: ready}
`)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	m := book.StageModel("journey")
	if d := cmp.Diff([]string{"aware", "mqa"}, m.StageNames()); d != "" || m.Of != "account" || m.Index("mqa") != 1 || m.Index("no") != -1 {
		t.Errorf("read %+v %s", m, d)
	}
	if s := m.Stages[1]; s.When.Text != "account.size > 5" || s.By != "marketing" || s.SLA.N != 2 || s.SLA.Unit != playbook.BusinessDays || s.Why != "ready" {
		t.Errorf("read %+v", s)
	}
	if d := cmp.Diff([]string{"journey"}, book.StageModelNames()); d != "" {
		t.Error(d)
	}
}

func TestRead_scoresAndStagesThatSayTooLittleOrTooMuch(t *testing.T) {
	score := func(rule string) string { return "scores: {x: {of: account, rules: [" + rule + "]}}" }
	stage := func(stages string) string { return "stages: {x: {of: account, stages: [" + stages + "]}}" }
	for text, want := range map[string]string{
		`scores: [a]`: `error: expected names and what they stand for in scores, found a list | write each below it, indented, as name: …, without a dash`,
		`scores: {x: {rules: [{points: 1, when: account.size > 1}]}}`:                 `error: score x does not say of which entity | write of: account`,
		`scores: {x: {of: acount, rules: [{points: 1, when: 'true'}]}}`:               `error: score x is of "acount", which is not an entity | did you mean "account"?`,
		`scores: {x: {of: activity, rules: [{points: 1, when: 'true'}]}}`:             `error: score x is of activity, whose records have no key | choose an entity with a key`,
		`scores: {x: {of: account, rules: []}}`:                                       `error: score x has no rules | write rules: [{points: 10, when: CONDITION, why: WORDS}]`,
		`scores: {x: {of: account}}`:                                                  `error: score x has no rules | write rules: [{points: 10, when: CONDITION, why: WORDS}]`,
		`scores: {x: {of: account, mx: 3, rules: [{points: 1, when: 'true'}]}}`:       `error: unknown key "mx" in score x | did you mean "max"?`,
		`scores: {x: {of: account, max: 0, rules: [{points: 1, when: 'true'}]}}`:      `error: expected a whole number of at least 1, found 0 |`,
		score(`account.size > 3`):                                                     `error: expected a rule with points: in score x, found "account.size > 3" | write rules: [{points: 10, when: CONDITION, why: WORDS}]`,
		score(`{when: account.size > 3}`):                                             `error: this rule does not say how many points it gives | write points: 10 in it`,
		score(`{points: 3}`):                                                          `error: this rule does not say when it gives its points | write when: CONDITION, or each: account.activities`,
		score(`{points: 1.5, when: account.size > 3}`):                                `error: expected a whole number of points, such as 10 or -10, found "1.5" |`,
		score(`{points: 0, when: account.size > 3}`):                                  `error: a rule of no points says nothing | write how many points, such as 10, or -10 to take some`,
		score(`{points: -2000000, when: account.size > 3}`):                           `error: expected from -1000000 to 1000000 points, found -2000000 |`,
		score(`{points: 1, when: account.size > 3, half_life: 3d}`):                   `error: half_life goes with each only | write each: account.activities beside it, or remove it`,
		score(`{points: 1, when: account.size > 3, at_most: 3}`):                      `error: at_most goes with each only | write each: account.activities beside it, or remove it`,
		score(`{points: 1, each: account.activities, as: a b}`):                       `error: "a b" can't be the name of a record | expressions need names of letters, digits and _, such as a_b`,
		score(`{points: 1, each: account.activities, as: in}`):                        `error: "in" can't be the name of a record: CEL keeps this word for itself | choose another name, such as in_`,
		score(`{points: 1, each: account.activities, half_life: 0d}`):                 `error: a half-life of nothing would leave no points | write a half-life such as 30d, or remove it: points then count in full for ever`,
		score(`{points: 1, each: account.activities, half_life: month}`):              `error: expected a duration, found "month" | a duration is a whole number with m, h, d or w: 15m, 8h, 30d, 2w`,
		score(`{points: 1, each: account.activities, at_most: 0}`):                    `error: expected a whole number of at least 1, found 0 |`,
		`stages: {x: {of: account}}`:                                                  `error: stages x have no stages | write stages: [{name: mqa, when: CONDITION}], the nearest first`,
		`stages: {x: {stages: [{name: a, when: 'true'}]}}`:                            `error: stages x do not say of which entity | write of: account`,
		`stages: {x: {of: account, order: first, stages: [{name: a, when: 'true'}]}}`: `error: expected furthest, found "first" |`,
		stage(`mqa`):                                `error: expected a stage with name: and when: in stages x, found "mqa" | write stages: [{name: mqa, when: CONDITION}], the nearest first`,
		stage(`{when: 'true'}`):                     `error: this stage has no name | write name: mqa in it`,
		stage(`{name: a}`):                          `error: this stage has no when | write when: CONDITION`,
		stage(`{name: a b, when: 'true'}`):          `error: "a b" can't be the name of a stage | a name begins with a letter and goes on with letters, digits, - and _, up to 63 of them`,
		stage(`{name: a, when: 'true', sla: soon}`): `error: expected a span of time, found "soon" | a span is a whole number with m, h, d or w, or of business hours or days: 15m, 8h, 30d, 2w, 2 business days`,
		stage(`{name: a, whn: 'true'}`):             `error: unknown key "whn" in stage of x | did you mean "when"?`,
		stage(`{name: a, when: 'true', by: slaes}`) + "\nroles: {sales: {fallback: x@y.example}}": `warning: stage a is worked by "slaes", which is no role or route | did you mean "sales"?`,
		stage(`{name: a, when: 'true'}, {name: a, when: 'false'}`):                                `error: stages x have two stages "a" | rename one of them`,
	} {
		_, problems := readScores(t, text)
		if d := cmp.Diff([]string{want}, problems); d != "" {
			t.Errorf("%s\n%s", text, d)
		}
	}
}
