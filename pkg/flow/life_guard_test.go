package flow_test

import (
	"testing"
)

// What holds steps up: suppressions, mute, caps, windows and hours, a pause.

func TestSuppression_ownRecordWaits(t *testing.T) {
	l := newLife(t, hushed+course("", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.accounts("id tier hush\n a gold true")
	l.waits(l.later("1d"), "p", map[string]int{"step send_desk_message: suppressed: hush": 1})
	l.accounts("id tier hush\n a gold -")
	l.later("1d")
	l.sent() // unknown suppresses
	l.accounts("id tier hush\n a gold false")
	l.later("1h")
	l.sent("a hi")
}

func TestSuppression_isAboutVerbs(t *testing.T) {
	l := newLife(t, `
suppressions: {mail: {of: account, when: account.hush, verbs: [send]}, calls: {of: account, when: account.size > 5, verbs: [task]}}
`+course("", "{wait: 1d}", "{set: desk.company, fields: {stage: hot}}", "{task: desk.task, by: boss, title: Call, await: none}", "{send: desk.message, text: hi}"))
	l.accounts("id tier size hush\n a gold 1 false")
	l.apply()
	l.accounts("id tier size hush\n a gold 1 true")
	l.later("1d")
	l.given("Call boss@x")
	l.sent()
}

func TestSuppression_ofTheAccountIsAboutItsPeople(t *testing.T) {
	l := newLife(t, hushed+course("of: person; segment: person.role == \"boss\"", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id hush\n a false\n b false")
	l.people("id account_id email role\n p a p@x boss\n q b q@x boss")
	l.apply()
	l.accounts("id hush\n a true\n b false")
	l.later("1d")
	l.sent("q@x hi")
	l.stands("p", "send_desk_message")
}

func TestSuppression_leavesOutOfAFanOutAndWithdrawsKeeps(t *testing.T) {
	l := newLife(t, `
suppressions: {hush: {of: person, when: person.hush}}
`+course("exit: [{after: 90d}]", "{keep: desk.list, name: A, for: account.people}", "{wait: 1d}", "{send: desk.message, text: hi, for: account.people}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email hush\n p a p@x false\n q a q@x true")
	l.apply()
	l.in("list A", "p@x")
	l.people("id account_id email hush\n p a p@x true\n q a q@x false")
	l.later("1d")
	l.in("list A", "q@x")
	l.sent("q@x hi")
	l.people("id account_id email hush\n p a p@x false\n q a q@x false")
	l.apply()
	l.in("list A", "p@x", "q@x")
	l.sent("q@x hi") // the moment for the other has passed
}

func TestSuppression_withdrawsTheMembersOwnKeep(t *testing.T) {
	l := newLife(t, hushed+course("exit: [{after: 90d}]", "{keep: desk.list, name: A}", "{wait: 30d}"))
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.accounts("id tier hush\n a gold true")
	l.apply()
	l.in("list A")
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.in("list A", "a")
}

const muting = `
plays:
  save: {of: account, segment: account.size > 5, trigger: entry, backfill: true, on_leave: exit, priority: 9, mute: [email, tasks, list], steps: [{send: desk.message, text: saving, channel: email}, {wait: 90d}]}
`

func TestMute_sendsAndTasksOfOthersWait(t *testing.T) {
	l := newLife(t, muting+stage("p", "", "{wait: 1d}", "{send: desk.message, text: news, channel: email}", "{task: desk.task, by: boss, title: Call, channel: tasks, await: none}"))
	l.accounts("id tier size\n a gold 1\n b gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 9\n b gold 1")
	l.waits(l.later("1d"), "p", map[string]int{"step send_desk_message: muted by play save": 1})
	l.sent("a saving", "b news") // its own play speaks
	l.given("Call boss@x")
	l.accounts("id tier size\n a gold 1\n b gold 1")
	l.later("1d")
	l.sent("a saving", "b news", "a news")
	l.given("Call boss@x", "Call boss@x")
}

func TestMute_keepsOfOthersAreWithdrawnAndRestored(t *testing.T) {
	l := newLife(t, muting+stage("p", "exit: [{after: 90d}]", "{keep: desk.list, name: A}", "{keep: desk.audience, name: B}"))
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 9")
	l.apply()
	l.in("list A")
	l.in("audience B", "a") // another channel
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.in("list A", "a")
}

func TestMute_isAboutRecordsBelow(t *testing.T) {
	l := newLife(t, muting+stage("p", `of: person; segment: person.role == "boss"`, "{wait: 1d}", "{send: desk.message, text: news, channel: email}"))
	l.accounts("id size\n a 9\n b 1")
	l.people("id account_id email role\n p a p@x boss\n q b q@x boss")
	l.apply()
	l.later("1d")
	l.sent("a saving", "q@x news")
}

func TestMute_endsWithItsMember(t *testing.T) {
	l := newLife(t, `
plays:
  save: {of: account, segment: account.size > 5, trigger: entry, backfill: true, on_leave: stay, mute: [email], goal: {when: account.stage == "safe", then: [{wait: 30d}]}, steps: [{wait: 90d}]}
`+stage("p", "", "{send: desk.message, text: news, channel: email}"))
	l.accounts("id tier size stage\n a gold 9 new")
	l.apply()
	l.sent()
	l.accounts("id tier size stage\n a gold 9 safe")
	l.apply()
	l.sent("a news") // leaving, it mutes nobody
}

func TestPaused_clocksStandStill(t *testing.T) {
	play := func(status string) string {
		return course("status: "+status+"; exit: [{after: 10d, reason: long}]", "{id: call, task: desk.task, by: boss, title: Call, timeout: 3d, on_timeout: continue}", "{id: click, wait_for: "+event("click")+", timeout: 3d, on_timeout: continue}", "{wait: 30d}")
	}
	l := newLife(t, play("active"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays(play("paused"))
	l.later("1d")
	l.later("5d")
	l.plays(play("active"))
	l.apply() // five days stood still
	l.stands("a", "call")
	l.later("2d")
	l.did("a", "call=timed out")
	l.later("3d")
	l.did("a", "call=timed out", "click=timed out")
	l.later("3d23h")
	l.out("a", "active")
	l.later("1h")
	l.out("a", "exited: long")
}

func TestPaused_goalsCountAndNobodySteps(t *testing.T) {
	play := func(status string) string {
		return course(`goal: account.stage == "won"; status: `+status, "{wait: 1d}", "{send: desk.message, text: hi}")
	}
	l := newLife(t, play("active"))
	l.accounts("id tier stage\n a gold new\n b gold new")
	l.apply()
	l.plays(play("paused"))
	l.accounts("id tier stage\n a gold won\n b gold new")
	l.waits(l.later("2d"), "p", map[string]int{"step wait_1d: the play is paused": 1})
	l.out("a", "converted")
	l.sent()
}

func TestHoldout_isSettledAndNeverSteps(t *testing.T) {
	l := newLife(t, course(`holdout: 99%; exit: [{after: 5d, reason: over}]`, "{send: desk.message, text: hi}", "{exit: done}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("4d")
	l.out("a", "active")
	l.later("1d")
	l.out("a", "exited: over")
	l.sent()
}

func TestHoldout_takesNoSeatInAGroup(t *testing.T) {
	l := newLife(t, sales+course("holdout: 99%; group: sales; priority: 9", "{wait: 30d}")+stage("q", "group: sales", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent("a hi")
}

func TestDraining_linksAreTurnedAway(t *testing.T) {
	l := newLife(t, course("", "{enroll: q}")+stage("q", "trigger: manual; status: draining", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.entries("q", "a", 0)
	l.out("a", "completed")
}

func TestPaused_linksWait(t *testing.T) {
	play := func(status string) string {
		return course("", "{enroll: q}") + stage("q", "trigger: manual; status: "+status, "{send: desk.message, text: hi}")
	}
	l := newLife(t, play("paused"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.entries("q", "a", 0)
	l.out("a", "active")
	l.plays(play("active"))
	l.apply()
	l.sent("a hi")
}
