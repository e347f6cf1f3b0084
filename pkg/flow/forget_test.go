package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// whole gives the state with its journal.
func (h *house) whole() *state.Whole {
	h.Helper()
	journal, err := h.store.Journal(h.ctx, "")
	if err != nil {
		h.Fatal(err)
	}
	return &state.Whole{Snapshot: *h.snapshot(), Journal: journal}
}

// carry applies what a planner planned from the state as it is.
func (h *house) carry(make func(s *state.Whole) (*flow.Planned, error)) *flow.Planned {
	h.Helper()
	session, err := h.store.Lock(h.ctx, state.Holder{ID: "carry"})
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = session.Unlock() }()
	p, err := make(h.whole())
	if err != nil {
		h.Fatal(err)
	}
	h.runs++
	if r := flow.Apply(context.Background(), h.world(), p, session, state.Run{ID: "carry-" + p.Plan.At.Format("150405")}, flow.ApplyOptions{}); r.Err != nil {
		h.Fatal(r.Err)
	}
	return p
}

const forgetPlays = `plays:
  one:
    of: account
    segment: account.tier == "gold"
    trigger: entry
    backfill: true
    on_leave: exit
    steps:
      - {keep: desk.list, name: A, for: account.people}
      - {add: desk.list, name: B, for: account.people}
      - {keep: blind.list, name: C, for: account.people}
      - {id: tell, send: desk.message, for: account.people, text: hi}
      - for: account.people
        steps: [{id: call, task: desk.task, by: rep, title: call, timeout: 30d}]
roles: {rep: {assign: '"r"'}}
`

// TestForget_goesOnAfterItWasKilled holds that a forget that was cut off between the withdrawals and the purge is completed by another one, and
// that nothing names the record then, while others are named as before and the journals still count what was done.
func TestForget_goesOnAfterItWasKilled(t *testing.T) {
	h := newHouse(t, forgetPlays)
	h.accounts("id tier\n a gold")
	h.people("id account_id email\n px-1 a p@x\n px-12 a q@x")
	h.apply()
	forget := func(s *state.Whole) (*flow.Forgetting, error) {
		return flow.Forget(h.ctx, h.world(), h.program(), s, flow.Whom{Key: "px-1", Run: "run-f"})
	}
	before := h.whole()
	p := h.carry(func(s *state.Whole) (*flow.Planned, error) {
		f, err := forget(s)
		if err != nil {
			return nil, err
		}
		return f.Planned, nil
	})
	h.does(p, `remove blind.list "C" p@x (withdrawn) (assumed)`, `remove desk.list "A" p@x (withdrawn)`, `remove desk.list "B" p@x (withdrawn)`, "cancel desk.task task#1")
	h.in("list A", "q@x")
	h.in("list B", "q@x")
	h.inside(h.blind, "list C", "q@x")
	again, err := forget(h.whole())
	if err != nil || !again.Again || !again.Planned.Plan.Empty() || again.Purged.Total() == 0 {
		t.Fatalf("%v: %+v", err, again)
	}
	if left := flow.HeldOf(h.snapshot(), again.Record); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	clean, _ := flow.Scrub(h.program(), h.whole(), again.Record)
	text, err := json.Marshal(clean)
	if err != nil {
		t.Fatal(err)
	}
	if rest := strings.ReplaceAll(string(text), "px-12", ""); strings.Contains(rest, "px-1") || !strings.Contains(string(text), "px-12") {
		t.Errorf("it is named still, or the other one is not:\n%s", text)
	}
	if _, more := flow.Scrub(h.program(), clean, again.Record); more.Total() != 0 {
		t.Errorf("scrubbed again: %v", more)
	}
	if n, was := len(clean.Journal), len(before.Journal); n < was {
		t.Errorf("%d pages of %d are left", n, was)
	}
}

// TestRevert_leavesAloneWhatOthersDo holds that only what a run did is undone: whom a later run let in stays, and what was added by the run and is
// kept by somebody else stays as theirs.
func TestRevert_leavesAloneWhatOthersDo(t *testing.T) {
	h := newHouse(t, forgetPlays)
	h.accounts("id tier\n a gold")
	h.people("id account_id email\n p a p@x\n q b q@x")
	h.apply()
	h.accounts("id tier\n a gold\n b gold")
	h.wait(day)
	h.apply()
	run := h.snapshot().Runs[0]
	p := h.carry(func(s *state.Whole) (*flow.Planned, error) {
		return flow.Revert(h.ctx, h.world(), h.program(), s, &run, flow.Options{})
	})
	h.does(p, `remove blind.list "C" p@x (withdrawn) (assumed)`, `remove desk.list "A" p@x (withdrawn)`, `remove desk.list "B" p@x (withdrawn)`, "cancel desk.task task#1", "one a leaves: reverted run run-1 was reverted")
	h.left("one", "a", state.Reverted, "run "+run.ID+" was reverted")
	h.active("one", "b")
	h.in("list A", "q@x")
	h.in("list B", "q@x")
	if text := strings.Join(p.Plan.Warnings, "\n"); !strings.Contains(text, "can't be undone: 1 (p) sent by desk.message") {
		t.Errorf("it says:\n%s", text)
	}
	h.unsettled = true
	h.does(h.apply()) // and nobody comes back
}

// TestDrift_unknownIsNoNoDrift holds that what could not be read is unknown, what can't be read is assumed, and neither is no drift.
func TestDrift_unknownIsNoNoDrift(t *testing.T) {
	h := newHouse(t, forgetPlays)
	h.accounts("id tier\n a gold")
	h.people("id account_id email\n p a p@x")
	h.apply()
	drift := func() *plan.Drift {
		d, err := flow.Drift(h.ctx, h.world(), h.program(), h.snapshot(), flow.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	sure := func(d *plan.Drift) string {
		var out []string
		for _, m := range d.Members {
			out = append(out, m.Place.Title()+" "+string(m.Sure))
		}
		return strings.Join(out, ", ")
	}
	if got := sure(drift()); got != `blind.list "C" assumed, desk.list "A" known, desk.list "B" known` {
		t.Error(got)
	}
	h.desk.Down(errors.New("out of order"))
	d := drift()
	if got := sure(d); got != `blind.list "C" assumed, desk.list "A" unknown, desk.list "B" unknown` || len(d.Unread()) != 2 || d.Found() != 0 {
		t.Error(got, d.Unread())
	}
}
