package plan

import (
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// happened reports whether an effect happened, by the state or by a look-up of this run.
func (b *builder) happened(at int) bool {
	e := b.State.Effects[at]
	for _, settled := range b.plan.Transitions.Effects {
		if settled.Key == e.Key {
			e = settled
		}
	}
	return e.Status == state.Happened
}

// releases lets go of what no keep holds any more: out of the collection if playctl put it there and nobody else keeps it.
func (b *builder) releases() {
	wanted := b.keepers()
	finders := map[connector.Place]map[string]string{}
	for i := range b.State.Held {
		h := &b.State.Held[i]
		if len(h.Keepers) == 0 {
			continue
		}
		var gone []state.Keeper
		for _, k := range h.Keepers {
			if !b.Journey.Frozen[k] && !wanted[keeping{k, heldKey{h.Connector, h.Kind, h.Name, h.Token}}] {
				gone = append(gone, k)
			}
		}
		if len(gone) > 0 {
			b.release(h, gone, finders)
		}
	}
}

// keeping is one keeper's hold on one holding.
type keeping struct {
	keeper state.Keeper
	held   heldKey
}

// keepers gives every keep that is wanted now.
func (b *builder) keepers() map[keeping]bool {
	out := map[keeping]bool{}
	for key, s := range b.slots {
		for _, i := range s.wants {
			if w := &b.Journey.Wants[i]; w.Keep {
				out[keeping{state.Keeper{Member: w.Member, Step: w.Step}, b.heldKey(key)}] = true
			}
		}
	}
	for i := range b.Journey.Wants { // those whose place can't be read now
		if w := &b.Journey.Wants[i]; w.Keep && b.Facts.Failed[placeOf(w)] != nil {
			out[keeping{state.Keeper{Member: w.Member, Step: w.Step}, b.heldKey(slotKey{placeOf(w), b.normal(w)})}] = true
		}
	}
	return out
}

// release takes keepers off one holding.
func (b *builder) release(h *state.Held, gone []state.Keeper, finders map[connector.Place]map[string]string) {
	place := connector.Place{Connector: h.Connector, Collection: connector.Collection{Kind: h.Kind, Name: h.Name}}
	if b.Facts.Failed[place] != nil {
		b.plan.Warnings = append(b.plan.Warnings, place.String()+" can't be read now, so what is to be withdrawn from it waits: "+b.Facts.Failed[place].Error())
		return
	}
	last := len(gone) == len(h.Keepers) && !b.claimed(h)
	id, found := b.spelled(h, place, finders)
	if !last || !h.Ours || h.Added || !found {
		if last && h.Ours && !h.Added && b.Facts.Blind[place] {
			b.plan.Warnings = append(b.plan.Warnings, h.Record.String()+" can't be taken out of "+place.String()+": its id is not known any more")
		}
		b.plan.Releases = append(b.plan.Releases, Release{Held: *h, Keepers: gone, Gone: last && !h.Added})
		return
	}
	play, step := b.keeperPlay(gone[0])
	sure := Known
	if b.Facts.Blind[place] {
		sure = Assumed
	}
	b.add(-1, Operation{Verb: connector.Remove, Withdraw: true, Connector: h.Connector, Target: place.Collection, ID: id, Record: h.Record, Play: play,
		Step: step, Certainty: sure, Key: operationKey(connector.Remove, place, h.Record, h.Token), Digest: b.digest("remove", place.String(), h.Token),
		Holds: []Hold{{Held: *h, Gone: true}}})
}

// claimed reports whether somebody else wants the holding present in this plan.
func (b *builder) claimed(h *state.Held) bool {
	for key, s := range b.slots {
		if b.heldKey(key) == (heldKey{h.Connector, h.Kind, h.Name, h.Token}) {
			// A slot with a winner decides for itself: present keeps it, absent takes it out by its own operation.
			return slices.ContainsFunc(s.wants, func(i int) bool {
				return b.Journey.Wants[i].Verb == connector.Add || !b.Journey.Wants[i].Standing
			})
		}
	}
	return false
}

// spelled finds the id of a holding as the connector spells it: from the record's identity now, or among the members that were read.
func (b *builder) spelled(h *state.Held, place connector.Place, finders map[connector.Place]map[string]string) (string, bool) {
	c := b.Connectors[h.Connector]
	if id, ok := b.Identify(h.Connector, h.Record); ok && b.token(slotKey{place, connector.Normalize(c, h.Kind, id)}) == h.Token {
		spelled, in := b.Facts.Members[place][connector.Normalize(c, h.Kind, id)]
		if b.Facts.Blind[place] {
			return id, true
		}
		return spelled, in
	}
	if finders[place] == nil {
		finders[place] = map[string]string{}
		for normal, spelled := range b.Facts.Members[place] {
			finders[place][b.token(slotKey{place, normal})] = spelled
		}
	}
	id, ok := finders[place][h.Token]
	return id, ok
}

// keeperPlay finds the play and step of a keeper.
func (b *builder) keeperPlay(k state.Keeper) (play, step string) {
	for i := range b.State.Members {
		if b.State.Members[i].Key == k.Member {
			return b.State.Members[i].Play, k.Step
		}
	}
	return "", k.Step
}
