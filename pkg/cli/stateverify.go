package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/render"
)

func newStateVerify(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Check the whole state, its journal and its backups",
		Long: `verify reads every row of the state and every page of its journal, each with its checksum, and every backup; and checks that whatever a row
speaks of is there: who keeps something, whose an effect, a task or a failure is, which run a page is of. It only reads. It exits with 1,
and lists what does not hold, if anything does not.`,
		Example: "  playctl state verify\n  playctl state verify --json",
		Args:    takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stateVerify(cmd.Context()) },
	}
}

func (a *app) stateVerify(ctx context.Context) error {
	if err := a.refuseAt("the state is as it is now"); err != nil {
		return err
	}
	_, p, err := a.load()
	if err != nil {
		return err
	}
	if _, err := a.stateThere(ctx, p); err != nil {
		return err
	}
	w, err := a.store.Whole(ctx)
	if err != nil {
		return err
	}
	findings := audit.Whole(w)
	backups, err := a.backups(ctx, p, true)
	if err != nil {
		return err
	}
	bad := len(findings)
	for _, b := range backups {
		if b.Error != "" {
			bad++
		}
	}
	if a.json {
		err = a.printKept(render.StateCheckedDocument{Head: render.Begin(), Serial: w.Meta.Serial, Holds: bad == 0, Findings: orNone(findings), Backups: orNone(backups)})
	} else {
		err = a.printer(p, a.Now(), limits{}).StateChecked(a.Stdout, &w.Meta, findings, backups)
	}
	if err != nil || bad == 0 {
		return err
	}
	hint := a.invocation("state backups", "--check") + " tells which backups are good"
	if len(findings) == 0 {
		hint += "; a bad one is of no use, and may be removed once there is a good one"
	}
	return fail(exitError, hint, "the state does not hold: %s", count(bad, "finding"))
}
