package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/state"
)

func newState(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "state",
		Short: "Look at what playctl knows and did",
		Example: `  playctl state list
  playctl state show a-0000192
  playctl state pull > state.json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	list := &cobra.Command{
		Use: "list [PLAY…]", Short: "Count members, holdings and effects; --json lists the members",
		Example: "  playctl state list\n  playctl state list welcome --json",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.stateList(cmd.Context(), args) },
	}
	show := &cobra.Command{
		Use: "show KEY", Short: "Show everything known of one record, member or run",
		Example: "  playctl state show a-0000192",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.stateShow(cmd.Context(), args[0]) },
	}
	pull := &cobra.Command{
		Use: "pull", Short: "Print the whole state as JSON",
		Example: "  playctl state pull > state.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.existingState(cmd.Context())
			if err != nil {
				return err
			}
			return a.showJSON(s)
		},
	}
	cmd.AddCommand(list, show, pull)
	return cmd
}

// existingState reads the state of the playbook; that there is none yet is an error here.
func (a *app) existingState(ctx context.Context) (*state.Snapshot, error) {
	_, p, err := a.load()
	if err != nil {
		return nil, err
	}
	s, err := a.readState(ctx, p)
	if err == nil && s.Meta.Lineage == "" {
		return nil, fail(exitError, "playctl apply makes it", "there is no state yet")
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
		return a.showJSON(map[string]any{"format_version": "1.0", "serial": s.Meta.Serial, "members": s.Members})
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
		return fail(exitError, "playctl state list shows who is known", "the state knows no record, member or run %q", key)
	}
	if a.json {
		return a.showJSON(found)
	}
	p := a.printer(nil, a.Now(), limits{})
	if len(found.Runs) > 0 {
		return p.Runs(a.Stdout, found.Runs)
	}
	_, err = p.StateShow(a.Stdout, s, key)
	return err
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
