package plan

import (
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// have tells whether the id is in the collection, how the connector spells it, and how sure that is. Where the connector can't be read
// back, or shows late what was written, whom playctl meant to add is in there once that was confirmed.
func (b *builder) have(s *slot) (spelled string, in bool, sure Certainty) {
	switch {
	case s.member >= 0:
		return s.site.members[s.member].Spelled, true, Known
	case s.site.read && b.settling(b.holding(s)):
		return s.id, true, Assumed
	case s.site.read:
		return "", false, Known
	}
	if names, read := b.Facts.Memberships[kindOf(s.site.Place)]; read && !s.site.blind {
		return s.id, slices.Contains(names[s.id], s.site.Name), Known
	}
	if s.site.blind {
		return s.id, confirmed(b.holding(s)), Assumed
	}
	return "", false, Known // it is yet to be made
}

// confirmed reports whether playctl knows that it put or found there what it holds, and did not only mean to.
func confirmed(h *state.Held) bool { return h != nil && !h.Since.IsZero() }

// holding gives what is held of a slot; nil for nothing.
func (b *builder) holding(s *slot) *state.Held {
	if s.held < 0 {
		return nil
	}
	return &b.State.Held[s.held]
}

// newHolding makes the identity of what is held of a slot.
func (b *builder) newHolding(s *slot, r state.Record) state.Held {
	return state.Held{Connector: s.site.Connector, Kind: s.site.Kind, Name: s.site.Name, Token: b.tokenOf(s), Record: r, Since: b.At}
}
