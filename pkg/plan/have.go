package plan

import (
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// have tells whether the id is in the collection, how the connector spells it, and how sure that is. Where the connector can't be read
// back, whom playctl meant to add is in there once that was confirmed.
func (b *builder) have(s *slot, h *state.Held) (spelled string, in bool, sure Certainty) {
	if members, read := b.Facts.Members[s.place]; read {
		spelled, in = members[s.id]
		return spelled, in, Known
	}
	if names, read := b.Facts.Memberships[kindOf(s.place)]; read && !b.blind(s.place) {
		return s.id, slices.Contains(names[s.id], s.place.Name), Known
	}
	if b.blind(s.place) {
		return s.id, confirmed(h), Assumed
	}
	return "", false, Known // it is yet to be made
}

// kindOf gives the place that stands for all collections of a kind.
func kindOf(p connector.Place) connector.Place {
	p.Name = ""
	return p
}

// blind reports whether it can't be told who is in a collection.
func (b *builder) blind(p connector.Place) bool {
	return b.Facts.Members[p] == nil && (b.Facts.Blind[p] || b.Facts.Blind[kindOf(p)])
}

// confirmed reports whether playctl knows that it put or found there what it holds, and did not only mean to.
func confirmed(h *state.Held) bool { return h != nil && !h.Since.IsZero() }

func (b *builder) heldKey(key slotKey) heldKey {
	k, known := b.keys[key]
	if !known {
		k = heldKey{key.place.Connector, key.place.Kind, key.place.Name, b.token(key)}
		b.keys[key] = k
	}
	return k
}

// token is how the state remembers an id: as it is where the connector's ids are its own, else hashed.
func (b *builder) token(key slotKey) string {
	if b.opaque(key.place) {
		return key.id
	}
	return b.State.Meta.Token(key.id)
}

// opaque reports whether a collection's ids are its system's own, and no personal data.
func (b *builder) opaque(p connector.Place) bool {
	return slices.ContainsFunc(b.specs[p.Connector].Collections, func(k connector.CollectionKind) bool { return k.Name == p.Kind && k.OpaqueIDs })
}

// holding makes the identity of what is held at a slot.
func (b *builder) holding(s *slot, r state.Record) state.Held {
	return state.Held{Connector: s.held.connector, Kind: s.held.kind, Name: s.held.name, Token: s.held.token, Record: r, Since: b.At}
}
