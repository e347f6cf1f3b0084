package flow_test

import (
	"testing"
)

// Time, end to end. What is due when is told by the tables of pkg/calendar; here plays live through it.

func TestTime_elapsedIsElapsedWhenClocksChange(t *testing.T) {
	l := newLife(t, course("", "{wait: 24h}", "{send: desk.message, text: hi}"), "America/New_York")
	l.accounts("id tier\n a gold")
	l.clock("2026-03-07T10:00-05:00")
	l.apply()
	l.until("2026-03-08T10:59-04:00")
	l.sent()
	l.until("2026-03-08T11:00-04:00") // that day has 23 hours
	l.sent("a hi")
}

func TestTime_businessDaysKeepTheTimeOfTheDayWhenClocksChange(t *testing.T) {
	for from, want := range map[string]string{"2026-03-06T10:00-05:00": "2026-03-09T10:00-04:00", "2026-10-30T10:00-04:00": "2026-11-02T10:00-05:00"} {
		l := newLife(t, course("", "{wait: 1 business day}", "{send: desk.message, text: hi}"), "America/New_York")
		l.accounts("id tier\n a gold")
		l.clock(from)
		l.apply()
		l.now = l.time(want).Add(-1)
		l.apply()
		l.sent()
		l.until(want)
		l.sent("a hi")
	}
}

func TestTime_windowsInTheNightInWhichClocksChange(t *testing.T) {
	for from, want := range map[string]string{"2026-03-28T12:00+01:00": "2026-03-29T03:00+02:00", "2026-10-24T12:00+02:00": "2026-10-25T02:30+02:00"} {
		l := newLife(t, course("", `{send: desk.message, text: hi, window: {sun: "02:30-06:00"}}`), "Europe/Berlin")
		l.accounts("id tier\n a gold")
		l.clock(from)
		p := l.apply()
		if !p.Next.Equal(l.time(want)) {
			t.Errorf("next %s, want %s", p.Next, want)
		}
		l.until(want)
		l.sent("a hi")
	}
}

func TestTime_leapDay(t *testing.T) {
	l := newLife(t, course("", "{wait: 1 business day}", "{send: desk.message, id: one, text: one}", "{wait: 1d}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold")
	l.clock("2028-02-28T09:00Z") // a Monday
	l.apply()
	l.until("2028-02-29T09:00Z")
	l.sent("a one")
	l.until("2028-03-01T09:00Z")
	l.sent("a one", "a two")
	l = newLife(t, course(`trigger: {cron: "0 8 29 2 *"}`, "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.until("2027-03-02T09:00Z") // there was no such day
	l.sent()
	l.until("2028-02-29T08:00Z")
	l.sent("a hi")
}

func TestTime_yearEnd(t *testing.T) {
	l := newLife(t, "calendars: {default: {holidays: [2026-12-25, 2027-01-01]}}\n"+
		course("", "{wait: 2 business days}", "{send: desk.message, text: hi, window: business hours}")+
		stage("q", `trigger: {cron: "59 23 31 12 *"}; reentry: always`, "{send: desk.message, text: new year}"))
	l.accounts("id tier\n a gold")
	l.clock("2026-12-30T18:00Z") // a Wednesday
	l.apply()
	l.until("2027-01-01T09:00Z")
	l.sent("a new year")
	l.until("2027-01-04T18:00Z") // Thursday, Monday; six in the evening is no business hour
	l.sent("a new year")
	l.until("2027-01-05T09:00Z")
	l.sent("a new year", "a hi")
}

func TestTime_aHolidayOnMonday(t *testing.T) {
	l := newLife(t, "calendars: {default: {timezone: America/New_York, holidays: [2026-05-25]}}\n"+
		course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 1 business day, on_timeout: continue}", "{send: desk.message, text: hi, window: business hours}"))
	l.accounts("id tier\n a gold")
	l.clock("2026-05-22T16:00-04:00") // a Friday
	l.apply()
	l.until("2026-05-26T15:59-04:00")
	l.sent()
	l.until("2026-05-26T16:00-04:00")
	l.sent("a hi")
}

func TestTime_aheadOfAndBehindUTC(t *testing.T) {
	for zone, want := range map[string]string{"Pacific/Auckland": "2026-11-23T08:00+13:00", "America/Los_Angeles": "2026-11-23T08:00-08:00", "Asia/Kolkata": "2026-11-23T08:00+05:30"} {
		l := newLife(t, course(`trigger: {cron: "0 8 * * MON"}`, "{send: desk.message, text: hi}"), zone)
		l.accounts("id tier\n a gold")
		l.clock("2026-11-21T12:00Z")
		l.apply()
		l.now = l.time(want).Add(-1)
		l.apply()
		l.sent()
		l.until(want)
		l.sent("a hi")
	}
}

func TestTime_datesAreThoseOfThePlaybooksZone(t *testing.T) {
	l := newLife(t, course("", "{id: date, wait_until: account.renewal, if_past: continue}", "{send: desk.message, text: hi}"), "Pacific/Auckland")
	l.accounts("id tier renewal\n a gold 2026-11-24")
	l.clock("2026-11-21T12:00Z")
	l.apply()
	l.until("2026-11-23T10:59Z")
	l.sent()
	l.until("2026-11-23T11:00Z") // midnight there
	l.sent("a hi")
}

func TestTime_missedBatches(t *testing.T) {
	for missed, want := range map[string][]string{"run": {"a hi"}, "skip": nil} {
		l := newLife(t, course(`trigger: {cron: "0 8 * * MON", missed: `+missed+`}`, "{send: desk.message, text: hi}"))
		l.accounts("id tier\n a gold")
		l.apply()
		l.until("2026-03-10T09:00Z") // 25 hours late
		l.sent(want...)
	}
}

// TestEvents_ofWhatIsAboveTheRecord holds that an event of the account is past for its people who were not in the segment, like one of their own.
func TestEvents_ofWhatIsAboveTheRecord(t *testing.T) {
	for of, who := range map[string]string{"person": "a/p", "person.account": "a"} {
		l := newLife(t, course(`of: person; segment: person.role == "boss"; trigger: {on: '`+of+`.activities.filter(a, a.type == "visit")'}`, "{send: desk.message, text: hi}"))
		l.accounts("id\n a")
		l.people("id account_id email role\n p a p@x clerk\n q a q@x clerk")
		l.apply()
		l.events(who + " visit 1h")
		l.later("2h")
		l.people("id account_id email role\n p a p@x boss\n q a q@x clerk")
		l.later("1h")
		l.sent()
		l.events(who+" visit 1h", who+" visit 4h")
		l.later("2h")
		l.sent("p@x hi")
	}
}
