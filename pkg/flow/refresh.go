package flow

import (
	"context"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Refresh reads again what the state has: who is still in the collections, what became of effects in doubt and of open tasks.
func Refresh(ctx context.Context, w *World, p *Program, s *state.Snapshot) (*plan.Refresh, error) {
	connectors, err := openConnectors(ctx, w, p)
	if err != nil {
		return nil, err
	}
	given, err := gather(ctx, w, p, connectors)
	if err != nil {
		return nil, err
	}
	evaluated, err := EvaluateGiven(ctx, w, p, s, given)
	if err != nil {
		return nil, err
	}
	told := observed(ctx, w, s, connectors)
	wanted, err := p.Plays.Advance(ctx, journeyInput(w, p, s, evaluated, told, Options{Eject: map[string]journey.Ejection{}}))
	if err != nil {
		return nil, err
	}
	facts, err := read(ctx, w, aboutHeld(s.Held), nil, observe.NewIdentities(connectors))
	if err != nil {
		return nil, err
	}
	r := plan.Follow(s, w.now(), wanted.Transitions.Effects, wanted.Transitions.Tasks, plan.Compare(s, facts, connectors, w.now()))
	r.Warnings = append(wanted.Warnings, told.warnings...)
	return r, nil
}
