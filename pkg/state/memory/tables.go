package memory

import (
	"cmp"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// tables are a state.
type tables struct {
	meta    state.Meta
	plays   table[string, state.Play]
	members table[string, state.Member]
	truths  table[state.Truth, state.Truth]
	held    table[heldID, state.Held]
	effects table[string, state.Effect]
	tasks   table[string, state.Task]
	seen    table[seenID, state.Seen]
	changes table[changeID, state.Change]
	runs    table[string, state.Run]
}

type heldID struct{ connector, kind, name, token string }

type seenID struct {
	record state.Record
	field  string
}

type changeID struct {
	seenID
	at int64 // microseconds
}

func newTables(m state.Meta) *tables {
	m.Version, m.Created = state.Version, utc(m.Created)
	t := &tables{meta: m}
	t.plays.id, t.plays.own = func(p *state.Play) string { return p.Name }, (*copier).play
	t.plays.order = func(a, b *state.Play) int { return strings.Compare(a.Name, b.Name) }
	t.members.id, t.members.order, t.members.own = func(m *state.Member) string { return m.Key }, state.CompareMembers, (*copier).member
	t.truths.id, t.truths.order, t.truths.own = func(t *state.Truth) state.Truth { return *t }, state.CompareTruths, (*copier).truth
	t.held.id = func(h *state.Held) heldID { return heldID{h.Connector, h.Kind, h.Name, h.Token} }
	t.held.order, t.held.own = state.CompareHeld, (*copier).held
	t.effects.id, t.effects.own = func(e *state.Effect) string { return e.Key }, (*copier).effect
	t.effects.order = func(a, b *state.Effect) int { return strings.Compare(a.Key, b.Key) }
	t.tasks.id, t.tasks.own = func(t *state.Task) string { return t.Key }, (*copier).task
	t.tasks.order = func(a, b *state.Task) int { return strings.Compare(a.Key, b.Key) }
	t.seen.id, t.seen.own = func(s *state.Seen) seenID { return seenID{s.Record, s.Field} }, (*copier).seen
	t.seen.order = func(a, b *state.Seen) int { return compareFields(a.Record, a.Field, b.Record, b.Field) }
	t.changes.id = func(c *state.Change) changeID { return changeID{seenID{c.Record, c.Field}, c.At.UnixMicro()} }
	t.changes.own = (*copier).change
	t.changes.order = func(a, b *state.Change) int {
		return cmp.Or(compareFields(a.Record, a.Field, b.Record, b.Field), a.At.Compare(b.At))
	}
	t.runs.id, t.runs.own = func(r *state.Run) string { return r.ID }, (*copier).run
	t.runs.order = func(a, b *state.Run) int { return cmp.Or(cmp.Compare(a.Serial, b.Serial), strings.Compare(a.ID, b.ID)) }
	return t
}

// apply makes changes, which belong to the tables from then on: first what goes, then what comes.
func (t *tables) apply(c *state.Changes) {
	t.plays.dropAll(c.PlaysGone)
	t.members.dropAll(c.MembersGone)
	t.truths.dropValues(c.TruthsGone)
	t.held.dropValues(c.HeldGone)
	t.effects.dropAll(c.EffectsGone)
	t.tasks.dropAll(c.TasksGone)
	t.seen.dropValues(c.SeenGone)
	t.changes.dropValues(c.ChangesGone)
	t.plays.put(c.Plays)
	t.members.put(c.Members)
	t.truths.put(c.Truths)
	t.held.put(c.Held)
	t.effects.put(c.Effects)
	t.tasks.put(c.Tasks)
	t.seen.put(c.Seen)
	t.changes.put(c.Changes)
	if c.Run != nil {
		t.runs.put([]state.Run{*c.Run})
		t.meta.Serial = c.Run.Serial
	}
}

// snapshot gives a copy of everything, in order.
func (t *tables) snapshot() *state.Snapshot {
	c := &copier{}
	return &state.Snapshot{
		Meta:    t.meta,
		Plays:   t.plays.read(c),
		Members: t.members.read(c),
		Truths:  t.truths.read(c),
		Held:    t.held.read(c),
		Effects: t.effects.read(c),
		Tasks:   t.tasks.read(c),
		Seen:    t.seen.read(c),
		Changes: t.changes.read(c),
		Runs:    t.runs.read(c),
	}
}

// compareFields orders by record, then by a field of it.
func compareFields(a state.Record, field string, b state.Record, other string) int {
	if c := state.CompareRecords(a, b); c != 0 {
		return c
	}
	return strings.Compare(field, other)
}
