package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// RemovalsGuard is the guard on removals, which destroy passes by itself: removing is what was asked for.
const RemovalsGuard = "removals"

// Destroy plans to withdraw what the plays of Options.Target keep, or all: their members leave, what they keep goes, their open tasks are
// taken back, and they begin anew with the next apply. Nobody enters or moves. What is known of the past stays, so that nothing is sent
// twice; journal is that of all runs, by which the plan tells what can't be undone.
func Destroy(ctx context.Context, w *World, p *Program, s *state.Snapshot, o Options, journal []state.Page) (*Planned, error) {
	counts := chosen(o.Target)
	o.Eject = map[string]journey.Ejection{}
	for i := range s.Members {
		if m := &s.Members[i]; m.Active() && counts(m.Play) {
			o.Eject[m.Key] = journey.Ejection{Outcome: state.Exited, Reason: "destroyed"}
		}
	}
	o.Allowed = append(slices.Clone(o.Allowed), RemovalsGuard)
	if len(o.Target) == 0 {
		s = lettingLooseGo(s)
	}
	out, err := Plan(ctx, w, p, s, o)
	if err != nil {
		return nil, err
	}
	forgetPlays(out, counts)
	if len(o.Target) == 0 {
		forgetLedger(out)
	}
	out.Plan.Warnings = append(out.Plan.Warnings, wordDeeds(deedsOf(journal, out.State.Effects, func(o *audit.Operation) bool { return counts(o.Play) }))...)
	return out, nil
}

// lettingLooseGo gives the state with a keeper nobody knows for what nobody keeps: it lets go.
func lettingLooseGo(s *state.Snapshot) *state.Snapshot {
	out := *s
	out.Held = slices.Clone(s.Held)
	for i := range out.Held {
		if h := &out.Held[i]; h.Loose() {
			h.Keepers = []state.Keeper{{Member: "(destroyed)"}}
		}
	}
	return &out
}

// forgetPlays has plays begin anew with the next apply.
func forgetPlays(out *Planned, counts func(play string) bool) {
	t := &out.Plan.Transitions
	for _, play := range out.State.Plays {
		if counts(play.Name) {
			t.PlaysGone = append(t.PlaysGone, play.Name)
		}
	}
	for _, truth := range out.State.Truths {
		if counts(truth.Play) {
			t.TruthsGone = append(t.TruthsGone, truth)
		}
	}
	for i := range out.Plan.Plays {
		run := &out.Plan.Plays[i]
		if slices.ContainsFunc(out.State.Plays, func(p state.Play) bool { return p.Name == run.Name }) && counts(run.Name) {
			run.Change, run.Diff = journey.Gone, []string{"destroyed"}
		}
	}
}

// forgetLedger has the state hold nothing that no member keeps: whom an add step put somewhere stays there and is playctl's no more, and
// observed values and refused operations are of no use to anybody.
func forgetLedger(out *Planned) {
	t := &out.Plan.Transitions
	stays, going := map[connector.Place]int{}, map[string]bool{}
	for i := range out.Plan.Operations {
		going[out.Plan.Operations[i].Key] = true
	}
	for i := range out.State.Held {
		h := out.State.Held[i]
		if len(h.Keepers) > 0 {
			continue
		}
		t.HeldGone = append(t.HeldGone, h)
		if h.Added {
			stays[placeOf(&h)]++
		}
	}
	for i := range out.Plan.Releases {
		r := &out.Plan.Releases[i]
		if r.Held.Added {
			stays[placeOf(&r.Held)]++
			r.Gone = true
		}
	}
	t.Seen, t.Changes, t.SeenGone, t.ChangesGone = nil, nil, out.State.Seen, out.State.Changes
	for _, f := range out.State.Failures {
		if !going[f.Key] {
			t.FailuresGone = append(t.FailuresGone, f.Key)
		}
	}
	for _, place := range sortedPlaces(stays) {
		out.Plan.Warnings = append(out.Plan.Warnings, fmt.Sprintf("%s added to %s for good and stay there: take them out by hand if that is meant", several(stays[place], "member was", "members were"), place))
	}
}
