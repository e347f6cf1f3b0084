package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Before is what guards compare a plan with: how things stood before it.
type Before struct {
	State   *state.Snapshot
	Clock   time.Time         // not the run's now, which may be asked for
	Sources []expr.PlanSource // as this run read them, in the playbook's order; Before and Members are filled in
}

// figures gives a plan in numbers.
func (b *Before) figures(p *Plan) *expr.Plan {
	s := p.Summary()
	out := &expr.Plan{Environment: p.Environment, Entries: s.Enter, Exits: s.Leave, Moves: s.Move, Adds: s.Add, Removals: s.Remove, Changes: s.Change,
		Cancels: s.Cancel, Creates: s.Creates, Conflicts: len(p.Conflicts), Waiting: s.Wait, Unchanged: s.NoOps, Members: p.HeldTotal, Clock: b.Clock}
	plays, collections := b.plays(p), b.collections()
	out.Sends, out.Tasks, out.Strangers = countOperations(p, plays, collections)
	for _, x := range plays.all {
		out.Enrolled += x.Members
		out.Plays = append(out.Plays, *x)
	}
	for _, x := range collections.all {
		out.Collections = append(out.Collections, *x)
	}
	slices.SortFunc(out.Plays, func(x, y expr.PlanPlay) int { return strings.Compare(x.Name, y.Name) })
	slices.SortFunc(out.Collections, func(x, y expr.PlanCollection) int { return strings.Compare(x.Name, y.Name) })
	out.LastRun, out.Sources = b.lastRun(), b.sources()
	return out
}

// tally counts by key. What is counted mostly comes in runs of the same key.
type tally[K comparable, V any] struct {
	all  map[K]*V
	key  K
	last *V
}

func newTally[K comparable, V any]() *tally[K, V] { return &tally[K, V]{all: map[K]*V{}} }

// of gives what is counted for a key, made by name where it is new.
func (t *tally[K, V]) of(key K, name func() V) *V {
	if t.last == nil || t.key != key {
		if t.all[key] == nil {
			x := name()
			t.all[key] = &x
		}
		t.key, t.last = key, t.all[key]
	}
	return t.last
}

func (t *playTally) play(name string) *expr.PlanPlay {
	return (*tally[string, expr.PlanPlay])(t).of(name, func() expr.PlanPlay { return expr.PlanPlay{Name: name} })
}

func (t *collectionTally) collection(place connector.Place) *expr.PlanCollection {
	return (*tally[connector.Place, expr.PlanCollection])(t).of(place, func() expr.PlanCollection { return expr.PlanCollection{Name: place.Title()} })
}

type (
	playTally       tally[string, expr.PlanPlay]
	collectionTally tally[connector.Place, expr.PlanCollection]
)

// countOperations counts a plan's operations by play and collection, and over all those that are told apart nowhere else.
func countOperations(p *Plan, plays *playTally, collections *collectionTally) (sends, tasks, strangers int) {
	for i := range p.Operations {
		o := &p.Operations[i]
		play := &expr.PlanPlay{} // what no play keeps is of none
		if o.Play != "" {
			play = plays.play(o.Play)
		}
		switch o.Verb {
		case connector.Add:
			play.Adds++
			collections.collection(o.Place()).Adds++
		case connector.Remove:
			play.Removals++
			collections.collection(o.Place()).Removals++
			if o.Stranger {
				strangers++
			}
		case connector.Send:
			play.Sends++
			sends++
		case connector.Task:
			play.Tasks++
			tasks++
		}
	}
	return sends, tasks, strangers
}

// plays counts what becomes of the members of each play.
func (b *Before) plays(p *Plan) *playTally {
	out := (*playTally)(newTally[string, expr.PlanPlay]())
	for i := range p.Plays {
		r := &p.Plays[i]
		x := out.play(r.Name)
		x.FirstLaunch, x.Changed, x.Removed, x.Members = r.Funnel.First || b.opening(r.Name), r.Change == journey.Changed, r.Change == journey.Gone, r.Members
	}
	for i := range p.Members {
		m := &p.Members[i]
		switch x := out.play(m.After.Play); {
		case m.Enters:
			x.Entries++
		case m.Leaves:
			x.Exits++
		case m.moves():
			x.Moves++
		}
	}
	return out
}

// opening reports whether a play's first launch still goes on: every apply since it began was cut down by --limit, so that whoever enters
// now would have entered with it.
func (b *Before) opening(play string) bool {
	at := slices.IndexFunc(b.State.Plays, func(p state.Play) bool { return p.Name == play })
	if at < 0 || b.State.Plays[at].FirstAt.IsZero() {
		return false
	}
	cut := false
	for i := range b.State.Runs {
		r := &b.State.Runs[i]
		if !r.Operation.Plays() || r.Started.Before(b.State.Plays[at].FirstAt) || !wholeOf(r.Limits, play) {
			continue
		}
		if cut = slices.ContainsFunc(r.Limits, func(l string) bool { return strings.HasPrefix(l, "--limit ") }); !cut {
			return false
		}
	}
	return cut
}

// wholeOf reports whether a run with these limits was about all records of a play.
func wholeOf(limits []string, play string) bool {
	targeted, hit := false, false
	for _, l := range limits {
		option, value, _ := strings.Cut(l, " ")
		value = strings.TrimPrefix(strings.TrimPrefix(value, "plays."), "play.")
		switch {
		case option == "--only", option == "--exclude" && value == play:
			return false
		case option == "--target":
			targeted, hit = true, hit || value == play
		}
	}
	return !targeted || hit
}

// collections counts who is held in each collection.
func (b *Before) collections() *collectionTally {
	out := (*collectionTally)(newTally[connector.Place, expr.PlanCollection]())
	for i := range b.State.Held {
		if h := &b.State.Held[i]; len(h.Keepers) > 0 || h.Added || h.Loose() {
			out.collection(connector.At(h.Connector, h.Kind, h.Name)).Members++
		}
	}
	return out
}

// clockPassed is what a run is recorded with that was let pass though its clock had gone back.
const clockPassed = "--allow clock"

// lastRun is when the last run was last known to be at work. Who let a clock pass that went back began a new count: the one before was wrong.
func (b *Before) lastRun() time.Time {
	var last time.Time
	for i := range b.State.Runs {
		if slices.Contains(b.State.Runs[i].Overrides, clockPassed) {
			last = time.Time{}
		}
		for _, at := range []time.Time{b.State.Runs[i].Started, b.State.Runs[i].Finished} {
			if at.After(last) {
				last = at
			}
		}
	}
	return last
}

// sources adds what the last run read that was an apply, and who is of it. Other operations pass the guards by, so that what they read is no
// measure.
func (b *Before) sources() []expr.PlanSource {
	out := slices.Clone(b.Sources)
	var read map[string]int
	for i := range b.State.Runs {
		if r := &b.State.Runs[i]; len(r.Read) > 0 && r.Operation.Plays() {
			read = r.Read
		}
	}
	members := newTally[string, int]()
	for i := range b.State.Members {
		if m := &b.State.Members[i]; m.Active() {
			*members.of(m.Record.Entity, func() int { return 0 })++
		}
	}
	for i := range out {
		out[i].Before, out[i].Members = -1, *members.of(out[i].Name, func() int { return 0 })
		if n, ok := read[out[i].Name]; ok {
			out[i].Before = n
		}
	}
	return out
}
