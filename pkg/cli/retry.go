package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

type retryOptions struct {
	consent
	all        bool
	where      string
	plays      []string
	connectors []string
}

func newRetry(a *app) *cobra.Command {
	var o retryOptions
	cmd := &cobra.Command{
		Use:   "retry [KEY…]",
		Short: "Try operations that failed again with the next apply",
		Long: `retry makes operations due that their systems refused: those that wait for their next try, and those that were given up after five
refusals. It sends nothing itself: the next apply tries them, and counts their refusals anew.

KEY is an operation's, as state list --failed shows it, or a record's: then all of that record's. --play, --connector and --where narrow
down what is chosen; without a KEY, one of them or --all must be said.`,
		Example: `  playctl retry a-0192
  playctl retry --connector crm
  playctl retry --where 'account.region == "emea"' --yes
  playctl retry --all && playctl apply`,
		Args: takes(0, -1), ValidArgsFunction: a.offersState(-1, failureKeys),
		RunE: func(cmd *cobra.Command, args []string) error { return a.retry(cmd.Context(), args, o) },
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.all, "all", false, "everything that failed")
	cmd.Flags().StringVar(&o.where, "where", "", "a `condition` that chooses by the records")
	cmd.Flags().StringArrayVar(&o.plays, "play", nil, "what failed in this `play`; may be repeated")
	cmd.Flags().StringArrayVar(&o.connectors, "connector", nil, "what this `connector` refused; may be repeated")
	complete(cmd, "play", a.offers(-1, (*playbook.Book).PlayNames))
	complete(cmd, "connector", a.offers(-1, connectorNames))
	complete(cmd, "where", cobra.NoFileCompletions)
	return cmd
}

func connectorNames(b *playbook.Book) []string {
	var names []string
	for i := range b.Connectors {
		names = append(names, b.Connectors[i].Name)
	}
	return names
}

// failureKeys completes what failed.
func failureKeys(s *state.Snapshot) []string {
	var out []string
	for i := range s.Failures {
		f := &s.Failures[i]
		out = append(out, f.Key+"\t"+render.FailureText(f))
	}
	return out
}

func (a *app) retry(ctx context.Context, keys []string, o retryOptions) error {
	narrowed := o.where != "" || len(o.plays)+len(o.connectors) > 0
	switch {
	case o.all && (len(keys) > 0 || narrowed):
		return fail(exitError, "leave --all away", "--all means everything: a KEY, --play, --connector and --where don't go with it")
	case !o.all && len(keys) == 0 && !narrowed:
		return fail(exitError, "playctl state list --failed lists what failed", "say what to try again: KEY…, --play, --connector, --where, or --all")
	}
	return a.amend(ctx, state.OpRetry, o.consent, func(p *flow.Program, s *state.Snapshot) (*amendment, error) {
		unasked, err := a.unasked(ctx, s)
		if err != nil {
			return nil, err
		}
		chosen, err := a.chooseFailures(ctx, p, s, keys, unasked, o)
		if err != nil {
			return nil, err
		}
		return a.anew(chosen, len(unasked), o.limits(keys)), nil
	})
}

// limits words what was chosen, for the run's record: a condition may speak of people, and is not written out.
func (o *retryOptions) limits(keys []string) []string {
	out := make([]string, 0, len(keys))
	for _, key := range keys {
		out = append(out, shellWord(key))
	}
	for _, name := range o.plays {
		out = append(out, "--play "+shellWord(name))
	}
	for _, name := range o.connectors {
		out = append(out, "--connector "+shellWord(name))
	}
	if o.where != "" {
		out = append(out, "--where")
	}
	if o.all {
		out = append(out, "--all")
	}
	return out
}

// anew is what it changes to try operations again. unasked counts those that nobody refused.
func (a *app) anew(chosen []state.Failure, unasked int, limits []string) *amendment {
	c := &amendment{limits: limits, done: "Nothing has failed: there is nothing to try again.", result: map[string]any{"failures": orNone(chosen)}}
	if len(chosen) == 0 && unasked > 0 {
		c.done = "Nothing was refused. " + render.UnaskedText(unasked) + ": " + a.invocation("apply")
	}
	if len(chosen) == 0 {
		return c
	}
	for i := range chosen {
		f := &chosen[i]
		c.tell = append(c.tell, fmt.Sprintf("  %s, refused %s: %s", render.FailureText(f), times(f.Attempts), f.Reason))
	}
	if more := len(c.tell) - mostTold; more > 0 {
		c.tell = append(c.tell[:mostTold], fmt.Sprintf("  … %d more: %s", more, a.invocation("state list --failed")))
	}
	c.tell = append([]string{"The next apply tries again, as far as the plays still want it:"}, c.tell...)
	c.changes.Failures, c.lines = amend.Retry(chosen, a.moment())
	c.result["failures"] = c.changes.Failures
	c.done = fmt.Sprintf("The next apply tries %s again, as far as the plays still want it: %s", count(len(chosen), "operation"), a.invocation("apply"))
	return c
}

