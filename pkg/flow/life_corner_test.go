package flow_test

import "testing"

// Corners of edits, mutes and tasks.

func TestCorner_aStepThatMovedIntoAnotherPlayTakesItsMembersAlong(t *testing.T) {
	l := newLife(t, "plays:"+stage("old", "", "{id: before, send: desk.message, text: before}", "{id: phone, task: desk.task, by: boss, title: Call, timeout: 9d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.plays("moved: [{from: plays.old.steps.phone, to: plays.p.steps.call}]\n" + course("segment: account.size > 5", "{id: call, task: desk.task, by: boss, title: Call, timeout: 9d}", called))
	l.apply()
	l.stands("a", "call")
	l.given("Call boss@x")
	l.finish("a", "met", "1h")
	l.later("2h")
	l.sent("a before", "a met")
}

func TestCorner_aDroppedThenStepLetsItsMemberEnd(t *testing.T) {
	play := func(then string) string {
		return course(`goal: {when: account.stage == "won", then: [`+then+`]}`, "{wait: 30d}")
	}
	l := newLife(t, play("{id: rest, wait: 9d}, {id: bye, send: desk.message, text: bye}"))
	l.accounts("id tier stage\n a gold new")
	l.apply()
	l.accounts("id tier stage\n a gold won")
	l.apply()
	l.stands("a", "rest")
	l.plays("drop: [plays.p.steps.rest]\n" + play("{id: bye, send: desk.message, text: bye}"))
	l.apply()
	l.sent("a bye")
	l.out("a", "converted")
}

func TestCorner_aFanOutIsMutedForSome(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, text: hi, for: account.people, channel: email}", "{send: desk.message, id: on, text: on}")+
		stage("save", `of: person; segment: person.role == "boss"; mute: [email]; exit: [{when: person.rank > 5}]`, "{wait: 90d}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email role rank\n p a p@x boss 1\n q a q@x user 1")
	l.apply()
	l.sent("q@x hi")
	l.people("id account_id email role rank\n p a p@x boss 9\n q a q@x user 1")
	l.later("1d")
	l.sent("q@x hi", "p@x hi", "a on")
}

func TestCorner_muteOfAConnector(t *testing.T) {
	l := newLife(t, "plays:\n  save: {of: account, segment: account.size > 5, trigger: entry, backfill: true, mute: [other], steps: [{wait: 90d}]}\n"+
		stage("p", "", "{send: desk.message, text: hi}", "{send: other.message, id: two, text: two}"))
	l.accounts("id tier size\n a gold 9\n b gold 1")
	l.apply()
	l.sent("a hi", "b hi")
	if got := l.other.Sent("message"); len(got) != 1 || got[0].ID != "b" {
		t.Errorf("sent by other: %v", got)
	}
}

func TestCorner_mutesEachOther(t *testing.T) {
	l := newLife(t, course("mute: [email]; priority: 1", "{send: desk.message, text: one, channel: email}", "{wait: 90d}")+stage("q", "mute: [email]; exit: [{after: 5d}]", "{send: desk.message, text: two, channel: email}", "{wait: 90d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent() // each is silent for the other, until one ends
	l.later("5d")
	l.sent("a one")
}

func TestCorner_aSkippingGroupTellsTheLink(t *testing.T) {
	l := newLife(t, "groups: {sales: {of: account, at_most: 1, on_conflict: skip}}\n"+course("", "{id: link, enroll: q}")+stage("q", "trigger: manual; group: sales", "{send: desk.message, text: hi}")+stage("r", "group: sales; priority: 9", "{wait: 9d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.did("a", "link=blocked by group sales")
}

func TestCorner_whenOfATaskIsAskedOnce(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d, when: account.size > 5}", called))
	l.accounts("id tier size\n a gold 9")
	l.apply()
	l.accounts("id tier size\n a gold 1")
	l.later("1d")
	l.stands("a", "call")
	l.finish("a", "met", "1d1h")
	l.later("2h")
	l.sent("a met")
}

func TestCorner_aTaskStepWithNobodyPasses(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, for: account.people, timeout: 5d}", "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent("a on")
}

func TestCorner_allPeopleSuppressedPasses(t *testing.T) {
	l := newLife(t, "suppressions: {hush: {of: person, when: person.hush}}\n"+course("", "{id: call, task: desk.task, by: boss, title: Call, for: account.people, timeout: 5d}", "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email hush\n p a p@x true")
	l.apply()
	l.given()
	l.sent("a on")
}

func TestCorner_tasksOfPeopleWhoLeaveTheAccount(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, for: account.people, timeout: 5d}", "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x")
	l.apply()
	l.people("id account_id email\n p a p@x")
	l.finish("p", "met", "1h")
	l.finish("q", "met", "1h")
	l.later("2h")
	l.sent("a on")
}

func TestCorner_windowOfATask(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 1 business day, window: business hours}", called))
	l.clock("2026-03-07T12:00Z") // a Saturday
	l.accounts("id tier\n a gold")
	l.apply()
	l.given()
	l.until("2026-03-09T09:00Z")
	l.given("Call boss@x")
	if task := l.task("a"); !task.TimeoutAt.Equal(l.time("2026-03-10T09:00Z")) {
		t.Errorf("times out at %s", task.TimeoutAt)
	}
}

func TestCorner_triggerWhenWithUnknown(t *testing.T) {
	l := newLife(t, course("trigger: {when: account.size > 5}; backfill: false; reentry: always", "{send: desk.message, text: hi}"))
	for _, size := range []string{"1", "-", "9", "-", "9", "1", "9"} {
		l.accounts("id tier size\n a gold " + size)
		l.apply()
	}
	l.entries("p", "a", 2)
}

func TestCorner_setOfAMembershipThatIsNotThere(t *testing.T) {
	l := newLife(t, course("", "{add: desk.campaign, name: A, create: true, fields: {status: sent}}", "{wait: 1d}", "{set: desk.campaign, name: A, fields: {status: opened}}", "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.take("campaign A", "a")
	l.wait(day)
	l.attempt(one(nil), "")
	l.sent()
}
