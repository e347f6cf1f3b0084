package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// What meets in one run, and in one member.

func TestMixed_whatAGoalOvertookIsNotDone(t *testing.T) {
	l := newLife(t, course("goal: "+event("meeting"), "{wait: 1d}", "{send: desk.message, id: one, text: one}", "{wait: 1d}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.events("a meeting 12h", "b meeting 36h")
	l.later("60h")
	l.sent()
	l.out("a", "converted")
	l.out("b", "converted")
	if m := l.member("p", "b"); m.EndedAt.Sub(start).Hours() != 36 {
		t.Errorf("ended at %s", m.EndedAt)
	}
}

func TestMixed_thenEnrollsInTheSameRun(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{enroll: q}]}; exit: [{when: account.size > 5, reason: big, then: [{enroll: r}]}]`, "{wait: 9d}")+
		stage("q", "trigger: manual", "{send: desk.message, text: welcome}")+stage("r", "trigger: manual", "{send: desk.message, text: bye}"))
	l.accounts("id tier stage size\n a gold new 1\n b gold new 1")
	l.apply()
	l.accounts("id tier stage size\n a gold won 9\n b gold new 9")
	l.apply()
	l.sent("a welcome", "b bye")
	l.out("a", "converted")
	l.out("b", "exited: big")
}

func TestMixed_tasksOfThenOutliveThoseOfTheSteps(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{id: thank, task: desk.task, by: boss, title: Thank, timeout: 5d}, {send: desk.message, text: "${steps.thank.outcome}"}]}`,
		"{id: call, task: desk.task, by: boss, title: Call, timeout: 30d}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.accounts("id tier stage\n a gold won")
	l.apply()
	open := ""
	for _, task := range l.snapshot().Tasks {
		if task.Status == state.TaskOpen {
			open += task.Step
		}
	}
	if open != "thank" {
		t.Errorf("open: %s", open)
	}
	l.finish("a", "thanked", "1h")
	l.later("2h")
	l.sent("a thanked")
	l.out("a", "converted")
}

func TestMixed_aTaskThatTimedOutWithContinueStaysOpenUntilItsMemberLeaves(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 1d, on_timeout: continue}", "{wait: 1d}", "{exit: over}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("1d")
	if s := l.task("a").Status; s != state.TaskOpen {
		t.Errorf("the task is %s", s)
	}
	l.later("1d")
	l.out("a", "exited: over")
	if s := l.task("a").Status; s != state.TaskCancelled {
		t.Errorf("the task is %s", s)
	}
}

func TestMixed_escalationsEndWithTheMember(t *testing.T) {
	l := newLife(t, course("exit: [{when: account.size > 5}]", "{id: call, task: desk.task, by: boss, title: Call, timeout: 9d, escalate: [{after: 1d, send: desk.message, to: boss, text: open}]}"))
	l.accounts("id tier size\n a gold 1\n b gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 9\n b gold 1")
	l.later("1d")
	l.sent("b open")
}

func TestMixed_aDateThatMovesIntoThePastIsOver(t *testing.T) {
	for _, past := range []string{"continue", "skip", "exit"} { // it was to come when the step was reached
		l := newLife(t, course("", "{id: date, wait_until: account.renewal, if_past: "+past+"}", "{send: desk.message, text: hi}"))
		l.accounts("id tier renewal\n a gold 2026-04-01")
		l.apply()
		l.accounts("id tier renewal\n a gold 2026-02-01")
		l.later("1d")
		l.sent("a hi")
	}
}

func TestMixed_aMissingRecordWaitsAndGoesOn(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.accounts("id tier\n b gold")
	l.later("1d")
	l.sent("b hi")
	l.accounts("id tier\n a gold\n b gold")
	l.later("1d")
	l.sent("b hi", "a hi")
}

func TestMixed_aMissingPersonsLaneEnds(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", lanes("await: none, ", "{keep: desk.list, name: A}, {wait: 9d}"), "{wait: 30d}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.people("id account_id email\n q a q@x")
	l.apply()
	l.lane("p", "removed")
	l.in("list A", "q@x")
}

