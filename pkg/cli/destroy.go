package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

func newDestroy(a *app) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "destroy",
		Short: "Withdraw everything that the plays keep, and end them for all their members",
		Long: `destroy plans as if there were no plays, shows that, asks, and carries it out: every member leaves, whom plays keep in lists and
audiences is taken out of them, and open tasks are taken back. What was sent, what people have done and what was set can't be undone:
the plan says how much that is. Members that an add step put somewhere for good stay there.

Afterwards the state holds nothing but the past: who was in which play and what was sent, so that nothing is sent twice if the plays are
applied again. They then begin with a first launch of their own.

The guard on removals does not refuse what destroy was asked for: it is passed, which is recorded. Other guards hold.`,
		Example: `  playctl destroy
  playctl destroy --target play.intent-nurture
  playctl destroy --yes --lock-timeout 5m`,
		Args: takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.destroy(cmd.Context(), o) },
	}
	o.approvals(cmd)
	o.guardFlag(cmd)
	o.targetFlag(a, cmd, "only what this `play` keeps (play.NAME or NAME), also one that is gone from the playbook; may be repeated")
	return cmd
}

func (a *app) destroy(ctx context.Context, o applyOptions) error {
	if err := a.mayAsk(state.OpDestroy, o); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	if err := a.mustExist(ctx, p); err != nil {
		return err
	}
	o.operation = state.OpDestroy
	o.planner = func(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, opts flow.Options) (*flow.Planned, error) {
		journal, err := a.journal(ctx, p, "")
		if err != nil {
			return nil, err
		}
		return flow.Destroy(ctx, w, p, s, opts, journal)
	}
	return a.applyProgram(ctx, w, p, o)
}
