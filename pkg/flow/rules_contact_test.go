package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

func TestR31_exclusiveGroups(t *testing.T) {
	for conflict, want := range map[string]int{"wait": 1, "skip": 0} {
		l := newLife(t, "groups: {sales: {of: account, at_most: 1, on_conflict: "+conflict+"}}\n"+
			course("group: sales; priority: 5", "{wait: 3d}")+stage("q", "group: sales", "{wait: 3d}"))
		l.accounts("id tier\n a gold")
		l.apply()
		l.entries("p", "a", 1)
		l.entries("q", "a", 0)
		l.later("3d") // who ends by its steps frees its seat in the same run
		l.entries("q", "a", want)
	}
}

func TestR33_aPlayMutesTheOthersForItsMembers(t *testing.T) {
	l := newLife(t, course(`priority: 90; mute: [email, list]; exit: [{when: account.stage == "done"}]`, "{wait: 30d}")+
		stage("q", `segment: account.size > 0`, "{keep: desk.list, name: A}", "{send: desk.message, text: news, channel: email}", "{send: desk.message, id: alert, text: alert}"))
	l.accounts("id tier size\n a gold 1\n b tin 1")
	l.apply()
	l.sent("b news", "b alert")
	l.in("list A", "b")
	l.accounts("id tier size stage\n a gold 1 done\n b tin 1 -")
	l.apply()
	l.sent("b news", "b alert", "a news", "a alert")
	l.in("list A", "a", "b")
}

func TestR34_frequencyCapsDeferOrSkip(t *testing.T) {
	steps := []string{"{send: desk.message, id: one, text: one}", "{send: desk.message, id: two, text: two}", "{send: desk.message, id: three, text: three}"}
	l := newLife(t, "caps: {touches: {of: account, at_most: 1, per: 7d, on_cap: defer}}\n"+course("", steps...))
	l.accounts("id tier\n a gold")
	p := l.apply()
	l.sent("a one")
	l.waits(p, "p", map[string]int{"step two: cap touches": 1}) // it says so
	l.later("7d1m")
	l.sent("a one", "a two")
	l = newLife(t, "caps: {touches: {of: account, at_most: 1, per: 7d, on_cap: skip}}\n"+course("", steps...))
	l.accounts("id tier\n a gold")
	p = l.apply()
	l.sent("a one")
	l.out("a", "completed") // it goes on without
	if n := l.about(p, "p").Unknowns["step two: skipped by cap touches"]; n != 1 {
		t.Errorf("told of %d skipped", n)
	}
}

