package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
)

func newDrift(a *app) *cobra.Command {
	var l limits
	cmd := &cobra.Command{
		Use:   "drift",
		Short: "Show where the connected systems differ from what playctl keeps in them",
		Long: `drift reads the collections in which playctl holds members, and the fields that steps of active members set, and tells who is gone and
which values are others: what somebody changed by hand. It reads only; the next apply puts members back who are kept. Values are compared
with what the steps would set by the records as they are now.

Each line says how sure it is: known (read now), assumed (a system that can't be read back: from the state), unknown (it could not be
asked, which is never taken for no drift). Who is in a collection that playctl did not put there is counted, and is no drift.

It exits with 0 where nothing differs, with 2 where something does, and with 1 where something could not be read.`,
		Example: `  playctl drift
  playctl drift --target play.intent-nurture --full
  playctl drift --json`,
		Args: takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.drift(cmd.Context(), l) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&l.target, "target", nil, "only what this `play` keeps (play.NAME or NAME); may be repeated")
	f.BoolVar(&l.full, "full", false, "list everybody, also who was put there by somebody else")
	if err := cmd.RegisterFlagCompletionFunc("target", a.offers(-1, (*playbook.Book).PlayNames)); err != nil {
		panic(err) // the flag is above
	}
	return cmd
}

func (a *app) drift(ctx context.Context, l limits) error {
	if err := a.refuseAt("the systems are as they are now"); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	s, err := a.readState(ctx, p)
	if err != nil {
		return err
	}
	o, err := l.options(p, s)
	if err != nil {
		return err
	}
	bar := a.progress("reading")
	w.Reading = bar.reading
	found, err := flow.Drift(ctx, w, p, s, o)
	bar.done()
	if err != nil {
		return explainPlan(err, s)
	}
	if err := a.showDrift(p, found, l); err != nil {
		return err
	}
	return driftExit(found)
}

func (a *app) showDrift(p *flow.Program, d *plan.Drift, l limits) error {
	if a.json {
		return render.DriftJSON(a.Stdout, d)
	}
	return a.printer(p, d.At, l).Drift(a.Stdout, d)
}

// driftExit is the end of what was shown: what could not be read comes before what was found, since nobody may take it for the whole.
func driftExit(d *plan.Drift) error {
	if unread := d.Unread(); len(unread) > 0 {
		return fail(exitError, "mend it and run again: what is there is not known", "%s", strings.Join(unread, "\n  "))
	}
	if d.Found() > 0 {
		return silent(exitChanges)
	}
	return nil
}
