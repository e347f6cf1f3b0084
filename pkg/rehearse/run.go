package rehearse

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
)

// Runner runs tests and searches for what breaks invariants.
type Runner struct {
	World   *flow.World              // its Dir and Drivers; its clock only takes the time
	Inputs  flow.Inputs              // of the playbook, before a test's own variables
	Program *flow.Program            // the playbook with those inputs
	other   map[string]*flow.Program // with other variables
}

// NewRunner gives a runner of a playbook's tests.
func NewRunner(w *flow.World, in flow.Inputs, p *flow.Program) *Runner {
	return &Runner{World: w, Inputs: in, Program: p, other: map[string]*flow.Program{}}
}

// Outcome is what became of a test or an invariant.
type Outcome struct {
	Name     string
	File     string
	Play     string
	Runs     int
	Took     time.Duration
	Failures []Failure
}

// Failure is something that is not as it was expected.
type Failure struct {
	Problem diag.Problem
	Found   []string // how it is instead, one thing a line
}

// Passed reports whether everything was as expected.
func (o *Outcome) Passed() bool { return len(o.Failures) == 0 }

// Run runs one test. What can't be run at all is a failure of the test; the error is the context's.
func (r *Runner) Run(ctx context.Context, t *Test) (*Outcome, error) {
	start := r.World.Clock()
	out := &Outcome{Name: t.Name, File: t.File(), Play: t.Play}
	err := r.run(ctx, t, out)
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if err != nil {
		out.fail(t.At, nil, "%s", err)
	}
	out.Took = r.World.Clock().Sub(start)
	return out, nil
}

func (o *Outcome) fail(at document.Node, found []string, format string, args ...any) {
	o.Failures = append(o.Failures, Failure{Problem: at.Problem(format, args...), Found: found})
}

// run goes through a test's steps up to the first at which something is wrong: what comes after it would be its echo.
func (r *Runner) run(ctx context.Context, t *Test, out *Outcome) error {
	program, problems, err := r.program(t)
	if err != nil {
		return err
	}
	if problems.Errors() > 0 {
		for _, p := range problems {
			out.Failures = append(out.Failures, Failure{Problem: p})
		}
		return nil
	}
	s, err := newStage(ctx, r.World, program)
	if err != nil {
		return err
	}
	a := &act{stage: s, test: t, out: out, records: newRecords(program.Book, schemasOf(program.Book)), lists: map[string][]string{}, ids: map[string]map[string]string{},
		options: flow.Options{Target: linked(program.Book, t.Play)}}
	s.now = t.Start
	if err := a.give(ctx, &t.Given); err != nil {
		return err
	}
	for i := range t.Steps {
		if err := a.step(ctx, &t.Steps[i]); err != nil || !out.Passed() {
			return err
		}
	}
	return nil
}

// program gives the playbook with a test's variables. Those with the same are compiled once.
func (r *Runner) program(t *Test) (*flow.Program, diag.List, error) {
	if len(t.Variables) == 0 {
		return r.Program, nil, nil
	}
	key := ""
	for _, name := range slices.Sorted(maps.Keys(t.Variables)) {
		key += fmt.Sprintf("%q=%q\n", name, t.Variables[name].Text)
	}
	if p := r.other[key]; p != nil {
		return p, nil, nil
	}
	in := flow.Inputs{Inputs: playbook.Inputs{Environment: r.Inputs.Environment, Variables: maps.Clone(r.Inputs.Variables)}}
	if in.Variables == nil {
		in.Variables = map[string]playbook.Input{}
	}
	maps.Copy(in.Variables, t.Variables)
	p, problems, err := flow.Validate(r.World, in)
	if err != nil || problems.Errors() > 0 {
		return nil, slices.DeleteFunc(problems, func(p diag.Problem) bool { return p.Severity != diag.Error }), err
	}
	r.other[key] = p
	return p, nil, nil
}

// linked gives a play and those that it enrolls into, and they in turn; nil, which is all, for none.
func linked(b *playbook.Book, name string) []string {
	if name == "" {
		return nil
	}
	out := []string{name}
	for i := 0; i < len(out); i++ {
		p := b.Play(out[i])
		if p == nil {
			continue
		}
		for _, s := range p.AllSteps() {
			if s.Verb == playbook.Enroll && !slices.Contains(out, s.Play) {
				out = append(out, s.Play)
			}
		}
	}
	return out
}

