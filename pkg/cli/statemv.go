package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
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
	return a.amend(ctx, state.OpMv, o, func(p *flow.Program, s *state.Snapshot) (*amendment, error) {
		t, err := subjectNamed(p.Book, s, from, entity)
		if err != nil {
			return nil, err
		}
		switch {
		case t.Play != "":
			return a.movePlay(p.Book, s, t.Play, to)
		case t.Member != "":
			return nil, fail(exitError, "give the key of its record, or of its play", "a member has no name of its own to change")
		}
		return a.moveRecord(p.Book, s, t.Record, to)
	})
}

// movePlay renames a play.
func (a *app) movePlay(b *playbook.Book, s *state.Snapshot, from, to string) (*amendment, error) {
	to, _ = amend.PlayNamed(to)
	switch {
	case from == to:
		return &amendment{done: "It has that name already."}, nil
	case slices.Contains(amend.Plays(s), to):
		return nil, fail(exitError, "plays can't be merged; state show tells what is known of it", "the state knows a play %s already", to)
	case b.Play(from) != nil:
		return nil, fail(exitError, "rename it in the playbook first", "play %s is in the playbook: with the next run everybody would enter it anew", from)
	case b.Play(to) == nil:
		return nil, fail(exitError, diag.Suggest(to, b.PlayNames()), "there is no play %s in the playbook: with the next run everybody would leave it", to)
	}
	c := &amendment{changes: amend.Rename(s, from, to), limits: []string{"play." + from, "play." + to}, message: amend.PlayMoved(from, to)}
	c.tell = []string{fmt.Sprintf("The state calls play %s by the name %s: %s, %s.", from, to, count(len(c.changes.Members), "membership"), count(len(c.changes.Effects), "effect")),
		"Nobody enters or leaves by that, and nothing is sent again. Don't give the old name to another play."}
	c.done = fmt.Sprintf("Play %s is %s in the state: %s", from, to, a.invocation("plan"))
	return c, nil
}

// moveRecord gives a record another key.
func (a *app) moveRecord(b *playbook.Book, s *state.Snapshot, from state.Record, key string) (*amendment, error) {
	to := state.Record{Entity: from.Entity, Key: key}
	switch {
	case key == "":
		return nil, fail(exitError, "give the record's key as its system has it now", "the new key is empty")
	case from == to:
		return &amendment{done: "It has that key already."}, nil
	}
	changes, err := amend.Rekey(s, from, key, flow.EntitiesOf(b, s))
	if err != nil {
		return nil, explainRekey(err)
	}
	c := &amendment{changes: changes, limits: []string{shellWord(from.String()), shellWord(to.Key)}, message: amend.RecordMoved(from, to)}
	c.tell = []string{fmt.Sprintf("The state calls %s by the key %s: %s, %s, %s.", from, key, count(len(changes.Members), "membership"),
		count(len(changes.Effects), "effect"), count(len(changes.Held), "holding")),
		"Nobody enters or leaves by that, and nothing is sent again, once the data have it by that key, too."}
	if n := len(changes.FailuresGone); n > 0 {
		c.tell = append(c.tell, fmt.Sprintf("What failed for it (%d) is tried anew.", n))
	}
	c.done = fmt.Sprintf("%s is %s in the state: %s", from, to, a.invocation("plan"))
	return c, nil
}

// explainRekey adds the remedy to why a record can't have another key.
func explainRekey(err error) error {
	var taken *amend.TakenError
	var fixed *amend.FixedError
	var doubt *amend.DoubtError
	switch {
	case errors.As(err, &taken) && !taken.Erased:
		return fail(exitError, "two records can't be merged; state show "+shellWord(taken.Record.Key)+" tells what is known of it", "%s", err)
	case errors.As(err, &fixed):
		return fail(exitError, "forget its member with state rm, if it has left the play; or leave the record's key as it is",
			"%s can't be told by another key", render.EffectText(&fixed.Effect))
	case errors.As(err, &doubt):
		return fail(exitError, "settle it first: playctl resolve "+doubt.Effect.Key+" --done or --retry", "%s is in doubt, and its system knows it by its old key only",
			render.EffectText(&doubt.Effect))
	}
	return fail(exitError, "", "%s", err)
}
