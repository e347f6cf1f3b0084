package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
)

// openConnectors resolves the settings of every connector and opens it. It makes no call to the outside but for secrets.
func openConnectors(ctx context.Context, w *World, p *Program) (map[string]connector.Connector, error) {
	return openThose(ctx, w, p, func(string) bool { return true })
}

// openThose does so with the connectors that are wanted.
func openThose(ctx context.Context, w *World, p *Program, wanted func(name string) bool) (map[string]connector.Connector, error) {
	secrets := w.secrets()
	out := map[string]connector.Connector{}
	var problems diag.List
	for i := range p.Book.Connectors {
		c := &p.Book.Connectors[i]
		if !wanted(c.Name) {
			continue
		}
		settings, more := secrets.Settings(ctx, "connector "+c.Name, c.Settings)
		problems.Add(more...)
		d, ok := p.driverIn(w, c)
		if !ok || more.Errors() > 0 {
			continue
		}
		for _, known := range d.Settings {
			if known.Secret {
				w.Redactor.Add(settings[known.Name])
			}
		}
		opened, err := d.Open(connector.Options{Name: c.Name, Settings: settings, Dir: w.Dir, Now: w.now, Clock: w.clock, Transport: w.transport(c.Name), Start: w.Start,
			Keep: func(_ context.Context, setting, value string) error { return secrets.Keep(c.Settings[setting], value) }})
		if err != nil {
			problems.Add(c.At.Problem("connector %s: %s", c.Name, w.Redactor.Error(err)))
			continue
		}
		if d.Spec.Unknown { // until now
			d.Spec = opened.Describe()
			problems.Add(checkUse(p.Book, c.Name, d)...)
		}
		out[c.Name] = opened
	}
	return out, problems.Err()
}

// readLists reads the keys of segments that are lists.
func readLists(ctx context.Context, w *World, p *Program) (map[string][]string, error) {
	lists := map[string][]string{}
	var problems diag.List
	for _, s := range p.Book.Segments {
		if s.List == "" {
			continue
		}
		keys, err := source.ReadKeys(ctx, w.Dir, s)
		var found diag.List
		if errors.As(err, &found) {
			problems.Add(found...)
		} else if err != nil {
			problems.Add(s.ListAt.Problem("segment %s: %s", s.Name, err))
		}
		lists[s.Name] = keys
	}
	return lists, problems.Err()
}

func newData(w *World, p *Program, f *frame.Frame) *expr.Data {
	d := &expr.Data{Frame: f, Now: w.now(), Vars: map[string]any{}}
	for _, v := range p.Book.Variables {
		d.Vars[v.Name] = v.Value
	}
	return d
}

// standing lets segments ask where records stand in plays, before the journey begins.
func standing(d *expr.Data, s *state.Snapshot) { d.Plays = journey.Standing(s) }

// told is what connectors tell before the journey.
type told struct {
	settled  map[string]journey.Finding
	tasks    map[string]*connector.TaskReport
	warnings []string
}

// read asks connectors what stands in them; what they say when they can't tell is without secrets.
func read(ctx context.Context, w *World, wants []journey.Want, held []state.Held, ids *observe.Identities) (*connector.Facts, error) {
	facts, err := ids.Read(ctx, wants, held)
	if err != nil {
		return nil, w.Redactor.Error(err)
	}
	for _, failed := range []map[connector.Place]error{facts.Failed, facts.Missing, facts.Unresolved} {
		for place, why := range failed {
			failed[place] = w.Redactor.Error(why)
		}
	}
	return facts, nil
}

// observed asks what became of effects in doubt and of open tasks.
func observed(ctx context.Context, w *World, s *state.Snapshot, connectors map[string]connector.Connector) *told {
	settled, warnings := observe.Doubts(ctx, s, connectors, w.now())
	tasks, more := observe.Tasks(ctx, s, connectors)
	return &told{settled: settled, tasks: tasks, warnings: w.redacted(append(warnings, more...))}
}

