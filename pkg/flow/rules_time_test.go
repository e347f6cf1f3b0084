package flow_test

import "testing"

func TestR21_waitStartsWhenTheMemberEntersTheStep(t *testing.T) {
	l := newLife(t, course("", "{wait: 2d}", "{send: desk.message, id: one, text: one}", "{wait: 3d}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("2d12h") // the run comes half a day late: the second wait began when the first was over
	l.sent("a one")
	l.later("2d11h59m")
	l.sent("a one")
	l.later("1m")
	l.sent("a one", "a two")
}

func TestR22_businessDaysAreNotDeferredDays(t *testing.T) {
	calendars := "calendars: {default: {hours: {mon-fri: \"09:00-17:00\"}, holidays: [2026-03-09]}}\n" // a Monday
	l := newLife(t, calendars+course("", "{id: pause, wait: 3 business days}", "{send: desk.message, text: working}")+
		stage("q", "", "{wait: 3d}", "{send: desk.message, text: elapsed, window: business hours}"))
	l.clock("2026-03-06T10:30Z") // a Friday
	l.accounts("id tier\n a gold")
	l.apply()
	l.until("2026-03-10T08:59Z")
	l.sent()
	l.until("2026-03-10T09:00Z")
	l.sent("a elapsed") // Friday and three days is Monday, a holiday: deferred to Tuesday, nine o'clock
	l.until("2026-03-12T10:29Z")
	l.sent("a elapsed")
	l.until("2026-03-12T10:30Z")
	l.sent("a elapsed", "a working") // Tuesday, Wednesday, Thursday
}

func TestR23_windowsDeferTheActionAndNotTheWait(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{choose: [{when: account.size > 5, then: [{set: desk.company, fields: {stage: big}}]}]}",
		`{send: desk.message, text: hi, window: {mon-fri: "09:00-17:00"}}`, "{wait: 1d}", "{send: desk.message, id: two, text: two}"))
	l.clock("2026-03-05T20:00Z") // a Thursday
	l.accounts("id tier size\n a gold 9")
	l.apply()
	p := l.until("2026-03-06T20:00Z")
	l.does(p, "set desk.company a stage=big") // the wait and the branch are over
	l.waits(p, "p", map[string]int{"step send_desk_message: outside its hours": 1})
	l.until("2026-03-09T08:00Z")
	l.sent()
	l.until("2026-03-09T09:00Z")
	l.sent("a hi")
	l.until("2026-03-10T08:59Z")
	l.sent("a hi")
	l.until("2026-03-10T09:00Z") // from when it was done
	l.sent("a hi", "a two")
}

func TestR24_zonesAreThePlaysCalendars(t *testing.T) {
	l := newLife(t, `
calendars: {tokyo: {timezone: Asia/Tokyo, hours: {mon-fri: "09:00-17:00"}}}
`+course("", `{send: desk.message, text: hi, window: {mon-fri: "09:00-17:00"}}`)+stage("q", "calendar: tokyo", "{send: desk.message, text: konnichiwa, window: business hours}"),
		"America/New_York")
	l.clock("2026-03-04T23:00Z")
	l.accounts("id tier\n a gold")
	l.apply()
	l.until("2026-03-05T00:00Z") // nine in the morning in Tokyo
	l.sent("a konnichiwa")
	l.until("2026-03-05T14:00Z") // and in New York
	l.sent("a konnichiwa", "a hi")
}

func TestR25_daylightSavingSkipsNoBatchAndRunsNoneTwice(t *testing.T) {
	l := newLife(t, course(`trigger: {cron: "30 2 * * *", timezone: America/New_York}; reentry: always`, "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.clock("2026-03-07T12:00Z")
	l.apply()
	l.until("2026-03-08T06:59Z") // 01:59
	l.sent()
	l.until("2026-03-08T07:00Z") // 03:00; there is no 02:30 that night
	l.sent("a hi")
	l = newLife(t, course(`trigger: {cron: "30 1 * * *", timezone: America/New_York}; reentry: always`, "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.clock("2026-10-31T12:00Z")
	l.apply()
	l.until("2026-11-01T05:30Z") // the first 01:30
	l.sent("a hi")
	l.until("2026-11-01T06:30Z") // the second
	l.sent("a hi")
}

func TestR26_pastDatesAreDecided(t *testing.T) {
	for past, want := range map[string][]string{"continue": {"a one", "a two"}, "skip": {"a two"}, "exit": nil} {
		l := newLife(t, course("", "{id: date, wait_until: account.renewal - days(30), if_past: "+past+"}", "{send: desk.message, id: one, text: one}", "{send: desk.message, id: two, text: two}"))
		l.accounts("id tier renewal\n a gold 2026-03-10")
		l.apply()
		l.sent(want...)
	}
	l := newLife(t, "")
	l.invalid(course("", "{wait_until: account.renewal}"), "does not say what to do when its time is over already")
}

func TestR27_waitForHearsWhatHappensSinceTheStep(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{id: click, wait_for: "+event("click")+", timeout: 5d, on_timeout: continue}", "{send: desk.message, text: \"${steps.click.outcome}\"}"))
	l.accounts("id tier\n a gold\n b gold")
	l.events("a click 12h")
	l.apply()
	l.events("a click 12h", "b click 1d1h")
	l.later("1d2h")
	l.sent("b done")
	l.later("5d")
	l.sent("b done", "a timed out")
	l.invalid(course("", "{wait_for: "+event("click")+"}"), "nothing bounds this wait")
}

func TestR28_silenceSlidesAndADeadlineDoesNot(t *testing.T) {
	l := newLife(t, course("exit: [{quiet: 30d, reason: silent}]", "{wait: 300d}")+stage("q", "exit: [{after: 30d, reason: deadline}]", "{wait: 300d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.events("a visit 29d", "a email 40d") // e-mails of ours are no engagement
	l.later("30d")
	l.left("q", "a", "exited", "deadline")
	l.later("28d23h")
	l.out("a", "active")
	l.later("1h")
	l.out("a", "exited: silent")
}

func TestR29_firstOfEventAndTimeoutByEventTime(t *testing.T) {
	l := newLife(t, course("", "{id: click, wait_for: "+event("click")+", timeout: 2d, on_timeout: continue}", "{send: desk.message, text: \"${steps.click.outcome}\"}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.events("a click 1d23h", "b click 2d1h")
	l.later("3d") // both are seen only now
	l.sent("a done", "b timed out")
}

func TestR30_aLateRunDoesOverdueStepsOnceInOrder(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{send: desk.message, id: one, text: one}", "{wait: 1d}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("3d")
	got := l.desk.Sent("message")
	if len(got) != 2 || got[0].Fields["text"] != "one" || got[1].Fields["text"] != "two" {
		t.Errorf("sent %v", got)
	}
	l.later("1d")
	l.sent("a one", "a two")
}

func TestR30_whatIsTooLateAsks(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	p := l.later("4d1h")
	l.sent()
	l.waits(p, "p", map[string]int{"step send_desk_message: 3 days late: --allow lateness does it": 1})
	o := one(nil)
	o.Allowed = []string{"lateness"}
	l.apply(o)
	l.sent("a hi")
}
