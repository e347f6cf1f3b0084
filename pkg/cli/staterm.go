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
	return a.amend(ctx, "state rm", o, func(p *flow.Program, s *state.Snapshot) (*amendment, error) {
		t, err := subjectNamed(p.Book, s, key, entity)
		if err != nil {
			return nil, err
		}
		c := &amendment{changes: forgetting(p.Book, s, t), limits: []string{t.text}, message: "forgot " + t.text, done: "The state has forgotten " + t.text + ": " + a.invocation("plan")}
		c.tell = a.forgotten(p.Book, s, t, &c.changes)
		return c, nil
	})
}

// subject is what a command about the state is about: a play, a record or a member.
type subject struct {
	play   string
	record state.Record
	member string
	text   string // in words
}

// is reports whether the subject is this record.
func (t *subject) is(r state.Record) bool { return t.record.Key != "" && r == t.record }

// subjectNamed finds what goes by a name: play.NAME, a play, a member's key, or a record's.
func subjectNamed(b *playbook.Book, s *state.Snapshot, name, entity string) (subject, error) {
	plays := playsIn(s)
	play, said := strings.CutPrefix(strings.TrimPrefix(name, "plays."), "play.")
	records := recordsNamed(s, name, entity)
	switch {
	case entity == "" && slices.Contains(plays, play) && (said || len(records) == 0):
		return subject{play: play, text: "play " + play}, nil
	case entity == "" && slices.Contains(plays, play):
		return subject{}, fail(exitError, "say play."+name+", or --entity "+records[0].Entity, "%q is a play and a record", name)
	case len(records) == 1:
		return subject{record: records[0], text: records[0].String()}, nil
	case len(records) > 1:
		return subject{}, fail(exitError, "say which: --entity "+records[0].Entity, "%s and %s have the key %q", records[0].Entity, records[1].Entity, name)
	}
	if entity != "" && b.Entity(entity) == nil {
		return subject{}, fail(exitError, diag.Suggest(entity, entityNames(b)), "--entity: there is no entity %q", entity)
	}
	for i := range s.Members {
		if m := &s.Members[i]; m.Key == name && entity == "" {
			return subject{member: m.Key, text: "member " + m.Key + ", " + m.Record.String() + " in play " + m.Play}, nil
		}
	}
	near := diag.Nearest(play, plays)
	if near != "" {
		near = "did you mean play." + near + "?"
	} else {
		near = nearestKnown(s, name)
	}
	return subject{}, fail(exitError, near, "the state knows no play, record or member %q", name)
}

