package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/flow"
)

func TestCap_deferThenDo(t *testing.T) {
	l := newLife(t, `
caps: {touches: {of: account, at_most: 1, per: 3d}}
`+course("", "{send: desk.message, id: one, text: one}", "{wait: 1d}", "{send: desk.message, id: two, text: two}", "{wait: 1d}", "{send: desk.message, id: three, text: three}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("1d")
	l.sent("a one")
	l.later("2d1m") // the cap lets it through, and the wait behind it begins now
	l.sent("a one", "a two")
	l.later("1d")
	l.stands("a", "three")
	l.sent("a one", "a two")
	l.later("2d1m")
	l.sent("a one", "a two", "a three")
}

func TestCap_tellsWhenItLetsThrough(t *testing.T) {
	l := newLife(t, "caps: {touches: {of: account, at_most: 1, per: 3d}}\n"+course("", "{send: desk.message, id: one, text: one}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold")
	l.apply()
	p := l.later("1d")
	for _, w := range p.Plan.Waits {
		if d := w.Due.Sub(start); d < 3*day || d > 3*day+l.span("1m") {
			t.Errorf("due %s after the start", d)
		}
	}
}

func TestCap_perAccountCountsItsPeople(t *testing.T) {
	l := newLife(t, "caps: {account: {of: account, verbs: [send], at_most: 2, per: 7d, on_cap: skip}}\n"+
		course(`of: person; segment: person.role == "boss"`, "{send: desk.message, text: hi}"))
	l.accounts("id\n a\n b")
	l.people("id account_id email role\n p a p@x boss\n q a q@x boss\n r a r@x boss\n s b s@x boss")
	l.apply()
	l.sent("p@x hi", "q@x hi", "s@x hi")
}

func TestCap_countsWhatThisRunDidBefore(t *testing.T) {
	l := newLife(t, "caps: {touches: {of: account, at_most: 1, per: 7d, on_cap: skip}}\n"+course("priority: 1", "{send: desk.message, text: first}")+
		stage("q", "priority: 2", "{send: desk.message, text: better}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent("a better")
}

func TestCap_ofAChannel(t *testing.T) {
	l := newLife(t, "caps: {mail: {of: account, channel: email, at_most: 1, per: 7d, on_cap: skip}}\n"+
		course("", "{send: desk.message, id: one, text: one, channel: email}", "{send: desk.message, id: two, text: two, channel: email}", "{send: desk.message, id: three, text: three, channel: chat}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.sent("a one", "a three")
}

func TestCap_perRoleAndDay(t *testing.T) {
	l := newLife(t, "caps: {load: {per_role: rep, at_most: 1, per: 1d, on_cap: defer}}\n"+course("", "{id: call, task: desk.task, by: rep, title: \"Call ${account.id}\", timeout: 20d}"))
	l.accounts("id tier rep\n a gold ann@x\n b gold ann@x\n c gold bob@x")
	p := l.apply()
	l.waits(p, "p", map[string]int{"step call: cap load": 1, "step call: task for rep": 2})
	l.given("Call a ann@x", "Call c bob@x")
	l.later("1d1m")
	l.given("Call a ann@x", "Call c bob@x", "Call b ann@x")
	if task := l.task("b"); task.TimeoutAt.Sub(l.now) != 20*day {
		t.Errorf("its clocks began at %s", task.Assigned)
	}
}

func TestCap_doesNotCountWhatWasRefused(t *testing.T) {
	l := newLife(t, "caps: {touches: {of: account, at_most: 1, per: 7d}}\n"+course("", "{send: desk.message, text: hi}"))
	l.accounts("id tier\n a gold")
	l.desk.Script("a", deferred)
	l.attempt(flow.Options{}, "")
	l.sent()
	l.later("1h")
	l.sent("a hi")
}

// TestCap_aFanOutDoneInPartWaitsQuietly holds that who waits for the rest of an effect moves only when some of it can be done.
func TestCap_aFanOutDoneInPartWaitsQuietly(t *testing.T) {
	l := newLife(t, "caps: {account: {of: account, verbs: [send], at_most: 2, per: 7d}}\n"+course("", "{send: desk.message, text: hi, for: account.people}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x\n q a q@x\n r a r@x")
	l.apply() // the plan after it is empty
	l.sent("p@x hi", "q@x hi")
}
