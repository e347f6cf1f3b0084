package memory

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// tables are a state.
type tables struct {
	meta     state.Meta
	plays    table[string, state.Play]
	members  table[string, state.Member]
	truths   table[state.Truth, state.Truth]
	held     table[heldID, state.Held]
	effects  table[string, state.Effect]
	tasks    table[string, state.Task]
	seen     table[seenID, state.Seen]
	changes  table[changeID, state.Change]
	runs     table[string, state.Run]
	failures table[string, state.Failure]
	erased   table[string, state.Erasure]
	journal  table[pageID, state.Page]
}

// pageID names a page of the journal.
type pageID struct {
	run string
	seq int
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
	t.failures.id, t.failures.own = func(f *state.Failure) string { return f.Key }, (*copier).failure
	t.failures.order = func(a, b *state.Failure) int { return strings.Compare(a.Key, b.Key) }
	t.erased.id, t.erased.own = func(e *state.Erasure) string { return e.Mark }, (*copier).erasure
	t.erased.order = func(a, b *state.Erasure) int { return strings.Compare(a.Mark, b.Mark) }
	t.journal.id, t.journal.own = func(p *state.Page) pageID { return pageID{p.Run, p.Seq} }, (*copier).page
	t.journal.order = func(a, b *state.Page) int { return cmp.Or(strings.Compare(a.Run, b.Run), cmp.Compare(a.Seq, b.Seq)) }
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
	t.failures.dropAll(c.FailuresGone)
	t.erased.dropAll(c.ErasedGone)
	t.plays.put(c.Plays)
	t.members.put(c.Members)
	t.truths.put(c.Truths)
	t.held.put(c.Held)
	t.effects.put(c.Effects)
	t.tasks.put(c.Tasks)
	t.seen.put(c.Seen)
	t.changes.put(c.Changes)
	t.failures.put(c.Failures)
	t.erased.put(c.Erased)
	t.journal.put(c.Pages)
	if c.Run != nil {
		t.runs.put([]state.Run{*c.Run})
		t.meta.Serial = c.Run.Serial
	}
	if c.MovedTo != nil {
		t.meta.MovedTo = *c.MovedTo
	}
}

// snapshot gives a copy of everything, in order.
func (t *tables) snapshot() *state.Snapshot {
	c := &copier{}
	return &state.Snapshot{
		Meta:     t.meta,
		Plays:    t.plays.read(c),
		Members:  t.members.read(c),
		Truths:   t.truths.read(c),
		Held:     t.held.read(c),
		Effects:  t.effects.read(c),
		Tasks:    t.tasks.read(c),
		Seen:     t.seen.read(c),
		Changes:  t.changes.read(c),
		Runs:     t.runs.read(c),
		Failures: t.failures.read(c),
		Erased:   t.erased.read(c),
	}
}

// whole gives a copy of everything and the journal.
func (t *tables) whole() *state.Whole {
	return &state.Whole{Snapshot: *t.snapshot(), Journal: t.journal.read(&copier{})}
}

// load makes tables of a state, with which they share nothing.
func load(w *state.Whole) (*tables, error) {
	t := newTables(w.Meta)
	own, err := taken(&state.Changes{Plays: w.Plays, Members: w.Members, Truths: w.Truths, Held: w.Held, Effects: w.Effects, Tasks: w.Tasks, Seen: w.Seen,
		Changes: w.Changes, Failures: w.Failures, Erased: w.Erased, Pages: w.Journal})
	if err != nil {
		return nil, fmt.Errorf("writing the state: %w", err)
	}
	t.apply(own)
	c := &copier{taking: true}
	t.runs.put(all(c, w.Runs, (*copier).run))
	return t, nil
}

// With gives a state after changes. The one that was given stays as it is.
func With(w *state.Whole, c *state.Changes) (*state.Whole, error) {
	t, err := load(w)
	if err != nil {
		return nil, err
	}
	own, err := taken(c)
	if err != nil {
		return nil, fmt.Errorf("changing the state: %w", err)
	}
	t.apply(own)
	return t.whole(), nil
}

// compareFields orders by record, then by a field of it.
func compareFields(a state.Record, field string, b state.Record, other string) int {
	if c := state.CompareRecords(a, b); c != 0 {
		return c
	}
	return strings.Compare(field, other)
}
