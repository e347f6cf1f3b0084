package plan

import (
	"cmp"
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
	wants  []int // best first
	winner int
}

// memberships settles every member of every collection that somebody wants something of.
func (b *builder) memberships() {
	for i := range b.Journey.Wants {
		w := &b.Journey.Wants[i]
		if !w.Verb.Membership() || !b.active(i) || b.Facts.Failed[placeOf(w)] != nil {
			continue
		}
		key := slotKey{placeOf(w), b.normal(w)}
		if b.slots[key] == nil {
			b.slots[key] = &slot{}
			b.order = append(b.order, key)
		}
		b.slots[key].wants = append(b.slots[key].wants, i)
	}
	slices.SortFunc(b.order, func(x, y slotKey) int {
		return cmp.Or(strings.Compare(x.place.String(), y.place.String()), strings.Compare(x.id, y.id))
	})
	for _, key := range b.order {
		b.settle(key, b.slots[key])
	}
	b.sortConflicts()
}

func (b *builder) normal(w *journey.Want) string {
	return connector.Normalize(b.Connectors[w.Connector], w.Target.Kind, w.ID)
}

// settle decides one slot by priority, then play's name; of one play, the later step has the last word.
func (b *builder) settle(key slotKey, s *slot) {
	slices.SortStableFunc(s.wants, func(i, j int) int {
		x, y := &b.Journey.Wants[i], &b.Journey.Wants[j]
		return cmp.Or(y.Priority-x.Priority, strings.Compare(x.Play, y.Play), b.orders[y.Play+"."+y.Step]-b.orders[x.Play+"."+x.Step], strings.Compare(x.Member, y.Member))
	})
	present := func(i int) bool { return b.Journey.Wants[i].Verb == connector.Add }
	taken := func(i int) bool { return !b.Journey.Wants[i].Standing }
	s.winner = s.wants[0]
	if !slices.ContainsFunc(s.wants, func(i int) bool { return present(i) || taken(i) }) {
		return // removes that only stand: nobody wants it otherwise
	}
	for _, i := range s.wants[1:] {
		if present(i) != present(s.winner) && b.Journey.Wants[i].Play != b.Journey.Wants[s.winner].Play {
			b.conflict(key.place, s.winner, i)
		}
	}
	// The winner decides what is to be; who does it is the best of those that want the same and are part of this run.
	does := slices.IndexFunc(s.wants, func(i int) bool { return present(i) == present(s.winner) && !b.Journey.Wants[i].Passive })
	if does < 0 {
		return
	}
	wins := present(s.winner)
	s.winner = s.wants[does]
	if wins {
		b.present(key, s)
	} else {
		b.absent(key, s)
	}
}

// have tells whether the id is in the collection, how the connector spells it, and how sure that is.
func (b *builder) have(key slotKey, h *state.Held) (spelled string, in bool, sure Certainty) {
	if b.Facts.Blind[key.place] {
		return key.id, h != nil, Assumed
	}
	spelled, in = b.Facts.Members[key.place][key.id]
	return spelled, in, Known
}

func (b *builder) heldAt(key slotKey) *state.Held { return b.held[b.heldKey(key)] }

func (b *builder) heldKey(key slotKey) heldKey {
	return heldKey{key.place.Connector, key.place.Kind, key.place.Name, b.token(key)}
}

// token is how the state remembers an id: as it is where the connector's ids are its own, else hashed.
func (b *builder) token(key slotKey) string {
	if c := b.Connectors[key.place.Connector]; c != nil {
		for _, k := range c.Describe().Collections {
			if k.Name == key.place.Kind && k.OpaqueIDs {
				return key.id
			}
		}
	}
	return b.State.Meta.Token(key.id)
}

// holding makes the identity of what is held at a slot.
func (b *builder) holding(key slotKey, r state.Record) state.Held {
	k := b.heldKey(key)
	return state.Held{Connector: k.connector, Kind: k.kind, Name: k.name, Token: k.token, Record: r, Since: b.At}
}

