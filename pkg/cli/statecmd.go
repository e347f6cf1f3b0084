package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

func newState(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Look at what playctl knows and did, and mend it",
		Long: `state shows what playctl keeps between runs: who is in which play, what it holds for them in the connected systems, which effects
happened, what failed, and the runs that did it. list, show, runs, pull, verify and backups only read; mv, rm, push and restore change the
state, never the connected systems, and are recorded as runs. Where the state is the playbook says (state:); unless it does, that is
.playctl beside it.`,
		Example: `  playctl state list
  playctl state show a-0000192
  playctl state runs
  playctl state pull > state.json`,
		Args: subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStateList(a), newStateShow(a), newStateRuns(a), newStateVerify(a), newStateBackups(a), newStateRestore(a), newStatePull(a), newStatePush(a),
		newStateMv(a), newStateRm(a))
	return cmd
}

// existingState reads the state of the playbook; that there is none yet is an error here.
func (a *app) existingState(ctx context.Context) (*state.Snapshot, error) {
	if err := a.refuseAt("the state is as it is now"); err != nil {
		return nil, err
	}
	_, p, err := a.load()
	if err != nil {
		return nil, err
	}
	s, err := a.stateThere(ctx, p)
	if err == nil {
		flow.HideEvents(p, s)
	}
	return s, err
}