// mostTold is how many lines at most are told of what is about to be changed.
const mostTold = 20

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// chooseFailures gives what failed that all of the options choose.
func (a *app) chooseFailures(ctx context.Context, p *flow.Program, s *state.Snapshot, keys []string, unasked []audit.Operation, o retryOptions) ([]state.Failure, error) {
	var known []string
	for i := range s.Failures {
		f := &s.Failures[i]
		known = append(known, f.Key, f.Record.Key)
	}
	for _, key := range keys {
		if !slices.ContainsFunc(s.Failures, func(f state.Failure) bool { return goesBy(&f, key) }) {
			if slices.ContainsFunc(unasked, func(o audit.Operation) bool { return o.Key == key || o.Record.Key == key || o.Record.String() == key }) {
				return nil, fail(exitError, "nobody refused it: the next apply tries again: "+a.invocation("apply"), "what failed for %q was not refused: its system could not be asked", key)
			}
			hint := "playctl state list --failed lists what failed"
			if near := diag.Nearest(key, known); near != "" {
				hint = "did you mean " + near + "?"
			}
			return nil, fail(exitError, hint, "nothing failed that goes by %q", key)
		}
	}
	var err error
	if o.plays, err = playNames("--play", o.plays, append(playsKnown(s), p.Book.PlayNames()...)); err != nil {
		return nil, err
	}
	if err := knownConnectors(p, s, o.connectors); err != nil {
		return nil, err
	}
	chosen := slices.DeleteFunc(slices.Clone(s.Failures), func(f state.Failure) bool {
		return len(keys) > 0 && !slices.ContainsFunc(keys, func(key string) bool { return goesBy(&f, key) }) ||
			len(o.plays) > 0 && !slices.Contains(o.plays, f.Play) || len(o.connectors) > 0 && !slices.Contains(o.connectors, f.Connector)
	})
	if o.where == "" || len(chosen) == 0 {
		return chosen, nil
	}
	return a.failuresWhere(ctx, p, s, chosen, o.where)
}

func goesBy(f *state.Failure, key string) bool {
	return f.Key == key || f.Record.Key == key || f.Record.String() == key
}

// knownConnectors refuses a connector that neither the playbook nor a failure speaks of.
func knownConnectors(p *flow.Program, s *state.Snapshot, given []string) error {
	known := connectorNames(p.Book)
	for i := range s.Failures {
		known = append(known, s.Failures[i].Connector)
	}
	for _, name := range given {
		if !slices.Contains(known, name) {
			return fail(exitError, diag.Suggest(name, known), "--connector: there is no connector %q", name)
		}
	}
	return nil
}

// failuresWhere gives what failed for records of which a condition is known true. It is about one entity: the one of the failures' of which it
// can be said.
func (a *app) failuresWhere(ctx context.Context, p *flow.Program, s *state.Snapshot, failures []state.Failure, where string) ([]state.Failure, error) {
	entity, program, err := a.aboutOne(p, failures, where)
	if err != nil {
		return nil, err
	}
	w, err := a.world()
	if err != nil {
		return nil, err
	}
	evaluated, err := flow.Evaluate(ctx, w, p, s)
	if err != nil {
		return nil, err
	}
	holds, err := program.Verdict(ctx, evaluated.Data)
	if err != nil {
		return nil, err
	}
	return whereTrue(evaluated.Data, entity, holds, failures), nil
}

// aboutOne compiles a condition for that entity among those of failures that it is about.
func (a *app) aboutOne(p *flow.Program, failures []state.Failure, where string) (string, *expr.Program, error) {
	var entities, fit []string
	for i := range failures {
		if e := failures[i].Record.Entity; !slices.Contains(entities, e) && p.Book.Entity(e) != nil {
			entities = append(entities, e)
		}
	}
	slices.Sort(entities)
	for _, e := range entities {
		if _, problems := p.Env.Compile(playbook.ArgumentExpr("--where", where), expr.Scope{Self: e}, expr.Condition); problems.Errors() == 0 {
			fit = append(fit, e)
		}
	}
	switch {
	case len(entities) == 0:
		return "", nil, fail(exitError, "choose with --play or --connector, or by KEY", "--where: what failed is about records of no entity of the playbook")
	case len(fit) > 1:
		return "", nil, fail(exitError, "name the record in it, as in "+fit[0]+".region; or choose with --play or --connector, or by KEY",
			"--where: it could be about records of %s", strings.Join(fit, " and of "))
	case len(fit) == 0:
		fit = entities // and what is wrong with it is told
	}
	program, err := a.compileArgument(p, fit[0], where)
	return fit[0], program, err
}

// whereTrue gives the failures of an entity's records that are in a verdict.
func whereTrue(data *expr.Data, entity string, holds frame.Verdict, failures []state.Failure) []state.Failure {
	table := data.Frame.Table(entity)
	return slices.DeleteFunc(failures, func(f state.Failure) bool {
		row, known := table.Row(f.Record.Key)
		return f.Record.Entity != entity || !known || !holds.True.Has(row)
	})
}
