package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

func newRevert(a *app) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "revert RUN",
		Short: "Undo what can be undone of a run, and say what can't",
		Long: `revert has those leave whom a run let into plays: whom the plays keep for them is withdrawn, and their open tasks are taken back. Whom the
run added to a collection for good is taken out again. It shows all of that, asks, and does it; nobody enters or moves on meanwhile.

What can't be undone it lists, with counts and samples: what was sent, tasks that were given out, fields that were set (the state does not
hold what stood there before). What later runs did again, and what members keep who entered before, is left alone, and it says why.
RUN is a run's ID, the beginning of it, or last.

Who was made to leave is not let in again by the same edge; a play with reentry: always may let them in again.`,
		Example: `  playctl revert last
  playctl revert 5f0c1d2e --yes
  playctl state runs                  # which run it was`,
		Args: takes(1, 1), ValidArgsFunction: a.offersState(1, a.runIDs),
		RunE: func(cmd *cobra.Command, args []string) error { return a.revert(cmd.Context(), args[0], o) },
	}
	o.approvals(cmd)
	o.guardFlag(cmd)
	return cmd
}

func (a *app) revert(ctx context.Context, name string, o applyOptions) error {
	if err := a.refuseAt("revert acts now"); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	s, err := a.stateThere(ctx, p)
	if err != nil {
		return err
	}
	run, err := runNamed(s, name)
	if err != nil {
		return err
	}
	if !run.Operation.Reverts() {
		return fail(exitError, a.invocation("apply")+" does what the plays want now", "run %s was made by playctl %s, of which nothing can be undone", run.ID, run.Operation)
	}
	if err := a.mayAsk(state.OpRevert, o); err != nil { // a run that is none is told first
		return err
	}
	id := run.ID
	o.operation, o.chosen = state.OpRevert, []string{id}
	o.planner = func(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, opts flow.Options) (*flow.Planned, error) {
		journal, err := a.journal(ctx, p, "")
		if err != nil {
			return nil, err
		}
		run, err := runNamed(s, id)
		if err != nil {
			return nil, err
		}
		return flow.Revert(ctx, w, p, &state.Whole{Snapshot: *s, Journal: journal}, run, opts)
	}
	return a.applyProgram(ctx, w, p, o)
}