// present makes the slot's id a member, and has every want for it keep or mark it.
func (b *builder) present(key slotKey, s *slot) {
	h := b.heldAt(key)
	_, in, sure := b.have(key, h)
	operation := -1
	winner := &b.Journey.Wants[s.winner]
	if !in {
		held := b.holding(key, winner.Record)
		held.Ours = true
		o := b.operation(winner, connector.Add, key, sure)
		o.Drift = h != nil && winner.Standing && slices.Contains(h.Keepers, state.Keeper{Member: winner.Member, Step: winner.Step})
		o.Holds = append(o.Holds, Hold{Held: held})
		operation = len(b.plan.Operations)
		b.add(s.winner, o)
	} else {
		b.plan.NoOps++
	}
	for _, i := range s.wants {
		w := &b.Journey.Wants[i]
		if w.Verb != connector.Add || w.Passive {
			continue
		}
		if operation >= 0 && i != s.winner {
			b.tie(i, operation)
		}
		b.hold(key, i, operation, h, in)
	}
}

// hold notes that a want holds the slot's id: with the operation that makes it so, with its move, or at once for a standing one.
func (b *builder) hold(key slotKey, i, operation int, h *state.Held, in bool) {
	w := &b.Journey.Wants[i]
	change := Hold{Held: b.holding(key, w.Record)}
	change.Held.Ours = !in || h != nil && h.Ours
	if w.Keep {
		change.Keeper = &state.Keeper{Member: w.Member, Step: w.Step}
		if h != nil && slices.Contains(h.Keepers, *change.Keeper) && in {
			return
		}
	} else {
		if in && (h == nil || !h.Ours || h.Added) {
			return // a stranger, whom an add leaves alone; or marked already
		}
		change.Added = true
	}
	switch m := b.moves[i]; {
	case operation >= 0:
		b.plan.Operations[operation].Holds = append(b.plan.Operations[operation].Holds, change)
	case m[0] >= 0:
		move := &b.plan.Members[m[0]].Moves[m[1]]
		move.Holds = append(move.Holds, change)
	default:
		b.plan.Standing = append(b.plan.Standing, change)
	}
}

// absent takes the slot's id out.
func (b *builder) absent(key slotKey, s *slot) {
	h := b.heldAt(key)
	spelled, in, sure := b.have(key, h)
	if !in && !(sure == Assumed && h == nil && !b.Journey.Wants[s.winner].Standing) {
		b.plan.NoOps++
		return
	}
	winner := &b.Journey.Wants[s.winner]
	o := b.operation(winner, connector.Remove, key, sure)
	o.ID, o.Stranger = spelled, h == nil || !h.Ours
	if h != nil {
		o.Holds = []Hold{{Held: b.holding(key, winner.Record), Gone: true}}
	}
	operation := len(b.plan.Operations)
	b.add(s.winner, o)
	for _, i := range s.wants {
		if i != s.winner && b.Journey.Wants[i].Verb == connector.Remove {
			b.tie(i, operation)
		}
	}
}

func (b *builder) operation(w *journey.Want, verb connector.Verb, key slotKey, sure Certainty) Operation {
	o := Operation{Verb: verb, Connector: w.Connector, Target: w.Target, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step, Certainty: sure}
	o.Key = operationKey(verb, key.place, w.Record, b.token(key))
	o.Digest = b.digest(verb.String(), key.place.String(), key.id)
	return o
}

// conflict counts a want that another overrules.
func (b *builder) conflict(place connector.Place, winner, loser int) {
	w, l := &b.Journey.Wants[winner], &b.Journey.Wants[loser]
	c := Conflict{Place: place.String(), Winner: w.Play + "." + w.Step, Loser: l.Play + "." + l.Step, Priority: [2]int{w.Priority, l.Priority},
		Wins: wording(w), Loses: wording(l)}
	for i := range b.plan.Conflicts {
		if o := &b.plan.Conflicts[i]; o.Place == c.Place && o.Winner == c.Winner && o.Loser == c.Loser {
			o.Count++
			if len(o.Sample) < 3 && !slices.Contains(o.Sample, w.Record.Key) {
				o.Sample = append(o.Sample, w.Record.Key)
			}
			return
		}
	}
	c.Count, c.Sample = 1, []string{w.Record.Key}
	b.plan.Conflicts = append(b.plan.Conflicts, c)
}

func wording(w *journey.Want) string {
	switch {
	case w.Keep:
		return "keeps"
	case w.Verb == connector.Add:
		return "adds"
	case w.Verb == connector.Remove:
		return "removes"
	}
	return "sets"
}

func (b *builder) sortConflicts() {
	slices.SortFunc(b.plan.Conflicts, func(x, y Conflict) int {
		return cmp.Or(strings.Compare(x.Place, y.Place), strings.Compare(x.Winner, y.Winner), strings.Compare(x.Loser, y.Loser))
	})
}
