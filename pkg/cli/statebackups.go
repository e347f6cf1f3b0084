package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/lineage"
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
		return a.printKept(render.BackupsDocument{Head: render.Begin(), Where: a.store.Where(), Backups: orNone(list)})
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

// newestGood finds the newest backup that is whole: of the lineage that playctl.lineage names, if it names one.
func (a *app) newestGood(ctx context.Context, p *flow.Program, store state.Store) (*state.Whole, *state.Backup, error) {
	id, recorded, err := lineage.Read(a.dir, p.Book.Environment)
	if err != nil {
		return nil, nil, err
	}
	w, b, err := newestBackup(ctx, store, func(w *state.Whole) bool { return !recorded || w.Meta.Lineage == id })
	if err == nil && w == nil {
		err = fail(exitError, "", "there is no good backup of %s", store.Where())
	}
	return w, b, err
}
