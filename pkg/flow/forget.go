package flow

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

// Forgetting is everything that it takes to forget a record.
type Forgetting struct {
	amend.Forgetting
	Planned *Planned // takes it out of everything that playctl holds it in, and takes its open tasks back; it keeps the mark
}

// UnknownRecordError says that no record has a key, or several do.
type UnknownRecordError struct {
	Key, Entity string
	Entities    []string // that have it; none or several
	Frame       *frame.Frame
}

// Error says which.
func (e *UnknownRecordError) Error() string {
	if len(e.Entities) > 1 {
		return fmt.Sprintf("%s have a record with the key %q", strings.Join(e.Entities, " and "), e.Key)
	}
	of := "record"
	if e.Entity != "" {
		of = e.Entity
	}
	return fmt.Sprintf("neither the data nor the state know a %s with the key %q", of, e.Key)
}

// Whom is whom to forget, and by which run. An empty Entity is any. Older are states of before, which may name a record that nothing else names.
type Whom struct {
	Key, Entity, Run string
	Older            iter.Seq[*state.Whole]
}

// Forget plans to take a record out of everything that playctl holds it in. From the mark on, which comes with the run, it is out of every
// play and evaluation; what the state says of it goes with [Scrub], once nothing is left to take out.
func Forget(ctx context.Context, w *World, p *Program, s *state.Whole, whom Whom) (*Forgetting, error) {
	connectors, err := openConnectors(ctx, w, p)
	if err != nil {
		return nil, err
	}
	given, err := gather(ctx, w, p, connectors)
	if err != nil {
		return nil, err
	}
	f := &Forgetting{}
	if f.Record, err = whose(p, given.Read.Frame, s, whom); err != nil {
		return nil, err
	}
	marked, again := forgotAlready(&s.Snapshot, f.Record, state.Erasure{At: w.now(), Run: whom.Run})
	f.Again = again
	o := Options{Eject: map[string]journey.Ejection{}}
	for _, g := range p.Guards { // none is about somebody's right to be forgotten
		o.Allowed = append(o.Allowed, g.Name)
	}
	if f.Planned, err = PlanGiven(ctx, w, p, marked, o, given); err != nil {
		return nil, err
	}
	if !again {
		f.Planned.Plan.Transitions.Erased = marked.Erased
	}
	_, f.Purged = Scrub(p, s, f.Record)
	f.Outside = outside(p, given, s, f.Record)
	return f, nil
}

