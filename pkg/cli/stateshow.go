package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

func newStateShow(a *app) *cobra.Command {
	var full bool
	cmd := &cobra.Command{
		Use:   "show KEY",
		Short: "Show everything known of one record, member, effect or run",
		Long: `show prints the plays a record is or was in, its steps, what is held for it and what it was sent; KEY is a record's, a member's, an
effect's or a run's. Of a run it prints who ran it, by whose leave and from what, and its journal: what was planned, what was done, failed,
was skipped and why, and what is in doubt. "last" is the newest run.`,
		Example: "  playctl state show a-0000192\n  playctl state show a-0000192 --json\n  playctl state show last --full",
		Args:    takes(1, 1), ValidArgsFunction: a.offersState(1, a.runIDs),
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateShow(cmd.Context(), args[0], full) },
	}
	cmd.Flags().BoolVar(&full, "full", false, "list everything that is shortened")
	return cmd
}

func (a *app) stateShow(ctx context.Context, key string, full bool) error {
	s, err := a.existingState(ctx)
	if err != nil {
		return err
	}
	found := about(s, key)
	if run, err := runNamed(s, key); err == nil && nothingOf(found) {
		return a.showRun(ctx, s, run, full)
	}
	if nothingOf(found) {
		return fail(exitError, nearestKnown(s, key), "the state knows no record, member, effect or run %q", key)
	}
	if a.json {
		return a.printKept(render.KnownDocument{Head: render.Begin(), Serial: s.Meta.Serial, Key: key, Members: orNone(found.Members), Held: orNone(found.Held),
			Effects: orNone(found.Effects), Failures: orNone(found.Failures), Runs: orNone(found.Runs)})
	}
	_, err = a.printer(nil, a.Now(), limits{full: full}).StateShow(a.Stdout, s, key)
	return err
}

func nothingOf(s *state.Snapshot) bool { return len(s.Members)+len(s.Held)+len(s.Effects) == 0 }

// showRun tells everything of a run, with its journal.
func (a *app) showRun(ctx context.Context, s *state.Snapshot, run *state.Run, full bool) error {
	if err := a.settleRuns(ctx, s.Runs); err != nil {
		return err
	}
	if err := a.countCut(ctx, s.Runs, s.Effects); err != nil {
		return err
	}
	pages, err := a.store.Journal(ctx, run.ID)
	if err != nil {
		return err
	}
	operations := audit.Known(audit.Operations(pages), s.Effects)
	if a.json {
		return a.printKept(render.RunDocument{Head: render.Begin(), Serial: s.Meta.Serial, Key: run.ID, Runs: []state.Run{*run}, Operations: orNone(operations)})
	}
	return a.printer(nil, a.Now(), limits{full: full}).Run(a.Stdout, run, operations)
}

// nearestKnown words a hint for a key that the state does not know.
func nearestKnown(s *state.Snapshot, key string) string {
	var known []string
	for i := 0; i < len(s.Members) && i < mostCompared; i++ {
		known = append(known, s.Members[i].Record.Key)
	}
	if near := diag.Nearest(key, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "playctl state list --json lists who is known"
}

// about gives what a state knows of a record, a member or an effect.
func about(s *state.Snapshot, key string) *state.Snapshot {
	out := &state.Snapshot{Meta: s.Meta}
	members := map[string]bool{}
	for _, m := range s.Members {
		if m.Record.Key == key || m.Record.String() == key || m.Key == key {
			out.Members = append(out.Members, m)
			members[m.Key] = true
		}
	}
	for _, h := range s.Held {
		if h.Record.Key == key || h.Record.String() == key || slices.ContainsFunc(h.Keepers, func(k state.Keeper) bool { return members[k.Member] }) {
			out.Held = append(out.Held, h)
		}
	}
	for _, e := range s.Effects {
		if e.Record.Key == key || e.Record.String() == key || members[e.Member] || e.Key == key {
			out.Effects = append(out.Effects, e)
		}
	}
	for _, f := range s.Failures {
		if f.Record.Key == key || f.Record.String() == key || members[f.Member] {
			out.Failures = append(out.Failures, f)
		}
	}
	return out
}
