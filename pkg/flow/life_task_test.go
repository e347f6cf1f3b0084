package flow_test

import (
	"slices"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// Tasks: what people do, and when.

const called = "{send: desk.message, text: \"${steps.call.outcome}\"}"

func TestTask_itsOutcomeIsWaitedForAndCountsByItsOwnTime(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d}", "{wait: 1d}", called))
	l.accounts("id tier\n a gold")
	l.waits(l.apply(), "p", map[string]int{"step call: task for boss": 1})
	l.later("1d")
	l.finish("a", "met", "6h")
	l.later("6h") // polled a day after it was done: the wait behind it is over
	l.sent("a met")
}

func TestTask_answersAreTyped(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, asks: {seats: int, when: timestamp, sure: bool, note: string}, timeout: 5d}",
		`{choose: [{when: steps.call.answers.sure && steps.call.answers.seats > 5, then: [{send: desk.message, text: "${steps.call.answers.seats + 1}"}]}]}`,
		"{id: date, wait_until: steps.call.answers.when, if_past: continue}", "{send: desk.message, id: later, text: \"${steps.call.answers.note}\"}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.finish("a", "done", "1h", "seats", "9", "when", "2026-03-06", "sure", "true", "note", "well")
	l.later("1d")
	l.sent("a 10")
	l.until("2026-03-06T00:00Z")
	l.sent("a 10", "a well")
}

func TestTask_anAnswerThatIsNotGivenIsUnknown(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, asks: {seats: int}, timeout: 5d}", "{id: way, choose: [{when: steps.call.answers.seats > 5, then: [{send: desk.message, text: many}]}]}"))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.finish("a", "done", "1h", "seats", "a lot")
	l.finish("b", "done", "1h")
	l.later("2h")
	l.stands("a", "way")
	l.stands("b", "way")
}

func TestTask_carriesItsForm(t *testing.T) {
	l := newLife(t, course("", "{task: desk.task, by: rep, title: \"Call ${account.name}\", due: 2 business days, outcomes: [met, not now], asks: {note: string}, payload: {size: \"${account.size}\"}, timeout: 9d}"))
	l.clock("2026-03-06T09:00Z")
	l.accounts("id tier rep name size\n a gold ann@x Acme 7")
	l.apply()
	var got connector.Item
	for _, b := range l.desk.Batches() {
		if b.Verb == connector.Task {
			got = b.Items[0]
		}
	}
	for name, want := range map[string]string{connector.TaskTitle: "Call Acme", connector.TaskAssignee: "ann@x", connector.TaskRole: "rep", connector.TaskDue: "2026-03-10T09:00:00Z", "size": "7"} {
		if text := connector.Text(got.Fields[name]); text != want {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
}

func TestTask_lateDoneIsTooLate(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 2d, on_timeout: continue}", called))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.finish("a", "met", "1d23h")
	l.later("2d1h")
	l.finish("b", "met", "2d1h") // it stays open until its member leaves
	l.later("1h")
	l.sent("a met", "b timed out")
}

func TestTask_doneLateAndSeenWithTheTimeoutTimesOut(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 2d, on_timeout: continue}", called))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.wait(3 * day)
	l.finish("a", "met", "1d")
	l.finish("b", "met", "2d1h")
	l.apply()
	l.sent("a met", "b timed out")
}

func TestTask_neverDone(t *testing.T) {
	for form, want := range map[string]string{"": "timed_out", ", on_timeout: {exit: nobody}": "exited: nobody"} {
		l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 2 business days"+form+"}", called))
		l.clock("2026-03-06T09:00Z")
		l.accounts("id tier\n a gold")
		l.apply()
		l.until("2026-03-10T08:59Z")
		l.out("a", "active")
		l.until("2026-03-10T09:00Z")
		l.out("a", want)
		if s := l.task("a").Status; s != state.TaskCancelled {
			t.Errorf("the task is %s", s)
		}
	}
}

