package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state/seal"
)

func newShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show PLANFILE",
		Short: "Show a saved plan again",
		Long: `show prints a saved plan as it was shown when it was made, without values of fields, and until when it may be applied. It needs no
connected system, and the playbook only for a plan that is encrypted. A plan that was changed since is refused; where PLAYCTL_PLAN_KEY is
set, so is one that was not signed with it.`,
		Example: "  playctl plan --out plan.json\n  playctl show plan.json",
		Args:    takes(1, 1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.showSaved(cmd.Context(), args[0]) },
	}
}

func (a *app) showSaved(ctx context.Context, name string) error {
	saved, err := a.readSaved(ctx, name)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(saved)
	}
	if err := a.print("Plan %s of %s, made %s, %sgood until %s\n", saved.ID, saved.Playbook, saved.At.UTC().Format("2006-01-02 15:04:05Z"), signedWith(saved),
		saved.Expires.UTC().Format("2006-01-02 15:04:05Z")); err != nil {
		return err
	}
	_, err = io.WriteString(a.Stdout, saved.Text)
	return err
}

// readSaved reads a saved plan. The playbook is needed only for one that is encrypted.
func (a *app) readSaved(ctx context.Context, name string) (*plan.Saved, error) {
	f, err := a.readFile(name)
	if err != nil {
		return nil, err
	}
	if seal.Sealed(f.data) {
		w, p, err := a.load()
		if err != nil {
			return nil, err
		}
		if err := a.unseal(ctx, w, p, f); err != nil {
			return nil, err
		}
	}
	return a.parse(f)
}
