package flow

import (
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
)

// judge makes what holds this run's plan against the playbook's guards.
func judge(w *World, p *Program, e *Evaluated, s *state.Snapshot, o Options) *plan.Judge {
	before := plan.Before{State: s, Clock: w.clock()}
	for i := range e.Read.Reports {
		r := &e.Read.Reports[i]
		before.Sources = append(before.Sources, sourceOf(r, p.Book.Entity(r.Entity)))
	}
	return &plan.Judge{Guards: p.Guards, Data: e.Data, Before: before, Allowed: o.Allowed}
}

// sourceOf gives what guards may ask of an entity's records.
func sourceOf(r *source.Report, e *playbook.Entity) expr.PlanSource {
	s := expr.PlanSource{Name: r.Entity, File: r.File, Records: r.Rows, Bad: r.Bad, Age: r.Age, Stale: r.Stale, Refuse: e.Fresh.Refuse}
	if r.Stale {
		s.Staleness = fmt.Sprintf("%s is %s old, and %s accepts %s", r.File, r.Age.Round(time.Second), r.Entity, e.Fresh.Within)
	}
	return s
}

// limit cuts a plan down to what the run is limited to. Records that were chosen by hand are not wanted again by the next plan.
func limit(p *plan.Plan, o Options) {
	if o.Limit == 0 {
		return
	}
	p.Limit(o.Limit)
	if p.Limited != nil && o.Launch != nil {
		p.Warnings = append(p.Warnings, fmt.Sprintf("play %s is launched for the first %d records only: launch it again for the others", o.Launch.Play, p.Limited.Members))
	}
}
