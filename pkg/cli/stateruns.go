package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

type runsOptions struct {
	full, lines, journal bool
	since                string
}

func newStateRuns(a *app) *cobra.Command {
	var o runsOptions
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List the runs: who, when, what, how it ended",
		Long: `runs lists every command that changed something: who ran it, when, how many operations came to which end, and how it ended itself. One
that never recorded its end, and does not have the lock, was interrupted.

With --jsonl it is the audit export: one JSON document a line and run, with everything that is known of it: approval, overrides, limits, the
revision and the digests of the playbook, the digest of the plan. With --journal a line for each operation follows its run.`,
		Example: `  playctl state runs
  playctl state runs --since 2026-11-01 --json
  playctl state runs --jsonl --journal > audit.jsonl`,
		Args: takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.stateRuns(cmd.Context(), o) },
	}
	cmd.Flags().BoolVar(&o.full, "full", false, "list all of them")
	cmd.Flags().BoolVar(&o.lines, "jsonl", false, "write JSON Lines: one document a run")
	cmd.Flags().BoolVar(&o.journal, "journal", false, "with --jsonl: a line for each operation of a run, too")
	cmd.Flags().StringVar(&o.since, "since", "", "only runs that began at this `time` or later: RFC 3339, or a date in UTC")
	return cmd
}

func (a *app) stateRuns(ctx context.Context, o runsOptions) error {
	if o.journal && !o.lines {
		return fail(exitError, "playctl state show RUN shows the journal of one run", "--journal goes with --jsonl")
	}
	var since time.Time
	if o.since != "" {
		var err error
		if since, err = parseTime(o.since); err != nil {
			return fail(exitError, "write 2026-11-22T09:00:00Z or 2026-11-22", "--since %q is not a time", o.since)
		}
	}
	s, err := a.existingState(ctx)
	if err != nil {
		return err
	}
	if err := a.settleRuns(ctx, s.Runs); err != nil {
		return err
	}
	if err := a.countCut(ctx, s.Runs, s.Effects); err != nil {
		return err
	}
	runs := slices.DeleteFunc(slices.Clone(s.Runs), func(r state.Run) bool { return r.Started.Before(since) })
	switch {
	case o.lines:
		return a.exportRuns(ctx, runs, o.journal)
	case a.json:
		return a.printKept(render.RunsDocument{Head: render.Begin(), Serial: s.Meta.Serial, Runs: orNone(runs)})
	}
	if len(runs) == 0 && len(s.Runs) > 0 {
		return a.print("No run began on %s or later: the last one began on %s.", since.UTC().Format(time.RFC3339), s.Runs[len(s.Runs)-1].Started.UTC().Format(time.RFC3339))
	}
	return a.printer(nil, a.Now(), limits{full: o.full}).Runs(a.Stdout, runs)
}

// settleRuns has runs that were cut off say so: they could not record it themselves.
func (a *app) settleRuns(ctx context.Context, runs []state.Run) error {
	var holder *state.Holder
	for i := range runs {
		if runs[i].Status != state.Running {
			continue
		}
		if holder == nil {
			var err error
			if holder, err = a.store.Holder(ctx); err != nil {
				return err
			}
		}
		if audit.Interrupted(&runs[i], holder) {
			runs[i].Status = state.Interrupted
		}
	}
	return nil
}

// countCut counts, by their journals, what became of the operations of runs that were cut off before they could, as far as is known by now.
func (a *app) countCut(ctx context.Context, runs []state.Run, effects []state.Effect) error {
	for i := range runs {
		r := &runs[i]
		if r.Status != state.Interrupted || !r.Finished.IsZero() || len(r.Counts) > 0 {
			continue
		}
		pages, err := a.store.Journal(ctx, r.ID)
		if err != nil {
			return err
		}
		r.Counts = map[string]int{}
		for _, o := range audit.Known(audit.Operations(pages), effects) {
			r.Counts[o.Outcome]++
		}
	}
	return nil
}

// exportRuns writes one document a line.
func (a *app) exportRuns(ctx context.Context, runs []state.Run, journal bool) error {
	byRun := map[string][]state.Page{}
	if journal {
		pages, err := a.store.Journal(ctx, "") // at once: a store may go over all of it for each run
		if err != nil {
			return err
		}
		for _, p := range pages {
			byRun[p.Run] = append(byRun[p.Run], p)
		}
	}
	out := json.NewEncoder(kept{a.out})
	out.SetEscapeHTML(false)
	for i := range runs {
		if err := out.Encode(render.RunLine{Head: render.Begin(), Type: "run", Run: runs[i]}); err != nil {
			return err
		}
		for _, o := range audit.Operations(byRun[runs[i].ID]) {
			if err := out.Encode(render.OperationLine{Head: render.Begin(), Type: "operation", Run: runs[i].ID, Operation: o}); err != nil {
				return err
			}
		}
	}
	return nil
}

// runNamed finds a run by its ID, by a beginning of it that no other run has, or the newest one as "last".
func runNamed(s *state.Snapshot, text string) (*state.Run, error) {
	if len(s.Runs) == 0 {
		return nil, fail(exitError, "", "there are no runs yet")
	}
	if text == "last" {
		return &s.Runs[len(s.Runs)-1], nil
	}
	var found []*state.Run
	ids := make([]string, len(s.Runs))
	for i := range s.Runs {
		ids[i] = s.Runs[i].ID
		if ids[i] == text {
			return &s.Runs[i], nil
		}
		if text != "" && strings.HasPrefix(ids[i], text) {
			found = append(found, &s.Runs[i])
		}
	}
	switch len(found) {
	case 0:
		hint := "playctl state runs lists them; last is the newest one"
		if near := diag.Nearest(text, ids); near != "" {
			hint = "did you mean " + near + "?"
		}
		return nil, fail(exitError, hint, "there is no run %q", text)
	case 1:
		return found[0], nil
	}
	return nil, fail(exitError, "write more of it: playctl state runs lists them", "%d runs begin with %q", len(found), text)
}

// runIDs completes the runs of the state, the newest first.
func (a *app) runIDs(s *state.Snapshot) []string {
	out := []string{"last\tthe newest one"}
	for _, r := range slices.Backward(s.Runs) {
		out = append(out, fmt.Sprintf("%s\t%s %s", r.ID, r.Operation, r.Started.UTC().Format("2006-01-02 15:04")))
	}
	return out
}

// offersState completes what the state knows, for the first so many arguments; below 0 is any number. Where it can't be read, nothing is
// offered.
func (a *app) offersState(most int, names func(*state.Snapshot) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if most >= 0 && len(args) >= most || a.settle(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		_, p, _, err := a.check()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		s, err := a.readState(cmd.Context(), p)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(s), cobra.ShellCompDirectiveNoFileComp
	}
}

// orNone has a list written as [] and not as null.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
