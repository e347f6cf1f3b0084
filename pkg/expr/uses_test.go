package expr_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/expr"
)

// TestCompile_uses holds what an expression is said to use: what must be there before it is evaluated.
func TestCompile_uses(t *testing.T) {
	b := book(t, "")
	env, err := expr.NewEnv(b)
	if err != nil {
		t.Fatal(err)
	}
	play := b.Play("nurture")
	env.Triggers(play, "activity")
	stage := expr.ChangedField{Entity: "account", Field: "stage"}
	fields := b.Entity("activity").FieldNames()
	for text, want := range map[string]expr.Uses{
		`account.employees > 3`:                                                              {},
		`segment("big") || segment("big") || count("opted") > 3`:                             {Segments: []string{"big"}, Counts: []string{"opted"}},
		`account.people.exists(p, segment("opted", p) && enrolled("nurture", p.account))`:    {Segments: []string{"opted"}, Plays: []string{"nurture"}},
		`finished("nurture") && enrolled("nurture")`:                                         {Plays: []string{"nurture"}},
		`changed(account.stage) || changed(account.stage, "*", "Won")`:                       {Changed: []expr.ChangedField{stage}},
		`account.people.exists(p, p.account.activities.filter(a, a.inbound).quiet(days(3)))`: {Quiet: []string{"activity"}},
		`account.activities.within(days(3)).quiet(days(3)) && account.activities.size() > 3`: {Quiet: []string{"activity"}},
		`member.event.type == "x" && has(member.event.at)`:                                   {Event: []string{"at", "type"}},
		`member.?event.?minutes.orValue(1.0) > 0.0 && member.event.?inbound.orValue(true)`:   {Event: []string{"inbound", "minutes"}},
		`[member.event].exists(e, e.type == "x")`:                                            {Event: fields},
		`member.?event.hasValue() && member.entered_at < now`:                                {Event: fields},
		`has(member.event)`: {Event: []string{}},
		`steps.hello.outcome == "x" || steps.people.records.size() > 3 || has(steps.people)`: {Steps: []string{"hello", "people"}},
		`steps.?hello.?outcome.orValue("") == "x"`:                                           {Steps: []string{"hello"}},
		`account.people.exists(p, changed(p.account.stage)) ? segment("big") : count("big") > 3`: {
			Changed: []expr.ChangedField{stage}, Segments: []string{"big"}, Counts: []string{"big"}},
	} {
		p, problems := env.Compile(source(text), expr.Scope{Self: "account", Play: play}, expr.Condition)
		if problems.Err() != nil {
			t.Fatal(problems[0].Format())
		}
		var sorted expr.Uses
		sorted.Merge(want)
		if diff := cmp.Diff(fmt.Sprintf("%+v", sorted), fmt.Sprintf("%+v", p.Uses)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// TestCompile_aSegmentOfARecordOfAnyType holds that a record of which only evaluating tells what it is of is a mistake with a place, and no panic.
func TestCompile_aSegmentOfARecordOfAnyType(t *testing.T) {
	_, problems := newEnv(t).Compile(source(`[[account.people[0]]].flatten(1).exists(a, segment("opted", a))`), expr.Scope{Self: "account"}, expr.Condition)
	if len(problems) != 1 || problems[0].Message != "segment opted is of person, and this may be any value" || problems[0].Hint != "ask it of a record of person" {
		t.Errorf("got %v", problems)
	}
}
