package flow_test

import (
	"errors"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// retrying makes desk's actions of a retry class.
func retrying(h *house, class connector.Retry) {
	h.desk.Spec = memory.Spec()
	h.desk.Spec.AnyRetry = class
	h.drivers[0] = h.desk.Driver("desk")
}

// partly applies what can't be done in full.
func (h *house) partly() (*flow.Planned, *apply.Result) {
	h.Helper()
	p, r := h.attempt(flow.Options{}, "")
	if r.Complete() || r.Err != nil || r.Run.Status != state.Partly {
		h.Fatalf("complete: %v, %v, status %s", r.Complete(), r.Err, r.Run.Status)
	}
	return p, r
}

// TestSend_onceAcrossReorderRenameFile edits the play in every way that leaves its steps what they are.
func TestSend_onceAcrossReorderRenameFile(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi}", "{keep: desk.list, name: A}", "{send: desk.message, id: two, text: second, when: account.size > 5}"))
	h.accounts("id tier size\n a gold 1")
	h.apply()
	h.sent("a hi")
	h.plays("")
	h.write("moved.yml", "plays:"+play("one", "", "{id: two, send: desk.message, text: \"${account.name}!\", when: account.size > 5}", "{keep: desk.list, name: A}", "{send: desk.message, text: hello}"))
	h.accounts("id tier size name\n a gold 9 Acme")
	h.apply()
	h.sent("a hi") // done, skipped; and steps before its position are never entered
}

func TestSend_failedStepIsTriedAgain(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi}"))
	h.accounts("id tier\n a gold")
	h.desk.Script("a", memory.Reject("bad"), deferred)
	h.partly()
	h.sent()
	_, r := h.partly()
	if r.Outcomes[0].Status != apply.Later {
		t.Errorf("outcome: %+v", r.Outcomes[0])
	}
	h.apply()
	h.sent("a hi")
	if e := h.snapshot().Effects; len(e) != 1 || e[0].Attempts != 3 || e[0].Status != state.Happened || e[0].Receipt == "" {
		t.Errorf("effects: %+v", e)
	}
}

func TestSend_inDoubtIsLookedUp(t *testing.T) {
	for _, happened := range []bool{true, false} {
		h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi}"))
		h.accounts("id tier\n a gold")
		h.desk.Script("a", memory.Doubt(happened))
		h.partly()
		if e := h.snapshot().Effects; len(e) != 1 || e[0].Status != state.InDoubt {
			t.Errorf("effects: %+v", e)
		}
		h.apply()
		h.sent("a hi")
		if e := h.snapshot().Effects; len(e) != 1 || e[0].Status != state.Happened {
			t.Errorf("effects: %+v", e)
		}
		h.left("one", "a", state.Completed, "")
	}
}

// TestSend_inDoubtWhileItCantBeLookedUp holds that an effect waits while its connector is down.
func TestSend_inDoubtWhileItCantBeLookedUp(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi}"))
	h.accounts("id tier\n a gold")
	h.desk.Script("a", memory.Doubt(true))
	h.partly()
	h.desk.Down(errors.New("out of order"))
	p := h.apply()
	h.does(p)
	if len(p.Plan.Blocked) != 1 || len(p.Plan.Warnings) != 1 {
		t.Errorf("blocked: %v, warnings: %q", p.Plan.Blocked, p.Plan.Warnings)
	}
	h.desk.Down(nil)
	h.apply()
	h.sent("a hi")
}

// TestSend_neverRetriedWithoutLookup holds that what may not be repeated is not, though somebody could be asked: not to find it proves
// nothing.
func TestSend_neverRetriedWithoutLookup(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi}", "{keep: desk.list, name: A}"))
	retrying(h, connector.Never)
	h.accounts("id tier\n a gold\n b gold")
	h.desk.Script("a", memory.Doubt(false))
	h.partly()
	for range 3 {
		h.wait(day)
		p := h.apply()
		h.does(p)
		if len(p.Plan.Blocked) != 1 || p.Plan.Blocked[0].Count != 1 {
			t.Errorf("blocked: %v", p.Plan.Blocked)
		}
	}
	h.sent("b hi")
	h.in("list A", "b")
}

func TestSend_byKeyIsRepeated(t *testing.T) {
	for _, happened := range []bool{true, false} {
		h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi}"))
		retrying(h, connector.ByKey)
		h.drivers[0].Open = func(connector.Options) (connector.Connector, error) { // it has nobody to ask
			return struct {
				connector.Connector
				connector.Writer
			}{h.desk, h.desk}, nil
		}
		h.accounts("id tier\n a gold")
		h.desk.Script("a", memory.Doubt(happened))
		h.partly()
		h.apply()
		h.sent("a hi")
	}
}

func TestSend_onceForEachEntryAndRecord(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "reentry: always", "{send: desk.message, text: hi, for: account.people}"))
	h.people("id account_id email\n p a p@x\n q a q@x")
	for _, tier := range []string{"gold", "gold", "tin", "gold"} {
		h.accounts("id tier\n a " + tier)
		h.apply()
	}
	h.sent("p@x hi", "p@x hi", "q@x hi", "q@x hi")
}

