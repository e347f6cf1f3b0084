package statetest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// model is a state by identity, in the simplest way: what every store is compared with.
type model struct {
	meta     state.Meta
	plays    map[string]state.Play
	members  map[string]state.Member
	truths   map[state.Truth]state.Truth
	held     map[heldID]state.Held
	effects  map[string]state.Effect
	tasks    map[string]state.Task
	seen     map[seenID]state.Seen
	changes  map[changeID]state.Change
	runs     map[string]state.Run
	failures map[string]state.Failure
	erased   map[string]state.Erasure
	pages    map[pageID]state.Page
}

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

func idOfHeld(h state.Held) heldID { return heldID{h.Connector, h.Kind, h.Name, h.Token} }
func idOfSeen(s state.Seen) seenID { return seenID{s.Record, s.Field} }
func idOfChange(c state.Change) changeID {
	return changeID{seenID{c.Record, c.Field}, c.At.UnixMicro()}
}

func newModel(m state.Meta) *model {
	m.Created = utc(m.Created)
	return &model{
		meta:     m,
		plays:    map[string]state.Play{},
		members:  map[string]state.Member{},
		truths:   map[state.Truth]state.Truth{},
		held:     map[heldID]state.Held{},
		effects:  map[string]state.Effect{},
		tasks:    map[string]state.Task{},
		seen:     map[seenID]state.Seen{},
		changes:  map[changeID]state.Change{},
		runs:     map[string]state.Run{},
		failures: map[string]state.Failure{},
		erased:   map[string]state.Erasure{},
		pages:    map[pageID]state.Page{},
	}
}

// apply makes changes: first what goes, then what comes.
func (m *model) apply(c *state.Changes) {
	same := func(key string) string { return key }
	drop(m.plays, c.PlaysGone, same)
	drop(m.members, c.MembersGone, same)
	drop(m.effects, c.EffectsGone, same)
	drop(m.tasks, c.TasksGone, same)
	drop(m.seen, c.SeenGone, idOfSeen)
	drop(m.truths, c.TruthsGone, func(t state.Truth) state.Truth { return t })
	drop(m.held, c.HeldGone, idOfHeld)
	drop(m.changes, c.ChangesGone, idOfChange)
	drop(m.failures, c.FailuresGone, same)
	drop(m.erased, c.ErasedGone, same)
	put(m.plays, c.Plays, func(p state.Play) string { return p.Name }, copyPlay)
	put(m.members, c.Members, func(m state.Member) string { return m.Key }, copyMember)
	put(m.truths, c.Truths, func(t state.Truth) state.Truth { return t }, func(t state.Truth) state.Truth { return t })
	put(m.held, c.Held, idOfHeld, copyHeld)
	put(m.effects, c.Effects, func(e state.Effect) string { return e.Key }, copyEffect)
	put(m.tasks, c.Tasks, func(t state.Task) string { return t.Key }, copyTask)
	put(m.seen, c.Seen, idOfSeen, func(s state.Seen) state.Seen { return s })
	put(m.changes, c.Changes, idOfChange, copyChange)
	put(m.failures, c.Failures, func(f state.Failure) string { return f.Key }, copyFailure)
	put(m.erased, c.Erased, func(e state.Erasure) string { return e.Mark }, copyErasure)
	put(m.pages, c.Pages, func(p state.Page) pageID { return pageID{p.Run, p.Seq} }, copyPage)
	if c.MovedTo != nil {
		m.meta.MovedTo = *c.MovedTo
	}
	if c.Run != nil {
		m.runs[c.Run.ID] = copyRun(*c.Run)
		m.meta.Serial = c.Run.Serial
	}
}

func put[K comparable, V any](into map[K]V, values []V, id func(V) K, duplicate func(V) V) {
	for _, v := range values {
		into[id(v)] = duplicate(v)
	}
}

func drop[K comparable, V, G any](from map[K]V, values []G, id func(G) K) {
	for _, v := range values {
		delete(from, id(v))
	}
}

