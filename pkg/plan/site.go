package plan

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// site is a collection that somebody wants something of, with what is known of it.
type site struct {
	connector.Place
	connector connector.Connector
	failed    bool
	read      bool               // who is in it was read
	members   []connector.Member // if so: sorted by id
	byToken   map[string]string  // how they are spelled, by token; nil until somebody asks
	blind     bool               // it can't be told who is in it
	opaque    bool               // its ids are its system's own, and no personal data
	ledger    span               // what is held in it
	claims    []claim            // what is wanted of its members
	slots     []slot             // sorted by id
	slotted   int                // how many claims they were made of
}

// span is a part of a slice.
type span struct{ from, to int }

// siteOf gives the site of a place.
func (b *builder) siteOf(p connector.Place) *site {
	if s := b.last; s != nil && s.Place == p {
		return s
	}
	s := b.byPlace[p]
	if s == nil {
		s = &site{Place: p, connector: b.Connectors[p.Connector], failed: b.Facts.Failed[p] != nil, blind: b.blind(p), opaque: b.opaque(p), ledger: b.heldIn(p)}
		s.members, s.read = b.Facts.Members[p]
		b.byPlace[p] = s
		b.sites = append(b.sites, s)
	}
	b.last = s
	return s
}

// blind reports whether it can't be told who is in a collection.
func (b *builder) blind(p connector.Place) bool {
	return b.Facts.Members[p] == nil && (b.Facts.Blind[p] || b.Facts.Blind[kindOf(p)])
}

// opaque reports whether a collection's ids are its system's own, and no personal data.
func (b *builder) opaque(p connector.Place) bool {
	return slices.ContainsFunc(b.specs[p.Connector].Collections, func(k connector.CollectionKind) bool { return k.Name == p.Kind && k.OpaqueIDs })
}

// kindOf gives the place that stands for all collections of a kind.
func kindOf(p connector.Place) connector.Place {
	p.Name = ""
	return p
}

func comparePlaces(x, y connector.Place) int {
	return cmp.Or(strings.Compare(x.Connector, y.Connector), strings.Compare(x.Kind, y.Kind), strings.Compare(x.Name, y.Name))
}

// placeOfHeld gives the collection in which something is held.
func placeOfHeld(h *state.Held) connector.Place {
	return connector.At(h.Connector, h.Kind, h.Name)
}

// heldIn finds what is held in a collection: what is held is sorted by collection, then token.
func (b *builder) heldIn(p connector.Place) span {
	held := b.State.Held
	from := sort.Search(len(held), func(i int) bool { return comparePlaces(placeOfHeld(&held[i]), p) >= 0 })
	to := sort.Search(len(held), func(i int) bool { return comparePlaces(placeOfHeld(&held[i]), p) > 0 })
	return span{from, to}
}

// heldAs finds what is held under a token in a collection; -1 for nothing.
func (b *builder) heldAs(in span, token string) int {
	i, found := sort.Find(in.to-in.from, func(i int) int { return strings.Compare(token, b.State.Held[in.from+i].Token) })
	if !found {
		return -1
	}
	return in.from + i
}

// token is how the state remembers an id: as it is where the connector's ids are its own, else hashed.
func (b *builder) token(opaque bool, id string) string {
	if opaque {
		return id
	}
	return b.hasher.Token(id)
}
