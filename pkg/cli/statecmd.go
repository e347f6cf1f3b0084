package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

func newState(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Look at what playctl knows and did",
		Long: `state shows what playctl keeps between runs: who is in which play, what it holds for them in the connected systems, which effects
happened, and the runs that did it. These commands only read. The state is in .playctl beside the playbook.`,
		Example: `  playctl state list
  playctl state show a-0000192
  playctl state pull > state.json`,
		Args: subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStateList(a), newStateShow(a), newStatePull(a))
	return cmd
}

func newStateList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "list [PLAY…]",
		Short:   "Count members, holdings and effects; --json lists the members",
		Long:    "list counts the members of each play, what playctl put into each collection, the effects and the runs. With --json it lists the members.",
		Example: "  playctl state list\n  playctl state list welcome --json",
		Args:    takes(0, -1), ValidArgsFunction: a.offers(-1, (*playbook.Book).PlayNames),
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateList(cmd.Context(), args) },
	}
}

func newStateShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "show KEY",
		Short:   "Show everything known of one record, member or run",
		Long:    "show prints the plays a record is or was in, its steps, what is held for it and what it was sent; KEY is a record's, a member's or a run's.",
		Example: "  playctl state show a-0000192\n  playctl state show a-0000192 --json",
		Args:    takes(1, 1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateShow(cmd.Context(), args[0]) },
	}
}

func newStatePull(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "pull",
		Short: "Print the whole state as JSON",
		Long: `pull prints the whole state as one JSON document. It holds no address, but it holds the salt by which members of collections are told
from one another: keep it as safe as the state itself.`,
		Example: "  playctl state pull > state.json",
		Args:    takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.existingState(cmd.Context())
			if err != nil {
				return err
			}
			return a.printJSON(s)
		},
	}
}

// existingState reads the state of the playbook; that there is none yet is an error here.
func (a *app) existingState(ctx context.Context) (*state.Snapshot, error) {
	if err := a.refuseAt("the state is as it is now"); err != nil {
		return nil, err
	}
	_, p, err := a.load()
	if err != nil {
		return nil, err
	}
	s, err := a.readState(ctx, p)
	if err == nil && s.Meta.Lineage == "" {
		return nil, fail(exitError, a.invocation("apply")+" makes it", "there is no state yet")
	}
	return s, err
}

func (a *app) stateList(ctx context.Context, plays []string) error {
	s, err := a.existingState(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, p := range s.Plays {
		known = append(known, p.Name)
	}
	if plays, err = playNames("state list", plays, known); err != nil {
		return err
	}
	s.Members = slices.DeleteFunc(s.Members, func(m state.Member) bool {
		return len(plays) > 0 && !slices.Contains(plays, m.Play)
	})
	if a.json {
		return a.printJSON(map[string]any{"format_version": "1.0", "serial": s.Meta.Serial, "members": s.Members})
	}
	return a.printer(nil, a.Now(), limits{}).StateList(a.Stdout, s)
}

func (a *app) stateShow(ctx context.Context, key string) error {
	s, err := a.existingState(ctx)
	if err != nil {
		return err
	}
	found := about(s, key)
	if len(found.Members)+len(found.Held)+len(found.Effects)+len(found.Runs) == 0 {
		return fail(exitError, nearestKnown(s, key), "the state knows no record, member or run %q", key)
	}
	if a.json {
		return a.printJSON(map[string]any{"format_version": "1.0", "serial": s.Meta.Serial, "key": key, "members": found.Members, "held": found.Held,
			"effects": found.Effects, "runs": found.Runs})
	}
	p := a.printer(nil, a.Now(), limits{})
	if len(found.Runs) > 0 {
		return p.Runs(a.Stdout, found.Runs)
	}
	_, err = p.StateShow(a.Stdout, s, key)
	return err
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

// about gives what a state knows of a record, a member or a run.
func about(s *state.Snapshot, key string) *state.Snapshot {
	out := &state.Snapshot{Meta: s.Meta}
	members := map[string]bool{}
	for _, m := range s.Members {
		if m.Record.Key == key || m.Key == key {
			out.Members = append(out.Members, m)
			members[m.Key] = true
		}
	}
	for _, h := range s.Held {
		if h.Record.Key == key || slices.ContainsFunc(h.Keepers, func(k state.Keeper) bool { return members[k.Member] }) {
			out.Held = append(out.Held, h)
		}
	}
	for _, e := range s.Effects {
		if e.Record.Key == key || members[e.Member] || e.Run == key {
			out.Effects = append(out.Effects, e)
		}
	}
	for _, r := range s.Runs {
		if r.ID == key {
			out.Runs = append(out.Runs, r)
		}
	}
	return out
}
