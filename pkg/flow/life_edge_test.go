package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// Corners where two rules meet.

func TestCorner_aConditionSeenAfterTheDeadlineIsTooLate(t *testing.T) {
	l := newLife(t, course("", `{id: won, wait_for: account.stage == "won", timeout: 2d, on_timeout: continue}`, "{send: desk.message, text: \"${steps.won.outcome}\"}"))
	l.accounts("id tier stage\n a gold new\n b gold new")
	l.apply()
	l.accounts("id tier stage\n a gold won\n b gold new")
	l.later("2d") // on the minute
	l.accounts("id tier stage\n a gold won\n b gold won")
	l.later("1d")
	l.sent("a done", "b timed out")
}

func TestCorner_exactlyAtTheMostLateIsInTime(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("4d")
	l.sent("a hi")
}

func TestCorner_twoPlaysEnrollOneRecord(t *testing.T) {
	l := newLife(t, course("", "{id: link, enroll: r}")+stage("q", "", "{id: link, enroll: r}")+stage("r", "trigger: manual; reentry: always", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.entries("r", "a", 1)
	l.sent("a hi")
}

func TestCorner_aHeldOutLinkIsALink(t *testing.T) {
	l := newLife(t, course("", "{id: link, enroll: q}")+stage("q", "trigger: manual; holdout: 99%", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.did("a", "link=done")
	l.sent()
}

func TestCorner_aLeavingMemberGivesItsSeatToThePlayThatItEnrolls(t *testing.T) {
	l := newLife(t, sales+course(`group: sales; goal: {when: account.stage == "won", then: [{enroll: q}]}`, "{wait: 9d}")+stage("q", "trigger: manual; group: sales", "{send: desk.message, text: welcome}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.accounts("id tier stage\n a gold won")
	l.apply()
	l.sent("a welcome")
}

func TestCorner_aSeatThatIsSettledFreeIsTakenInTheSameRun(t *testing.T) {
	l := newLife(t, sales+course(`group: sales; priority: 9; exit: [{when: account.stage == "done"}]`, "{wait: 9d}")+stage("q", "group: sales", "{send: desk.message, text: hi}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.sent()
	l.accounts("id tier stage\n a gold done")
	l.apply()
	l.sent("a hi")
}

func TestCorner_sendToNobodyIsAProblem(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, to: rep, text: hi}"))
	l.accounts("id tier rep\n a gold -\n b gold ann@x")
	p, _ := l.attempt(flow.Options{}, "")
	if len(p.Plan.Problems) != 1 || p.Plan.Problems[0].Count != 1 {
		t.Errorf("problems: %+v", p.Plan.Problems)
	}
	l.sent("b hi")
}

func TestCorner_aRemovedStepOfLanesNeedsAWord(t *testing.T) {
	l := newLife(t, course("", lanes("", "{id: inner, wait: 3d}, {send: desk.message, text: hi}")))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.plays(course("", lanes("", "{send: desk.message, text: hi}")))
	if _, err := l.tryPlan(one(nil)); err == nil {
		t.Error("a step on which a lane stands was removed")
	}
	l.plays("drop: [plays.p.steps.inner]\n" + course("", lanes("", "{send: desk.message, text: hi}")))
	l.apply()
	l.sent("p@x hi")
}

func TestCorner_removedLanesLetGo(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", lanes("await: none, ", "{keep: desk.list, name: A}"), "{wait: 9d}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.in("list A", "p@x")
	l.plays(course("exit: [{after: 90d}]", "{wait: 9d}"))
	l.apply()
	l.in("list A")
	l.later("9d")
	l.out("a", "completed")
}

func TestCorner_aLanesStepThatIsMovedGoesOn(t *testing.T) {
	l := newLife(t, course("", lanes("", "{id: inner, wait: 3d}, {send: desk.message, text: hi}")))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.plays("moved: [{from: plays.p.steps.inner, to: plays.p.steps.pause}, {from: plays.p.steps.each, to: plays.p.steps.people}]\n" +
		course("", "{id: people, for: account.people, steps: [{id: pause, wait: 9d}, {send: desk.message, text: hi}]}"))
	l.later("3d")
	l.sent("p@x hi")
	l.out("a", "completed")
}

func TestCorner_laneEffectsAreOneForEach(t *testing.T) {
	l := newLife(t, course("", lanes("", `{send: desk.message, text: "${person.id}"}, {send: desk.message, id: boss, text: "of ${person.id}", for: person.account.people}`)))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.sent("p@x p", "q@x q", "p@x of p", "q@x of q", "p@x of p", "q@x of q") // within for: it is who it is for
}

func TestCorner_splitsOfLanesGoByTheirRecord(t *testing.T) {
	l := newLife(t, course("", lanes("", "{id: test, split: [{name: x, weight: 1, then: [{send: desk.message, text: x}]}, {name: y, weight: 1, then: [{send: desk.message, id: other, text: y}]}]}")))
	l.accounts("id tier\n a gold")
	table := "id account_id email\n"
	for _, k := range keys(40) {
		table += k + " a " + k + "@x\n"
	}
	l.people(table)
	l.apply()
	x := 0
	for _, item := range l.desk.Sent("message") {
		if item.Fields["text"] == "x" {
			x++
		}
	}
	if x < 10 || x > 30 {
		t.Errorf("%d of 40 went one way", x)
	}
}

func TestCorner_escalationsOfLanes(t *testing.T) {
	l := newLife(t, course("", lanes("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 9d, escalate: [{after: 1d, send: desk.message, to: boss, text: \"${person.id} is open\"}]}")))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.finish("p", "met", "1h")
	l.later("1d")
	l.sent("q@x q is open")
}

func TestCorner_theCapOfKeeps(t *testing.T) {
	l := newLife(t, "caps: {lists: {of: account, verbs: [keep, add], at_most: 1, per: 1d}}\n"+course("exit: [{after: 90d}]", "{keep: desk.list, name: A}", "{add: desk.list, name: B}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.in("list A", "a")
	l.in("list B")
	l.later("1d1m")
	l.in("list B", "a")
}

func TestCorner_aSuppressedTaskWaits(t *testing.T) {
	l := newLife(t, hushed+course("", "{wait: 1d}", "{id: call, task: desk.task, by: boss, title: Call, timeout: 2d}"))
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.accounts("id tier hush\n a gold true")
	l.later("1d")
	l.given()
	l.later("5d") // its timeout has not begun
	l.out("a", "active")
	l.accounts("id tier hush\n a gold false")
	l.later("1h")
	l.given("Call boss@x")
	if task := l.task("a"); task.TimeoutAt.Sub(l.now) != 2*day {
		t.Errorf("times out at %s", task.TimeoutAt)
	}
}

func TestCorner_anEffectInDoubtHoldsItsMemberAndIsDoneOnce(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, text: hi}", "{wait: 1d}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold")
	l.desk.Script("a", memory.Doubt(true))
	l.partly()
	l.stands("a", "send_desk_message")
	l.later("1d") // it is found to have happened; the wait begins now, when that is known
	l.sent("a hi")
	l.later("1d")
	l.sent("a hi", "a two")
}

func TestCorner_goalsCountWhileSuppressed(t *testing.T) {
	l := newLife(t, hushed+course(`goal: account.stage == "won"`, "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier stage hush\n a gold new false")
	l.apply()
	l.accounts("id tier stage hush\n a gold new true")
	l.later("1d")
	l.accounts("id tier stage hush\n a gold won true")
	l.later("1d")
	l.left("p", "a", state.Converted, "")
}

func TestCorner_aDealsPlayKnowsItsAccount(t *testing.T) {
	l := newLife(t, hushed+course(`of: deal; segment: deal.stage == "open"; exit: [{quiet: 2d, reason: silent}]`, "{send: desk.message, text: \"${deal.account.name}\"}", "{wait: 90d}"))
	l.accounts("id name hush\n a Acme false\n b Best true")
	l.deals("id account_id stage\n d1 a open\n d2 b open\n d3 a open")
	l.events("a visit 1d")
	l.apply()
	l.sent("d1 Acme", "d3 Acme")
	l.later("2d")
	l.out("d1", "active") // its account was heard of
	l.later("1d")
	l.out("d1", "exited: silent")
}

func TestCorner_exitsInTimeoutsOfThenSayHowItEnds(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{id: reply, wait_for: `+event("reply")+`, timeout: 1d, on_timeout: [{send: desk.message, id: late, text: late}]}, {send: desk.message, text: replied}]}`, "{wait: 30d}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.accounts("id tier stage\n a gold won")
	l.apply()
	l.later("1d")
	l.out("a", "converted")
	l.sent("a late")
}

func TestCorner_reentryMaxCountsAllValues(t *testing.T) {
	l := newLife(t, course("reentry: {per: account.renewal, max: 2}", "{send: desk.message, text: hi}"))
	for _, renewal := range []string{"2026-06-01", "2027-06-01", "2028-06-01"} {
		l.accounts("id tier renewal\n a gold " + renewal)
		l.apply()
	}
	l.entries("p", "a", 2)
}

func TestCorner_aTaskStepWaitsForThoseThatACapHeldBack(t *testing.T) {
	l := newLife(t, "caps: {load: {per_role: boss, at_most: 2, per: 1d}}\n"+course("", "{id: call, task: desk.task, by: boss, title: \"Call ${person.id}\", for: account.people, timeout: 9d}", "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x\n r a r@x")
	l.apply()
	l.given("Call p boss@x", "Call q boss@x")
	l.finish("p", "met", "1h")
	l.finish("q", "met", "1h")
	l.later("2h")
	l.sent() // the third is not given out yet
	l.later("1d")
	l.given("Call p boss@x", "Call q boss@x", "Call r boss@x")
	l.finish("r", "met", "1d3h")
	l.later("1d")
	l.sent("a on")
}

func TestCorner_silenceBeginsAnewWhenAPauseEnds(t *testing.T) {
	play := func(status string) string {
		return course("exit: [{quiet: 4d, reason: silent}]; status: "+status, "{id: click, wait_for: "+event("click")+", timeout: {quiet: 3d}, on_timeout: continue}", "{send: desk.message, text: over}", "{wait: 90d}")
	}
	l := newLife(t, play("active"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.events("a visit 1d")
	l.later("1d")
	l.plays(play("paused"))
	l.later("1h")
	l.later("4d23h")
	l.plays(play("active"))
	l.apply()
	l.later("2d23h")
	l.sent()
	l.later("1h")
	l.sent("a over")
	l.later("23h")
	l.out("a", "active")
	l.later("1h")
	l.out("a", "exited: silent")
}

func TestCorner_whoConvertedStaysConvertedWhenItsPlayIsRemoved(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{wait: 9d}]}`, "{wait: 30d}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.accounts("id tier stage\n a gold won")
	l.apply()
	l.plays("")
	l.apply()
	l.out("a", "converted")
}

func TestCorner_whoConvertedStaysConvertedWhenItsRecordGoes(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{wait: 90d}]}`, "{wait: 30d}"))
	l.accounts("id tier stage\n a gold new\n b tin new")
	l.apply()
	l.accounts("id tier stage\n a gold won\n b tin new")
	l.apply()
	l.accounts("id tier stage\n b tin new")
	l.apply()
	l.later("8d")
	l.out("a", "converted")
}