// act is a test being run.
type act struct {
	*stage
	test    *Test
	out     *Outcome
	records *Records
	lists   map[string][]string
	ids     map[string]map[string]string // the id of every record so far, by connector and entity:key
	options flow.Options
}

// give takes over what is given.
func (a *act) give(ctx context.Context, g *Given) error {
	a.records.put(g.Records)
	maps.Copy(a.lists, g.Lists)
	a.identify(ctx)
	for _, h := range g.Holds {
		if err := a.hold(ctx, &h); err != nil {
			return err
		}
	}
	for _, f := range g.Fields {
		id := a.id(f.Target.Connector, f.Record)
		if _, err := a.systems[f.Target.Connector].Write(ctx, fieldsBatch(f, id)); err != nil {
			return fmt.Errorf("giving %s fields: %w", f.Target, err)
		}
	}
	return nil
}

// step does what a step of the test says, and holds what came of it against what is expected.
func (a *act) step(ctx context.Context, s *Step) error {
	before := a.now
	if err := a.give(ctx, &s.Given); err != nil {
		return err
	}
	for _, k := range s.Gone {
		if !a.records.remove(k.Entity, k.Key) {
			a.out.fail(k.At, nil, "%s %q is gone already", k.Entity, k.Key)
		}
	}
	a.work(ctx, s)
	if !a.out.Passed() {
		return nil
	}
	seen := &seen{act: a, step: s}
	for _, now := range s.times(before, a.runs == 0) {
		ok, err := a.once(ctx, s, now, seen)
		if err != nil || !ok {
			return err
		}
	}
	return seen.check(ctx)
}

// times gives when the runs of a step are. At a cadence the first run of all is when the test begins.
func (s *Step) times(before time.Time, first bool) []time.Time {
	var out []time.Time
	if first && s.Every > 0 {
		out = append(out, before)
	}
	if s.Every > 0 {
		for t := before.Add(s.Every); t.Before(s.When); t = t.Add(s.Every) {
			out = append(out, t)
		}
	}
	return append(out, s.When)
}

// once makes one run, and reports whether the laws hold after it.
func (a *act) once(ctx context.Context, s *Step, now time.Time, seen *seen) (bool, error) {
	o := a.options
	o.Allowed = s.Allowed
	if s.Launch != nil {
		o.Launch = launchOf(s.Launch)
	}
	read := a.records.read(now)
	x, err := a.run(ctx, now, read, a.lists, o)
	if err != nil {
		return false, fmt.Errorf("run of %s: %w", clock(now, a.program.Book.Zone), err)
	}
	a.out.Runs++
	seen.add(x)
	if refused := x.planned.Plan.Refused(); len(refused) > 0 {
		a.out.fail(s.place(), nil, "the run of %s: guard %s refuses: %s", clock(now, a.program.Book.Zone), refused[0].Guard, refused[0].Message)
		return false, nil
	}
	o.Launch = nil // is asked for once
	return a.laws(ctx, s.place(), x, read, a.lists, o, a.out)
}

// place is where to point at when a step goes wrong.
func (s *Step) place() document.Node {
	if s.Expect.Place.Exists() {
		return s.Expect.Place
	}
	return s.Place
}

// laws holds what must be so after every run: everything was done, planning again finds nothing to do, and no effect was written twice.
func (s *stage) laws(ctx context.Context, at document.Node, x *ran, read *source.Result, lists map[string][]string, o flow.Options, out *Outcome) (bool, error) {
	when := clock(s.now, s.program.Book.Zone)
	if !x.result.Complete() {
		out.fail(at, unfinished(x), "the run of %s could not do everything", when)
		return false, nil
	}
	if len(s.repeated) > 0 {
		out.fail(at, s.repeated, "the run of %s did something again that happens once", when)
		return false, nil
	}
	snapshot, err := s.store.Read(ctx)
	if err != nil {
		return false, err
	}
	again, err := s.plan(ctx, read, lists, snapshot, o)
	if err != nil {
		return false, err
	}
	if !again.Plan.Empty() {
		out.fail(at, wordsOf(again.Plan), "the plan right after the run of %s is not empty", when)
		return false, nil
	}
	return true, nil
}
