package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// The settling of members: semantics.md, step 6, line by line.

const endings = `goal: account.stage == "won"; exit: [{when: account.size > 5, reason: big}, {when: account.size > 3, reason: middling}]; on_leave: exit`

func TestSettle_playRemovedComesBeforeTheGoal(t *testing.T) {
	l := newLife(t, course(endings, "{wait: 30d}"))
	l.accounts("id tier stage size\n a gold new 1")
	l.apply()
	l.plays("")
	l.accounts("id tier stage size\n a gold won 9")
	l.apply()
	l.out("a", "play_removed: the play was removed from the playbook")
}

func TestSettle_inTheOrderOfItsRules(t *testing.T) {
	l := newLife(t, course(endings, "{wait: 30d}"))
	l.accounts("id tier stage size\n a gold new 1\n b gold new 1\n c gold new 1\n d gold new 1\n e gold new 1")
	l.apply()
	l.accounts("id tier stage size\n a tin won 9\n b tin new 9\n c tin new 4\n d tin new 1\n e gold new 1")
	l.apply()
	l.out("a", "converted")
	l.out("b", "exited: big")
	l.out("c", "exited: middling")
	l.out("d", "exited: left the segment")
	l.out("e", "active")
}

func TestSettle_whatHoldsNowComesBeforeATimeoutOfThisRun(t *testing.T) {
	for stage, want := range map[string]string{"won": "converted", "new": "exited: big"} {
		l := newLife(t, course(endings, "{id: click, wait_for: account.size < 0, timeout: 2d}"))
		l.accounts("id tier stage size\n a gold new 1")
		l.apply()
		l.accounts("id tier stage size\n a gold " + stage + " 9")
		l.later("2d")
		l.out("a", want)
	}
}

func TestSettle_theEarliestOfWhatHasATimeOfItsOwn(t *testing.T) {
	l := newLife(t, course("goal: "+event("meeting")+"; exit: [{when: "+event("lost")+", reason: lost}, {after: 4d, reason: long}]", "{id: click, wait_for: "+event("click")+", timeout: 3d}"))
	l.accounts("id tier\n a gold\n b gold\n c gold\n d gold\n e gold")
	l.apply()
	l.events("a meeting 1d", "a lost 2d", "b lost 1d", "b meeting 2d", "c meeting 3d1h", "d click 1d", "e meeting 2d", "e lost 2d")
	l.later("5d")
	l.out("a", "converted")
	l.out("b", "exited: lost")
	l.out("c", "timed_out") // at three days, before the meeting
	l.out("d", "completed")
	l.out("e", "converted") // of two at once the goal
}