func TestTask_cancelledAndDeletedTakeTheWayOfATimeout(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d, on_timeout: {send: desk.message, id: late, text: \"${steps.call.outcome}\"}}", called))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	if err := l.desk.CancelTask(l.task("a").Receipt); err != nil {
		t.Fatal(err)
	}
	if err := l.desk.DeleteTask(l.task("b").Receipt); err != nil {
		t.Fatal(err)
	}
	l.later("1h")
	l.sent("a cancelled", "b cancelled")
	l.out("a", "timed_out")
}

func TestTask_isTakenBackWhenItsMemberLeaves(t *testing.T) {
	l := newLife(t, course("exit: [{when: account.size > 5, reason: big}]", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d}"))
	l.accounts("id tier size\n a gold 1")
	l.apply()
	l.accounts("id tier size\n a gold 9")
	l.apply()
	if s := l.task("a").Status; s != state.TaskCancelled {
		t.Errorf("the task is %s", s)
	}
}

func TestTask_staysWhenItsMemberCompletes(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, await: none}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("1d")
	l.out("a", "completed")
	if s := l.task("a").Status; s != state.TaskOpen {
		t.Errorf("the task is %s", s)
	}
}

func TestTask_awaitNoneGoesOnAndItsOutcomeComesLater(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, sla: 1d, await: none, escalate: [{after: 2d, send: desk.message, to: boss, text: open}]}",
		"{wait: 3d}", `{choose: [{when: steps.call.outcome == "met", then: [{send: desk.message, id: met, text: met}]}]}`))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.stands("a", "wait_3d")
	l.finish("b", "met", "1h")
	l.later("2d")
	l.sent("a open") // the clocks go on
	if a, b := l.task("a"), l.task("b"); a.Breached.IsZero() || !b.Breached.IsZero() {
		t.Errorf("breached: %s, %s", a.Breached, b.Breached)
	}
	l.later("1d")
	l.sent("a open", "b met")
}

func TestTask_escalatesOnceAndNotWhenDone(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: rep, title: Call, timeout: 9d, escalate: [{after: 1d, send: desk.message, to: rep, text: remind}, {after: 2 business days, send: desk.message, to: boss, text: \"${account.id} is open\"}]}"))
	l.clock("2026-03-06T09:00Z") // a Friday
	l.accounts("id tier rep\n a gold ann@x\n b gold ann@x")
	l.apply()
	l.finish("b", "met", "3d1h")
	l.later("1d")
	l.sent("a remind")
	if to := l.desk.Sent("message")[0].Fields["to"]; to != "ann@x" {
		t.Errorf("sent to %v", to)
	}
	l.later("2d23h59m")
	l.sent("a remind")
	l.later("1m") // Tuesday
	l.sent("a remind", "a a is open")
	l.later("1d")
	l.sent("a remind", "a a is open")
}

func TestTask_serviceLevelInWorkingTime(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, sla: 4 business hours, timeout: 9d}"))
	l.clock("2026-03-06T16:00Z") // a Friday
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	if err := l.desk.TouchTask(l.task("a").Receipt, l.time("2026-03-09T11:30Z")); err != nil {
		t.Fatal(err)
	}
	l.until("2026-03-09T12:00Z")
	a, b := l.task("a"), l.task("b")
	if !a.Breached.IsZero() || a.TookWorking.Minutes() != 210 || a.Took.Hours() != 67.5 {
		t.Errorf("a: breached %s, took %s, %s", a.Breached, a.Took, a.TookWorking)
	}
	if !b.Breached.Equal(l.time("2026-03-09T12:00Z")) {
		t.Errorf("b: breached %s", b.Breached)
	}
}

