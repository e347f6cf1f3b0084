package flow_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// Entering anew, limits, and plays that enroll in plays.

func TestReentry_afterCountsFromTheLastEntry(t *testing.T) {
	l := newLife(t, course("reentry: {after: 10d, max: 2}", "{wait: 8d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("8d")
	l.flap()
	l.entries("p", "a", 1) // eight days after the entry
	l.wait(2 * day)
	l.flap()
	l.entries("p", "a", 2)
	l.wait(30 * day)
	l.flap()
	l.entries("p", "a", 2) // two is the most
}

func TestReentry_perIsOncePerValue(t *testing.T) {
	l := newLife(t, course("reentry: {per: account.renewal}", "{send: desk.message, text: hi}"))
	for _, renewal := range []string{"2026-06-01", "2026-06-01", "2027-06-01", "2026-06-01"} {
		l.accounts("id tier renewal\n a gold " + renewal)
		l.later("1d")
	}
	l.entries("p", "a", 2)
}

func TestLimit_perLaunchBestFirst(t *testing.T) {
	l := newLife(t, course("limit: 1; order: -account.size", "{send: desk.message, text: hi}"))
	l.unsettled = true
	l.accounts("id tier size\n a gold 1\n b gold 3\n c gold 2")
	for range 3 {
		l.later("1d")
	}
	var order string
	for _, item := range l.desk.Sent("message") {
		order += item.ID
	}
	if order != "bca" {
		t.Errorf("entered in the order %s", order)
	}
}

func TestEnroll_launchesInTheSameRun(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, text: one}", "{enroll: q}", "{enroll: r}")+stage("q", "segment: account.size > 5; trigger: manual", "{send: desk.message, text: two}")+
		stage("r", "segment: account.size > 5; trigger: manual", "{wait: 1d}", "{send: desk.message, text: three}"))
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.sent("a one", "a two")
	if m := l.member("q", "a"); m.By != state.ByPlay || m.From != l.member("p", "a").Key {
		t.Errorf("entered by %s, from %q", m.By, m.From)
	}
	l.later("1d")
	l.sent("a one", "a two", "a three")
}

func TestEnroll_goesThroughTheFunnel(t *testing.T) {
	l := newLife(t, hushed+course("", "{id: link, enroll: q}")+stage("q", `trigger: manual; goal: account.stage == "won"`, "{send: desk.message, text: hi}"))
	l.accounts("id tier stage hush\n a gold won false\n b gold new false")
	l.apply()
	l.did("a", "link=goal already met")
	l.did("b", "link=done")
	l.sent("b hi")
}

func TestEnroll_waitsForTheGroup(t *testing.T) {
	l := newLife(t, sales+course("", "{id: link, enroll: q}")+stage("q", "trigger: manual; group: sales", "{send: desk.message, text: hi}")+
		stage("r", "group: sales; priority: 1", "{wait: 2d}"))
	l.accounts("id tier\n a gold")
	l.waits(l.apply(), "p", map[string]int{"step link: play q: group sales is taken": 1})
	l.later("2d")
	l.sent("a hi")
}

// TestEnroll_oncePerPlayAndRecordInARun holds that a circle of plays goes round once a run.
func TestEnroll_oncePerPlayAndRecordInARun(t *testing.T) {
	l := newLife(t, course("reentry: {max: 2}", "{send: desk.message, text: one}", "{enroll: q}")+stage("q", "trigger: manual; reentry: always", "{send: desk.message, text: two}", "{id: back, enroll: p}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent("a one", "a two")
	if d := l.member("q", "a").Done; d[len(d)-1].Outcome != "entered in this run already" {
		t.Errorf("the link back ended as %q", d[len(d)-1].Outcome)
	}
}

func TestEnroll_ofOthers(t *testing.T) {
	l := newLife(t, course("", `{enroll: q, for: 'account.people.filter(x, x.role == "boss")'}`)+
		stage("q", "of: person; segment: person.rank > 100; trigger: manual", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email role\n p a p@x boss\n q a q@x user")
	l.apply()
	l.sent("p@x hi")
}

func TestEnroll_atTheTimeOfTheStep(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{enroll: q}")+stage("q", "trigger: manual", "{wait: 1d}", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("2d") // the wait was over yesterday, and so is the one of the play that it led to
	l.sent("a hi")
	if m := l.member("q", "a"); m.EnteredAt.Sub(start) != day {
		t.Errorf("entered at %s", m.EnteredAt.Format(time.RFC3339))
	}
}

func TestEnroll_withinItsOwnGroupIsNoDeadlock(t *testing.T) {
	l := newLife(t, sales+course("group: sales", "{enroll: q}", "{exit: handed over}")+stage("q", "trigger: manual; group: sales", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent("a hi")
	l.out("a", "exited: handed over")
}