// snapshot gives a copy of everything, in order.
func (m *model) snapshot() *state.Snapshot {
	return &state.Snapshot{
		Meta:  m.meta,
		Plays: sorted(m.plays, copyPlay, func(a, b state.Play) int { return strings.Compare(a.Name, b.Name) }),
		Members: sorted(m.members, copyMember, func(a, b state.Member) int {
			return cmp.Or(cmp.Compare(a.Play, b.Play), compareRecords(a.Record, b.Record), cmp.Compare(a.Number, b.Number),
				cmp.Compare(a.Per, b.Per), cmp.Compare(a.Key, b.Key))
		}),
		Truths: sorted(m.truths, func(t state.Truth) state.Truth { return t }, func(a, b state.Truth) int {
			return cmp.Or(cmp.Compare(a.Play, b.Play), cmp.Compare(a.Key, b.Key))
		}),
		Held: sorted(m.held, copyHeld, func(a, b state.Held) int {
			return cmp.Or(cmp.Compare(a.Connector, b.Connector), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name),
				cmp.Compare(a.Token, b.Token))
		}),
		Effects: sorted(m.effects, copyEffect, func(a, b state.Effect) int { return cmp.Compare(a.Key, b.Key) }),
		Tasks:   sorted(m.tasks, copyTask, func(a, b state.Task) int { return cmp.Compare(a.Key, b.Key) }),
		Seen: sorted(m.seen, func(s state.Seen) state.Seen { return s }, func(a, b state.Seen) int {
			return cmp.Or(compareRecords(a.Record, b.Record), cmp.Compare(a.Field, b.Field))
		}),
		Changes: sorted(m.changes, copyChange, func(a, b state.Change) int {
			return cmp.Or(compareRecords(a.Record, b.Record), cmp.Compare(a.Field, b.Field), a.At.Compare(b.At))
		}),
		Runs: sorted(m.runs, copyRun, func(a, b state.Run) int {
			return cmp.Or(cmp.Compare(a.Serial, b.Serial), cmp.Compare(a.ID, b.ID))
		}),
		Failures: sorted(m.failures, copyFailure, func(a, b state.Failure) int { return cmp.Compare(a.Key, b.Key) }),
		Erased:   sorted(m.erased, copyErasure, func(a, b state.Erasure) int { return cmp.Compare(a.Mark, b.Mark) }),
	}
}

// journal gives a copy of every page, in order.
func (m *model) journal() []state.Page {
	return sorted(m.pages, copyPage, func(a, b state.Page) int { return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Seq, b.Seq)) })
}

func sorted[K comparable, V any](values map[K]V, duplicate func(V) V, order func(a, b V) int) []V {
	list := slices.SortedFunc(maps.Values(values), order)
	for i, v := range list {
		list[i] = duplicate(v)
	}
	return list
}

func compareRecords(a, b state.Record) int {
	return cmp.Or(cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Key, b.Key))
}

// utc gives a time as a store gives it back: in UTC, at microseconds.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

func copyPlay(p state.Play) state.Play {
	p.FirstAt, p.BatchAt, p.EventsTo, p.PausedAt = utc(p.FirstAt), utc(p.BatchAt), utc(p.EventsTo), utc(p.PausedAt)
	return p
}

func copyMember(m state.Member) state.Member {
	m.EnteredAt, m.ResumedAt, m.MissingSince, m.EndedAt = utc(m.EnteredAt), utc(m.ResumedAt), utc(m.MissingSince), utc(m.EndedAt)
	m.Track = copyTrack(m.Track)
	m.Lanes = slices.Clone(m.Lanes)
	for i := range m.Lanes {
		l := &m.Lanes[i]
		l.Track, l.Since, l.EndedAt = copyTrack(l.Track), utc(l.Since), utc(l.EndedAt)
	}
	m.Event = maps.Clone(m.Event)
	return m
}

func copyTrack(t state.Track) state.Track {
	t.StepAt, t.Due, t.Reached, t.Done = utc(t.StepAt), utc(t.Due), slices.Clone(t.Reached), slices.Clone(t.Done)
	for i := range t.Done {
		d := &t.Done[i]
		d.At, d.Records, d.Event, d.Answers = utc(d.At), slices.Clone(d.Records), maps.Clone(d.Event), maps.Clone(d.Answers)
	}
	return t
}

func copyTask(t state.Task) state.Task {
	t.Answers = maps.Clone(t.Answers)
	t.Assigned, t.DueAt, t.SLAAt, t.TimeoutAt = utc(t.Assigned), utc(t.DueAt), utc(t.SLAAt), utc(t.TimeoutAt)
	t.TouchedAt, t.DoneAt, t.Breached = utc(t.TouchedAt), utc(t.DoneAt), utc(t.Breached)
	return t
}

func copyHeld(h state.Held) state.Held {
	h.Since, h.Keepers = utc(h.Since), slices.Clone(h.Keepers)
	return h
}

func copyEffect(e state.Effect) state.Effect {
	e.At = utc(e.At)
	return e
}

func copyChange(c state.Change) state.Change {
	c.At = utc(c.At)
	return c
}

func copyRun(r state.Run) state.Run {
	r.Started, r.Finished = utc(r.Started), utc(r.Finished)
	r.Playbook, r.Planned, r.Counts, r.Read = maps.Clone(r.Playbook), maps.Clone(r.Planned), maps.Clone(r.Counts), maps.Clone(r.Read)
	r.Overrides, r.Limits = slices.Clone(r.Overrides), slices.Clone(r.Limits)
	return r
}

func copyFailure(f state.Failure) state.Failure {
	f.First, f.Last, f.NotBefore = utc(f.First), utc(f.Last), utc(f.NotBefore)
	return f
}

func copyErasure(e state.Erasure) state.Erasure {
	e.At = utc(e.At)
	return e
}

func copyPage(p state.Page) state.Page {
	p.At, p.Lines = utc(p.At), slices.Clone(p.Lines)
	return p
}