func TestSettle_afterAndQuietByTheirOwnTimes(t *testing.T) {
	l := newLife(t, course("exit: [{after: 5d, reason: long}, {quiet: 2d, reason: silent}]", "{wait: 30d}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.events("b visit 1d", "b visit 2d12h", "b visit 4d")
	l.later("10d")
	l.out("a", "exited: silent")
	l.out("b", "exited: long")
	if m := l.member("p", "a"); m.EndedAt.Sub(start) != 2*day {
		t.Errorf("a left at %s", m.EndedAt)
	}
	if m := l.member("p", "b"); m.EndedAt.Sub(start) != 5*day {
		t.Errorf("b left at %s", m.EndedAt)
	}
}

func TestSettle_unknownSettlesNothing(t *testing.T) {
	l := newLife(t, course(endings, "{keep: desk.list, name: A}"))
	l.accounts("id tier stage size\n a gold new 1")
	l.apply()
	l.accounts("id tier stage size\n a - - -")
	l.does(l.later("1d"))
	l.in("list A", "a")
	l.accounts("id tier stage size\n a - won -") // and the goal is known again
	l.apply()
	l.out("a", "converted")
}

func TestSettle_anUnknownSegmentKeepsTheLastKnownTruth(t *testing.T) {
	l := newLife(t, course("reentry: always", "{send: desk.message, text: hi}"))
	for _, tier := range []string{"gold", "-", "gold", "tin", "-", "gold"} {
		l.accounts("id tier\n a " + tier)
		l.apply()
	}
	l.entries("p", "a", 2) // gold over unknown is the same truth; tin ended it
}

func TestOutcome_completed(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("3d")
	l.out("a", "completed")
	if m := l.member("p", "a"); m.EndedAt.Sub(start) != day {
		t.Errorf("ended at %s, not when its last step was over", m.EndedAt)
	}
}

func TestOutcome_aKeepHoldsItsMemberPastTheLastStep(t *testing.T) {
	l := newLife(t, course(endings, "{keep: desk.list, name: A}"))
	l.accounts("id tier stage size\n a gold new 1")
	l.apply()
	l.later("100d")
	l.stands("a", "")
	l.accounts("id tier stage size\n a gold won 1")
	l.apply()
	l.out("a", "converted")
	l.in("list A")
}

func TestOutcome_exitedWithAReason(t *testing.T) {
	l := newLife(t, course("", "{keep: desk.list, name: A}", "{wait: 1d}", "{exit: worked}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("1d")
	l.out("a", "exited: worked")
	l.in("list A")
}

func TestOutcome_timedOut(t *testing.T) {
	l := newLife(t, course("", "{keep: desk.list, name: A}", "{id: click, wait_for: "+event("click")+", timeout: 2d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("2d")
	l.out("a", "timed_out")
	l.did("a", "keep_desk_list_a=done", "click=timed out")
	l.in("list A")
	l.sent()
}

func TestOutcome_removed(t *testing.T) {
	l := newLife(t, course("", "{keep: desk.list, name: A}", "{wait: 30d}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.accounts("id tier\n b gold")
	l.apply()
	l.later("7d")
	l.left("p", "a", state.Removed, "")
	l.in("list A", "b")
}

func TestOutcome_playRemovedCancelsAndWithdraws(t *testing.T) {
	l := newLife(t, course("", "{keep: desk.list, name: A}", "{task: desk.task, by: boss, title: Call, timeout: 30d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays("")
	l.apply()
	l.left("p", "a", state.PlayRemoved, "")
	l.in("list A")
	if s := l.task("a").Status; s != state.TaskCancelled {
		t.Errorf("the task is %s", s)
	}
}

func TestThen_followsTheGoal(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{send: desk.message, id: thanks, text: thanks}, {wait: 2d}, {send: desk.message, id: later, text: later}]}; exit: [{when: account.size > 5, reason: big}]`,
		"{keep: desk.list, name: A}", "{wait: 30d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier stage size\n a gold new 1")
	l.apply()
	l.accounts("id tier stage size\n a gold won 1")
	l.later("1d")
	l.in("list A") // it is leaving: nothing is kept
	l.sent("a thanks")
	l.active("p", "a")
	l.accounts("id tier stage size\n a gold new 9") // neither counts any more
	l.later("2d")
	l.out("a", "converted")
	l.sent("a thanks", "a later")
	if m := l.member("p", "a"); m.EndedAt.Sub(start) != 3*day {
		t.Errorf("ended at %s", m.EndedAt)
	}
}

func TestThen_followsAnExit(t *testing.T) {
	l := newLife(t, course("exit: [{quiet: 3d, reason: silent, then: [{send: desk.message, id: bye, text: bye}]}]", "{keep: desk.list, name: A}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("3d")
	l.out("a", "exited: silent")
	l.sent("a bye")
}

func TestThen_aLeavingMemberIsInThePlayForReentry(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{wait: 2d}]}; reentry: always`, "{wait: 30d}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.accounts("id tier stage\n a tin won")
	l.apply()
	l.accounts("id tier stage\n a gold new")
	l.later("1d")
	l.entries("p", "a", 1)
	l.accounts("id tier stage\n a tin new")
	l.later("1d")
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.entries("p", "a", 2)
}

func TestThen_aWaitWithoutEndJustEnds(t *testing.T) {
	l := newLife(t, course(`goal: {when: account.stage == "won", then: [{id: reply, wait_for: `+event("reply")+`, timeout: 1d}, {send: desk.message, text: replied}]}`, "{wait: 30d}"))
	l.accounts("id tier stage\n a gold new\n b gold new")
	l.apply()
	l.accounts("id tier stage\n a gold won\n b gold won")
	l.apply()
	l.events("b reply 1h")
	l.later("1d")
	l.out("a", "converted") // a timeout there is no other outcome
	l.out("b", "converted")
	l.sent("b replied")
}

func TestGoal_ofEventsCountsSinceEntry(t *testing.T) {
	l := newLife(t, course("goal: "+event("meeting"), "{wait: 30d}"))
	l.accounts("id tier\n a gold")
	l.events("a meeting -1h")
	l.apply()
	l.out("a", "active")
	l.events("a meeting -1h", "a meeting 2h")
	l.later("1d")
	l.out("a", "converted")
	if m := l.member("p", "a"); m.EndedAt.Sub(start).Hours() != 2 {
		t.Errorf("converted at %s", m.EndedAt)
	}
}

func TestOutcome_removedAfterAsLongAsTheBookSays(t *testing.T) {
	l := newLife(t, "limits: {gone_after: 2d}\n"+course("", "{wait: 30d}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.accounts("id tier\n b gold")
	l.apply()
	l.later("1d23h")
	l.out("a", "active")
	l.later("1h")
	l.out("a", "removed: the record has been missing since 2026-03-03")
}
