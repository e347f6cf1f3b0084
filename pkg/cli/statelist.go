package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

type listOptions struct{ failed, doubts, full bool }

func newStateList(a *app) *cobra.Command {
	var o listOptions
	cmd := &cobra.Command{
		Use:   "list [PLAY…]",
		Short: "Count members, holdings and effects; or list what failed or is in doubt",
		Long: `list counts the members of each play, what playctl put into each collection, the effects and the runs. With --json it lists the members.

With --failed it lists the operations that their systems refused: why, how often, and when the next apply tries them again. After five
refusals one is given up, until playctl retry. What could not be done since its system could not be asked was not refused: it is listed
behind that, and the next apply tries it. With --in-doubt it lists what may have happened and may not have: a run was cut off, or its
answer got lost. The next plan looks such an effect up where its system can be asked; any other waits for playctl resolve.`,
		Example: "  playctl state list\n  playctl state list welcome --json\n  playctl state list --failed\n  playctl state list --in-doubt",
		Args:    takes(0, -1), ValidArgsFunction: a.offers(-1, (*playbook.Book).PlayNames),
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateList(cmd.Context(), args, o) },
	}
	cmd.Flags().BoolVar(&o.failed, "failed", false, "what was refused, and when it is tried again")
	cmd.Flags().BoolVar(&o.doubts, "in-doubt", false, "effects that may have happened")
	cmd.Flags().BoolVar(&o.full, "full", false, "list everything that is shortened")
	return cmd
}

func (a *app) stateList(ctx context.Context, plays []string, o listOptions) error {
	if o.failed && o.doubts {
		return fail(exitError, "ask for them one after the other", "choose one of --failed and --in-doubt")
	}
	s, err := a.existingState(ctx)
	if err != nil {
		return err
	}
	if plays, err = playNames("state list", plays, playsKnown(s)); err != nil {
		return err
	}
	other := func(play string) bool { return len(plays) > 0 && !slices.Contains(plays, play) }
	switch {
	case o.failed:
		unasked, err := a.unasked(ctx, s)
		if err != nil {
			return err
		}
		unasked = slices.DeleteFunc(unasked, func(o audit.Operation) bool { return other(o.Play) })
		return a.listFailed(s, slices.DeleteFunc(s.Failures, func(f state.Failure) bool { return other(f.Play) }), unasked, o)
	case o.doubts:
		return a.listDoubts(s, slices.DeleteFunc(doubtful(s), func(e state.Effect) bool { return other(e.Play) }), o)
	}
	s.Members = slices.DeleteFunc(s.Members, func(m state.Member) bool { return other(m.Play) })
	if a.json {
		return a.printKept(render.MembersDocument{Head: render.Begin(), Serial: s.Meta.Serial, Members: orNone(s.Members)})
	}
	if err := a.settleRuns(ctx, s.Runs); err != nil {
		return err
	}
	return a.printer(nil, a.Now(), limits{}).StateList(a.Stdout, s)
}

func playsKnown(s *state.Snapshot) []string {
	var known []string
	for _, p := range s.Plays {
		known = append(known, p.Name)
	}
	return known
}

// doubtful gives the effects of which nobody knows whether they happened.
func doubtful(s *state.Snapshot) []state.Effect {
	var out []state.Effect
	for _, e := range s.Effects {
		if amend.InDoubt(&e) {
			out = append(out, e)
		}
	}
	return out
}

// unasked gives what the last applies could not do although nobody refused it.
func (a *app) unasked(ctx context.Context, s *state.Snapshot) ([]audit.Operation, error) {
	journal, err := a.store.Journal(ctx, "")
	return audit.Unasked(s, journal), err
}

func (a *app) listFailed(s *state.Snapshot, failures []state.Failure, unasked []audit.Operation, o listOptions) error {
	if a.json {
		return a.printKept(render.FailuresDocument{Head: render.Begin(), Serial: s.Meta.Serial, Failures: orNone(failures), Unasked: orNone(unasked)})
	}
	printer := a.printer(nil, a.Now(), limits{full: o.full})
	if len(failures) > 0 || len(unasked) == 0 {
		if err := printer.Failures(a.Stdout, failures); err != nil || len(unasked) == 0 {
			return err
		}
		if err := a.print(""); err != nil {
			return err
		}
	}
	return printer.Unasked(a.Stdout, unasked)
}

func (a *app) listDoubts(s *state.Snapshot, effects []state.Effect, o listOptions) error {
	if a.json {
		return a.printKept(render.DoubtsDocument{Head: render.Begin(), Serial: s.Meta.Serial, Effects: orNone(effects)})
	}
	return a.printer(nil, a.Now(), limits{full: o.full}).Doubts(a.Stdout, effects)
}
