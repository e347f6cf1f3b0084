package flow_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/state"
)

func TestR10_exitsAreAskedInEveryRunBeforeTheNextAction(t *testing.T) {
	l := newLife(t, course("exit: [{when: account.size > 5, reason: big}]", "{wait: 3d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier size\n a gold 1\n b gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 9\n b gold 1")
	l.later("1d") // in the middle of the wait
	l.out("a", "exited: big")
	l.accounts("id tier size\n a gold 9\n b gold 9")
	l.later("2d") // when the wait is over, and before what follows it
	l.out("b", "exited: big")
	l.sent()
}

func TestR11_goalBeatsExit(t *testing.T) {
	l := newLife(t, course(`goal: account.stage == "won"; exit: [{when: account.size > 5, reason: big}]`, "{wait: 30d}"))
	l.accounts("id tier stage size\n a gold new 1")
	l.apply()
	l.accounts("id tier stage size\n a gold won 9")
	l.apply()
	l.out("a", "converted")
}

func TestR12_onlyTheGoalIsAConversionAndSuppressionIsNoExit(t *testing.T) {
	l := newLife(t, `
suppressions: {hush: {of: account, when: account.hush}}
`+course(`goal: account.stage == "won"; exit: [{when: account.size > 5, reason: big}]`, "{wait: 1d}", "{send: desk.message, text: hi}", "{wait: 30d}"))
	l.accounts("id tier stage size hush\n a gold new 1 false\n b gold new 1 false\n c gold new 1 false")
	l.apply()
	l.accounts("id tier stage size hush\n a gold won 1 false\n b gold new 9 false\n c gold new 1 true")
	l.later("1d")
	l.out("a", "converted")
	l.out("b", "exited: big")
	l.out("c", "active") // it waits
	l.sent()
}

func TestR12_noLongerSuppressedIsNoEntry(t *testing.T) {
	l := newLife(t, `
suppressions: {hush: {of: account, when: account.hush}}
`+course("", "{send: desk.message, text: hi}"))
	l.accounts("id tier hush\n a gold true")
	l.apply()
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.entries("p", "a", 0)
	l.sent()
}

func TestR13_leavingKeepsTheHistory(t *testing.T) {
	l := newLife(t, course("exit: [{when: account.size > 5, reason: big}]", "{send: desk.message, text: hi}", "{wait: 30d}")+
		stage("q", `segment: finished("p", "exited"); backfill: true`, "{send: desk.message, text: left}"))
	l.unsettled = true // segments see who left in the runs before
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 9")
	l.apply()
	l.apply()
	l.did("a", "send_desk_message=done")
	l.sent("a hi", "a left")
}

func TestR14_whatIsWithdrawnOnLeaving(t *testing.T) {
	l := newLife(t, course("exit: [{when: account.size > 5, reason: big}]", "{keep: desk.list, name: A}", "{add: desk.list, name: B}", "{keep: desk.list, name: C}",
		"{set: desk.company, fields: {stage: hot}}", "{task: desk.task, by: boss, title: Call, timeout: 30d}")+
		stage("q", "", "{keep: desk.list, name: C}"))
	l.put("list A", "b") // a stranger's
	l.accounts("id tier size\n a gold 1\n b gold 1")
	l.apply()
	l.in("list A", "a", "b")
	l.accounts("id tier size\n a gold 9\n b gold 9")
	l.does(l.apply(), "p a leaves: exited big", "p b leaves: exited big", `remove desk.list "A" a (withdrawn)`, "cancel desk.task task#1", "cancel desk.task task#2",
		`release a of desk.list "C"`, `release b of desk.list "C"`, `release b of desk.list "A"`)
	l.in("list A", "b")      // it was there before
	l.in("list B", "a", "b") // added, not kept
	l.in("list C", "a", "b") // another play keeps it
	if task := l.task("a"); task.Status != state.TaskCancelled {
		t.Errorf("the task is %s", task.Status)
	}
}

func TestR15_removeAnyReachesWhatOthersDidAndIsNotRestored(t *testing.T) {
	l := newLife(t, course("exit: [{when: account.size > 5, reason: big}]", `{remove_any: desk.list, allow: ["A", "B"]}`, "{wait: 30d}"))
	for _, list := range []string{"list A", "list B", "list C"} {
		l.put(list, "a", "z")
	}
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.in("list A", "z")
	l.in("list B", "z")
	l.in("list C", "a", "z") // its name is not allowed
	l.accounts("id tier size\n a gold 9")
	l.apply()
	l.in("list A", "z")
}

func TestR16_removingAPlayShowsAndEndsItsMembers(t *testing.T) {
	l := newLife(t, course("", "{keep: desk.list, name: A}", "{task: desk.task, by: boss, title: Call, timeout: 30d}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.plays("")
	p := l.apply()
	l.does(p, "p a leaves: play_removed the play was removed from the playbook", "p b leaves: play_removed the play was removed from the playbook",
		`remove desk.list "A" a (withdrawn)`, `remove desk.list "A" b (withdrawn)`, "cancel desk.task task#1", "cancel desk.task task#2")
	if about := l.about(p, "p"); about.Change != "removed" || about.Left["play_removed"] != 2 {
		t.Errorf("the plan says %s, left %v", about.Change, about.Left)
	}
}

func TestR17_anEditedWaitDoesNotMoveWhoIsInIt(t *testing.T) {
	l := newLife(t, course("", "{id: pause, wait: 10d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays(course("", "{id: pause, wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold")
	l.later("1d")
	l.later("1d")
	l.sent("b hi") // who came to it afterwards waits by the new one
	l.later("8d")
	l.sent("a hi", "b hi")
}

func TestR17_aStepWithMembersOnItIsNotRemovedUnsaid(t *testing.T) {
	l := newLife(t, course("", "{id: pause, wait: 10d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays(course("", "{send: desk.message, text: hi}"))
	if _, err := l.tryPlan(one(nil)); err == nil {
		t.Error("a step on which a member stands was removed")
	}
	l.plays("drop: [plays.p.steps.pause]\n" + course("", "{send: desk.message, text: hi}"))
	l.apply()
	l.sent("a hi")
}

func TestR18_aPauseFreezesTimers(t *testing.T) {
	play := func(status string) string {
		return course("status: "+status, "{wait: 3d}", "{send: desk.message, text: hi}")
	}
	l := newLife(t, play("active"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays(play("paused"))
	l.later("1d") // two days are left
	l.later("10d")
	l.sent()
	l.plays(play("active"))
	l.apply()
	l.sent()
	l.later("1d23h")
	l.sent()
	l.later("1h")
	l.sent("a hi")
}

func TestR18_drainingFinishesItsMembersAndTakesNobody(t *testing.T) {
	play := func(status string) string {
		return course("status: "+status, "{wait: 3d}", "{send: desk.message, text: hi}")
	}
	l := newLife(t, play("active"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays(play("draining"))
	l.accounts("id tier\n a gold\n b gold")
	l.later("3d")
	l.sent("a hi")
	l.entries("p", "b", 0)
}

func TestR19_firstBranchThatHoldsAndNoneDoesNothing(t *testing.T) {
	l := newLife(t, course("", "{id: way, choose: [{when: account.size > 10, then: [{send: desk.message, id: one, text: huge}]}, {when: account.size > 5, then: [{send: desk.message, id: two, text: big}]}]}",
		"{send: desk.message, id: all, text: all}"))
	l.accounts("id tier size\n a gold 20\n b gold 7\n c gold 1")
	l.apply()
	l.sent("a huge", "a all", "b big", "b all", "c all")
	l.did("c", "way=none", "all=done")
	l.invalid(course("", "{choose: [{else: []}, {when: account.size > 5, then: []}]}"), "branches behind it are never reached")
}

func TestR14_sharedHoldersAreCounted(t *testing.T) {
	l := newLife(t, course(`exit: [{when: account.size > 5, reason: big}]`, "{keep: desk.list, name: A}")+stage("q", `exit: [{when: account.size > 7, reason: huge}]`, "{keep: desk.list, name: A}"))
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 6")
	l.apply()
	l.in("list A", "a")
	l.accounts("id tier size\n a gold 8")
	l.apply()
	l.in("list A")
}

func TestR32_whoWinsIsByPriorityThenNameAndShown(t *testing.T) {
	l := newLife(t, course("priority: 1", "{set: desk.company, fields: {stage: low}}")+stage("q", "priority: 5", "{set: desk.company, fields: {stage: high}}")+
		stage("r", "priority: 5", "{set: desk.company, fields: {stage: tie}}"))
	l.accounts("id tier\n a gold")
	p := l.apply()
	var losers []string
	for _, c := range p.Plan.Conflicts {
		if c.Winner != "q.set_desk_company" {
			t.Errorf("%s wins", c.Winner)
		}
		losers = append(losers, c.Loser)
	}
	slices.Sort(losers)
	if d := cmp.Diff([]string{"p.set_desk_company", "r.set_desk_company"}, losers); d != "" {
		t.Error(d)
	}
}
