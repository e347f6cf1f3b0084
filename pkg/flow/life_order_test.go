package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// The stepping of members: semantics.md, step 8, line by line.

func TestStepOrder_theOutcomeComesBeforeTheNextStepsWhen(t *testing.T) {
	l := newLife(t, course("", "{id: call, task: desk.task, by: boss, title: Call, timeout: 5d}", `{send: desk.message, text: hi, when: steps.call.outcome == "yes"}`))
	l.accounts("id tier\n a gold\n b gold")
	l.apply()
	l.finish("a", "yes", "1h")
	l.finish("b", "no", "1h")
	l.later("2h")
	l.sent("a hi")
	l.did("b", "call=no", "send_desk_message=skipped")
}

func TestStepOrder_whenComesBeforeSuppressions(t *testing.T) {
	l := newLife(t, hushed+course("", "{wait: 1d}", "{send: desk.message, text: hi, when: account.size > 5}"))
	l.accounts("id tier size hush\n a gold 1 false")
	l.apply()
	l.accounts("id tier size hush\n a gold 1 true")
	l.later("1d")
	l.out("a", "completed") // it is skipped, and does not wait
}

func TestStepOrder_unknownWhenDoesNotHold(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, text: hi, when: account.size > 5}"))
	l.accounts("id tier size\n a gold -")
	p := l.apply()
	l.out("a", "completed")
	if n := l.about(p, "p").Unknowns["step send_desk_message: when is unknown: account.size is missing"]; n != 1 {
		t.Errorf("unknowns: %v", l.about(p, "p").Unknowns)
	}
}

func TestStepOrder_suppressedComesBeforeTheCap(t *testing.T) {
	l := newLife(t, hushed+"caps: {touches: {of: account, at_most: 1, per: 7d, on_cap: skip}}\n"+course("", "{send: desk.message, id: one, text: one}", "{wait: 1d}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier hush\n a gold false")
	l.apply()
	l.accounts("id tier hush\n a gold true")
	l.waits(l.later("1d"), "p", map[string]int{"step two: suppressed: hush": 1}) // else it would be skipped
}

func TestStepOrder_unknownInAnEffectWaits(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, text: \"hi ${account.name}\"}"))
	l.accounts("id tier\n a gold")
	l.waits(l.apply(), "p", map[string]int{"step send_desk_message: account.name is missing": 1})
	l.accounts("id tier name\n a gold Acme")
	l.apply()
	l.sent("a hi Acme")
}

func TestFailure_stopsOnlyItsOwnMember(t *testing.T) {
	l := newLife(t, course("", "{send: desk.message, id: one, text: one}", "{send: desk.message, id: two, text: two}"))
	l.accounts("id tier\n a gold\n b gold")
	l.desk.Script("a", deferred)
	l.partly()
	l.sent("b one", "b two")
	l.later("1h")
	l.sent("b one", "b two", "a one", "a two")
	l.left("p", "a", state.Completed, "")
}
