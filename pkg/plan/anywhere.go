package plan

import (
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// subject is an id under its one spelling, in all collections of a kind.
type subject struct {
	kind connector.Place // without a name
	id   string
}

// anywhere turns every want for any collection of a kind into removes out of those that match and that the id is in, or that somebody
// wants it in: so it stands against keeps as a remove does.
func (b *builder) anywhere() {
	var wanted, ledger map[subject][]string
	before := len(b.wants)
	for i := range before {
		if w := &b.wants[i]; len(w.Any) == 0 || !b.active(i) {
			continue
		}
		if wanted == nil {
			wanted, ledger = b.wantedIn(), b.confirmedIn()
		}
		b.expand(i, wanted, ledger)
	}
	b.claim(before)
}

// wantedIn gives the names of the collections of a kind that somebody wants an id in.
func (b *builder) wantedIn() map[subject][]string {
	out := map[subject][]string{}
	for _, site := range b.sites {
		for i := range site.slots {
			if slices.ContainsFunc(site.slots[i].claims, func(c claim) bool { return b.adds(c) && b.active(c.want) }) {
				at := subject{kindOf(site.Place), site.slots[i].id}
				out[at] = append(out[at], site.Name)
			}
		}
	}
	return out
}

// confirmedIn gives the names of the collections of a kind that playctl knows to have put or found a token in; the token stands for the id.
func (b *builder) confirmedIn() map[subject][]string {
	out := map[subject][]string{}
	for i := range b.State.Held {
		if h := &b.State.Held[i]; confirmed(h) {
			at := subject{connector.At(h.Connector, h.Kind, ""), h.Token}
			out[at] = append(out[at], h.Name)
		}
	}
	return out
}

// expand makes the removes of one want for any collection.
func (b *builder) expand(i int, wanted, ledger map[subject][]string) {
	w := b.wants[i]
	at := subject{placeOf(&w), b.normal(&w)}
	names := slices.Clone(wanted[at])
	if in, read := b.Facts.Memberships[at.kind]; read {
		names = append(names, in[at.id]...)
	} else if b.Facts.Failed[at.kind] == nil { // else it only stands, against those who want it in
		names = append(names, ledger[subject{at.kind, b.token(b.opaque(at.kind), at.id)}]...)
	}
	slices.Sort(names)
	any := false
	for _, name := range slices.Compact(names) {
		w.Target.Name = name
		if !w.Matches(name) || b.spared(&w) {
			continue
		}
		any = true
		b.wants = append(b.wants, w)
		b.ties, b.dropped = append(b.ties, b.ties[i]), append(b.dropped, false)
	}
	if !any && !w.Standing && !w.Passive {
		b.plan.NoOps++
	}
}

// spared reports whether the member of a remove out of any collection keeps or adds the same id there itself.
func (b *builder) spared(w *journey.Want) bool {
	site, id := b.siteOf(placeOf(w)), b.normal(w)
	if s := b.slotOf(site, id); s != nil && slices.ContainsFunc(s.claims, func(c claim) bool { return b.adds(c) && b.wants[c.want].Member == w.Member }) {
		return true
	}
	at := b.heldAs(site.ledger, b.token(site.opaque, id))
	if at < 0 {
		return false
	}
	h := &b.State.Held[at]
	keeps := func(k state.Keeper) bool { return k.Member == w.Member && !slices.Contains(b.letGo[at], k) }
	return slices.ContainsFunc(h.Keepers, keeps) || h.Added && b.addedBy(w)
}

// addedBy reports whether the member of a want has done an add step that may have added to the want's collection.
func (b *builder) addedBy(w *journey.Want) bool {
	m, p := b.member(w.Member), b.Book.Play(w.Play)
	if m == nil || p == nil {
		return false
	}
	done := doneSteps(m)
	return slices.ContainsFunc(p.AllSteps(), func(s *playbook.Step) bool {
		if s.Verb != playbook.Add || s.Connector != w.Connector || s.Object != w.Target.Kind || !done[s.ID] {
			return false
		}
		name, constant := s.Name.Constant()
		return !constant || name == w.Target.Name
	})
}

// doneSteps gives the ids of the steps that a member and its lanes have done.
func doneSteps(m *state.Member) map[string]bool {
	out := map[string]bool{}
	for _, d := range m.Done {
		out[d.ID] = true
	}
	for i := range m.Lanes {
		for _, d := range m.Lanes[i].Done {
			out[d.ID] = true
		}
	}
	return out
}
