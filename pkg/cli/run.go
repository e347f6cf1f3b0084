package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

type runOptions struct {
	applyOptions
	keys  []string
	where string
}

func newRun(a *app) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:   "run PLAY",
		Short: "Launch a manual play for chosen records",
		Long: `run launches a play with trigger: manual for the records that --key or --where choose. They must be in the play's segment. It plans,
shows the plan for this play alone, asks, and applies it.`,
		Example: `  playctl run executive-dinner --key a-0192 --key a-0417
  playctl run executive-dinner --where 'account.region == "emea" && account.target'`,
		Args: takes(1, 1), ValidArgsFunction: a.offers(1, manual),
		RunE: func(cmd *cobra.Command, args []string) error { return a.run(cmd.Context(), args[0], o) },
	}
	o.flags(a, cmd)
	cmd.Flags().StringArrayVar(&o.keys, "key", nil, "a record's `key`; may be repeated")
	cmd.Flags().StringVar(&o.where, "where", "", "a `condition` that chooses records")
	for _, name := range []string{"target", "exclude", "only"} {
		cmd.Flags().Lookup(name).Hidden = true
	}
	return cmd
}

func (a *app) run(ctx context.Context, name string, o runOptions) error {
	if (len(o.keys) == 0) == (o.where == "") {
		return fail(exitError, "playctl run "+name+" --key KEY", "choose records either with --key or with --where")
	}
	if len(o.target)+len(o.exclude)+len(o.only) > 0 {
		return fail(exitError, "choose records with --key or with --where", "run is about the one play it names: --target, --exclude and --only don't go with it")
	}
	if err := a.mayAsk(state.OpRun, o.applyOptions); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	play := p.Book.Play(name)
	if play == nil {
		return fail(exitError, diag.Suggest(name, p.Book.PlayNames()), "there is no play %q", name)
	}
	if play.Trigger.Kind != playbook.Manual {
		return fail(exitError, "playctl apply launches it; trigger: manual makes it a play for run", "play %s launches by itself", name)
	}
	keys := o.keys
	if o.where != "" {
		if keys, err = a.choose(ctx, w, p, play, o.where); err != nil {
			return err
		}
	}
	o.operation, o.chosen = state.OpRun, chosen(o)
	o.target = []string{name}
	o.launch = &journey.Launch{Play: name, Keys: keys}
	return a.applyProgram(ctx, w, p, o.applyOptions)
}

// chosen words how records were chosen, for the run's record: a condition may speak of people, and is not written out.
func chosen(o runOptions) []string {
	if o.where != "" {
		return []string{"--where"}
	}
	out := make([]string, 0, len(o.keys))
	for _, key := range o.keys {
		out = append(out, "--key "+shellWord(key))
	}
	return out
}

// choose evaluates a condition from the command line and gives the keys for which it is known true.
func (a *app) choose(ctx context.Context, w *flow.World, p *flow.Program, play *playbook.Play, where string) ([]string, error) {
	s, err := a.readState(ctx, p)
	if err != nil {
		return nil, err
	}
	program, err := a.compileArgument(p, play.Of, where)
	if err != nil {
		return nil, err
	}
	evaluated, err := flow.Evaluate(ctx, w, p, s)
	if err != nil {
		return nil, err
	}
	v, err := program.Verdict(ctx, evaluated.Data)
	if err != nil {
		return nil, err
	}
	var keys []string
	table := evaluated.Data.Frame.Table(play.Of)
	for row := range v.True.Rows {
		keys = append(keys, table.Key(row))
	}
	if len(keys) == 0 {
		return nil, fail(exitError, "", "--where chooses no %s", play.Of)
	}
	return keys, nil
}

// compileArgument compiles a condition given on the command line.
func (a *app) compileArgument(p *flow.Program, entity, text string) (*expr.Program, error) {
	x := playbook.ArgumentExpr("--where", text)
	program, problems := p.Env.Compile(x, expr.Scope{Self: entity}, expr.Condition)
	if problems.Errors() > 0 {
		a.problems(problems)
		return nil, silent(exitInvalid)
	}
	return program, nil
}
