package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// TestClaim_meetsWhatIsAndWhatIsHeld compares the merged lists with looking everything up.
func TestClaim_meetsWhatIsAndWhatIsHeld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.SampledFrom([]string{"", "a", "b", "B@x", "b@x", "prefix-1", "prefix-12", "prefix-2", "é", "z\x00"}))
		names := rapid.SampledFrom([]string{"A", "B"})
		meta := state.Meta{Salt: "s"}
		in := &Input{State: &state.Snapshot{Meta: meta}, Journey: &journey.Result{}, Facts: &connector.Facts{Members: map[connector.Place][]connector.Member{}},
			Connectors: map[string]connector.Connector{"desk": &memory.System{}}}
		place := func(name string) connector.Place {
			return connector.Place{Connector: "desk", Collection: connector.Collection{Kind: "list", Name: name}}
		}
		for _, name := range []string{"A", "B"} {
			in.Facts.Members[place(name)] = connector.MembersOf(in.Connectors["desk"], "list", ids.Draw(t, "members of "+name))
			for _, id := range slices.Compact(slices.Sorted(slices.Values(ids.Draw(t, "held in "+name)))) {
				if id = connector.Normalize(in.Connectors["desk"], "list", id); id != "" {
					in.State.Held = append(in.State.Held, state.Held{Connector: "desk", Kind: "list", Name: name, Token: meta.Token(id)})
				}
			}
		}
		slices.SortFunc(in.State.Held, func(a, b state.Held) int { return state.CompareHeld(&a, &b) })
		in.State.Held = slices.CompactFunc(in.State.Held, func(a, b state.Held) bool { return state.CompareHeld(&a, &b) == 0 })
		for _, id := range ids.Draw(t, "wanted") {
			in.Journey.Wants = append(in.Journey.Wants, journey.Want{Verb: connector.Add, Connector: "desk", Target: place(names.Draw(t, "in")).Collection, ID: id})
		}
		b := newBuilder(in)
		half := len(b.wants) / 2
		all := b.wants
		b.wants = all[:half]
		b.claim(0)
		b.wants = all
		b.claim(half)
		checkClaims(t, b)
	})
}

func checkClaims(t *rapid.T, b *builder) {
	for i := range b.wants {
		w := &b.wants[i]
		site, id := b.siteOf(placeOf(w)), b.normal(w)
		s := b.slotOf(site, id)
		if s == nil || s.id != id || !slices.ContainsFunc(s.claims, func(c claim) bool { return c.want == i }) {
			t.Fatalf("want %d of %q is in no slot", i, id)
		}
		if !slices.IsSortedFunc(s.claims, func(x, y claim) int { return x.want - y.want }) {
			t.Fatalf("claims of %q are out of order", id)
		}
		spelled, in := b.Facts.Member(site.Place, id)
		if in != (s.member >= 0) || in && site.members[s.member].Spelled != spelled {
			t.Fatalf("%q is a member: %v, found %d", id, in, s.member)
		}
		held := slices.IndexFunc(b.State.Held, func(h state.Held) bool { return h.Name == site.Name && h.Token == b.State.Meta.Token(id) })
		if held != s.held || held >= 0 && b.wanted[held] != s {
			t.Fatalf("%q is held as %d, found %d", id, held, s.held)
		}
	}
}