// playsIn gives the names of plays of which the state knows anything, sorted.
func playsIn(s *state.Snapshot) []string {
	out := playsKnown(s)
	for i := range s.Members {
		out = append(out, s.Members[i].Play)
	}
	for i := range s.Truths {
		out = append(out, s.Truths[i].Play)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// recordsNamed gives the records with a key of which the state knows anything, sorted.
func recordsNamed(s *state.Snapshot, key, entity string) []state.Record {
	var out []state.Record
	add := func(r state.Record) {
		if (r.Key == key || r.String() == key) && (entity == "" || r.Entity == entity) && !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	eachRecord(s, func(r *state.Record) { add(*r) })
	slices.SortFunc(out, state.CompareRecords)
	return out
}

// eachRecord goes over every record that a row of the state names.
func eachRecord(s *state.Snapshot, each func(*state.Record)) {
	for i := range s.Members {
		each(&s.Members[i].Record)
		for l := range s.Members[i].Lanes {
			each(&s.Members[i].Lanes[l].Record)
		}
	}
	for i := range s.Held {
		each(&s.Held[i].Record)
	}
	for i := range s.Effects {
		each(&s.Effects[i].Record)
	}
	for i := range s.Tasks {
		each(&s.Tasks[i].Record)
	}
	for i := range s.Seen {
		each(&s.Seen[i].Record)
	}
	for i := range s.Changes {
		each(&s.Changes[i].Record)
	}
	for i := range s.Failures {
		each(&s.Failures[i].Record)
	}
}

// forgetting gives the changes by which the state forgets a subject. Members of whom it is go with all that is theirs.
func forgetting(b *playbook.Book, s *state.Snapshot, t subject) state.Changes {
	var c state.Changes
	gone := map[string]bool{}
	for i := range s.Members {
		if m := &s.Members[i]; m.Key == t.member || t.is(m.Record) || t.play != "" && m.Play == t.play {
			gone[m.Key] = true
			c.MembersGone = append(c.MembersGone, m.Key)
		}
	}
	about := func(r state.Record, member string) bool { return gone[member] || t.is(r) }
	for i := range s.Effects {
		if e := &s.Effects[i]; about(e.Record, e.Member) {
			c.EffectsGone = append(c.EffectsGone, e.Key)
		}
	}
	for i := range s.Tasks {
		if x := &s.Tasks[i]; about(x.Record, x.Member) {
			c.TasksGone = append(c.TasksGone, x.Key)
		}
	}
	for i := range s.Failures {
		if f := &s.Failures[i]; about(f.Record, f.Member) || t.play != "" && f.Play == t.play {
			c.FailuresGone = append(c.FailuresGone, f.Key)
		}
	}
	for i := range s.Held {
		letGo(&c, s.Held[i], t.is(s.Held[i].Record), gone)
	}
	forgetEdges(&c, b, s, t)
	return c
}

// letGo forgets a holding, or takes those who are gone off its keepers. Without keepers it is forgotten too, unless it was added for good.
func letGo(c *state.Changes, h state.Held, forget bool, gone map[string]bool) {
	left := slices.DeleteFunc(slices.Clone(h.Keepers), func(k state.Keeper) bool { return gone[k.Member] })
	switch {
	case forget, len(left) == 0 && len(h.Keepers) > 0 && !h.Added:
		c.HeldGone = append(c.HeldGone, h)
	case len(left) < len(h.Keepers):
		h.Keepers = left
		c.Held = append(c.Held, h)
	}
}

// forgetEdges forgets a play, the edges that a record has spent, and what was seen of it.
func forgetEdges(c *state.Changes, b *playbook.Book, s *state.Snapshot, t subject) {
	for i := range s.Plays {
		if t.play != "" && s.Plays[i].Name == t.play {
			c.PlaysGone = append(c.PlaysGone, t.play)
		}
	}
	for _, x := range s.Truths {
		if t.play != "" && x.Play == t.play || t.record.Key != "" && keyOfTruth(x) == t.record.Key && ofEntity(b, x.Play, t.record.Entity) {
			c.TruthsGone = append(c.TruthsGone, x)
		}
	}
	for _, x := range s.Seen {
		if t.is(x.Record) {
			c.SeenGone = append(c.SeenGone, x)
		}
	}
	for _, x := range s.Changes {
		if t.is(x.Record) {
			c.ChangesGone = append(c.ChangesGone, x)
		}
	}
}

// keyOfTruth gives the record's key of a truth, behind which an event's or a value's may stand.
func keyOfTruth(t state.Truth) string {
	key, _, _ := strings.Cut(t.Key, "\x00")
	return key
}

// ofEntity reports whether a play is one of records of an entity, as far as the playbook knows it.
func ofEntity(b *playbook.Book, play, entity string) bool {
	p := b.Play(play)
	return p == nil || p.Of == entity
}

// forgotten words what is forgotten, and what follows from that.
func (a *app) forgotten(b *playbook.Book, s *state.Snapshot, t subject, c *state.Changes) []string {
	out := []string{fmt.Sprintf("The state forgets %s: %s, %s, %s, %s, %s.", t.text, count(len(c.MembersGone), "membership"), count(len(c.EffectsGone), "effect"),
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
	case t.play != "" && b.Play(t.play) != nil:
		out = append(out, "The play is in the playbook: its next run is a first launch. Who qualifies may enter, and be sent everything again.")
	case t.play == "":
		out = append(out, "Who qualifies may enter again, and be sent everything again.")
	}
	return out
}