func TestR35_limitsPerAccount(t *testing.T) {
	l := newLife(t, `
caps: {account: {of: account, verbs: [send], at_most: 2, per: 7d}}
`+course("exit: [{when: "+event("reply")+", reason: replied}]", "{send: desk.message, text: hi, for: account.people, order: person.rank, limit: 3}", "{wait: 1d}", "{send: desk.message, id: again, text: again}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email rank\n p a p@x 4\n q a q@x 3\n r a r@x 2\n s a s@x 1")
	l.apply()
	l.sent("s@x hi", "r@x hi") // two at a time
	l.later("7d1m")
	l.sent("s@x hi", "r@x hi", "q@x hi") // three at the most
	l.events("a/p reply 7d2h")
	l.later("1d")
	l.out("a", "exited: replied") // and a reply of one stops it for all
}

func TestR36_humanCapacityOverflowWaits(t *testing.T) {
	l := newLife(t, `
caps: {load: {per_role: rep, at_most: 2, per: 1d}}
`+course("", "{task: desk.task, by: rep, title: \"Call ${account.id}\", await: none}"))
	l.accounts("id tier rep\n a gold ann@x\n b gold ann@x\n c gold ann@x\n d gold bob@x")
	l.apply()
	l.given("Call a ann@x", "Call b ann@x", "Call d bob@x")
	l.later("1d1m")
	l.given("Call a ann@x", "Call b ann@x", "Call d bob@x", "Call c ann@x")
}

func TestR37_assignmentGoesByRoleRouteAndFallback(t *testing.T) {
	l := newLife(t, `
routes: {owner: {of: account, rules: [{when: account.size > 5, to: field}, {to: boss}]}}
`+course("", "{task: desk.task, by: owner, title: \"Call ${account.id}\", await: none}"))
	l.accounts("id tier size rep\n a gold 9 ann@x\n b gold 9 -\n c gold 1 ann@x\n d gold - ann@x")
	l.apply()
	l.given("Call a ann@x", "Call b queue@x", "Call c boss@x", "Call d boss@x")
}

func TestR37_nobodyIsAnErrorInThePlan(t *testing.T) {
	l := newLife(t, course("", "{task: desk.task, by: rep, title: \"Call ${account.id}\", timeout: 5d}"))
	l.accounts("id tier rep\n a gold -\n b gold bob@x")
	p, _ := l.attempt(flow.Options{}, "")
	if len(p.Plan.Problems) != 1 || p.Plan.Problems[0].Step != "task_desk_task" || p.Plan.Problems[0].Count != 1 {
		t.Errorf("problems: %+v", p.Plan.Problems)
	}
	l.given("Call b bob@x") // the rest is done
	l.accounts("id tier rep\n a gold ann@x\n b gold bob@x")
	l.apply()
	l.given("Call b bob@x", "Call a ann@x")
}

func TestR37_theFirstOfSeveralRolesThatSomebodyHas(t *testing.T) {
	l := newLife(t, course("", "{task: desk.task, by: [rep, boss], title: \"Call ${account.id}\", await: none}"))
	l.accounts("id tier rep\n a gold -\n b gold bob@x")
	l.apply()
	l.given("Call a boss@x", "Call b bob@x")
}

func TestR38_theServiceLevelGoesByBothClocks(t *testing.T) {
	l := newLife(t, course("", "{task: desk.task, by: boss, title: Call, sla: 8h, timeout: 30d}"))
	l.clock("2026-03-06T16:00Z") // a Friday
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("8h") // reached untouched
	task := l.task("a")
	if !task.Breached.Equal(task.SLAAt) || task.SLAAt.Sub(task.Assigned).Hours() != 8 {
		t.Errorf("breached at %s, level until %s", task.Breached, task.SLAAt)
	}
	l.clock("2026-03-09T10:00Z")
	l.finish("a", "done", "6d1h") // Monday at ten
	l.apply()
	if task = l.task("a"); task.Took.Hours() != 66 || task.TookWorking.Hours() != 2 || task.Breached.IsZero() {
		t.Errorf("took %s, %s of working time; breached %s", task.Took, task.TookWorking, task.Breached)
	}
}

func TestR39_firstTouchIsNotTheEnd(t *testing.T) {
	l := newLife(t, course("", "{task: desk.task, by: boss, title: Call, sla: 8h, timeout: 30d}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	if err := l.desk.TouchTask(l.task("a").Receipt, start.Add(l.span("2h"))); err != nil {
		t.Fatal(err)
	}
	l.later("2d")
	a, b := l.task("a"), l.task("b")
	if a.Took.Hours() != 2 || !a.Breached.IsZero() || a.Status != state.TaskOpen {
		t.Errorf("a: %+v", a)
	}
	if b.Breached.IsZero() {
		t.Errorf("b: %+v", b)
	}
}

func TestR40_outcomesAndReasonsAreAskedFor(t *testing.T) {
	l := newLife(t, course("", "{id: accept, task: desk.task, by: boss, title: Accept, outcomes: [accepted, rejected], asks: {reason: string}, timeout: 1d}",
		`{choose: [{when: steps.accept.outcome == "rejected", then: [{send: desk.message, text: "rejected: ${steps.accept.answers.reason}"}]}, {else: [{send: desk.message, id: yes, text: accepted}]}]}`))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.finish("a", "rejected", "1h", "reason", "too small")
	l.finish("b", "accepted", "1h")
	l.later("2h")
	l.sent("a rejected: too small", "b accepted")
}

func TestR41_peopleAreRemindedEscalatedReassignedAndNeverWaitedForForEver(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: rep, title: Call, timeout: 5d, on_timeout: continue, escalate: [{after: 1d, send: desk.message, to: rep, text: remind}, {after: 3d, send: desk.message, to: boss, text: escalate}]}",
		`{id: again, task: desk.task, by: boss, title: Call again, when: steps.call.outcome == "timed out", timeout: 5d, on_timeout: [{exit: nobody called}]}`))
	l.accounts("id tier rep\n a gold ann@x")
	l.apply()
	l.later("1d")
	l.sent("a remind")
	l.later("2d")
	l.sent("a remind", "a escalate")
	l.later("2d")
	l.given("Call ann@x", "Call again boss@x")
	l.later("5d")
	l.out("a", "exited: nobody called")
	l.invalid(course("", "{task: desk.task, by: rep, title: Call}"), "nothing bounds this wait")
}

func TestR42_oneTaskPerStepAndADeletedOneIsCancelled(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d, on_timeout: continue}", "{send: desk.message, text: \"${steps.call.outcome}\"}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.later("1d")
	l.given("Call boss@x", "Call boss@x") // one for each
	if err := l.desk.DeleteTask(l.task("a").Receipt); err != nil {
		t.Fatal(err)
	}
	l.finish("b", "", "1d")
	l.later("1h")
	l.sent("a cancelled", "b done")
}

func TestR45_complianceIsAskedBeforeEveryEffectAndForAudiences(t *testing.T) {
	l := newLife(t, `
suppressions: {opted-out: {of: person, when: person.hush, verbs: [add, keep, send, task]}}
`+course("", "{keep: desk.audience, name: A, for: account.people}", "{wait: 1d}", "{send: desk.message, text: hi, for: account.people}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email hush\n p a p@x false\n q a q@x false")
	l.apply()
	l.in("audience A", "p@x", "q@x")
	l.people("id account_id email hush\n p a p@x true\n q a q@x false")
	l.later("1d")
	l.in("audience A", "q@x")
	l.sent("q@x hi")
}

func TestR46_unknownConsentExcludes(t *testing.T) {
	l := newLife(t, `
suppressions: {no-consent: {of: person, when: person.hush}}
`+course("", "{send: desk.message, text: hi, for: account.people}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email hush\n p a p@x -\n q a q@x false")
	l.apply()
	l.sent("q@x hi")
}
