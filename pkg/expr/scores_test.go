package expr_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

const scoresAndStages = `
scores:
  fit: {of: account, rules: [{points: 1, when: account.target}]}
  lead: {of: person, rules: [{points: 1, when: person.opted_out}]}
stages:
  journey:
    of: account
    stages: [{name: aware, when: account.target}, {name: mqa, when: account.target}, {name: customer, when: account.target}]
  consent: {of: person, stages: [{name: given, when: '!person.opted_out'}]}
`

// scoredEnv makes the environment of the declarations with scores and stages.
func scoredEnv(t testing.TB) *expr.Env {
	t.Helper()
	env, err := expr.NewEnv(book(t, scoresAndStages))
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// scoredData makes the world of the tests where a1 is mqa with 60 points, a2 at no stage with -5, and a3 a customer with 0.
func scoredData() *expr.Data {
	d := data()
	accounts, people := d.Frame.Table("account").Rows, d.Frame.Table("person").Rows
	d.Scores = map[string]*expr.Scored{"fit": {Points: []int64{60, -5, 0}, Doubtful: frame.NewBits(accounts)},
		"lead": {Points: []int64{1, 2, 3, 4}, Doubtful: frame.NewBits(people)}}
	d.Stages = map[string]*expr.Staged{"journey": {Names: []string{"aware", "mqa", "customer"}, At: []int32{2, 0, 3}, Doubtful: frame.NewBits(accounts)},
		"consent": {Names: []string{"given"}, At: []int32{1, 0, 1, 0}, Doubtful: frame.NewBits(people)}}
	d.Changes[expr.StageField("account", "journey")] = map[string][]expr.Change{"a1": {{From: "aware", To: "mqa", At: daysAgo(2)}},
		"a2": {{From: "aware", To: "", At: daysAgo(8)}}, "a3": {{From: "", To: "customer", At: daysAgo(1)}}}
	return d
}

func TestValue_scoresAndStages(t *testing.T) {
	env, d := scoredEnv(t), scoredData()
	for _, c := range []struct {
		text string
		want [3]string
	}{
		{`score("fit")`, [3]string{"60", "-5", "0"}},
		{`score("fit", account) >= 60`, [3]string{"true", "false", "false"}},
		{`account.people.map(p, score("lead", p)).sum()`, [3]string{"3", "3", "0"}},
		{`account.people.map(p, score("fit", p.account)).max()`, [3]string{"60", "-5", "?"}},
		{`stage("journey")`, [3]string{"mqa", "", "customer"}},
		{`stage("journey") == "mqa"`, [3]string{"true", "false", "false"}},
		{`stage("journey") != "mqa"`, [3]string{"false", "true", "true"}},
		{`stage("journey") in ["mqa", ""]`, [3]string{"true", "true", "false"}},
		{`account.people.exists(p, stage("consent", p) == "given")`, [3]string{"true", "true", "false"}},
		{`atLeast("journey", "aware")`, [3]string{"true", "false", "true"}},
		{`atLeast("journey", "mqa")`, [3]string{"true", "false", "true"}},
		{`atLeast("journey", "customer", account)`, [3]string{"false", "false", "true"}},
		{`account.people.exists(p, atLeast("journey", "mqa", p.account))`, [3]string{"true", "false", "false"}},
		{`changed(stage("journey"))`, [3]string{"true", "false", "true"}},
		{`changed(stage("journey"), "aware", "mqa")`, [3]string{"true", "false", "false"}},
		{`changed(stage("journey"), "*", "customer")`, [3]string{"false", "false", "true"}},
		{`changed(stage("journey"), "", "*")`, [3]string{"false", "false", "true"}},
		{`changed(stage("journey", account), "*", "", days(9))`, [3]string{"false", "true", "false"}},
		{`account.people.exists(p, changed(stage("journey", p.account), "*", "mqa"))`, [3]string{"true", "false", "false"}},
		{`account.people.exists(p, changed(stage("consent", p)))`, [3]string{"false", "false", "false"}},
	} {
		for row, want := range c.want {
			if got := value(t, env, d, row, c.text); got != want {
				t.Errorf("%s of a%d: got %s, want %s", c.text, row+1, got, want)
			}
		}
	}
}

// TestValue_whatWasNotEvaluatedIsUnknown holds that a score or stage that nobody asked for before is not taken for 0 or none.
func TestValue_whatWasNotEvaluatedIsUnknown(t *testing.T) {
	env, d := scoredEnv(t), data()
	for _, text := range []string{`score("fit") == 0`, `stage("journey") == ""`, `atLeast("journey", "mqa")`} {
		if got := value(t, env, d, 0, text); got != "?" {
			t.Errorf("%s: got %s", text, got)
		}
	}
	if got := d.Fields("account", 0, []string{"stage journey", "name"}); len(got) != 1 {
		t.Errorf("got %v", got)
	}
	if got := scoredData().Fields("account", 0, []string{expr.StageField("account", "journey").Field}); got["stage journey"] != "mqa" {
		t.Errorf("got %v", got)
	}
}

func TestCompile_usesOfScoresAndStages(t *testing.T) {
	env := scoredEnv(t)
	journey := expr.StageField("account", "journey")
	for text, want := range map[string]expr.Uses{
		`score("fit") > 3 && score("fit", account) > 4`:                                         {Scores: []string{"fit"}},
		`stage("journey") == "mqa" || account.people.exists(p, atLeast("consent", "given", p))`: {Stages: []string{"consent", "journey"}},
		`changed(stage("journey"), "*", "mqa")`:                                                 {Stages: []string{"journey"}, Changed: []expr.ChangedField{journey}},
	} {
		if diff := cmp.Diff(fmt.Sprintf("%+v", want), fmt.Sprintf("%+v", compile(t, env, text, expr.Condition).Uses)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	if model, ok := journey.Stage(); !ok || model != "journey" {
		t.Errorf("got %s", model)
	}
	if _, ok := (expr.ChangedField{Entity: "account", Field: "stage"}).Stage(); ok {
		t.Error("a field is no stage")
	}
}

// TestCompile_scoresAndStagesThatAreNotThere holds the message, the place (the text from the problem's column on) and the hint.
func TestCompile_scoresAndStagesThatAreNotThere(t *testing.T) {
	env := scoredEnv(t)
	for text, want := range map[string]string{
		`score("fti") > 3`:  `there is no score "fti" @ "fti" | did you mean "fit"?`,
		`score("lead") > 3`: `score lead is of person, not of account @ "lead" | ask about those records: account.people.exists(x, score("lead", x))`,
		`account.people.exists(p, score("fit", p) > 3)`: `score fit is of account, not of person @ "fit" | ask about that record: score("fit", person.account)`,
		`score(account.name) > 3`:                       `score takes a name in quotes, found account.name @ account.name | write score("x")`,
		`score("fit")`:                                  `expected a condition (true or false), found int @ score("fit") | compare it with something: > 0`,
		`score("fit") > "3"`:                            `> does not go between score("fit") (int) and "3" (string) @ > | write 3 without quotes`,
		`stage("jorney") == "mqa"`:                      `there are no stages "jorney" @ "jorney" | did you mean "journey"?`,
		`stage("consent") == "given"`:                   `stage consent is of person, not of account @ "consent" | ask about those records: account.people.exists(x, stage("consent", x))`,
		`stage("journey") == "mqq"`:                     `stages journey have no stage "mqq" @ "mqq" | did you mean "mqa"?`,
		`"Customer" != stage("journey")`:                `stages journey have no stage "Customer" @ "Customer" | did you mean "customer"?`,
		`stage("journey") in ["mqa", "awre"]`:           `stages journey have no stage "awre" @ "awre" | did you mean "aware"?`,
		`stage("journey")`:                              `expected a condition (true or false), found string @ stage("journey") | compare it with something: == "…"`,
		`stage("journey") > 3`:                          `> does not go between stage("journey") (string) and 3 (int) @ > |`,
		`atLeast("journey", "mqq")`:                     `stages journey have no stage "mqq" @ "mqq" | did you mean "mqa"?`,
		`atLeast("journey", account.name)`:              `atLeast takes a name in quotes, found account.name @ account.name | write atLeast("x", "name")`,
		`atLeast("consent", "given")`:                   `stage consent is of person, not of account @ "consent" | ask about those records: account.people.exists(x, atLeast("consent", "given", x))`,
		`atLeast("journey")`:                            `atLeast(…) does not take string @ atLeast | write atLeast("x", "name")`,
		`at_least("journey", "mqa")`:                    `unknown function "at_least" @ at_least | did you mean atLeast? write atLeast("x", "name")`,
		`changed(stage("jorney"))`:                      `there are no stages "jorney" @ "jorney" | did you mean "journey"?`,
		`changed(stage("consent"))`:                     `stage consent is of person, not of account @ "consent" | ask about those records: account.people.exists(x, stage("consent", x))`,
		`changed(stage("journey"), "mqq", "*")`:         `stages journey have no stage "mqq" @ "mqq" | did you mean "mqa"?`,
		`changed(stage("journey"), "*", 3)`:             `a stage is text and never int @ 3 | "*" stands for any stage, "" for none`,
		`changed(score("fit"))`:                         `changed speaks of a field, such as account.stage @ ( |`,
		`mqa == "x"`:                                    `unknown name "mqa" @ mqa | the name of a stage is quoted: "mqa"`,
		`journey == "mqa"`:                              `unknown name "journey" @ journey | did you mean stage("journey")?`,
		`fit > 3`:                                       `unknown name "fit" @ fit | did you mean score("fit")?`,
	} {
		p, problems := env.Compile(source(text), expr.Scope{Self: "account"}, expr.Condition)
		if p != nil || len(problems) != 1 {
			t.Errorf("%s: got %v", text, problems)
			continue
		}
		at := []rune(text)[problems[0].At.Column-1:]
		got := strings.TrimSpace(fmt.Sprintf("%s @ %s | %s", problems[0].Message, string(at[:problems[0].Width]), problems[0].Hint))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s\n%s", text, d)
		}
	}
}

// TestClauses_showStagesAsWritten holds that clauses and explanations show changed(stage(…)) as its author wrote it.
func TestClauses_showStagesAsWritten(t *testing.T) {
	env, d := scoredEnv(t), scoredData()
	p := compile(t, env, `changed(stage("journey"), "*", "mqa") && score("fit") > 50 && atLeast("journey", "mqa")`, expr.Condition)
	clauses, err := env.Clauses(p)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`changed(stage("journey"), "*", "mqa")`, `score("fit") > 50`, `atLeast("journey", "mqa")`}
	for i, c := range clauses {
		if c.String() != want[i] {
			t.Errorf("got %s, want %s", c, want[i])
		}
	}
	x, err := p.Explain(t.Context(), d, expr.Row("account", 0))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, part := range x.Parts {
		got = append(got, part.Text+" = "+part.Value)
		for _, inner := range part.Parts {
			got = append(got, "  "+inner.Text+" = "+inner.Value)
		}
	}
	if d := cmp.Diff([]string{`changed(stage("journey"), "*", "mqa") = true`, `score("fit") > 50 = true`, `  score("fit") = 60`, `atLeast("journey", "mqa") = true`}, got); d != "" {
		t.Error(d)
	}
}

// TestEach_findsWhatIsKnownTrue holds that a condition over each record may speak of the record that it is about, under the author's name.
func TestEach_findsWhatIsKnownTrue(t *testing.T) {
	env, d := scoredEnv(t), scoredData()
	scope := expr.Scope{Self: "account"}
	list, problems := env.Compile(source("account.people"), scope, expr.Records)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	scope.Element = expr.Element{Name: "p", Entity: "person"}
	when, problems := env.Compile(source(`p.score < account.employees && score("lead", p) > 0 && account.people.exists(q, q == p)`), scope, expr.Condition)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	each := &expr.Each{List: list, When: when}
	found := make([]expr.Found, 3)
	for row := range found {
		var err error
		if found[row], err = each.At(t.Context(), d, row); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(found[0].Rows) != "[0]" || found[0].Unknown == nil || found[0].Unknown.What != "person.score is missing" {
		t.Errorf("a1: %+v", found[0])
	}
	if len(found[1].Rows) != 0 || found[1].Unknown == nil || found[1].Unknown.What != "account.employees is missing" {
		t.Errorf("a2: %+v", found[1])
	}
	if len(found[2].Rows) != 0 || found[2].Unknown != nil {
		t.Errorf("a3: %+v", found[2])
	}
	if _, problems = env.Compile(source(`account.people.exists(p, p.opted_out)`), scope, expr.Condition); problems.Err() == nil {
		t.Error("a macro calls its elements as the element is called")
	}
}
