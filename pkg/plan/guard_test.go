package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

var clock = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// guardsOf compiles the guards of a playbook that says this about them.
func guardsOf(t *testing.T, yaml string) []*Guard {
	t.Helper()
	file, problems := document.Parse("guards.yaml", []byte(yaml))
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	b, problems := playbook.Read([]*document.File{file}, playbook.Inputs{})
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	env, err := expr.NewEnv(b)
	if err != nil {
		t.Fatal(err)
	}
	guards, problems := CompileGuards(b, env)
	if problems.Err() != nil {
		t.Fatal(problems.Err())
	}
	return guards
}

// judged gives the verdict of one guard on a plan.
func judged(t *testing.T, guards []*Guard, p *Plan, before Before, guard string, allowed ...string) Verdict {
	t.Helper()
	if before.State == nil {
		before.State = &state.Snapshot{}
	}
	if before.Clock.IsZero() {
		before.Clock = clock
	}
	j := &Judge{Guards: guards, Data: &expr.Data{Now: clock}, Before: before, Allowed: allowed}
	if err := j.Judge(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Verdicts {
		if v.Guard == guard {
			return v
		}
	}
	t.Fatalf("no verdict of %s among %+v", guard, p.Verdicts)
	return Verdict{}
}

func operations(n int, verb connector.Verb, name string) []Operation {
	var out []Operation
	for range n {
		out = append(out, Operation{Verb: verb, Connector: "desk", Target: connector.Collection{Kind: "list", Name: name}, Play: "p"})
	}
	return out
}

func heldIn(name string, n int) []state.Held {
	var out []state.Held
	for range n {
		out = append(out, state.Held{Connector: "desk", Kind: "list", Name: name, Added: true})
	}
	return out
}

func entering(play string, n int) []Member {
	var out []Member
	for range n {
		out = append(out, Member{Enters: true, After: state.Member{Play: play}})
	}
	return out
}

func TestGuard_removals(t *testing.T) {
	guards := guardsOf(t, "")
	for _, c := range []struct {
		removals, held int
		holds          bool
	}{{0, 0, true}, {100, 100, true}, {101, 504, false}, {101, 505, true}, {200, 1000, true}, {201, 1000, false}} {
		p := &Plan{HeldTotal: c.held, Operations: operations(c.removals, connector.Remove, "A")}
		before := Before{State: &state.Snapshot{Held: heldIn("A", 10_000)}}
		v := judged(t, guards, p, before, "removals")
		if v.Holds != c.holds {
			t.Errorf("%d of %d: holds %v", c.removals, c.held, v.Holds)
		}
		allowed := judged(t, guards, p, before, "removals", "removals")
		if allowed.Allowed == c.holds {
			t.Errorf("%d of %d: allowed %v although it holds: %v", c.removals, c.held, allowed.Allowed, c.holds)
		}
	}
}

func TestGuard_removalsOfOneCollectionCountByThemselves(t *testing.T) {
	p := &Plan{HeldTotal: 10_000, Operations: operations(101, connector.Remove, "A")}
	before := Before{State: &state.Snapshot{Held: append(heldIn("A", 200), heldIn("B", 9_800)...)}}
	v := judged(t, guardsOf(t, ""), p, before, "removals")
	if v.Holds || !strings.HasPrefix(v.Message, `101 removals of 200 members held in desk.list "A"; `) {
		t.Errorf("%+v", v)
	}
	before.State.Held = append(heldIn("A", 202), heldIn("B", 9_798)...)
	if v := judged(t, guardsOf(t, ""), p, before, "removals"); !v.Holds || v.Message != "" {
		t.Errorf("half of a collection: %+v", v)
	}
}

func TestGuard_entriesAndFirstLaunchesAndSends(t *testing.T) {
	guards := guardsOf(t, "")
	run := func(name string, first bool) journey.PlayRun {
		return journey.PlayRun{Name: name, Funnel: journey.Funnel{First: first}}
	}
	for name, c := range map[string]struct {
		plan    Plan
		guard   string
		refuses string // how the message begins; "" where it holds
	}{
		"first launch":      {Plan{Plays: []journey.PlayRun{run("p", true)}, Members: entering("p", 1001)}, "first-launch", "1001 enter play p with its first launch; more"},
		"and no entries":    {Plan{Plays: []journey.PlayRun{run("p", true)}, Members: entering("p", 1001)}, "entries", ""},
		"a smaller one":     {Plan{Plays: []journey.PlayRun{run("p", true)}, Members: entering("p", 1000)}, "first-launch", ""},
		"entries":           {Plan{Plays: []journey.PlayRun{run("p", false), run("q", false)}, Members: append(entering("p", 600), entering("q", 401)...)}, "entries", "1001 enter plays that were launched before; more"},
		"fewer":             {Plan{Plays: []journey.PlayRun{run("p", false)}, Members: entering("p", 1000)}, "entries", ""},
		"no first launch":   {Plan{Plays: []journey.PlayRun{run("p", false)}, Members: entering("p", 1001)}, "first-launch", ""},
		"sends":             {Plan{Operations: append(operations(600, connector.Send, ""), operations(401, connector.Task, "")...)}, "sends", "1001 messages and tasks that can't be undone (600 and 401); more"},
		"adds are no sends": {Plan{Operations: operations(2000, connector.Add, "A")}, "sends", ""},
	} {
		v := judged(t, guards, &c.plan, Before{}, c.guard)
		if v.Holds != (c.refuses == "") || !strings.HasPrefix(v.Message, c.refuses) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestGuard_emptyOrShrunkenSource(t *testing.T) {
	guards := guardsOf(t, "")
	for name, c := range map[string]struct {
		before, records int // before -1: the last run told nothing
		members         int
		refuses         string
	}{
		"never read":          {-1, 0, 0, ""},
		"emptied":             {7, 0, 0, "a.csv has 0 records, where the last run read 7; a source"},
		"empty, with members": {-1, 0, 2, "a.csv has 0 records, and 2 members are of them; a source"},
		"as empty as before":  {0, 0, 0, ""},
		"lost more than half": {102, 50, 0, "a.csv has 50 records, where the last run read 102; a source"},
		"lost half":           {102, 51, 0, ""},
		"lost a few of a few": {50, 1, 0, ""},
		"grown":               {10, 1000, 5, ""},
	} {
		s := &state.Snapshot{}
		if c.before >= 0 {
			s.Runs = []state.Run{{ID: "1", Read: map[string]int{"account": 5000}}, {ID: "2", Read: map[string]int{"account": c.before}}, {ID: "3"}}
		}
		for range c.members {
			s.Members = append(s.Members, state.Member{Record: state.Record{Entity: "account"}})
		}
		v := judged(t, guards, &Plan{}, Before{State: s, Sources: []expr.PlanSource{{Name: "account", File: "a.csv", Records: c.records}}}, "empty-source")
		if v.Holds != (c.refuses == "") || !strings.HasPrefix(v.Message, c.refuses) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestGuard_clockGoneBackward(t *testing.T) {
	guards := guardsOf(t, "")
	for name, c := range map[string]struct {
		runs    []state.Run
		refuses string
	}{
		"no run":       {nil, ""},
		"a later run":  {[]state.Run{{Started: clock.Add(time.Hour)}, {Started: clock.Add(-time.Hour)}}, "the clock says 2026-11-22T09:00:00Z, and the last run was later, at 2026-11-22T10:00:00Z"},
		"a later end":  {[]state.Run{{Started: clock.Add(-time.Hour), Finished: clock.Add(2 * time.Minute)}}, "the clock says"},
		"a little off": {[]state.Run{{Started: clock.Add(-time.Hour), Finished: clock.Add(time.Minute)}}, ""},
		"earlier runs": {[]state.Run{{Started: clock.Add(-time.Hour), Finished: clock.Add(-time.Hour)}}, ""},
	} {
		v := judged(t, guards, &Plan{At: clock}, Before{State: &state.Snapshot{Runs: c.runs}}, "clock")
		if v.Holds != (c.refuses == "") || !strings.HasPrefix(v.Message, c.refuses) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestGuard_staleDataOnlyWhereThatIsToBeRefused(t *testing.T) {
	guards := guardsOf(t, "")
	for _, refuse := range []bool{true, false} {
		s := expr.PlanSource{Name: "account", Stale: true, Refuse: refuse, Staleness: "a.csv is 48h0m0s old, and account accepts 24h0m0s"}
		v := judged(t, guards, &Plan{}, Before{Sources: []expr.PlanSource{s}}, "stale-data")
		if v.Holds == refuse || refuse && v.Message != s.Staleness {
			t.Errorf("refuse %v: %+v", refuse, v)
		}
	}
}

func TestGuard_thatCannotBeEvaluatedRefuses(t *testing.T) {
	guards := guardsOf(t, `guards: {late: {deny: plan.clock > plan.last_run_at, message: no}, first: {deny: 'plan.plays[3].entries > 3'}}`)
	for guard, want := range map[string]string{"late": "it can't be evaluated: plan.last_run_at is missing", "first": "it can't be evaluated: "} {
		v := judged(t, guards, &Plan{}, Before{}, guard)
		if v.Holds || !v.Unknown || !strings.HasPrefix(v.Message, want) {
			t.Errorf("%+v", v)
		}
		p := &Plan{}
		if v := judged(t, guards, p, Before{}, guard, guard); !v.Allowed || len(p.Refused()) != 1 {
			t.Errorf("allowed: %+v", v)
		}
	}
}

func TestGuard_messagesHaveFigures(t *testing.T) {
	guards := guardsOf(t, `
guards:
  plain: {deny: plan.removals > 1 && plan.removals * 2 > plan.members}
  worded: {deny: plan.removals > 1, message: too many}
  own: {deny: plan.removals > 1, message: '${plan.removals} are too many'}
  bad: {deny: plan.removals > 1, message: 'since ${plan.last_run_at}'}
  named: {deny: 'plan.plays.exists(p, p.removals > 1)'}
`)
	p := &Plan{HeldTotal: 3, Operations: operations(2, connector.Remove, "A")}
	for guard, want := range map[string]string{
		"plain":  "it denies plan.removals > 1 && plan.removals * 2 > plan.members: plan.removals 2; plan.members 3",
		"worded": "too many (plan.removals 2)",
		"own":    "2 are too many",
		"bad":    "its message can't be told (plan.last_run_at is missing): plan.removals 2",
		"named":  "it denies plan.plays.exists(p, p.removals > 1): plan.plays p",
	} {
		if v := judged(t, guards, p, Before{}, guard); v.Message != want {
			t.Errorf("%s: %q, want %q", guard, v.Message, want)
		}
	}
}

func TestGuard_isSetOrSwitchedOffByThePlaybook(t *testing.T) {
	guards := guardsOf(t, `guards: {removals: {deny: plan.removals > 1}, sends: off, zeal: {deny: 'false'}, calm: {deny: 'false'}}`)
	var got []string
	for _, g := range guards {
		got = append(got, g.Name)
	}
	if want := "first-launch entries removals empty-source stale-data clock calm zeal"; strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", got, want)
	}
	if v := judged(t, guards, &Plan{HeldTotal: 900, Operations: operations(2, connector.Remove, "A")}, Before{}, "removals"); v.Holds || v.Message != "it denies plan.removals > 1: plan.removals 2" {
		t.Errorf("%+v", v)
	}
}
