package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

func newVerify(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "verify RUN",
		Short: "Check that everything a run did was planned, and everything planned is accounted for",
		Long: `verify holds a run's journal against its record and against the state: that every operation that was done was planned and intended before,
that everything planned was done, failed, was skipped, is in doubt or was never begun, that every effect of the run is in its journal, that
its counts and the digest of what was planned are right, and that no page is missing. It only reads. It exits with 1, and lists what does
not hold, if anything does not. RUN is its ID, the beginning of it, or last.`,
		Example: "  playctl verify last\n  playctl verify 5f0c1d2e --json",
		Args:    takes(1, 1), ValidArgsFunction: a.offersState(1, a.runIDs),
		RunE: func(cmd *cobra.Command, args []string) error { return a.verify(cmd.Context(), args[0]) },
	}
}

func (a *app) verify(ctx context.Context, name string) error {
	s, err := a.existingState(ctx)
	if err != nil {
		return err
	}
	run, err := runNamed(s, name)
	if err != nil {
		return err
	}
	if err := a.settleRuns(ctx, s.Runs); err != nil {
		return err
	}
	if run.Status == state.Running {
		return fail(exitLocked, "wait for its end: "+a.invocation("lock-info"), "run %s is still at work", run.ID)
	}
	pages, err := a.store.Journal(ctx, run.ID)
	if err != nil {
		return err
	}
	if len(pages) == 0 && run.Operation == "" && run.Digest == "" {
		return fail(exitError, "", "run %s was made by a playctl that kept no journal: there is nothing to hold it against", run.ID)
	}
	report := audit.Run(run, pages, s, run.Status == state.Interrupted && run.Finished.IsZero())
	if a.json {
		err = a.printKept(render.RunCheckedDocument{Head: render.Begin(), Run: run.ID, Holds: len(report.Findings) == 0, Report: report})
	} else {
		err = a.printer(nil, a.Now(), limits{}).RunChecked(a.Stdout, run, report)
	}
	if err != nil || len(report.Findings) == 0 {
		return err
	}
	return fail(exitError, "", "run %s does not hold: %s", run.ID, count(len(report.Findings), "finding"))
}
