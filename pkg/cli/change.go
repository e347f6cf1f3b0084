package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// approvals are the options of commands that change something and are no apply.
func (o *applyOptions) approvals(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	f.BoolVar(&o.yes, "auto-approve", false, "don't ask (as in Terraform)")
	f.DurationVar(&o.lockTimeout, "lock-timeout", 0, "wait so long (30s, 5m) for another run to end")
	f.BoolVar(&o.full, "full", false, "list everything that is shortened")
}

// guardFlag is the option that lets a plan pass guards.
func (o *applyOptions) guardFlag(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&o.allow, "allow", nil, "let the plan pass this `guard`, which is recorded; may be repeated")
	complete(cmd, "allow", cobra.NoFileCompletions)
}

// targetFlag is the option that limits a command to plays.
func (l *limits) targetFlag(a *app, cmd *cobra.Command, help string) {
	cmd.Flags().StringArrayVar(&l.target, "target", nil, help)
	complete(cmd, "target", a.offers(-1, (*playbook.Book).PlayNames))
}

func complete(cmd *cobra.Command, flag string, offered cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, offered); err != nil {
		panic(err) // a name that has no flag
	}
}

// journal reads the pages of a run, or of all ("").
func (a *app) journal(ctx context.Context, p *flow.Program, run string) ([]state.Page, error) {
	store, err := a.openStore(ctx, p)
	if err != nil {
		return nil, err
	}
	return store.Journal(ctx, run)
}
