package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

func newLockInfo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "lock-info",
		Short: "Tell who has the state's lock, since when, and how far they are",
		Long: `lock-info tells who has the lock that every command which changes something takes: who, since when, what they do, and how far they
are. It only reads, and always exits with 0 where that could be found out.`,
		Example: "  playctl lock-info\n  playctl lock-info --json",
		Args:    takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.lockInfo(cmd.Context()) },
	}
}

func (a *app) lockInfo(ctx context.Context) error {
	p, holder, err := a.holder(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printKept(render.LockDocument{Head: render.Begin(), Locked: holder != nil, Where: a.store.Where(), Holder: holder})
	}
	if err := a.printer(p, a.Now(), limits{}).LockInfo(a.Stdout, a.store.Where(), holder); err != nil || holder == nil {
		return err
	}
	if remedy := a.orBreak(holder); remedy != "" {
		a.say("%s", strings.TrimPrefix(remedy, "; "))
	}
	return nil
}

// holder asks who has the lock of the playbook's state; nil: nobody.
func (a *app) holder(ctx context.Context) (*flow.Program, *state.Holder, error) {
	if err := a.refuseAt("the lock is as it is now"); err != nil {
		return nil, nil, err
	}
	_, p, err := a.load()
	if err != nil {
		return nil, nil, err
	}
	store, err := a.openStore(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	holder, err := store.Holder(ctx)
	return p, holder, err
}
