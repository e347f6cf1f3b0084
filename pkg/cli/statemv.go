package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

func newStateMv(a *app) *cobra.Command {
	var o consent
	var entity string
	cmd := &cobra.Command{
		Use:   "mv OLD NEW",
		Short: "Rename a play or a record in the state",
		Long: `mv has the state speak of a play, or of a record, by another name: what it knows of them stays theirs, so that nobody enters again, nothing is
sent twice, and nothing is withdrawn. It changes nothing in the connected systems.

A play is renamed in the playbook first: NEW must be there, and OLD not any more. (moved: in the playbook does the same for every environment,
under review; prefer it.) Enrollments keep their keys, and with them their effects. Don't give the old name to another play.

A record gets another key when its system did, such as after a CRM's migration. Effects are known by keys that the record's key is part of:
they get new ones. While one of them is in doubt mv refuses: its system knows it by its old key only, see resolve. NEW must be a key of
which the state knows nothing: two records can't be merged.`,
		Example: `  playctl state mv play.welcome play.onboarding
  playctl state mv a-0192 0015g00000AbCdE --entity account`,
		Args: takes(2, 2), ValidArgsFunction: a.offersMoves,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.stateMv(cmd.Context(), args[0], args[1], entity, o)
		},
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&entity, "entity", "", "the `entity` whose record it is, where several have the key")
	return cmd
}

// offersMoves completes plays of the state, and then plays of the playbook.
func (a *app) offersMoves(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.offersState(1, playsKnown)(cmd, args, word)
	}
	return a.offers(2, (*playbook.Book).PlayNames)(cmd, args, word)
}

func (a *app) stateMv(ctx context.Context, from, to, entity string, o consent) error {
	return a.amend(ctx, "state mv", o, func(p *flow.Program, s *state.Snapshot) (*amendment, error) {
		t, err := subjectNamed(p.Book, s, from, entity)
		if err != nil {
			return nil, err
		}
		switch {
		case t.play != "":
			return a.movePlay(p.Book, s, t.play, to)
		case t.member != "":
			return nil, fail(exitError, "give the key of its record, or of its play", "a member has no name of its own to change")
		}
		return a.moveRecord(p.Book, s, t.record, to)
	})
}

// movePlay renames a play.
func (a *app) movePlay(b *playbook.Book, s *state.Snapshot, from, to string) (*amendment, error) {
	to = strings.TrimPrefix(strings.TrimPrefix(to, "plays."), "play.")
	switch {
	case from == to:
		return &amendment{done: "It has that name already."}, nil
	case slices.Contains(playsIn(s), to):
		return nil, fail(exitError, "plays can't be merged; state show tells what is known of it", "the state knows a play %s already", to)
	case b.Play(from) != nil:
		return nil, fail(exitError, "rename it in the playbook first", "play %s is in the playbook: with the next run everybody would enter it anew", from)
	case b.Play(to) == nil:
		return nil, fail(exitError, diag.Suggest(to, b.PlayNames()), "there is no play %s in the playbook: with the next run everybody would leave it", to)
	}
	c := &amendment{changes: renamedPlay(s, from, to), limits: []string{"play." + from, "play." + to}, message: "play " + from + " is play " + to}
	c.tell = []string{fmt.Sprintf("The state calls play %s by the name %s: %s, %s.", from, to, count(len(c.changes.Members), "membership"), count(len(c.changes.Effects), "effect")),
		"Nobody enters or leaves by that, and nothing is sent again. Don't give the old name to another play."}
	c.done = fmt.Sprintf("Play %s is %s in the state: %s", from, to, a.invocation("plan"))
	return c, nil
}

// renamedPlay gives the changes by which a play goes by another name. Keys of enrollments and effects stay: they name what happened.
func renamedPlay(s *state.Snapshot, from, to string) state.Changes {
	var c state.Changes
	for _, p := range s.Plays {
		if p.Name == from {
			p.Name = to
			c.Plays, c.PlaysGone = append(c.Plays, p), append(c.PlaysGone, from)
		}
	}
	for _, m := range s.Members {
		if m.Play == from {
			m.Play = to
			c.Members = append(c.Members, m)
		}
	}
	for _, t := range s.Truths {
		if t.Play == from {
			c.TruthsGone = append(c.TruthsGone, t)
			t.Play = to
			c.Truths = append(c.Truths, t)
		}
	}
	for _, e := range s.Effects {
		if e.Play == from {
			e.Play = to
			c.Effects = append(c.Effects, e)
		}
	}
	for _, t := range s.Tasks {
		if t.Play == from {
			t.Play = to
			c.Tasks = append(c.Tasks, t)
		}
	}
	for _, f := range s.Failures {
		if f.Play == from {
			f.Play = to
			c.Failures = append(c.Failures, f)
		}
	}
	return c
}
