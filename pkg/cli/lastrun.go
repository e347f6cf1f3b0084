package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

// warnOfLastRun adds to a plan that the run before it did not come to its end, and what is in doubt since.
func (a *app) warnOfLastRun(ctx context.Context, p *flow.Planned) {
	if text := a.lastRun(ctx, p.State.Runs); text != "" {
		p.Plan.Warnings = append(p.Plan.Warnings, text)
	}
	p.Plan.Warnings = append(p.Plan.Warnings, a.doubts(p)...)
}

// lastRun words how the last run ended, "" if as it should.
func (a *app) lastRun(ctx context.Context, runs []state.Run) string {
	for _, run := range slices.Backward(runs) {
		if run.Operation.Keeps() {
			continue
		}
		text := fmt.Sprintf("run %s, which %s began on %s, ", run.ID, run.By, run.Started.UTC().Format("2006-01-02 15:04 UTC"))
		switch run.Status {
		case state.Interrupted:
			return text + "was interrupted: this is the rest"
		case state.Failed:
			return text + "failed: " + run.Message
		case state.Running:
			return text + a.cutOff(ctx, &run)
		}
		return ""
	}
	return ""
}

// cutOff words what is the matter with a run that has not recorded its end.
func (a *app) cutOff(ctx context.Context, run *state.Run) string {
	holder, err := a.store.Holder(ctx)
	switch {
	case err != nil:
		return "has not ended: it was cut off, or is still at work"
	case audit.Interrupted(run, holder):
		return "was cut off before its end: this is the rest"
	case holder.Progress == "":
		return "is still at work"
	}
	return "is still at work: " + holder.Progress
}

// doubts words what was in doubt before a plan was made, and what it found out about that. What is in doubt still waits for a person.
func (a *app) doubts(p *flow.Planned) []string {
	if a.was == nil {
		return nil
	}
	settled := map[string]state.EffectStatus{}
	for i := range p.Plan.Transitions.Effects {
		settled[p.Plan.Transitions.Effects[i].Key] = p.Plan.Transitions.Effects[i].Status
	}
	var out []string
	list := doubtful(a.was)
	for i := range list {
		e := &list[i]
		if i == mostDoubts {
			out = append(out, fmt.Sprintf("in doubt: %d more: %s", len(list)-i, a.invocation("state list", "--in-doubt")))
			break
		}
		text := "in doubt since run " + e.Run + ": " + render.EffectText(e) + ": "
		again := slices.ContainsFunc(p.Plan.Operations, func(o plan.Operation) bool { return o.EffectKey == e.Key })
		switch {
		case settled[e.Key] == state.Happened:
			text += "looked up: it happened"
		case settled[e.Key] == state.Refused:
			text += "looked up: it never happened"
		case again:
			text += "it is sent again by its key, by which its system does it once only"
		default:
			text += "it may have happened; look there, and say which: " + a.invocation("resolve", e.Key) + " --done or --retry"
		}
		out = append(out, text)
	}
	return out
}

// mostDoubts is how many effects in doubt a plan names.
const mostDoubts = 5