func TestMixed_pausedLanesStandStill(t *testing.T) {
	play := func(status string) string {
		return course("status: "+status, lanes("", "{wait: 3d}, {send: desk.message, text: hi}"))
	}
	l := newLife(t, play("active"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.plays(play("paused"))
	l.later("1d")
	l.people("id account_id email\n p a p@x\n q a q@x") // somebody new
	l.later("9d")
	l.plays(play("active"))
	l.apply()
	l.sent()
	l.later("2d")
	l.sent("p@x hi")
	l.later("1d")
	l.sent("p@x hi", "q@x hi")
}

func TestMixed_lanesTimeOutAlone(t *testing.T) {
	for form, want := range map[string]string{", on_timeout: continue": "completed", ", on_timeout: {exit: no click}": "exited: no click", "": "timed_out"} {
		l := newLife(t, course("", `{for: account.people, steps: [{id: click, wait_for: 'person.activities.filter(a, a.type == "click")', timeout: 1d`+form+`}, {send: desk.message, text: "${steps.click.outcome}"}]}`, "{wait: 9d}"))
		l.accounts("id tier\n a gold")
		l.people("id account_id email\n p a p@x\n q a q@x")
		l.apply()
		l.events("a/q click 1h")
		l.later("1d")
		l.lane("p", want)
		l.lane("q", "completed")
		l.stands("a", "wait_9d")
	}
}

func TestMixed_driftIsMendedWhileAMemberWaits(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", "{keep: desk.list, name: A}", "{wait: 9d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.take("list A", "a")
	l.does(l.later("1d"), `add desk.list "A" a (drift)`)
}

func TestMixed_onlyOthersAreLeftWhereTheyStand(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.later("1d", flow.Options{Only: []string{"a"}})
	l.sent("a hi")
	l.apply()
	l.sent("a hi", "b hi")
}

func TestMixed_aLinkIntoAPlayThatIsNotPartOfTheRunWaits(t *testing.T) {
	l := newLife(t, course("", "{enroll: q}", "{send: desk.message, id: on, text: on}")+stage("q", "trigger: manual", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply(flow.Options{Target: []string{"p"}})
	l.sent()
	l.apply()
	l.sent("a on", "a hi")
}

func TestMixed_aLimitCountsThoseWhoAreEnrolledToo(t *testing.T) {
	l := newLife(t, course("", "{id: link, enroll: q}")+stage("q", "trigger: manual; limit: 1", "{send: desk.message, text: hi}"))
	l.unsettled = true
	l.accounts("id tier\n a gold\n b gold")
	p := l.apply()
	l.sent("a hi")
	l.waits(p, "p", map[string]int{"step link: play q: its limit is reached": 1})
	l.later("1d")
	l.sent("a hi", "b hi")
}

func TestMixed_enteredByAnEventOfThePastItGoesOnFromThere(t *testing.T) {
	l := newLife(t, course("trigger: {on: "+event("visit")+"}; backfill: false; exit: [{quiet: 10d, reason: silent}]", "{wait: 1d}", "{send: desk.message, id: one, text: one}", "{wait: 30d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.events("a visit 1h")
	l.later("2d")
	l.sent("a one") // the day after the visit is over
	l.later("8d")
	l.out("a", "active")
	l.later("1h")
	l.out("a", "exited: silent")
}

func TestMixed_namesMayBeSeveral(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", `{keep: desk.list, name: '${account.size > 5 ? ["A", "B"] : ["C"]}'}`))
	l.accounts("id tier size\n a gold 9\n b gold 1")
	l.apply()
	l.in("list A", "a")
	l.in("list B", "a")
	l.in("list C", "b")
	l.accounts("id tier size\n a gold 1\n b gold 1") // names are live
	l.apply()
	l.in("list A")
	l.in("list C", "a", "b")
}

func TestMixed_wherePlaysStandIsSeen(t *testing.T) {
	l := newLife(t, course(`exit: [{when: enrolled("q"), reason: taken over}]`, "{wait: 30d}")+stage("q", "segment: account.size > 5", "{wait: 30d}"))
	l.unsettled = true
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 9")
	l.apply()
	l.apply()
	l.out("a", "exited: taken over")
}

func TestMixed_waitingForPeopleToBeFound(t *testing.T) {
	l := newLife(t, course("", "{wait_for: account.people.size() > 0, timeout: 30d}", "{send: desk.message, text: hi, for: account.people}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.people("id account_id email\n p a p@x")
	l.later("1d")
	l.sent("p@x hi")
}

func TestMixed_aFailedEffectOfALaneStopsOnlyThatLane(t *testing.T) {
	l := newLife(t, course("", lanes("", "{send: desk.message, text: hi}, {wait: 1d}"), "{send: desk.message, id: on, text: on}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.desk.Script("p@x", deferred)
	l.partly()
	l.sent("q@x hi")
	l.later("1h")
	l.sent("q@x hi", "p@x hi")
	l.later("23h")
	l.lane("q", "completed")
	l.sent("q@x hi", "p@x hi")
	l.later("1h")
	l.sent("q@x hi", "p@x hi", "a on")
}

func TestMixed_onErrorContinueGoesOn(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, id: one, text: one, on_error: continue}", "{send: desk.other, id: two, text: two}"))
	l.accounts("id tier\n a gold")
	l.desk.Script("a", memory.Reject("bad"))
	l.attempt(flow.Options{}, "")
	if got := l.desk.Sent("other"); len(got) != 1 {
		t.Errorf("sent %v", got)
	}
	l.did("a", "one=failed", "two=done")
}

func TestMixed_groupsOfSeveralSeats(t *testing.T) {
	l := newLife(t, "groups: {sales: {of: account, at_most: 2}}\nplays:"+stage("a", "group: sales; priority: 3", "{wait: 1d}")+stage("b", "group: sales; priority: 2", "{wait: 9d}")+
		stage("c", "group: sales; priority: 1", "{wait: 9d}"))
	l.accounts("id tier\n x gold")
	l.apply()
	l.active("c")
	l.later("1d")
	l.active("c", "x")
}

func TestMixed_theWholeWayInOneRun(t *testing.T) {
	l := newLife(t, course("", "{set: desk.company, fields: {stage: hot}}", "{add: desk.list, name: A}", "{choose: [{when: account.size > 5, then: [{remove: desk.list, name: B}]}]}", "{split: [{name: x, weight: 1, then: []}, {name: y, weight: 1, then: []}]}",
		"{enroll: q}", "{exit: over}")+stage("q", "trigger: manual", "{send: desk.message, text: hi}"))
	l.put("list B", "a")
	l.accounts("id tier size\n a gold 9")
	l.apply()
	l.in("list A", "a")
	l.in("list B")
	l.sent("a hi")
	l.out("a", "exited: over")
}

func TestMixed_aLinkThatCameBeforeTheExitIsTaken(t *testing.T) {
	l := newLife(t, course("exit: [{when: "+event("lost")+", reason: lost}]", "{wait: 1d}", "{enroll: q}", "{wait: 9d}")+stage("q", "trigger: manual", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.events("a lost 12h", "b lost 36h")
	l.later("60h")
	l.out("a", "exited: lost")
	l.out("b", "exited: lost")
	l.sent("b hi")
}
