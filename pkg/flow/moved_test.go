package flow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// stages gives desk's companies stages.
func (h *house) stages(stages map[string]string) {
	for id, stage := range stages {
		h.desk.PutFields("company", id, map[string]any{"stage": stage})
	}
}

// TestSet_whatMovedSinceThePlanIsSkipped holds that apply reads again what it is about to overwrite: what somebody wrote between plan and
// write stays, its member's later steps wait, and the next plan shows it; the others are written.
func TestSet_whatMovedSinceThePlanIsSkipped(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{set: desk.company, fields: {stage: lead}}", "{send: desk.message, text: hi}"))
	h.accounts("id tier\n a gold\n b gold\n c gold")
	h.stages(map[string]string{"a": "cold", "b": "cold", "c": "cold"})
	p, r := h.attempt(flow.Options{}, "", func(*flow.Planned) { h.stages(map[string]string{"b": "won", "c": "lead"}) })
	if r.Run.Status != state.Partly {
		t.Errorf("the run: %s", r.Run.Status)
	}
	want := map[string]apply.Outcome{"a": {Status: apply.Done}, "b": {Status: apply.Skipped, Reason: "stage changed since the plan"}, "c": {Status: apply.Already, Reason: "somebody else set it since the plan"}}
	for i, o := range p.Plan.Operations {
		if got := r.Outcomes[i]; o.Fields != nil && o.Fields["stage"] == "lead" && got != want[o.ID] {
			t.Errorf("%s: %+v", o.ID, got)
		}
	}
	h.sent("a hi", "c hi")
	if got, err := h.desk.Fields(h.ctx, "company", []string{"b"}, []string{"stage"}); err != nil || got["b"]["stage"] != "won" {
		t.Errorf("b: %v, %v", got, err)
	}
	if f := h.snapshot().Failures; len(f) > 0 {
		t.Errorf("nothing was refused: %+v", f)
	}
	h.does(h.apply(), `set desk.company b stage=lead`, "send desk.message b text=hi", "one b ends")
	h.sent("a hi", "b hi", "c hi")
}

// TestSet_whatCantBeReadAgainWaits holds that nothing is overwritten blindly while the system can't tell what stands there.
func TestSet_whatCantBeReadAgainWaits(t *testing.T) {
	h := newHouse(t, "plays:"+play("one", "", "{set: desk.company, fields: {stage: lead}}"))
	h.accounts("id tier\n a gold")
	h.stages(map[string]string{"a": "cold"})
	_, r := h.attempt(flow.Options{}, "", func(*flow.Planned) { h.desk.Down(errors.New("out of order")) })
	if got := r.Outcomes[0]; got.Status != apply.Skipped || !strings.Contains(got.Reason, "out of order") {
		t.Errorf("outcome: %+v", got)
	}
	h.desk.Down(nil)
	h.apply()
	h.does(h.apply())
}
