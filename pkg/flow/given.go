package flow

import (
	"context"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
)

// Given is what a rehearsal has at hand, where a run reads and opens: the records as of the run's now, the keys of segments that are lists,
// and the connectors.
type Given struct {
	Read       *source.Result
	Lists      map[string][]string
	Connectors map[string]connector.Connector
}

// EvaluateGiven is [Evaluate] over what is given.
func EvaluateGiven(ctx context.Context, w *World, p *Program, s *state.Snapshot, g *Given) (*Evaluated, error) {
	data, took := newData(w, p, g.Read), w.stopwatch()
	watched := journey.Watch(data, p.uses.Changed, s, w.now())
	data.Sighted = func(expr.ChangedField) { watched = journey.Watch(data, p.uses.Changed, s, w.now()) } // stages are known only now
	standing(data, s)
	segments, err := p.Segments.Evaluate(ctx, data, g.Lists)
	if err != nil {
		return nil, err
	}
	return &Evaluated{Read: g.Read, Data: data, Segments: segments, Watched: watched, Took: took()}, nil
}

// PlanGiven is [Plan] over what is given. It does not look for why segments are unknown.
func PlanGiven(ctx context.Context, w *World, p *Program, s *state.Snapshot, o Options, g *Given) (*Planned, error) {
	evaluated, err := EvaluateGiven(ctx, w, p, s, g)
	if err != nil {
		return nil, err
	}
	told := observed(ctx, s, g.Connectors)
	wanted, err := p.Plays.Advance(ctx, journeyInput(w, p, s, evaluated, told, o))
	if err != nil {
		return nil, err
	}
	took := w.stopwatch()
	facts, err := observe.Read(ctx, wanted.Wants, wanted.State.Held, g.Connectors)
	if err != nil {
		return nil, err
	}
	addObserved(wanted, evaluated, told.warnings)
	built, err := plan.Build(planInput(ctx, w, p, evaluated, wanted, facts, g.Connectors, o))
	if err != nil {
		return nil, err
	}
	return &Planned{Plan: built, State: wanted.State, Evaluated: evaluated, Facts: facts, Connectors: g.Connectors, Compared: took(),
		Next: next(p.Plays.Next(w.now()), wanted.Next)}, nil
}

// Connectors opens the connectors of a playbook. It makes no call to the outside but for secrets.
func Connectors(ctx context.Context, w *World, p *Program) (map[string]connector.Connector, error) {
	return openConnectors(ctx, w, p)
}

// Lists reads the keys of segments that are lists.
func Lists(ctx context.Context, w *World, p *Program) (map[string][]string, error) {
	return readLists(ctx, w, p)
}
