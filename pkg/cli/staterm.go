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
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

func newStateRm(a *app) *cobra.Command {
	var o consent
	var entity string
	cmd := &cobra.Command{
		Use:   "rm KEY",
		Short: "Have the state forget a record, a play or a member; nothing else is changed",
		Long: `rm takes out of the state what it knows of a record, a play or a member: play.NAME or NAME, a record's key, or a member's as state show has
it. It changes nothing in the connected systems, and so is hardly ever what you want:

  what playctl put into a collection stays there and is a stranger's from then on: playctl never takes it out;
  open tasks stay open, and nobody waits for them;
  who qualifies enters again, and is sent everything again.

To end a play take it out of the playbook; to end all of them there is destroy; to erase a person everywhere, forget.`,
		Example: `  playctl state rm play.intent-nurture
  playctl state rm a-0192 --entity account
  playctl state rm 5f0c1d2e3b4a59687f0e1d2c --yes`,
		Args: takes(1, 1), ValidArgsFunction: a.offersState(1, playsKnown),
		RunE: func(cmd *cobra.Command, args []string) error { return a.stateRm(cmd.Context(), args[0], entity, o) },
	}
	o.flags(cmd)
	cmd.Flags().StringVar(&entity, "entity", "", "the `entity` whose record it is, where several have the key")
	return cmd
}

func (a *app) stateRm(ctx context.Context, key, entity string, o consent) error {
	return a.amend(ctx, state.OpRm, o, func(p *flow.Program, s *state.Snapshot) (*amendment, error) {
		t, err := subjectNamed(p.Book, s, key, entity)
		if err != nil {
			return nil, err
		}
		c := &amendment{changes: amend.Remove(s, t, flow.EntitiesOf(p.Book, s)), limits: []string{t.Text}, message: "forgot " + t.Text,
			done: "The state has forgotten " + t.Text + ": " + a.invocation("plan")}
		c.tell = removed(p.Book, s, &t, &c.changes)
		return c, nil
	})
}

// subjectNamed finds what goes by a name, or says what does by one that is near.
func subjectNamed(b *playbook.Book, s *state.Snapshot, name, entity string) (amend.Subject, error) {
	t, err := amend.Named(s, name, entity)
	var several *amend.AmbiguousError
	switch {
	case err == nil:
		return t, nil
	case errors.As(err, &several) && several.Play:
		return t, fail(exitError, "say play."+name+", or --entity "+several.Records[0].Entity, "%s", err)
	case errors.As(err, &several):
		return t, fail(exitError, "say which: --entity "+several.Records[0].Entity, "%s", err)
	case entity != "" && b.Entity(entity) == nil:
		return t, fail(exitError, diag.Suggest(entity, entityNames(b)), "--entity: there is no entity %q", entity)
	}
	play, _ := amend.PlayNamed(name)
	if near := diag.Nearest(play, amend.Plays(s)); near != "" {
		return t, fail(exitError, "did you mean play."+near+"?", "%s", err)
	}
	return t, fail(exitError, nearestKnown(s, name), "%s", err)
}

// removed words what is forgotten, and what follows from that.
func removed(b *playbook.Book, s *state.Snapshot, t *amend.Subject, c *state.Changes) []string {
	out := []string{fmt.Sprintf("The state forgets %s: %s, %s, %s, %s, %s.", t.Text, count(len(c.MembersGone), "membership"), count(len(c.EffectsGone), "effect"),
		count(len(c.TasksGone), "task"), count(len(c.HeldGone), "holding"), count(len(c.TruthsGone), "spent edge"))}
	out = append(out, "Nothing is changed in any connected system.")
	ours := 0
	for i := range c.HeldGone {
		if c.HeldGone[i].Ours {
			ours++
		}
	}
	if ours > 0 {
		out = append(out, fmt.Sprintf("%s that playctl put into collections become strangers': they stay there, and playctl never takes them out.", count(ours, "member")))
	}
	open := 0
	for i := range s.Tasks {
		if s.Tasks[i].Status == state.TaskOpen && slices.Contains(c.TasksGone, s.Tasks[i].Key) {
			open++
		}
	}
	if open > 0 {
		out = append(out, fmt.Sprintf("%s stay open in their systems, and nobody waits for them.", count(open, "task")))
	}
	switch {
	case t.Play != "" && b.Play(t.Play) != nil:
		out = append(out, "The play is in the playbook: its next run is a first launch. Who qualifies may enter, and be sent everything again.")
	case t.Play == "":
		out = append(out, "Who qualifies may enter again, and be sent everything again.")
	}
	return out
}
