package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/state"
)

func newAccount(a *app) *cobra.Command {
	var entity string
	cmd := &cobra.Command{
		Use:   "account KEY",
		Short: "Everything about one record: plays, steps, waits, history, what is next",
		Long: `account tells everything about one record, of whatever entity: its fields, segments, scores and stages; each play that it is or was in,
with the step it stands on, what it waits for and until when, its tasks, what it holds and what it was sent; and what a run would do for it
now. It only reads.`,
		Example: `  playctl account a-0000192
  playctl account p-0001 --entity person
  playctl account a-0000192 --at 2026-12-24    # what would be next by then
  playctl account a-0000192 --json`,
		Args: takes(1, 1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error { return a.account(cmd.Context(), args[0], entity) },
	}
	cmd.Flags().StringVar(&entity, "entity", "", "the `entity` whose record that is, where several have the key")
	return cmd
}

func (a *app) account(ctx context.Context, key, entity string) error {
	w, p, err := a.load()
	if err != nil {
		return err
	}
	if entity != "" && p.Book.Entity(entity) == nil {
		return fail(exitError, diag.Suggest(entity, entityNames(p.Book)), "--entity: there is no entity %q", entity)
	}
	s, err := a.readState(ctx, p)
	if err != nil {
		return err
	}
	askAll(p)
	out := &render.Account{State: s}
	evaluated, err := a.nextFor(ctx, w, p, s, key, out)
	if err != nil {
		return err
	}
	if out.Record, err = whose(p, evaluated.Data.Frame, s, key, entity); err != nil {
		return err
	}
	gather(p, evaluated, out)
	if a.json {
		return render.AccountJSON(a.Stdout, out)
	}
	return a.printer(p, w.At, limits{}).Account(a.Stdout, out)
}

// askAll has every score and stage evaluated, whoever speaks of it.
func askAll(p *flow.Program) {
	p.Segments.Ask(expr.Uses{Scores: p.Book.ScoreNames(), Stages: p.Book.StageModelNames()})
}

func entityNames(b *playbook.Book) []string {
	var names []string
	for _, e := range b.Entities {
		if e.Key != "" {
			names = append(names, e.Name)
		}
	}
	return names
}

// nextFor plans for one key. Where no plan can be made, the rest is told all the same.
func (a *app) nextFor(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, key string, out *render.Account) (*flow.Evaluated, error) {
	bar := a.progress("reading")
	defer bar.done()
	w.Reading = bar.reading
	planned, err := flow.Plan(ctx, w, p, s, flow.Options{Only: []string{key}, Full: true})
	if err == nil {
		out.View = a.view(p, planned)
		return planned.Evaluated, nil
	}
	_, out.Unplanned, _ = a.classify(explainPlan(err, s))
	return flow.Evaluate(ctx, w, p, s)
}

// whose finds the record that has a key: in the data, or where they have it no more, in the state.
func whose(p *flow.Program, f *frame.Frame, s *state.Snapshot, key, entity string) (state.Record, error) {
	var found []string
	var tables []*frame.Table
	for _, name := range entityNames(p.Book) {
		if entity != "" && entity != name {
			continue
		}
		tables = append(tables, f.Table(name))
		known := func(m state.Member) bool { return m.Record == state.Record{Entity: name, Key: key} }
		if hasRow(f.Table(name), key) || slices.ContainsFunc(s.Members, known) {
			found = append(found, name)
		}
	}
	of := "record"
	if entity != "" {
		of = entity
	}
	switch len(found) {
	case 0:
		return state.Record{}, fail(exitError, nearestKey(key, tables...), "there is no %s with the key %q", of, key)
	case 1:
		return state.Record{Entity: found[0], Key: key}, nil
	}
	return state.Record{}, fail(exitError, "say which: --entity "+found[0], "%s have a record with the key %q", strings.Join(found, " and "), key)
}

// gather fills in what the data say of the record.
func gather(p *flow.Program, e *flow.Evaluated, out *render.Account) {
	table := e.Data.Frame.Table(out.Record.Entity)
	row, there := table.Row(out.Record.Key)
	if out.Gone = !there; out.Gone {
		return
	}
	var names []string
	for _, c := range table.Columns {
		if c.Name != p.Book.Entity(table.Entity).Key {
			names = append(names, c.Name)
		}
	}
	values := e.Data.Fields(table.Entity, row, names)
	for _, name := range names {
		if v, known := values[name]; known {
			if p.Book.Entity(table.Entity).IsSensitive(name) {
				v = secret.Redacted
			}
			out.Fields = append(out.Fields, render.FieldValue{Name: name, Value: v})
		} else {
			out.Missing = append(out.Missing, name)
		}
	}
	for _, g := range p.Book.Segments {
		if g.Of == table.Entity {
			out.Segments = append(out.Segments, render.Standing{Segment: g.Name, In: truthOf(e.Data.Segments[g.Name], row)})
		}
	}
	rated(p, e, table.Entity, row, out)
	related(p, table, row, out)
}

func truthOf(v frame.Verdict, row int) string {
	switch {
	case v.True.Has(row):
		return "true"
	case v.Unknown.Has(row):
		return "unknown"
	}
	return "false"
}

// rated fills in scores and stages.
func rated(p *flow.Program, e *flow.Evaluated, entity string, row int, out *render.Account) {
	for _, s := range p.Book.Scores {
		if x := e.Data.Scores[s.Name]; s.Of == entity && x != nil {
			out.Scores = append(out.Scores, render.ScoreOf{Score: s.Name, Points: x.Points[row], Max: s.Max, Doubtful: x.Doubtful.Has(row)})
		}
	}
	for _, m := range p.Book.Stages {
		if x := e.Data.Stages[m.Name]; m.Of == entity && x != nil {
			out.Stages = append(out.Stages, render.StageOf{Model: m.Name, Stage: x.Stage(row), Doubtful: x.Doubtful.Has(row)})
		}
	}
}

// related fills in the records above and below.
func related(p *flow.Program, table *frame.Table, row int, out *render.Account) {
	for _, r := range table.Parents() {
		if up := r.Up[row]; up >= 0 {
			out.Kin = append(out.Kin, render.Kin{Entity: r.Parent.Entity, Above: true, Count: 1, Keys: []string{r.Parent.Key(int(up))}})
		}
	}
	for _, e := range p.Book.Entities {
		r := table.Children(e.Plural)
		if e.Plural == "" || r == nil {
			continue
		}
		k := render.Kin{Entity: e.Name}
		for _, child := range r.Of(row) {
			if k.Count++; r.Child.HasKey() {
				k.Keys = append(k.Keys, r.Child.Key(int(child)))
			}
		}
		out.Kin = append(out.Kin, k)
	}
}
