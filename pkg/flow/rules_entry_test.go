package flow_test

import (
	"slices"
	"testing"
	"time"
)

// flap has account a leave the segment and come back.
func (l *life) flap() {
	l.Helper()
	l.accounts("id tier\n a tin")
	l.apply()
	l.accounts("id tier\n a gold")
	l.apply()
}

func TestR1_onceUnlessReentryIsSaid(t *testing.T) {
	for reentry, want := range map[string]int{"": 1, "reentry: always": 3, "reentry: {max: 2}": 2} {
		l := newLife(t, course(reentry, "{send: desk.message, text: hi}"))
		l.accounts("id tier\n a gold")
		l.apply()
		l.flap()
		l.flap()
		l.entries("p", "a", want)
	}
}

func TestR2_oneActiveMembershipPerPlayAndRecord(t *testing.T) {
	l := newLife(t, course("reentry: always", "{wait: 3d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.flap()
	l.entries("p", "a", 1) // it is in it still
	l.later("3d")
	l.flap()
	l.entries("p", "a", 2)
}

func TestR2_exceptPerValue(t *testing.T) {
	l := newLife(t, course("reentry: {per: account.renewal}", "{wait: 3d}"))
	l.accounts("id tier renewal\n a gold 2026-06-01")
	l.apply()
	l.accounts("id tier renewal\n a gold 2027-06-01")
	l.apply()
	l.entries("p", "a", 2) // both at once: the value is part of what the membership is
	l.active("p", "a", "a")
}

func TestR3_entersOnTheEdgeAndNotOnTheLevel(t *testing.T) {
	l := newLife(t, course("reentry: always; backfill: false", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("1d")
	l.entries("p", "a", 0)
	l.flap()
	l.later("1d")
	l.entries("p", "a", 1)
}

func TestR4_anyEventFiresAndTheSegmentFilters(t *testing.T) {
	l := newLife(t, course(`trigger: {on: 'account.activities.filter(a, a.type == "visit" || a.type == "click")'}; backfill: false`, "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold\n c tin\n d gold")
	l.apply()
	l.events("a visit 1h", "b click 1h", "c visit 1h", "d call 1h")
	l.later("2h")
	l.sent("a hi", "b hi")
}

func TestR5_backfillIsADecision(t *testing.T) {
	l := newLife(t, course("backfill: false", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold")
	p := l.apply()
	if n := l.about(p, "p").Funnel.Baseline; n != 2 {
		t.Errorf("the plan says that %d would enter, want 2", n)
	}
	l.sent()
	l = newLife(t, course("backfill: true", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.sent("a hi", "b hi")
}

func TestR6_matchedIsNotEntered(t *testing.T) {
	l := newLife(t, `
suppressions: {hush: {of: account, when: account.hush, verbs: [send]}}
`+course(`goal: account.stage == "won"; limit: 1; order: account.size`, "{send: desk.message, text: hi}"))
	l.unsettled = true
	l.accounts("id tier stage hush size\n a gold won false 1\n b gold new true 2\n c gold new false 3\n d gold new false 4\n e tin new false 5")
	f := l.about(l.apply(), "p").Funnel
	if f.Matched != 4 || f.GoalMet != 1 || f.Suppressed != 1 || f.Limited != 1 || f.Enters != 1 {
		t.Errorf("funnel: %+v", f)
	}
	l.sent("c hi")
}

func TestR7_goalMetAtEntryDoesNotEnter(t *testing.T) {
	l := newLife(t, course(`goal: account.stage == "won"`, "{send: desk.message, text: hi}"))
	l.accounts("id tier stage\n a gold won")
	if f := l.about(l.apply(), "p").Funnel; f.GoalMet != 1 || f.Enters != 0 {
		t.Errorf("funnel: %+v", f)
	}
	l.entries("p", "a", 0)
}

func TestR8_periodsAreElapsedTime(t *testing.T) {
	l := newLife(t, course("reentry: {after: 30d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.wait(30*day - time.Minute) // a month on from the third of March is the second of April
	l.flap()
	l.entries("p", "a", 1)
	l.wait(time.Minute)
	l.flap()
	l.entries("p", "a", 2)
}

func TestR8_capsRoll(t *testing.T) {
	l := newLife(t, `
caps: {daily: {of: account, verbs: [send], at_most: 1, per: 1d}}
`+course("", "{send: desk.message, id: one, text: one}", "{send: desk.message, id: two, text: two}"))
	l.clock("2026-03-03T23:00Z")
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("2h") // another day of the calendar
	l.sent("a one")
	l.later("22h1m")
	l.sent("a one", "a two")
}

func TestR9_theSegmentNeedNotHoldAfterEntry(t *testing.T) {
	for on, want := range map[string][]string{"stay": {"a hi"}, "exit": nil} {
		l := newLife(t, course("on_leave: "+on, "{wait: 1d}", "{send: desk.message, text: hi}"))
		l.accounts("id tier\n a gold")
		l.apply()
		l.accounts("id tier\n a tin")
		l.later("1d")
		l.sent(want...)
	}
}

func TestR9_suppressionsAreAskedBeforeEveryEffect(t *testing.T) {
	l := newLife(t, `
suppressions: {hush: {of: account, when: account.hush}}
`+course("", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.accounts("id tier hush\n a gold true") // opted out during the wait
	l.later("1d")
	l.sent()
}

func TestR56_randomisesTheRecordAndSticks(t *testing.T) {
	l := newLife(t, course("holdout: 50%; reentry: always", "{send: desk.message, text: hi}"))
	table := func(tier string) string {
		text := "id tier\n"
		for _, k := range keys(40) {
			text += k + " " + tier + "\n"
		}
		return text
	}
	heldOut := func() (out []string) {
		for _, m := range l.snapshot().Members {
			if m.HeldOut && !slices.Contains(out, m.Record.Key) {
				out = append(out, m.Record.Key)
			}
		}
		return out
	}
	l.accounts(table("gold"))
	l.apply()
	first := heldOut()
	l.accounts(table("tin"))
	l.apply()
	l.accounts(table("gold"))
	l.apply()
	if again := heldOut(); len(first) < 10 || len(first) > 30 || !slices.Equal(first, again) {
		t.Errorf("held out are %v, then %v", first, again)
	}
}

func TestR57_heldOutGetNothingAndAreTracked(t *testing.T) {
	l := newLife(t, course(`holdout: 99%; priority: 1; mute: [message]; goal: account.stage == "won"`, "{send: desk.message, text: hi}",
		"{task: desk.task, by: boss, title: Call, await: none}", "{keep: desk.list, name: A}")+
		stage("q", "", "{send: desk.message, text: other}"))
	l.accounts("id tier\n a gold")
	l.apply()
	if !l.member("p", "a").HeldOut {
		t.Fatal("a is not held out")
	}
	l.sent("a other") // and nobody is muted for it
	l.given()
	l.in("list A")
	l.accounts("id tier stage\n a gold won")
	l.apply()
	l.out("a", "converted")
}
