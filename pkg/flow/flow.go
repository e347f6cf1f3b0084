// Package flow is the run, from folder to outcome: the tour of the house. Data goes one way, and each line of [Plan] is one room.
package flow

import (
	"context"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Validate loads a playbook and checks the whole of it: no network, no secrets, no data.
func Validate(w *World, in Inputs) (*Program, diag.List, error) {
	files, problems, err := readDocuments(w, in)
	if err != nil {
		return nil, nil, err
	}
	return compile(w, files, problems, in)
}

// Evaluate reads the records and evaluates every segment over them.
func Evaluate(ctx context.Context, w *World, p *Program, s *state.Snapshot) (*Evaluated, error) {
	origins, err := Origins(ctx, w, p)
	if err != nil {
		return nil, err
	}
	given, err := gather(ctx, w, p, origins)
	if err != nil {
		return nil, err
	}
	return EvaluateGiven(ctx, w, p, s, given)
}

// EvaluateGiven is [Evaluate] over records that are at hand.
func EvaluateGiven(ctx context.Context, w *World, p *Program, s *state.Snapshot, g *Given) (*Evaluated, error) {
	data, took := newData(w, p, withoutErased(g.Read.Frame, forgotten(s))), w.stopwatch()
	watched := journey.Watch(data, p.uses.Changed, s, w.now())
	data.Sighted = func(expr.ChangedField) { watched = journey.Watch(data, p.uses.Changed, s, w.now()) } // stages are known only now
	standing(data, s)
	segments, err := p.Segments.Evaluate(ctx, data, g.Lists)
	if err != nil {
		return nil, err
	}
	countMoves(data, segments.Stages, watched)
	return &Evaluated{Read: g.Read, Data: data, Segments: segments, Watched: watched, Took: took()}, nil
}

// Plan is the function at the heart of playctl: playbook, data, state, what the connectors hold and now give operations and state
// transitions. It writes nothing.
func Plan(ctx context.Context, w *World, p *Program, s *state.Snapshot, o Options) (*Planned, error) {
	connectors, err := openConnectors(ctx, w, p)
	if err != nil {
		return nil, err
	}
	given, err := gatherFor(ctx, w, p, true, connectors)
	if err != nil {
		return nil, err
	}
	out, err := PlanGiven(ctx, w, p, s, o, given)
	if err != nil {
		return nil, err
	}
	return explained(ctx, p, out)
}

// PlanGiven is [Plan] over records and connectors that are at hand. It does not look for why segments are unknown.
func PlanGiven(ctx context.Context, w *World, p *Program, s *state.Snapshot, o Options, g *Given) (*Planned, error) {
	evaluated, err := EvaluateGiven(ctx, w, p, s, g)
	if err != nil {
		return nil, err
	}
	told := observed(ctx, w, s, g.Connectors)
	ids := observe.NewIdentities(g.Connectors)
	wanted, err := advance(ctx, w, p, journeyInput(w, p, s, evaluated, told, o), ids)
	if err != nil {
		return nil, err
	}
	took := w.stopwatch()
	facts, err := read(ctx, w, wanted.Wants, wanted.State.Held, ids)
	if err != nil {
		return nil, err
	}
	addObserved(wanted, evaluated, told.warnings)
	built, err := plan.Build(planInput(ctx, w, p, evaluated, wanted, facts, g.Connectors, o))
	if err != nil {
		return nil, err
	}
	limit(built, o)
	out := &Planned{Plan: built, State: wanted.State, Evaluated: evaluated, Facts: facts, Connectors: g.Connectors, Compared: took(),
		Next: next(p.Plays.Next(w.now()), wanted.Next), Judge: judge(w, p, evaluated, wanted.State, o)}
	if err := out.Judge.Judge(ctx, built); err != nil {
		return nil, err
	}
	return out, nil
}

// Apply carries out a plan in a locked session of the state that it was made from.
func Apply(ctx context.Context, w *World, p *Planned, session state.Session, run state.Run, o ApplyOptions) *apply.Result {
	return apply.Run(ctx, &apply.Input{Plan: p.Plan, Session: session, State: p.State, Connectors: p.Connectors, Run: run, Now: w.clock, Redact: w.Redactor.Reason,
		Stop: o.Stop, Progress: o.Progress})
}