func journeyInput(w *World, p *Program, s *state.Snapshot, e *Evaluated, t *told, o Options) *journey.Input {
	in := &journey.Input{Data: e.Data, Engine: e.Segments.Engine, State: s, Now: w.now(), Program: p.Segments.Program, Settled: t.settled, Tasks: t.tasks,
		Late: slices.Contains(o.Allowed, plan.Lateness), Target: o.Target, Exclude: o.Exclude, Only: o.Only, Launch: o.Launch,
		Eject: o.Eject, Erased: forgotten(s)}
	if o.Full {
		in.Samples = -1
	}
	return in
}

// addObserved adds to the journey's transitions what was seen before it.
func addObserved(r *journey.Result, e *Evaluated, warnings []string) {
	r.Transitions.Seen, r.Transitions.Changes = e.Watched.Seen, e.Watched.Changes
	r.Warnings = append(r.Warnings, warnings...)
	for _, report := range e.Read.Reports {
		r.Warnings = append(r.Warnings, reportWarnings(report)...)
	}
	for segment, keys := range e.Segments.Lost {
		r.Warnings = append(r.Warnings, fmt.Sprintf("segment %s lists %d keys that no record has, such as %s", segment, len(keys), keys[0]))
	}
}

// reportWarnings words what was left out of an entity's records.
func reportWarnings(r source.Report) []string {
	var out []string
	if r.Bad > 0 {
		text := fmt.Sprintf("%s out of %s as bad", several(r.Bad, "record of "+r.File+" was left", "records of "+r.File+" were left"), r.Entity)
		if len(r.BadSamples) > 0 {
			text += "; the first: " + r.BadSamples[0].Error()
		}
		out = append(out, text)
	}
	for _, o := range r.Orphans {
		if o.Count > 0 {
			text := fmt.Sprintf("%s a missing %s", several(o.Count, "record of "+r.File+" names", "records of "+r.File+" name"), o.Parent)
			if len(o.Sample) > 0 {
				text += ", such as " + o.Sample[0]
			}
			out = append(out, text)
		}
	}
	if r.Future > 0 {
		out = append(out, several(r.Future, "event of "+r.File+" is later than now and doesn't exist yet", "events of "+r.File+" are later than now and don't exist yet"))
	}
	if r.Stale {
		out = append(out, fmt.Sprintf("%s is older than fresh: allows: it was written %s ago", r.File, r.Age.Round(1e9)))
	}
	for _, p := range r.Warnings {
		out = append(out, p.Error())
	}
	return out
}

// several words a count of one, or of none or many.
func several(n int, one, many string) string {
	if n == 1 {
		many = one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func planInput(ctx context.Context, w *World, p *Program, e *Evaluated, wanted *journey.Result, facts *connector.Facts,
	connectors map[string]connector.Connector, o Options) *plan.Input {
	all := e.Data
	if e.Read.Frame != all.Frame { // erased records too, so that what is held for them can be taken back
		all = newData(w, p, e.Read.Frame)
	}
	identify := func(connector string, r state.Record) (string, bool) {
		row, ok := all.Frame.Table(r.Entity).Row(r.Key)
		if !ok {
			return "", false
		}
		return p.Plays.Identity(ctx, all, connector, r.Entity, row)
	}
	return &plan.Input{Book: p.Book, State: wanted.State, Journey: wanted, Facts: facts, Connectors: connectors, Identify: identify, At: w.now(),
		Erased: forgotten(wanted.State), Limited: len(o.Target)+len(o.Exclude)+len(o.Only) > 0 || o.Eject != nil,
		Insist: o.Eject != nil}
}

// next is when there is something to do again, as far as that is known: a schedule is due, or something of a member. Zero where nothing is.
func next(schedule, due time.Time) time.Time {
	if due.IsZero() || !schedule.IsZero() && schedule.Before(due) {
		return schedule
	}
	return due
}

// explained adds to a plan why segments are unknown.
func explained(ctx context.Context, p *Program, out *Planned) (*Planned, error) {
	for _, seg := range out.Evaluated.Segments.Segments {
		if seg.Unknown == 0 {
			continue
		}
		missing, err := p.Segments.Missing(ctx, seg.Name, out.Evaluated.Data)
		if err != nil {
			return nil, err
		}
		u := Unknown{Segment: seg.Name, Entity: seg.Of, Count: seg.Unknown, Missing: missing}
		out.Unknown = append(out.Unknown, u)
	}
	return out, nil
}
