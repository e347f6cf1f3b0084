package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

func newStateBackups(a *app) *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "backups",
		Short: "List the copies of the state that are kept",
		Long: `backups lists the copies of the state that are kept: the last ten good ones, each made when a run had ended. With --check each is read whole,
and it is told whether it is good. state restore brings one back.`,
		Example: "  playctl state backups\n  playctl state backups --check --json",
		Args:    takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stateBackups(cmd.Context(), check) },
	}
	cmd.Flags().BoolVar(&check, "check", false, "read each of them, and tell whether it is good")
	return cmd
}

func (a *app) stateBackups(ctx context.Context, check bool) error {
	if err := a.refuseAt("backups are as they are now"); err != nil {
		return err
	}
	_, p, err := a.load()
	if err != nil {
		return err
	}
	list, err := a.backups(ctx, p, check)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"format_version": "1.0", "where": a.store.Where(), "backups": orNone(list)})
	}
	return a.printer(p, a.Now(), limits{}).Backups(a.Stdout, list)
}

// backups lists the backups, the newest first, and reads each of them if that is wished for.
func (a *app) backups(ctx context.Context, p *flow.Program, check bool) ([]render.BackupChecked, error) {
	store, err := a.openStore(ctx, p)
	if err != nil {
		return nil, err
	}
	list, err := store.Backups(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]render.BackupChecked, len(list))
	for i, b := range list {
		out[i] = render.BackupChecked{Backup: b, Checked: check}
		if !check {
			continue
		}
		if _, err := store.Backup(ctx, b.Name); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			out[i].Error = err.Error()
		}
	}
	return out, nil
}

// newestGood finds the newest backup that is whole.
func newestGood(ctx context.Context, store state.Store) (*state.Whole, *state.Backup, error) {
	list, err := store.Backups(ctx)
	if err != nil {
		return nil, nil, err
	}
	for i := range list {
		w, err := store.Backup(ctx, list[i].Name)
		if err == nil {
			return w, &list[i], nil
		}
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
	}
	return nil, nil, fail(exitError, "", "there is no good backup of %s", store.Where())
}
