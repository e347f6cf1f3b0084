package plan

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// slotKey is one member of one collection: an id under its one spelling.
type slotKey struct {
	place connector.Place
	id    string
}

// slot is everything that is wanted of one member of one collection.
type slot struct {
	slotKey
	held   heldKey
	wants  []int // best first
	winner int
}

// collect finds the slots that somebody wants something of.
func (b *builder) collect() {
	for i := range b.wants {
		w := &b.wants[i]
		if !w.Verb.Membership() || w.Target.Name == "" || !b.active(i) || b.Facts.Failed[placeOf(w)] != nil {
			continue
		}
		key := b.slotOf(w)
		if b.slots[key] == nil {
			b.slots[key] = &slot{slotKey: key, held: b.heldKey(key)}
		}
		b.slots[key].wants = append(b.slots[key].wants, i)
	}
}

// memberships settles every slot.
func (b *builder) memberships() {
	slots := slices.Collect(maps.Values(b.slots))
	slices.SortFunc(slots, func(x, y *slot) int {
		return cmp.Or(comparePlaces(x.place, y.place), strings.Compare(x.id, y.id))
	})
	for _, s := range slots {
		b.settle(s)
	}
	b.sortConflicts()
}

func (b *builder) slotOf(w *journey.Want) slotKey { return slotKey{placeOf(w), b.normal(w)} }

func (b *builder) normal(w *journey.Want) string {
	return connector.Normalize(b.Connectors[w.Connector], w.Target.Kind, w.ID)
}