// HeldOf gives what playctl still holds in systems of a record, or of others on account of it, and the open tasks of both: what has to go
// before the state forgets it.
func HeldOf(s *state.Snapshot, r state.Record) []string {
	members := map[string]bool{}
	for i := range s.Members {
		if m := &s.Members[i]; m.Record == r {
			members[m.Key] = true
		}
	}
	its := func(k state.Keeper) bool { return members[k.Member] || k.Lane == laneOf(r) }
	var out []string
	for i := range s.Held {
		switch h := &s.Held[i]; {
		case !h.Ours:
		case h.Record == r:
			out = append(out, "it is still in "+placeOf(h).Title())
		case slices.ContainsFunc(h.Keepers, its):
			out = append(out, fmt.Sprintf("%s is still in %s, and nobody else keeps it there", h.Record, placeOf(h).Title()))
		}
	}
	for i := range s.Tasks {
		switch t := &s.Tasks[i]; {
		case t.Status != state.TaskOpen:
		case t.Record == r:
			out = append(out, "its task in "+t.Connector+"."+t.Kind+" is still open")
		case members[t.Member] || t.Lane == laneOf(r):
			out = append(out, fmt.Sprintf("the task of %s in %s.%s is still open", t.Record, t.Connector, t.Kind))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// forgotAlready gives the state with the record's mark, and with nobody who has a say in what is held for it, added for good or not.
func forgotAlready(s *state.Snapshot, r state.Record, mark state.Erasure) (*state.Snapshot, bool) {
	out := *s
	mark.Mark = s.Meta.Mark(r)
	again := slices.ContainsFunc(s.Erased, func(e state.Erasure) bool { return e.Mark == mark.Mark })
	if !again {
		out.Erased = append(slices.Clone(s.Erased), mark)
		slices.SortFunc(out.Erased, func(a, b state.Erasure) int { return strings.Compare(a.Mark, b.Mark) })
	}
	out.Held = slices.Clone(s.Held)
	for i := range out.Held {
		if h := &out.Held[i]; h.Record == r && h.Ours {
			h.Added, h.Keepers = false, append(slices.Clone(h.Keepers), state.Keeper{Member: amend.Forgotten})
		}
	}
	return &out, again
}

// whose finds the record that has a key: in the data, in the state, or among the marks of those that were forgotten; and where that is nobody,
// in what runs did, and in states of before.
func whose(p *Program, f *frame.Frame, s *state.Whole, whom Whom) (state.Record, error) {
	marks := map[string]bool{}
	for _, e := range s.Erased {
		marks[e.Mark] = true
	}
	var all, found []string
	for _, e := range p.Book.Entities {
		r := state.Record{Entity: e.Name, Key: whom.Key}
		if e.Key == "" || whom.Entity != "" && whom.Entity != e.Name {
			continue
		}
		all = append(all, e.Name)
		row := false
		if t := f.Table(e.Name); t.HasKey() {
			_, row = t.Row(whom.Key)
		}
		if row || marks[s.Meta.Mark(r)] || speaksOf(&s.Snapshot, r) {
			found = append(found, e.Name)
		}
	}
	if len(found) == 0 {
		found = remembered(s, whom, all)
	}
	if len(found) != 1 {
		return state.Record{}, &UnknownRecordError{Key: whom.Key, Entity: whom.Entity, Entities: found, Frame: f}
	}
	return state.Record{Entity: found[0], Key: whom.Key}, nil
}

// remembered gives the entities of which something that is past names a record with a key.
func remembered(s *state.Whole, whom Whom, entities []string) []string {
	found := map[string]bool{}
	in := func(w *state.Whole) {
		for _, entity := range entities {
			r := state.Record{Entity: entity, Key: whom.Key}
			found[entity] = found[entity] || speaksOf(&w.Snapshot, r) || didFor(w.Journal, r) || hadKey(w.Runs, r)
		}
	}
	in(s)
	if whom.Older != nil {
		for w := range whom.Older {
			in(w)
		}
	}
	return slices.DeleteFunc(entities, func(entity string) bool { return !found[entity] })
}

// didFor reports whether a run did something for a record.
func didFor(journal []state.Page, r state.Record) bool {
	lane := amend.LaneOf(r)
	return slices.ContainsFunc(journal, func(p state.Page) bool {
		return slices.ContainsFunc(p.Lines, func(l state.Line) bool { return l.Record == r || l.Lane == lane })
	})
}

// hadKey reports whether a record had a key before it got another one.
func hadKey(runs []state.Run, r state.Record) bool {
	return slices.ContainsFunc(runs, func(run state.Run) bool {
		was, _, ok := amend.RecordOfMove(&run)
		return ok && was == r
	})
}

// speaksOf reports whether a row of the state is about a record.
func speaksOf(s *state.Snapshot, r state.Record) bool {
	is := func(x state.Record) bool { return x == r }
	return slices.ContainsFunc(s.Members, func(m state.Member) bool {
		return is(m.Record) || slices.ContainsFunc(m.Lanes, func(l state.Lane) bool { return is(l.Record) })
	}) ||
		slices.ContainsFunc(s.Held, func(h state.Held) bool { return is(h.Record) }) ||
		slices.ContainsFunc(s.Effects, func(e state.Effect) bool { return is(e.Record) }) ||
		slices.ContainsFunc(s.Tasks, func(t state.Task) bool { return is(t.Record) }) ||
		slices.ContainsFunc(s.Seen, func(x state.Seen) bool { return is(x.Record) }) ||
		slices.ContainsFunc(s.Failures, func(x state.Failure) bool { return is(x.Record) })
}

// outside tells where a record stays that playctl can't erase, and what to do there.
func outside(p *Program, given *Given, s *state.Whole, r state.Record) []string {
	var out []string
	for i := range s.Held {
		if h := &s.Held[i]; h.Record == r && !h.Ours {
			out = append(out, fmt.Sprintf("%s: somebody else put it there; take it out there", placeOf(h).Title()))
		}
	}
	out = append(out, doubts(s.Effects, r)...)
	for i := range s.Runs {
		if was, is, ok := amend.RecordOfMove(&s.Runs[i]); ok && is == r {
			out = append(out, fmt.Sprintf("what was done before run %s calls it %s: forget that, too", s.Runs[i].ID, was))
		}
	}
	for d, n := range deedsOf(s.Journal, s.Effects, func(o *audit.Operation) bool { return o.Record == r }) {
		what := map[string]string{"send": "sent", "task": "given out as tasks", "set": "times fields were set"}[d.verb]
		out = append(out, fmt.Sprintf("%s: %d %s; erase that there", d.place.Title(), n.n, what))
	}
	slices.Sort(out)
	out = append(outsideSources(p, given, r), out...)
	for i := range s.Plays {
		if amend.WithoutWord(s.Plays[i].Definition, r.Key) != s.Plays[i].Definition {
			out = append(out, "play "+s.Plays[i].Name+" of the playbook names it, and so do the playbook's history in Git and the state; take it out and apply")
		}
	}
	return append(out, "logs and comments of earlier runs, wherever they went, and copies of the state that somebody made (state pull); saved plans hold no keys")
}

// doubts tells which effects may have happened for a record: with the state that forgets it, that is forgotten too.
func doubts(effects []state.Effect, r state.Record) []string {
	var out []string
	for i := range effects {
		if e := &effects[i]; e.Record == r && amend.InDoubt(e) {
			out = append(out, fmt.Sprintf("%s.%s: it may be there, in doubt since run %s; look there, since nothing asks again, and erase that there", e.Connector, e.Action, e.Run))
		}
	}
	return out
}

// originOf tells what is to be done where the records of an entity come from.
func originOf(e *playbook.Entity) string {
	text := e.Origin() + ": the record is in it, and is left out of everything from now on; take it out there"
	if e.From.Connector == "" {
		text += ", and then remove .playctl/cache, which has its columns"
	}
	return text
}

// outsideSources tells in which of the files that are read a record stands.
func outsideSources(p *Program, given *Given, r state.Record) []string {
	var out []string
	t := given.Read.Frame.Table(r.Entity)
	if row, there := t.Row(r.Key); there {
		out = append(out, originOf(p.Book.Entity(r.Entity)))
		for _, e := range p.Book.Entities {
			if below := t.Children(e.Plural); e.Plural != "" && below != nil && len(below.Of(row)) > 0 {
				out = append(out, fmt.Sprintf("%s: %d of its %s, which are records of their own: they stay, and those with keys are forgotten by their keys", e.Origin(), len(below.Of(row)), e.Plural))
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given.Lists)) {
		if seg := p.Book.Segment(name); seg.Of == r.Entity && slices.Contains(given.Lists[name], r.Key) {
			out = append(out, fmt.Sprintf("%s: the list of segment %s names it; take it out there", seg.List, name))
		}
	}
	return out
}
