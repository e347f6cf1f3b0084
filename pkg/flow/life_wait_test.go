package flow_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/flow"
)

// Waits, windows and branches.

func TestWait_elapsedAndBusiness(t *testing.T) {
	for span, want := range map[string]string{"36h": "2026-03-07T21:00Z", "1w": "2026-03-13T09:00Z", "2 business days": "2026-03-10T09:00Z", "10 business hours": "2026-03-09T11:00Z"} {
		l := newLife(t, course("", "{id: pause, wait: "+span+"}", "{send: desk.message, text: hi}"))
		l.clock("2026-03-06T09:00Z") // a Friday
		l.accounts("id tier\n a gold")
		l.apply()
		if due := l.member("p", "a").Due; !due.Equal(l.time(want)) {
			t.Errorf("%s: due %s, want %s", span, due, want)
		}
		l.now = l.time(want).Add(-time.Second)
		l.apply()
		l.sent()
		l.until(want)
		l.sent("a hi")
	}
}

func TestWaitUntil_followsItsField(t *testing.T) {
	l := newLife(t, course("", "{id: date, wait_until: account.renewal - days(7), if_past: continue}", "{send: desk.message, text: hi}"))
	l.accounts("id tier renewal\n a gold 2026-03-15\n b gold 2026-03-15")
	l.apply()
	l.accounts("id tier renewal\n a gold 2026-03-12\n b gold 2026-03-20") // moved forward and back
	l.until("2026-03-05T00:00Z")
	l.sent("a hi")
	l.until("2026-03-12T23:59Z")
	l.sent("a hi")
	l.until("2026-03-13T00:00Z")
	l.sent("a hi", "b hi")
}

func TestWaitUntil_anUnknownDateWaits(t *testing.T) {
	l := newLife(t, course("", "{id: date, wait_until: account.renewal, if_past: continue}", "{send: desk.message, text: hi}"))
	l.accounts("id tier renewal\n a gold -")
	l.waits(l.apply(), "p", map[string]int{"step date: account.renewal is missing": 1})
	l.accounts("id tier renewal\n a gold 2026-03-04")
	l.later("1d")
	l.sent("a hi")
}

func TestWaitUntil_ifPast(t *testing.T) {
	for past, want := range map[string][]string{
		"continue": {"date=done", "one=done", "two=done"},
		"skip":     {"date=skipped", "one=skipped", "two=done"},
		"exit":     {"date=skipped"},
	} {
		l := newLife(t, course("", "{id: date, wait_until: account.renewal, if_past: "+past+"}", "{send: desk.message, id: one, text: one}", "{send: desk.message, id: two, text: two}"))
		l.accounts("id tier renewal\n a gold 2026-03-01\n b gold 2026-03-05")
		l.apply()
		l.did("a", want...)
		l.later("2d")
		l.did("b", "date=done", "one=done", "two=done") // it was to come when b reached it
	}
}

