package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
)

// More corners: ways within ways, and runs that are limited.

func TestCorner_aCapOfARoleReachedByARoute(t *testing.T) {
	l := newLife(t, `
caps: {load: {per_role: rep, at_most: 1, per: 1d}}
routes: {owner: {of: account, rules: [{when: account.size > 5, to: rep}, {to: boss}]}}
`+course("", "{task: desk.task, by: owner, title: \"Call ${account.id}\", await: none}"))
	l.accounts("id tier size rep\n a gold 9 ann@x\n b gold 9 ann@x\n c gold 1 ann@x\n d gold 1 ann@x")
	l.apply()
	l.given("Call a ann@x", "Call c boss@x", "Call d boss@x")
}

func TestCorner_lanesOfThen(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{for: account.people, steps: [{id: thank, task: desk.task, by: boss, title: Thank, timeout: 5d}, {send: desk.message, text: "${steps.thank.outcome}"}]}, {send: desk.message, id: all, text: all}]}`, "{wait: 30d}"))
	l.accounts("id tier stage\n a gold new")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.accounts("id tier stage\n a gold won")
	l.apply()
	l.given("Thank boss@x", "Thank boss@x")
	l.finish("p", "met", "1h")
	l.later("2h")
	l.sent("p@x met")
	l.finish("q", "met", "3h")
	l.later("2h")
	l.sent("p@x met", "q@x met", "a all")
	l.out("a", "converted")
}

func TestCorner_lanesOfABranchOrATimeout(t *testing.T) {
	l := newLife(t, course("", "{id: click, wait_for: "+event("click")+", timeout: 1d, on_timeout: [{for: account.people, steps: [{wait: 1d}, {send: desk.message, id: late, text: late}]}, {send: desk.message, id: end, text: end}]}",
		"{choose: [{when: account.size > 5, then: [{for: account.people, steps: [{wait: 1d}, {send: desk.message, text: hi}]}]}]}", "{send: desk.message, id: all, text: all}"))
	l.accounts("id tier size\n a gold 9\n b gold 9")
	l.people("id account_id email\n p a p@x\n q b q@x")
	l.apply()
	l.events("a click 1h")
	l.later("1d")
	l.later("1h")
	l.sent("p@x hi", "a all")
	l.later("23h")
	l.sent("p@x hi", "a all", "q@x late", "b end")
	l.out("b", "timed_out")
	l.out("a", "completed")
}

func TestCorner_keepsInBranches(t *testing.T) {
	l := newLife(t, course("exit: [{after: 9d, reason: long}]", "{choose: [{when: account.size > 5, then: [{keep: desk.list, name: A}]}, {else: [{keep: desk.list, name: B}]}]}", "{wait: 1d}"))
	l.accounts("id tier size\n a gold 9\n b gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 1\n b gold 9") // the way was taken
	l.later("1d")
	l.in("list A", "a")
	l.in("list B", "b")
	l.later("8d")
	l.in("list A")
	l.in("list B")
}

func TestCorner_memberAndStepsInExpressions(t *testing.T) {
	l := newLife(t, course("", "{id: a, wait: 1d}", `{id: b, wait_until: member.step_at + days(1), if_past: continue}`, `{send: desk.message, text: "${string(member.entered_at)} ${string(member.step_at)}"}`))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("2d")
	l.sent("a 2026-03-03T09:00:00Z 2026-03-05T09:00:00Z")
}

func TestCorner_onlyAndTheGroup(t *testing.T) {
	l := newLife(t, sales+course("group: sales; priority: 9", "{wait: 9d}")+stage("q", "group: sales", "{wait: 9d}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply(flow.Options{Target: []string{"p"}})
	p := l.apply(flow.Options{Target: []string{"q"}})
	if f := l.about(p, "q").Funnel; f.Grouped != 2 {
		t.Errorf("funnel: %+v", f)
	}
}

func TestCorner_launchByHandThroughTheGroup(t *testing.T) {
	l := newLife(t, sales+course("group: sales; trigger: manual", "{wait: 9d}")+stage("q", "group: sales", "{wait: 9d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	p := l.apply(flow.Options{Launch: &journey.Launch{Play: "p", Keys: []string{"a"}}})
	if f := l.about(p, "p").Funnel; f.Grouped != 1 || f.Enters != 0 {
		t.Errorf("funnel: %+v", f)
	}
}

func TestCorner_aRecordsLaneStartsAgainWhenItMatchesAgain(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", `{id: each, for: 'account.people.filter(x, x.role == "boss")', await: none, steps: [{keep: desk.list, name: A}]}`, "{wait: 30d}"))
	l.accounts("id tier\n a gold")
	for _, role := range []string{"boss", "user", "boss"} {
		l.people("id account_id email role\n p a p@x " + role)
		l.later("1d")
	}
	l.in("list A", "p@x")
}

func TestCorner_skippedByACapAtAFanOutIsNotCaughtUp(t *testing.T) {
	l := newLife(t, "caps: {touches: {of: person, at_most: 1, per: 3d, on_cap: skip}}\n"+course("", "{id: one, send: desk.message, text: one, for: account.people}", "{id: two, send: desk.message, text: two, for: account.people}", "{id: three, send: desk.message, text: three, for: steps.two.records}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.out("a", "completed")
	l.sent("p@x one")
}

func TestCorner_taskInDoubtIsNotGivenTwice(t *testing.T) {
	for _, happened := range []bool{true, false} {
		l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d}", called))
		l.accounts("id tier\n a gold")
		l.desk.Script("a", memory.Doubt(happened))
		l.attempt(flow.Options{}, "")
		l.later("1h")
		if happened {
			l.given("Call boss@x")
		}
		l.finish("a", "met", "2h")
		l.later("2h")
		l.sent("a met")
	}
}

func TestCorner_goalEventsWhileAwayFromRunsAndReentry(t *testing.T) {
	l := newLife(t, course("trigger: {on: "+event("visit")+"}; backfill: false; reentry: always; goal: "+event("meeting"), "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.events("a visit 1h", "a meeting 2h", "a visit 3h", "a visit 4h")
	l.later("1d4h")
	l.entries("p", "a", 2)
	l.sent("a hi")
}

func TestCorner_exitOnLeaveWithLanesAndTasks(t *testing.T) {
	l := newLife(t, course("on_leave: exit", lanes("", "{keep: desk.list, name: A}, {id: call, task: desk.task, by: boss, title: Call, timeout: 9d}")))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.accounts("id tier\n a tin")
	l.does(l.apply(), "p a leaves: exited left the segment", `remove desk.list "A" p@x (withdrawn)`, "cancel desk.task task#1")
}