func TestSend_unknownValueWaits(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", `{send: desk.message, text: "hi ${account.name}"}`, "{keep: desk.list, name: A}"))
	h.accounts("id tier\n a gold")
	p := h.apply()
	h.waits(p, "one", map[string]int{"step send_desk_message: account.name is missing": 1})
	h.in("list A")
	h.accounts("id tier name\n a gold Acme")
	h.apply()
	h.sent("a hi Acme")
	h.in("list A", "a")
}

func TestWhen_unknownDoesNotHold(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: big, when: account.size > 5}", "{send: desk.message, id: rest, text: all}"))
	h.accounts("id tier size\n a gold 9\n b gold 1\n c gold -")
	p := h.apply()
	h.sent("a big", "a all", "b all", "c all")
	if n := h.about(p, "one").Unknowns["step send_desk_message: when is unknown: account.size is missing"]; n != 1 {
		t.Errorf("%d unknown", n)
	}
}

func TestFailedRecord_stopsOnlyItself(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}", "{send: desk.message, text: hi}"))
	h.accounts("id tier\n a gold\n b gold\n c gold")
	h.desk.Script("b", memory.Reject("no such record"))
	h.partly()
	h.in("list A", "a", "c")
	h.sent("a hi", "c hi")
	h.does(h.apply(), "add desk.list \"A\" b", "send desk.message b text=hi")
}

// TestFailedRecord_ofSeveral holds that what a step did before one of its records failed stays.
func TestFailedRecord_ofSeveral(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A, for: account.people}", "{send: desk.message, text: hi}"))
	h.accounts("id tier\n a gold")
	h.people("id account_id email\n p a p@x\n q a q@x")
	h.desk.Script("q@x", memory.Reject("no"), memory.Reject("no"))
	h.partly()
	h.does(h.plan(), "add desk.list \"A\" q@x", "send desk.message a text=hi")
	h.partly()
	h.in("list A", "p@x")
	h.does(h.apply()) // refused twice: not yet
	h.wait(15 * time.Minute)
	h.apply()
	h.in("list A", "p@x", "q@x")
	h.sent("a hi")
}

func TestOnErrorContinue(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A, for: account.people, on_error: continue}", "{send: desk.message, text: '${steps.keep_desk_list_a.outcome}'}"))
	h.unsettled = true
	h.accounts("id tier\n a gold")
	h.people("id account_id email\n p a p@x\n q a q@x")
	h.desk.Script("q@x", memory.Reject("no"), memory.Reject("no"))
	h.partly()
	h.in("list A", "p@x")
	if m := h.member("one", "a"); len(m.Done) != 2 || m.Done[0].Outcome != "failed" || !m.Active() {
		t.Errorf("member: %+v", m)
	}
	h.partly() // a keep goes on trying
	h.in("list A", "p@x")
	h.apply()
	h.in("list A", "p@x", "q@x")
	h.mustBeSettled()
	h.accounts("id tier\n a tin")
	h.apply()
	h.in("list A")
}

func TestOnErrorContinue_notWhenInDoubt(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi, on_error: continue}", "{keep: desk.list, name: A}"))
	h.accounts("id tier\n a gold")
	h.desk.Script("a", memory.Doubt(false))
	h.partly()
	h.in("list A")
	h.apply()
	h.in("list A", "a")
	h.sent("a hi")
}

func TestStepGone(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{send: desk.message, text: hi}", "{keep: desk.list, name: A}"))
	h.accounts("id tier\n a gold\n b gold")
	h.desk.Script("a", memory.Reject("no"))
	h.partly()
	h.plays("plays:" + play("one", "", "{keep: desk.list, name: A}"))
	_, err := h.tryPlan(flow.Options{})
	if err == nil || err.Error() != "play one: step send_desk_message is gone from the playbook and members stand on it, such as a" {
		t.Errorf("got %v", err)
	}
	h.accounts("id tier\n b gold")
	if _, err := h.tryPlan(flow.Options{}); err == nil {
		t.Error("a missing member stands on it, and will when it comes back")
	}
	h.accounts("id tier\n a tin\n b gold")
	h.apply() // who leaves stands nowhere
	h.in("list A", "b")
}

// TestStepGone_ofAKeepThatIsDone holds that a keep that is no longer in the play is withdrawn.
func TestStepGone_ofAKeepThatIsDone(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}", "{keep: desk.list, name: B}"))
	h.accounts("id tier\n a gold")
	h.apply()
	h.plays("plays:" + play("one", "", "{keep: desk.list, name: B}"))
	h.does(h.apply(), "remove desk.list \"A\" a (withdrawn)")
	h.plays("plays:" + play("one", "", "{send: desk.message, text: late}"))
	h.apply()
	h.in("list B")
	h.sent() // a step that was put behind it is never entered
	h.left("one", "a", state.Completed, "")
}

// TestFailedRecord_holdsUpNobodyElse holds that a keep is mended although somebody who wants the same never gets there.
func TestFailedRecord_holdsUpNobodyElse(t *testing.T) {
	h := newHouse(t, "plays:"+play("keeps", "", "{keep: desk.list, name: A}")+
		segmentPlay("stuck", "account.size > 5", "priority: 5", "{send: desk.message, text: hi}", "{keep: desk.list, name: A}"))
	h.accounts("id tier size\n a gold 1")
	h.apply()
	h.accounts("id tier size\n a gold 9")
	h.take("list A", "a")
	h.desk.Script("a", memory.Reply{}, memory.Reject("no"))
	h.partly()
	h.in("list A", "a")
	h.apply()
	h.sent("a hi")
}
