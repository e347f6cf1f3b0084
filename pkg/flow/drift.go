package flow

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Drift tells where connectors differ from what playctl keeps in them, for the plays of Options.Target or all. It writes nothing.
func Drift(ctx context.Context, w *World, p *Program, s *state.Snapshot, o Options) (*plan.Drift, error) {
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
	ids := observe.NewIdentities(connectors)
	kept, err := standingWants(ctx, w, p, s, evaluated, o, ids)
	if err != nil {
		return nil, err
	}
	facts, err := read(ctx, w, append(aboutHeld(kept.State.Held), kept.Wants...), nil, ids)
	if err != nil {
		return nil, err
	}
	d := &plan.Drift{At: w.now(), Warnings: kept.Warnings}
	playOf, counts := playsOf(kept.State), chosen(o.Target)
	name := naming(p, evaluated, connectors, ids)
	for _, l := range plan.Compare(kept.State, facts, connectors, d.At) {
		if len(l.Others) > 0 {
			if err := name.learn(ctx, l.Place); err != nil {
				d.Warnings = append(d.Warnings, fmt.Sprintf("who of the others in %s is in the playbook is not known: %s", l.Place, w.Redactor.Error(err)))
			}
		}
		if m, any := plan.DriftOf(&l, playOf, counts, name.of(ctx)); any {
			d.Members = append(d.Members, m)
		}
	}
	d.Fields = plan.FieldsOf(kept.Wants, facts, connectors, stepOrder(p))
	return d, nil
}

// standingWants gives what done steps of active members have set, as it would be set now; nobody moves.
func standingWants(ctx context.Context, w *World, p *Program, s *state.Snapshot, e *Evaluated, o Options, ids *observe.Identities) (*journey.Result, error) {
	in := journeyInput(w, p, s, e, &told{}, Options{Eject: map[string]journey.Ejection{}})
	in.Again = true
	out, err := p.Plays.Advance(ctx, in)
	if err != nil {
		return nil, err
	}
	counts, sets := chosen(o.Target), out.Wants[:0:0]
	for i := range out.Wants {
		if x := &out.Wants[i]; x.Verb == connector.Set && x.Standing && counts(x.Play) {
			sets = append(sets, *x)
		}
	}
	known, warnings, err := identified(ctx, sets, ids)
	out.Wants, out.Warnings = known, append(out.Warnings, warnings...)
	return out, err
}

// aboutHeld makes a want about each collection that somebody is held in, so that all of them are read.
func aboutHeld(held []state.Held) []journey.Want {
	var out []journey.Want
	for i := range held {
		h := &held[i]
		x := journey.Want{Verb: connector.Add, Connector: h.Connector, Target: connector.Collection{Kind: h.Kind, Name: h.Name}}
		if n := len(out); n == 0 || out[n-1].Connector != x.Connector || out[n-1].Target != x.Target {
			out = append(out, x)
		}
	}
	return out
}

// playsOf gives the plays of members by enrollment key.
func playsOf(s *state.Snapshot) func(member string) string {
	plays := make(map[string]string, len(s.Members))
	for i := range s.Members {
		plays[s.Members[i].Key] = s.Members[i].Play
	}
	return func(member string) string { return plays[member] }
}

// chosen reports which plays are among some; of none given, all are, and so is what no play keeps.
func chosen(plays []string) func(string) bool {
	set := map[string]bool{}
	for _, name := range plays {
		set[name] = true
	}
	return func(play string) bool { return len(set) == 0 || set[play] }
}

// stepOrder gives the position of steps in their plays.
func stepOrder(p *Program) func(play, step string) int {
	positions := map[[2]string]int{}
	for _, play := range p.Book.Plays {
		for i, s := range play.AllSteps() {
			positions[[2]string{play.Name, s.ID}] = i
		}
	}
	return func(play, step string) int { return positions[[2]string{play, step}] }
}
