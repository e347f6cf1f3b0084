package expr_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

func planData() *expr.Data {
	return &expr.Data{Now: now, Vars: map[string]any{"floor": int64(70), "month": int64(30), "words": []any{"a"}}, Plan: &expr.Plan{Entries: 3, Removals: 150, Members: 400, Sends: 2, Tasks: 5, Clock: now,
		Plays: []expr.PlanPlay{{Name: "a", Entries: 3, FirstLaunch: true}, {Name: "b"}}, Collections: []expr.PlanCollection{{Name: `desk.list "A"`, Removals: 150, Members: 160}},
		Sources: []expr.PlanSource{{Name: "account", File: "a.csv", Records: 10, Before: -1}, {Name: "person", File: "p.csv", Records: 0, Before: 7, Age: time.Hour}}}}
}

func TestGuard_speaksOfThePlan(t *testing.T) {
	env := newEnv(t)
	for text, want := range map[string]string{
		`plan.removals > 100 && plan.removals > plan.members / 5`:       "T",
		`plan.once == 7 && plan.environment == ""`:                      "T",
		`plan.plays.exists(p, p.first_launch && p.entries > 2)`:         "T",
		`plan.plays.all(p, p.first_launch)`:                             "F",
		`plan.collections.exists(c, c.removals * 2 > c.members)`:        "T",
		`plan.sources.exists(s, s.before > 5 && s.records == 0)`:        "T",
		`plan.sources.exists(s, s.before > 50)`:                         "?", // of one it is not known
		`plan.sources.exists(s, has(s.before) && s.before > 50)`:        "F",
		`plan.sources.map(s, s.records).sum() == 10`:                    "T",
		`plan.sources.exists(s, s.age > hours(2))`:                      "F",
		`has(plan.last_run_at)`:                                         "F",
		`plan.last_run_at > plan.clock`:                                 "?",
		`plan.clock == now && plan.removals < vars.floor`:               "F",
		`plan.sources.filter(s, s.name == "person")[0].file == "p.csv"`: "T",
		`plan.plays.filter(p, p.name.startsWith("a")).size() + 0 == 1`:  "T",
		`plan.?last_run_at.orValue(now) == now`:                         "T",
	} {
		p, problems := env.Compile(playbook.ArgumentExpr("guard", text), expr.Scope{Guard: true}, expr.Condition)
		if problems.Err() != nil {
			t.Errorf("%s: %s", text, problems.Err())
			continue
		}
		got := map[bool]string{true: "T", false: "F"}
		answer, err := p.Bool(context.Background(), planData(), expr.At{})
		if is := got[answer]; err == nil && is != want || err != nil && want != "?" {
			t.Errorf("%s: %s, %v, want %s", text, is, err, want)
		}
	}
}

func TestGuard_mistakesHaveHints(t *testing.T) {
	env := newEnv(t)
	for text, want := range map[string]string{
		`plan.removal > 3`:                   `the plan has no "removal" | did you mean "removals"?`,
		`plan.removals`:                      `expected a condition (true or false), found int | compare it with something: > 0`,
		`plan.plays.exists(p, p.entrys > 3)`: `a play of the plan has no "entrys" | did you mean "entries"?`,
		`plan.removals > "3"`:                `write 3 without quotes`,
		`account.employees > 3`:              `unknown name "account" | known here: now, vars, plan`,
		`plans.removals > 3`:                 `did you mean plan?`,
		`plan.plays.entries > 3`:             `has no fields`,
	} {
		_, problems := env.Compile(playbook.ArgumentExpr("guard", text), expr.Scope{Guard: true}, expr.Condition)
		if problems.Errors() == 0 {
			t.Errorf("%s: no problem", text)
			continue
		}
		if got := problems[0].Message + " | " + problems[0].Hint; !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestGuard_planIsKnownInGuardsOnly(t *testing.T) {
	env := newEnv(t)
	if _, problems := env.Compile(playbook.ArgumentExpr("x", "plan.removals > 3"), expr.Scope{Self: "account"}, expr.Condition); problems.Errors() == 0 {
		t.Error("a segment speaks of the plan")
	}
}

func TestFigures_areWhatTheGuardSpeaksOf(t *testing.T) {
	env := newEnv(t)
	text := `plan.removals > 100 && plan.removals > plan.members / 5 && plan.collections.exists(c, c.removals > 100) || plan.plays.exists(p, p.entries > 99) || has(plan.last_run_at)`
	p, problems := env.Compile(playbook.ArgumentExpr("guard", text), expr.Scope{Guard: true}, expr.Condition)
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	got := p.Figures(context.Background(), planData())
	want := []expr.Figure{{Name: "plan.removals", Value: int64(150)}, {Name: "plan.members", Value: int64(400)}, {Name: "plan.collections", Value: []any{`desk.list "A"`}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