func TestWaitFor_aCondition(t *testing.T) {
	l := newLife(t, course("", `{id: won, wait_for: account.stage == "won", timeout: 10d}`, "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier stage\n a gold new\n b gold -\n c gold won")
	l.apply()
	l.did("c", "won=done") // at once
	l.later("1d")
	l.accounts("id tier stage\n a gold won\n b gold won\n c gold won")
	l.later("1d") // its time is the run that first sees it
	l.sent("c hi")
	l.later("23h")
	l.sent("c hi")
	l.later("1h")
	l.sent("a hi", "b hi", "c hi")
}

func TestWaitFor_theEarliestEventCountsAndIsKept(t *testing.T) {
	l := newLife(t, course("", "{id: click, wait_for: "+event("click")+", timeout: 10d}", "{send: desk.message, text: \"${steps.click.event.n}\"}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.events("a click 3h 3", "a click 2h 2", "a click -1h 1")
	l.later("4h")
	l.sent("a 2")
}

func TestWaitFor_byOnePersonAndNotAnother(t *testing.T) {
	l := newLife(t, course("of: person; segment: person.role == \"boss\"", `{id: click, wait_for: 'person.activities.filter(a, a.type == "click")', timeout: 2d}`, "{send: desk.message, text: hi}"))
	l.accounts("id\n a")
	l.people("id account_id email role\n p a p@x boss\n q a q@x boss")
	l.apply()
	l.events("a/p click 1h")
	l.later("2d")
	l.sent("p@x hi")
	l.out("q", "timed_out")
}

func TestTimeout_deadlineAndSilence(t *testing.T) {
	steps := func(timeout string) []string {
		return []string{"{id: click, wait_for: " + event("click") + ", timeout: " + timeout + ", on_timeout: continue}", "{send: desk.message, text: over}"}
	}
	l := newLife(t, course("", steps("30d")...))
	l.accounts("id tier\n a gold")
	l.apply()
	l.events("a visit 29d")
	l.later("30d")
	l.sent("a over")

	l = newLife(t, course("", steps("{quiet: 30d, of: "+event("visit")+"}")...))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.events("a visit 29d", "a email 31d", "b visit 31d") // the one on the 29th day begins it anew; the other comes too late
	l.later("31d2h")
	l.later("27d21h")
	l.sent("b over")
	l.later("1h")
	l.sent("b over", "a over")
}

func TestTimeout_silenceOfEngagement(t *testing.T) {
	l := newLife(t, course("", "{id: click, wait_for: "+event("click")+", timeout: {quiet: 3d}, on_timeout: continue}", "{send: desk.message, text: \"${steps.click.outcome}\"}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.events("a email 2d", "b visit 2d", "b click 4d")
	l.later("5d")
	l.sent("a timed out", "b done")
}

func TestTimeout_forms(t *testing.T) {
	for form, want := range map[string]string{
		"":                       "timed_out",
		", on_timeout: continue": "completed",
		", on_timeout: {send: desk.message, id: late, text: late}":                          "timed_out",
		", on_timeout: [{send: desk.message, id: late, text: late}, {exit: gave up}]":       "exited: gave up",
		", on_timeout: [{wait: 1d}, {send: desk.message, id: late, text: late}]":            "active",
		`, on_timeout: [{choose: [{when: account.size > 5, then: [{exit: big}]}]}]`:         "timed_out",
		`, on_timeout: [{choose: [{when: account.tier == "gold", then: [{exit: worth}]}]}]`: "exited: worth",
	} {
		l := newLife(t, course("", "{id: click, wait_for: "+event("click")+", timeout: 1d"+form+"}", "{send: desk.message, text: \"after ${steps.click.outcome}\"}"))
		l.accounts("id tier size\n a gold 1")
		l.apply()
		l.later("1d")
		l.out("a", want)
		switch {
		case want == "completed":
			l.sent("a after timed out")
		case want == "active":
			l.later("1d")
			l.sent("a late")
			l.out("a", "timed_out")
		}
	}
}

func TestExit_afterCountsFromTheEntry(t *testing.T) {
	l := newLife(t, course("exit: [{after: 3 business days, reason: long}]", "{wait: 30d}"))
	l.clock("2026-03-06T09:00Z")
	l.accounts("id tier\n a gold")
	l.apply()
	l.until("2026-03-11T08:59Z")
	l.out("a", "active")
	l.until("2026-03-11T09:00Z")
	l.out("a", "exited: long")
}

func TestExit_quietIsResetOnThe29thDayAndNotByOurOwnMails(t *testing.T) {
	l := newLife(t, course("exit: [{quiet: 30d, reason: silent}]", "{wait: 300d}"))
	l.accounts("id tier\n a gold\n b gold\n c gold")
	l.apply()
	l.events("a visit 29d", "b email 29d", "c/p visit 30d1m")
	l.later("30d")
	l.out("a", "active")
	l.out("b", "exited: silent")
	l.later("1d")
	l.out("c", "exited: silent") // a minute too late
	l.later("28d")
	l.out("a", "exited: silent")
}

func TestExit_quietOfAPersonIsItsOwn(t *testing.T) {
	l := newLife(t, course("of: person; segment: person.role == \"boss\"; exit: [{quiet: 3d, reason: silent}]", "{wait: 300d}"))
	l.accounts("id\n a")
	l.people("id account_id email role\n p a p@x boss\n q a q@x boss")
	l.apply()
	l.events("a/p visit 2d")
	l.later("3d")
	l.out("p", "active")
	l.out("q", "exited: silent")
}

func TestLateRun_overdueStepsOnceInOrder(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{send: desk.message, id: one, text: one}", "{wait: 1d}", "{keep: desk.list, name: A}", "{wait: 1d}", "{send: desk.message, id: two, text: two}", "{exit: over}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.does(l.later("4d"), "send desk.message a text=one", "send desk.message a text=two", "p a ends")
	l.in("list A")
	l.out("a", "exited: over")
}

func TestLateRun_effectsAskAndConvergentStepsDoNot(t *testing.T) {
	l := newLife(t, "limits: {max_lateness: 2d}\n"+course("exit: [{after: 90d}]", "{wait: 1d}", "{keep: desk.list, name: A}", "{send: desk.message, text: hi}", "{task: desk.task, by: boss, title: Call, await: none}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("3d1h")
	l.in("list A", "a")
	l.sent()
	l.later("10d")
	l.sent() // it does not come by waiting
	l.apply(flow.Options{Allowed: []string{"lateness"}})
	l.sent("a hi")
	l.given("Call boss@x")
}

// TestLateRun_anAllowedTaskIsDueByItsOwnTimeout holds that nothing is left of the wait for the allowance.
func TestLateRun_anAllowedTaskIsDueByItsOwnTimeout(t *testing.T) {
	l := newLife(t, "limits: {max_lateness: 2d}\n"+course("", "{wait: 1d}", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("3d1h")
	l.later("10d")
	l.given()
	p := l.apply(flow.Options{Allowed: []string{"lateness"}})
	l.given("Call boss@x")
	due := start.Add(18*day + time.Hour)
	if got := l.member("p", "a").Due; !got.Equal(due) || !p.Next.Equal(due) {
		t.Errorf("due %s, next %s, want %s", got, p.Next, due)
	}
	if got := p.Plan.Waits; len(got) != 1 || !got[0].Due.Equal(due) {
		t.Errorf("waits %+v, want one that is due %s", got, due)
	}
	if again := l.plan().Plan.Members; len(again) > 0 {
		t.Errorf("the run after it writes %+v", again)
	}
}

func TestLateRun_isNoLaterForHavingBeenHeldBack(t *testing.T) {
	l := newLife(t, hushed+course("", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.accounts("id tier hush\n a gold true")
	l.later("1d") // in time, and suppressed
	l.accounts("id tier hush\n a gold false")
	l.later("10d")
	l.sent("a hi")
}

func TestWindow_defersTheEffectAndTheWaitBehindIt(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, id: one, text: one, window: business hours}", "{wait: 1h}", "{send: desk.message, id: two, text: two}"))
	l.clock("2026-03-07T12:00Z") // a Saturday
	l.accounts("id tier\n a gold")
	p := l.apply()
	l.sent()
	if len(p.Plan.Waits) != 1 || !p.Plan.Waits[0].Due.Equal(l.time("2026-03-09T09:00Z")) || !p.Next.Equal(l.time("2026-03-09T09:00Z")) {
		t.Errorf("waits: %+v, next %s", p.Plan.Waits, p.Next)
	}
	l.until("2026-03-09T10:00Z")
	l.sent("a one")
	l.until("2026-03-09T11:00Z")
	l.sent("a one", "a two")
}

func TestWindow_overNightInTheHoursOfADay(t *testing.T) {
	l := newLife(t, course("", `{send: desk.message, text: hi, window: {tue: ["09:00-10:00", "14:00-15:00"], timezone: Europe/Berlin}}`))
	l.accounts("id tier\n a gold") // at ten in Berlin
	l.apply()
	l.sent()
	l.until("2026-03-03T13:00Z")
	l.sent("a hi")
}

func TestWaitFor_eventsCountByTheirOwnTimeHoweverLateTheyAreLoaded(t *testing.T) {
	l := newLife(t, course("", "{id: click, wait_for: "+event("click")+", timeout: 30d}", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.events("a click 1h")
	l.later("1d") // loaded a day after it happened, and a day of waiting is over at two
	l.sent()
	l.later("1h")
	l.sent("a hi")
	if m := l.member("p", "a"); !m.EnteredAt.Equal(start) || m.Done[0].At.Sub(start) != time.Hour {
		t.Errorf("clicked at %s", m.Done[0].At)
	}
}