// settle decides one slot by priority, then play's name; of one play, the later step has the last word. A remove whose member completes its
// play in this run yields to every keep: it stands no longer than the run, and the next one would add again what this one removed.
func (b *builder) settle(s *slot) {
	kept := slices.ContainsFunc(s.wants, func(i int) bool { return b.wants[i].Keep })
	yields := func(w *journey.Want) int {
		if kept && w.Verb == connector.Remove && b.ending[w.Member] {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(s.wants, func(i, j int) int {
		x, y := &b.wants[i], &b.wants[j]
		return cmp.Or(yields(x)-yields(y), y.Priority-x.Priority, strings.Compare(x.Play, y.Play),
			b.orders[y.Play+"."+y.Step]-b.orders[x.Play+"."+x.Step], strings.Compare(x.Member, y.Member))
	})
	present := func(i int) bool { return b.wants[i].Verb == connector.Add }
	taken := func(i int) bool { return !b.wants[i].Standing }
	s.winner = s.wants[0]
	if !slices.ContainsFunc(s.wants, func(i int) bool { return present(i) || taken(i) }) {
		return // removes that only stand: nobody wants it otherwise
	}
	for _, i := range s.wants[1:] {
		if present(i) != present(s.winner) && b.wants[i].Play != b.wants[s.winner].Play {
			b.conflict(s.place, &b.wants[s.winner], &b.wants[i])
		}
	}
	// The winner decides what is to be; who does it is the best of those that want the same and are part of this run.
	does := slices.IndexFunc(s.wants, func(i int) bool { return present(i) == present(s.winner) && !b.wants[i].Passive })
	if does < 0 {
		return
	}
	wins := present(s.winner)
	s.winner = s.wants[does]
	if wins {
		b.present(s)
	} else {
		b.absent(s)
	}
}

// present makes the slot's id a member, and has every want for it keep or mark it.
func (b *builder) present(s *slot) {
	h := b.held[s.held]
	_, in, sure := b.have(s, h)
	operation := -1
	winner := &b.wants[s.winner]
	if !in {
		held := b.holding(s, winner.Record)
		held.Ours = true
		o := b.operation(winner, connector.Add, s, sure)
		o.Drift = h != nil && winner.Standing && slices.Contains(h.Keepers, winner.Keeper())
		o.Standing = b.stands(s, connector.Add)
		o.Holds = append(o.Holds, Hold{Held: held, Anew: sure == Known})
		operation = len(b.plan.Operations)
		b.written[s.slotKey] = winner.Fields
		b.add(s.winner, o)
	} else {
		b.plan.NoOps++
	}
	for _, i := range s.wants {
		w := &b.wants[i]
		if w.Verb != connector.Add || w.Passive {
			continue
		}
		if operation >= 0 && i != s.winner {
			b.await(i, operation)
		}
		b.hold(s, i, operation, h, in)
	}
}

// hold notes that a want holds the slot's id: with the operation that makes it so, with its move, or at once for a standing one. It takes
// over from the keepers that let go, so that there is always somebody who will let go of it in the end.
func (b *builder) hold(s *slot, i, operation int, h *state.Held, in bool) {
	w := &b.wants[i]
	change := Hold{Held: b.holding(s, w.Record), Drop: b.letGo[s.held]}
	change.Held.Ours = !in || h != nil && h.Ours
	if w.Keep {
		keeper := w.Keeper()
		change.Keeper = &keeper
		if in && confirmed(h) && slices.Contains(h.Keepers, *change.Keeper) {
			return
		}
	} else {
		if in && (h == nil || !h.Ours || h.Added && confirmed(h)) {
			return // a stranger, whom an add leaves alone; or marked already
		}
		change.Added = true
	}
	b.taken[s.held] = true
	switch move := b.ties[i]; {
	case operation >= 0:
		b.plan.Operations[operation].Holds = append(b.plan.Operations[operation].Holds, change)
	case move != nil:
		move.Holds = append(move.Holds, change)
	default:
		b.plan.Standing = append(b.plan.Standing, change)
	}
}

// absent takes the slot's id out. Removes that only stand overrule keeps and nothing else: somebody else's member stays, and one that was
// added for good.
func (b *builder) absent(s *slot) {
	h := b.held[s.held]
	spelled, in, sure := b.have(s, h)
	winner := &b.wants[s.winner]
	if !in && (sure == Known || h == nil && (winner.Standing || len(winner.Any) > 0)) {
		b.plan.NoOps++
		if h != nil { // it was taken out, by somebody else or by a run that never recorded it
			b.taken[s.held] = true
			b.plan.Releases = append(b.plan.Releases, Release{Held: *h, Keepers: h.Keepers, Gone: true})
		}
		return
	}
	if b.onlyStands(s) && (h == nil || !h.Ours || h.Added) || h != nil && b.protected(s, h, winner) {
		b.plan.NoOps++
		return
	}
	o := b.operation(winner, connector.Remove, s, sure)
	o.ID, o.Stranger, o.Any = spelled, h == nil || !h.Ours, len(winner.Any) > 0
	o.Standing = !o.Stranger && !h.Added && b.stands(s, connector.Remove)
	if h != nil {
		o.Holds = []Hold{{Held: b.holding(s, winner.Record), Gone: true}}
	}
	b.taken[s.held] = true
	operation := len(b.plan.Operations)
	b.add(s.winner, o)
	for _, i := range s.wants {
		if w := &b.wants[i]; i != s.winner && w.Verb == connector.Remove && !w.Passive {
			b.await(i, operation)
		}
	}
}

// stands reports whether a done step of a member of this run wants the slot's id in, or out.
func (b *builder) stands(s *slot, verb connector.Verb) bool {
	return slices.ContainsFunc(s.wants, func(i int) bool {
		w := &b.wants[i]
		return w.Verb == verb && w.Standing && !w.Passive
	})
}

// onlyStands reports that no remove of the slot's id is being taken now.
func (b *builder) onlyStands(s *slot) bool {
	return !slices.ContainsFunc(s.wants, func(i int) bool {
		w := &b.wants[i]
		return w.Verb == connector.Remove && !w.Standing
	})
}

// protected reports whether somebody of higher rank keeps the slot's id whose wants are not known now, such as a member whose record is
// missing: what it holds stays.
func (b *builder) protected(s *slot, h *state.Held, remove *journey.Want) bool {
	for _, k := range h.Keepers {
		keep := journey.Want{Play: b.play(k.Member), Step: k.Step, Lane: k.Lane, Member: k.Member, Keep: true, Verb: connector.Add, Record: h.Record}
		p := b.Book.Play(keep.Play)
		if p != nil {
			keep.Priority = p.Priority
		}
		if b.Journey.Frozen[k] && (p == nil || cmp.Or(keep.Priority-remove.Priority, strings.Compare(remove.Play, keep.Play)) > 0) {
			b.conflict(s.place, &keep, remove)
			return true
		}
	}
	return false
}

func (b *builder) operation(w *journey.Want, verb connector.Verb, s *slot, sure Certainty) Operation {
	o := Operation{Verb: verb, Connector: w.Connector, Target: w.Target, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step, Lane: w.Lane, Certainty: sure}
	o.Key = operationKey(verb, s.place, w.Record, s.held.token)
	content := []string{verb.String(), s.place.String(), s.id}
	if verb == connector.Add && len(w.Fields) > 0 {
		o.Fields = w.Fields
		content = append(content, payload(w.Fields))
	}
	o.Digest = b.digest(content...)
	return o
}
