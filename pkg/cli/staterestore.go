package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

func newStateRestore(a *app) *cobra.Command {
	var o replacement
	cmd := &cobra.Command{
		Use:   "restore [BACKUP]",
		Short: "Bring a backup of the state back",
		Long: `restore puts a backup in the place of the state that is damaged or missing; a damaged one is set aside. Without BACKUP it takes the newest
good one. What the state knew after that, and no backup knows, is not known any more, and may be done again.

A state that is good stays: it takes over from the backup what it has lost since, by state rm for example, memberships with what is kept for them,
effects, tasks. What it has learned since is not unlearned: nothing is sent again, nobody is taken out who was put in by somebody else, and of who
was forgotten nothing comes back. So it is with a damaged state and the newest good backup, where you name an older one.`,
		Example: "  playctl state restore\n  playctl state restore state-41.db --yes",
		Args:    takes(0, 1), ValidArgsFunction: a.backupNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := ""
			if len(args) == 1 {
				if name = args[0]; name == "" {
					return fail(exitError, "playctl state backups lists them", "the name of the backup is empty")
				}
			}
			o.operation = state.OpRestore
			o.from = func(ctx context.Context, p *flow.Program, store state.Store) (*state.Whole, string, error) {
				return a.backupNamed(ctx, p, store, name)
			}
			return a.replaceState(cmd.Context(), o)
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.force, "force", false, "also where the state was moved away, is of a newer playctl, or the backup is of another lineage")
	return cmd
}

// backupNames completes the names of backups.
func (a *app) backupNames(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || a.settle(cmd) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	_, p, _, err := a.check()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := a.backups(cmd.Context(), p, false)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, b := range list {
		out = append(out, fmt.Sprintf("%s\tserial %d, %s", b.Name, b.Serial, b.At.UTC().Format("2006-01-02 15:04")))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// backupNamed reads a backup, the newest good one for "", and words which one it is.
func (a *app) backupNamed(ctx context.Context, p *flow.Program, store state.Store, name string) (*state.Whole, string, error) {
	if name == "" {
		w, b, err := a.newestGood(ctx, p, store)
		if err != nil {
			return nil, "", err
		}
		return w, backupText(b), nil
	}
	list, err := store.Backups(ctx)
	if err != nil {
		return nil, "", err
	}
	var known []string
	for i := range list {
		if list[i].Name == name {
			w, err := store.Backup(ctx, name)
			return w, backupText(&list[i]), err
		}
		known = append(known, list[i].Name)
	}
	if w, err := store.Backup(ctx, name); err == nil { // that a store can make, and does not list
		return w, "backup " + name, nil
	}
	hint := a.invocation("state backups") + " lists them"
	if near := diag.Nearest(name, known); near != "" {
		hint = "did you mean " + near + "?"
	}
	return nil, "", fail(exitError, hint, "there is no backup %q", name)
}

func backupText(b *state.Backup) string {
	return fmt.Sprintf("backup %s of %s", b.Name, b.At.UTC().Format(time.RFC3339))
}
