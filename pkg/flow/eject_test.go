package flow_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// erase keeps the mark of a record that is forgotten.
func (h *house) erase(entity, key string) {
	h.Helper()
	session, err := h.store.Lock(h.ctx, state.Holder{ID: "erase"})
	if err != nil {
		h.Fatal(err)
	}
	meta := h.meta()
	changes := &state.Changes{Erased: []state.Erasure{{Mark: meta.Mark(state.Record{Entity: entity, Key: key}), At: h.now, Run: "erase"}}}
	for _, seen := range h.snapshot().Seen {
		if seen.Record.Key == key {
			changes.SeenGone = append(changes.SeenGone, seen)
		}
	}
	if err := session.Commit(h.ctx, changes); err != nil {
		h.Fatal(err)
	}
	if err := session.Unlock(); err != nil {
		h.Fatal(err)
	}
}

// TestEject_onlyThose holds that members are made to leave, and that nothing else happens in such a run: nobody enters, nobody steps, what
// others hold stays.
func TestEject_onlyThose(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{keep: desk.list, name: A}", "{wait: 1h}", "{send: desk.message, text: hi}"))
	h.accounts("id tier\n a gold\n b gold")
	h.apply()
	h.in("list A", "a", "b")
	h.wait(day) // b's wait is over
	h.accounts("id tier\n a gold\n b gold\n c gold")
	out := map[string]journey.Ejection{h.member("one", "a").Key: {Outcome: state.Reverted, Reason: "run 7 was reverted"}}
	h.unsettled = true
	h.does(h.apply(flow.Options{Eject: out}), "one a leaves: reverted run 7 was reverted", `remove desk.list "A" a (withdrawn)`)
	h.left("one", "a", state.Reverted, "run 7 was reverted")
	h.active("one", "b")
	h.sent()
	h.unsettled = false
	h.apply() // and later runs go on with the others
	h.in("list A", "b", "c")
	h.sent("b hi")
}

// TestEject_openTasksAreTakenBack holds it for plays that are in the playbook, and for one that was removed from it.
func TestEject_openTasksAreTakenBack(t *testing.T) {
	for _, removed := range []bool{false, true} {
		h := newHouse(t, "roles: {boss: {fallback: boss@x}}\nplays:"+play("one", "", "{task: desk.task, title: call, by: boss, timeout: 5d}"))
		h.accounts("id tier\n a gold\n b gold")
		h.apply()
		key := h.member("one", "a").Key
		if removed {
			h.plays("")
		}
		h.unsettled = true
		h.does(h.apply(flow.Options{Eject: map[string]journey.Ejection{key: {Outcome: state.Reverted, Reason: "by hand"}}}), "one a leaves: reverted by hand", "cancel desk.task task#1")
		h.left("one", "a", state.Reverted, "by hand")
		h.active("one", "b")
	}
}

// TestErased_leavesAndNeverReturns holds that a forgotten record leaves every play, whatever it held is taken back, also for it as one of an
// account's people and where a system can't be read back, and that nothing of it is kept, observed or entered again.
func TestErased_leavesAndNeverReturns(t *testing.T) {
	h := newHouse(t, `plays:
`+play("one", "", "{keep: desk.list, name: A, for: account.people}", "{keep: blind.list, name: B, for: account.people}")+`
  two:
    of: person
    segment: person.rank >= 0 || changed(person.rank)
    trigger: entry
    backfill: true
    on_leave: exit
    reentry: always
    steps: [{keep: desk.list, name: C}]
`)
	h.accounts("id tier\n a gold")
	h.people("id account_id email rank\n p a p@x 1\n q a q@x 2")
	h.apply()
	h.in("list A", "p@x", "q@x")
	h.inside(h.blind, "list B", "p@x", "q@x")
	h.erase("person", "p")
	h.unsettled = true
	h.does(h.apply(flow.Options{Eject: map[string]journey.Ejection{}}), "two p leaves: erased the record was forgotten",
		`remove desk.list "A" p@x (withdrawn)`, `remove blind.list "B" p@x (withdrawn) (assumed)`, `remove desk.list "C" p@x (withdrawn)`)
	h.unsettled = false
	h.in("list A", "q@x")
	h.inside(h.blind, "list B", "q@x")
	h.in("list C", "q@x")
	h.left("two", "p", state.Erased, "the record was forgotten")
	h.active("one", "a")
	h.people("id account_id email rank\n p a p@x 5\n q a q@x 6")
	h.wait(day)
	h.does(h.apply()) // it neither enters again nor is reached
	for _, s := range h.snapshot().Seen {
		if s.Record.Key == "p" {
			t.Errorf("observed: %+v", s)
		}
	}
}
