package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

func newRefresh(a *app) *cobra.Command {
	var o consent
	full := false
	cmd := &cobra.Command{
		Use:   "refresh",
		Short: "Read again what the systems hold, and have the state follow",
		Long: `refresh asks the connected systems about everything that the state has of them: who is still in the collections, what became of effects
that are in doubt, what people did about their tasks. It shows what it found, asks, and has the state follow. In the systems nothing changes.

Whom the state has in a collection and who is there no more, the state lets go of: the next apply puts in again whom a play keeps. Where a
system can't be read back, or could not be asked, nothing changes. playctl drift shows the same and writes nothing.`,
		Example: `  playctl refresh
  playctl refresh --yes --json`,
		Args: takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.refresh(cmd.Context(), o, full) },
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&full, "full", false, "list everything that is shortened")
	return cmd
}

func (a *app) refresh(ctx context.Context, o consent, full bool) error {
	if err := a.mayConsent(state.OpRefresh, o); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	return a.underLock(ctx, p, state.OpRefresh, o, func(session state.Session, s *state.Snapshot) error {
		session.Progress("reading")
		bar := a.progress("reading")
		w.Reading = bar.reading
		found, err := flow.Refresh(ctx, w, p, s)
		bar.done()
		if err != nil {
			return explainPlan(err, s)
		}
		if err := a.keepRefreshed(ctx, p, session, s, found, o, full); err != nil {
			return err
		}
		if unread := found.Unread(); len(unread) > 0 {
			return fail(exitPartly, "mend it and run again: of that the state is as it was", "%s", strings.Join(unread, "\n  "))
		}
		return nil
	})
}

// keepRefreshed shows what was found, asks, and has the state follow. That nothing is new is recorded too.
func (a *app) keepRefreshed(ctx context.Context, p *flow.Program, session state.Session, s *state.Snapshot, found *plan.Refresh, o consent, full bool) error {
	if !a.json {
		if err := a.printer(p, found.At, limits{full: full}).Refreshed(a.Stdout, found); err != nil {
			return err
		}
	}
	change, approved := &amendment{changes: found.Changes, message: found.String()}, ""
	if !found.Changes.Empty() {
		var err error
		if approved, err = a.agree(ctx, nil, o, session); err != nil {
			return err
		}
	}
	run, err := a.keep(ctx, p, session, s, state.OpRefresh, change, approved)
	if err != nil || !a.json {
		return err
	}
	return render.RefreshedJSON(a.Stdout, found, run)
}
