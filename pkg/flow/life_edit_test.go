package flow_test

import (
	"slices"
	"strings"
	"testing"
)

// Plays that are edited while members stand on their steps.

const (
	first  = "{send: desk.message, id: first, text: first}"
	pause  = "{id: pause, wait: 3d}"
	second = "{send: desk.message, id: second, text: second}"
	extra  = "{send: desk.message, id: extra, text: extra}"
)

// edited makes a house in which account a stands on the second of three steps, and edits the play.
func edited(t *testing.T, plays string) *life {
	t.Helper()
	l := newLife(t, course("", first, pause, second))
	l.accounts("id tier\n a gold")
	l.apply()
	l.stands("a", "pause")
	l.plays(plays)
	return l
}

func TestEdit_aStepBeforeItsPositionIsNeverEntered(t *testing.T) {
	l := edited(t, course("", first, extra, pause, second))
	l.later("3d")
	l.sent("a first", "a second")
}

func TestEdit_aStepBehindItsPositionIsTaken(t *testing.T) {
	l := edited(t, course("", first, pause, extra, second))
	l.later("3d")
	l.sent("a first", "a extra", "a second")
}

func TestEdit_stepsDoneAreSkippedWhenTheyComeAgain(t *testing.T) {
	l := edited(t, course("", pause, first, second))
	l.later("3d")
	l.sent("a first", "a second")
}

func TestEdit_reorderedBeforeItsPositionIsNotMadeUpFor(t *testing.T) {
	l := edited(t, course("", first, second, pause))
	l.later("3d")
	l.sent("a first")
	l.out("a", "completed")
}

func TestEdit_aRemovedStepWithMembersNeedsAWord(t *testing.T) {
	l := edited(t, course("", first, second))
	if _, err := l.tryPlan(one(nil)); err == nil || !strings.Contains(err.Error(), "step pause is gone") {
		t.Errorf("error: %v", err)
	}
}

func TestEdit_aRemovedStepWithoutMembersNeedsNone(t *testing.T) {
	l := edited(t, course("", pause, second))
	l.later("3d")
	l.sent("a first", "a second")
}

func TestEdit_droppedGoesOnWithTheNext(t *testing.T) {
	l := edited(t, "drop: [plays.p.steps.pause]\n"+course("", first, second))
	l.apply()
	l.sent("a first", "a second")
}

func TestEdit_droppedAtTheEndCompletes(t *testing.T) {
	l := edited(t, "drop: [plays.p.steps.pause, plays.p.steps.second]\n"+course("", first))
	l.apply()
	l.out("a", "completed")
	l.sent("a first")
}

func TestEdit_movedKeepsItsWait(t *testing.T) {
	l := edited(t, "moved: [{from: plays.p.steps.pause, to: plays.p.steps.rest}]\n"+course("", first, "{id: rest, wait: 9d}", second))
	l.later("2d23h")
	l.stands("a", "rest")
	l.later("1h")
	l.sent("a first", "a second")
}

func TestEdit_movedEffectsAreNotDoneAgain(t *testing.T) {
	l := edited(t, "moved: [{from: plays.p.steps.first, to: plays.p.steps.hello}]\n"+course("", "{send: desk.message, id: hello, text: hello}", pause, second))
	l.apply()
	l.did("a", "hello=done")
	l.later("3d")
	l.sent("a first", "a second")
}

func TestEdit_aMovedPlayKeepsItsMembers(t *testing.T) {
	l := newLife(t, "plays:"+stage("old", "exit: [{after: 90d}]", "{keep: desk.list, name: A}", pause, second))
	l.accounts("id tier\n a gold\n b tin")
	l.apply()
	l.plays("moved: [{from: plays.old, to: plays.p}]\n" + course("exit: [{after: 90d}]", "{keep: desk.list, name: A}", pause, second))
	p := l.apply()
	l.does(p)
	l.stands("a", "pause")
	l.accounts("id tier\n a gold\n b gold")
	l.later("3d")
	l.in("list A", "a", "b")
	l.sent("a second")
	l.entries("p", "a", 1)
}