func TestTask_clocksBeginWhenItIsGivenOut(t *testing.T) {
	l := newLife(t, course("", "{wait: 1d}", "{id: call, task: desk.task, by: boss, title: Call, due: 1d, sla: 1d, timeout: 3d}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.later("2d") // a day late
	task := l.task("a")
	if task.Assigned.Sub(start) != 2*day || task.DueAt.Sub(start) != 3*day || task.SLAAt.Sub(start) != 3*day || task.TimeoutAt.Sub(start) != 5*day {
		t.Errorf("task: %+v", task)
	}
}

func TestTask_silenceBoundsItToo(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: {quiet: 3d}, on_timeout: continue}", called))
	l.accounts("id tier\n a gold")
	for _, when := range []string{"given out", "waited for"} {
		if next := l.apply().Next; !next.Equal(start.Add(3 * day)) {
			t.Errorf("%s: next %s, want %s", when, next, start.Add(3*day))
		}
	}
	l.events("a visit 2d")
	l.later("4d")
	l.sent()
	l.later("1d")
	l.sent("a timed out")
}

func TestTask_anOutcomeIsAnyWordWhereNoneAreSaid(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d}", called))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.finish("a", "", "1h")
	l.finish("b", "whatever", "1h")
	l.later("2h")
	l.sent("a done", "b whatever")
}

func TestRoute_ofTheAccountForAPerson(t *testing.T) {
	l := newLife(t, `
routes: {owner: {of: account, rules: [{when: account.size > 5, to: rep}, {to: boss}]}}
`+course(`of: person; segment: person.role == "boss"`, "{task: desk.task, by: owner, title: \"Call ${person.id}\", await: none}"))
	l.accounts("id size rep\n a 9 ann@x\n b 1 ann@x")
	l.people("id account_id email role\n p a p@x boss\n q b q@x boss")
	l.apply()
	l.given("Call p ann@x", "Call q boss@x")
}

func TestSend_toSeveralRoles(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, to: [rep, boss], text: hi}"))
	l.accounts("id tier rep\n a gold ann@x\n b gold -\n c gold boss@x")
	l.apply()
	for _, item := range l.desk.Sent("message") {
		want := map[string]string{"a": `["ann@x","boss@x"]`, "b": "boss@x", "c": "boss@x"}[item.ID]
		if got := connector.Text(item.Fields["to"]); got != want {
			t.Errorf("%s: sent to %s, want %s", item.ID, got, want)
		}
	}
}

func TestTask_forEachOfSomePeople(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: \"Call ${person.email}\", for: account.people, timeout: 5d}", called))
	l.accounts("id tier\n a gold\n b gold")
	l.people("id account_id email\n p a p@x\n q a q@x\n r b r@x\n s b s@x")
	l.apply()
	l.given("Call p@x boss@x", "Call q@x boss@x", "Call r@x boss@x", "Call s@x boss@x")
	l.finish("p", "met", "1h")
	l.finish("s", "met", "1h")
	l.later("2h")
	l.sent()
	l.finish("q", "not now", "3h")
	l.finish("r", "not now", "3h")
	l.later("2h")
	l.sent("a not now", "b not now") // as the last one
}

func TestTask_ofEachPlayIsItsOwn(t *testing.T) {
	steps := []string{"{id: call, task: desk.task, by: boss, title: Call, timeout: 5d}", called}
	l := newLife(t, course("", steps...)+stage("q", "", steps...))
	l.accounts("id tier\n a gold")
	l.apply()
	l.tasks("a Call: open", "a Call: open")
	l.house.finish("q", "a", "call", "met", nil)
	l.later("1h")
	l.tasks("a Call: open", "a Call: done met")
	l.stands("a", "call")
	l.sent("a met")
}

// TestTask_anUnlistedOutcomeIsToldOf holds that a slip of the hand in an outcome is seen before what comes of it is done.
func TestTask_anUnlistedOutcomeIsToldOf(t *testing.T) {
	l := newLife(t, course("", `{id: call, task: desk.task, by: boss, title: Call, outcomes: [met, not now], timeout: 9d}`, "{send: desk.message, text: on}"))
	l.accounts("id tier\n a gold")
	l.apply()
	l.finish("a", "mett", "1h")
	l.wait(2 * time.Hour)
	p := l.plan()
	want := `the task of account a at step call of play p was closed with the outcome "mett", which is none of: met, not now`
	if !slices.Contains(p.Plan.Warnings, want) {
		t.Errorf("warnings are %q, want %q", p.Plan.Warnings, want)
	}
}
