package plan

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// lettingGo finds the keepers that want what they hold no more. A keep that can't be planned now still wants; one whose records or names
// are not known now lets nothing go, and neither does a member that does not come to its end. What is held for an erased record goes in any case.
func (b *builder) lettingGo() {
	for i := range b.State.Held {
		h := &b.State.Held[i]
		for _, k := range h.Keepers {
			held := b.Journey.Frozen[k] || b.stuck[k.Member] || slices.Contains(b.Journey.Unaddressed[k], h.Record)
			if !b.keeps(b.wanted[i], k) && (!held || b.erased(h.Record)) {
				b.letGo[i] = append(b.letGo[i], k)
			}
		}
	}
}

// erased reports whether a record was forgotten, so that nobody has a say in what is held for it.
func (b *builder) erased(r state.Record) bool { return b.Erased != nil && b.Erased(r) }

// keeps reports whether a keeper wants a slot.
func (b *builder) keeps(s *slot, k state.Keeper) bool {
	return s != nil && slices.ContainsFunc(s.claims, func(c claim) bool { return b.wants[c.want].Keep && b.wants[c.want].Keeper() == k })
}

// loose reports whether playctl is to take out what nobody keeps and nobody wants. A run of some plays or records does not know who else
// would want it, and neither does a play that is paused say so.
func (b *builder) loose(i int) bool {
	h := &b.State.Held[i]
	return h.Loose() && !b.Limited && (b.wanted[i] == nil || !slices.ContainsFunc(b.wanted[i].claims, b.adds)) && !b.pausedIn(h)
}

// pausedIn reports whether a play that is paused may keep somebody in the collection of a holding.
func (b *builder) pausedIn(h *state.Held) bool {
	keeps := func(s *playbook.Step) bool {
		if s.Verb != playbook.Keep || s.Connector != h.Connector || s.Object != h.Kind {
			return false
		}
		name, constant := s.Name.Constant()
		return !constant || name == h.Name
	}
	return slices.ContainsFunc(b.Book.Plays, func(p *playbook.Play) bool {
		return p.Status == playbook.Paused && slices.ContainsFunc(p.AllSteps(), keeps)
	})
}

// releases lets go of what no keep holds any more: out of the collection if playctl put it there and nobody else keeps it.
func (b *builder) releases() {
	waiting, lost := map[connector.Place]int{}, map[connector.Place]int{}
	for i := range b.State.Held {
		h, gone := &b.State.Held[i], b.letGo[i]
		if len(gone) == 0 && !b.loose(i) {
			continue
		}
		last, place := len(gone) == len(h.Keepers), placeOfHeld(h)
		switch {
		case last && b.taken[i]: // what takes it over or out drops the keepers with it
		case b.Facts.Failed[place] != nil:
			waiting[place]++
		case !last || !h.Ours || h.Added:
			b.plan.Releases = append(b.plan.Releases, Release{Held: *h, Keepers: gone, Gone: last && !h.Added})
		default:
			id, found := b.spelled(h, b.siteOf(place))
			if found {
				b.withdraw(h, place, id, gone)
				continue
			}
			if b.settling(h) { // it is there, and not shown yet: where its id is not known either, a later run takes it out
				if b.opaque(place) {
					b.withdraw(h, place, h.Token, gone)
				}
				continue
			}
			if b.Facts.Blind[place] {
				lost[place]++
			}
			b.plan.Releases = append(b.plan.Releases, Release{Held: *h, Keepers: gone, Gone: true})
		}
	}
	for place, n := range waiting {
		b.plan.Warnings = append(b.plan.Warnings, fmt.Sprintf("%s can't be read now, so that %d withdrawals from it wait: %s", place, n, b.Facts.Failed[place]))
	}
	for place, n := range lost {
		b.plan.Warnings = append(b.plan.Warnings, fmt.Sprintf("%d records can't be taken out of %s: their ids are not known any more", n, place))
	}
	slices.Sort(b.plan.Warnings)
}

// withdraw takes out what nobody keeps any more.
func (b *builder) withdraw(h *state.Held, place connector.Place, id string, gone []state.Keeper) {
	sure := Known
	if b.Facts.Blind[place] {
		sure = Assumed
	}
	var parting []string
	for _, k := range gone {
		if b.parting[k.Member] && !slices.Contains(parting, k.Member) {
			parting = append(parting, k.Member)
		}
	}
	o := Operation{Verb: connector.Remove, Withdraw: true, Parting: parting, Connector: h.Connector, Target: place.Collection, ID: id, Record: h.Record,
		Certainty: sure, Key: OperationKey(connector.Remove, place, h.Record, h.Token), Digest: b.digest("remove", place.String(), h.Token),
		Holds: []Hold{{Held: *h, Gone: true}}}
	if len(gone) > 0 {
		o.Play, o.Step, o.Lane = b.play(gone[0].Member), gone[0].Step, gone[0].Lane
	}
	b.add(-1, o)
}

// spelled finds the id of a holding as the connector spells it: from the record's identity now, or among the members that were read.
func (b *builder) spelled(h *state.Held, s *site) (string, bool) {
	blind := b.Facts.Blind[s.Place]
	if id, ok := b.Identify(h.Connector, h.Record); ok {
		normal := connector.Normalize(s.connector, h.Kind, id)
		switch {
		case b.token(s.opaque, normal) != h.Token:
		case blind:
			return id, true
		default:
			spelled, in := b.Facts.Member(s.Place, normal)
			if !in && b.settling(h) {
				return id, true
			}
			return spelled, in
		}
	}
	if blind && s.opaque {
		return h.Token, true
	}
	if s.byToken == nil {
		s.byToken = make(map[string]string, len(s.members))
		for _, m := range s.members {
			s.byToken[b.token(s.opaque, m.ID)] = m.Spelled
		}
	}
	id, ok := s.byToken[h.Token]
	return id, ok
}