func TestEdit_aTaskThatIsOpenGoesByItsNewName(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 9d}", second))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays("moved: [{from: plays.p.steps.call, to: plays.p.steps.phone}]\n" + course("", "{id: phone, task: desk.task, by: boss, title: Phone, timeout: 9d}", "{send: desk.message, id: second, text: \"${steps.phone.outcome}\"}"))
	l.apply()
	l.given("Call boss@x")
	l.finish("a", "met", "1h")
	l.later("2h")
	l.sent("a met")
}

func TestEdit_aKeepThatIsRemovedLetsGo(t *testing.T) {
	l := newLife(t, course("exit: [{after: 90d}]", "{keep: desk.list, name: A}", "{keep: desk.list, name: B}", pause))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays(course("exit: [{after: 90d}]", "{keep: desk.list, name: B}", pause))
	l.does(l.apply(), `remove desk.list "A" a (withdrawn)`)
	l.in("list B", "a")
}

func TestEdit_thePlanListsMembersPerAffectedStep(t *testing.T) {
	l := newLife(t, course("", first, pause, second))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.plays(course("", first, "{id: pause, wait: 9d}", second))
	p := l.plan()
	about := l.about(p, "p")
	if about.Change != "changed" || !slices.Equal(about.Diff, []string{"step pause: wait: 3d → 9d"}) {
		t.Errorf("%s: %q", about.Change, about.Diff)
	}
	l.waits(p, "p", map[string]int{"step pause: wait 9d": 2})
	if due := p.Plan.Waits[0].Due; due.Sub(start) != 3*day {
		t.Errorf("due %s", due)
	}
}

func TestEdit_aGoalThatIsNewCountsForThoseWhoAreIn(t *testing.T) {
	l := edited(t, course(`goal: account.tier == "gold"`, first, pause, second))
	l.apply()
	l.out("a", "converted")
}

func TestEdit_aBranchThatAMemberStandsInMayMove(t *testing.T) {
	inner := func(steps string) string {
		return "{id: way, choose: [{when: account.size > 5, then: [" + steps + "]}]}"
	}
	l := newLife(t, course("", inner(pause+", "+second), extra))
	l.accounts("id tier size\n a gold 9")
	l.apply()
	l.plays(course("", inner(second), pause, extra)) // out of its branch: it goes on behind where its step is now
	l.later("3d")
	l.sent("a extra")
}

func TestEdit_aTimeoutThatRunsKeepsItsEnd(t *testing.T) {
	wait := func(long string) string {
		return "{id: click, wait_for: " + event("click") + ", timeout: " + long + ", on_timeout: continue}"
	}
	l := newLife(t, course("", wait("5d"), second))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays(course("", wait("2d"), second))
	l.later("3d")
	l.sent()
	l.later("2d")
	l.sent("a second")
}

// TestEdit_nameGivenAgain holds that a play which gets the name that another had before it was moved begins with keys of its own: nobody's
// membership there is replaced, and what that did does not count as done here.
func TestEdit_nameGivenAgain(t *testing.T) {
	h := newHouse(t, "plays:"+play("old", "", "{send: desk.message, id: s, text: first}", "{wait: 90d}"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.sent("a first")
	h.plays("moved: [{from: plays.old, to: plays.new}]\nplays:" + play("new", "", "{send: desk.message, id: s, text: first}", "{wait: 90d}"))
	h.apply()
	h.plays("plays:" + play("new", "", "{send: desk.message, id: s, text: first}", "{wait: 90d}") + play("old", "", "{send: desk.message, id: s, text: second}", "{wait: 90d}"))
	h.apply()
	h.sent("a first", "a second")
	h.active("new", "a")
	h.active("old", "a")
}
