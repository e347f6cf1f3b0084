package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// memberships decides every slot.
func (b *builder) memberships() {
	for _, site := range b.sites {
		for i := range site.slots {
			if !site.failed {
				b.decide(&site.slots[i])
			}
		}
	}
	b.sortConflicts()
}

// decide decides one slot by priority, then play's name; of one play, the later step has the last word. A remove whose member completes its
// play in this run yields to every keep: it stands no longer than the run, and the next one would add again what this one removed.
func (b *builder) decide(s *slot) {
	wants := b.contenders(s)
	present := func(i int) bool { return b.wants[i].Verb == connector.Add }
	taken := func(i int) bool { return !b.wants[i].Standing }
	if !slices.ContainsFunc(wants, func(i int) bool { return present(i) || taken(i) }) {
		return // removes that only stand: nobody wants it otherwise
	}
	wins := present(wants[0])
	for _, i := range wants[1:] {
		if present(i) != wins && b.wants[i].Play != b.wants[wants[0]].Play {
			b.conflict(s.site.Place, &b.wants[wants[0]], &b.wants[i])
		}
	}
	// The winner decides what is to be; who does it is the best of those that want the same and are part of this run.
	does := slices.IndexFunc(wants, func(i int) bool { return present(i) == wins && !b.wants[i].Passive })
	switch {
	case does < 0:
	case wins:
		b.present(s, wants, wants[does])
	default:
		b.absent(s, wants, wants[does])
	}
}

// contenders gives the wants of a slot that take part, the best first. They are good until it is called again.
func (b *builder) contenders(s *slot) []int {
	b.contend = b.contend[:0]
	kept := false
	for _, c := range s.claims {
		if b.active(c.want) {
			b.contend = append(b.contend, c.want)
			kept = kept || b.wants[c.want].Keep
		}
	}
	yields := func(w *journey.Want) int {
		if kept && w.Verb == connector.Remove && b.ending[w.Member] {
			return 1
		}
		return 0
	}
	if len(b.contend) > 1 {
		slices.SortStableFunc(b.contend, func(i, j int) int {
			x, y := &b.wants[i], &b.wants[j]
			return cmp.Or(yields(x)-yields(y), y.Priority-x.Priority, strings.Compare(x.Play, y.Play), b.order(y)-b.order(x), strings.Compare(x.Member, y.Member))
		})
	}
	return b.contend
}

// present makes the slot's id a member, and has every want for it keep or mark it. does is the want that is carried out where it is none yet.
func (b *builder) present(s *slot, wants []int, does int) {
	h := b.holding(s)
	_, in, sure := b.have(s)
	operation := -1
	if !in {
		winner := &b.wants[does]
		held := b.newHolding(s, winner.Record)
		held.Ours = true
		o := b.operation(winner, connector.Add, s, sure)
		o.Drift = h != nil && winner.Standing && slices.Contains(h.Keepers, winner.Keeper())
		o.Standing = b.stands(wants, connector.Add)
		o.Holds = append(o.Holds, Hold{Held: held, Anew: sure == Known})
		operation = len(b.plan.Operations)
		s.made = operation
		b.add(does, o)
	} else {
		b.plan.NoOps++
	}
	for _, i := range wants {
		w := &b.wants[i]
		if w.Verb != connector.Add || w.Passive {
			continue
		}
		if operation >= 0 && i != does {
			b.await(i, operation)
		}
		if !in || !noted(w, h) {
			b.hold(s, i, operation, in)
		}
	}
}

// noted reports whether there is nothing to note of a want whose id is in the collection: it keeps it already; or it adds a stranger, who is
// left alone, or what is marked already.
func noted(w *journey.Want, h *state.Held) bool {
	if w.Keep {
		return confirmed(h) && slices.Contains(h.Keepers, w.Keeper())
	}
	return h == nil || !h.Ours || h.Added && confirmed(h)
}

// hold notes that a want holds the slot's id: with the operation that makes it so, with its move, or at once for a standing one. It takes
// over from the keepers that let go, so that there is always somebody who will let go of it in the end.
func (b *builder) hold(s *slot, i, operation int, in bool) {
	w, h := &b.wants[i], b.holding(s)
	change := Hold{Held: b.newHolding(s, w.Record), Added: !w.Keep}
	change.Held.Ours = !in || h != nil && h.Ours
	if w.Keep {
		keeper := w.Keeper()
		change.Keeper = &keeper
	}
	if h != nil {
		change.Drop = b.letGo[s.held]
		b.taken[s.held] = true
	}
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
func (b *builder) absent(s *slot, wants []int, does int) {
	h := b.holding(s)
	spelled, in, sure := b.have(s)
	winner := &b.wants[does]
	if !in && (sure == Known || h == nil && (winner.Standing || len(winner.Any) > 0)) {
		b.plan.NoOps++
		if h != nil { // it was taken out, by somebody else or by a run that never recorded it
			b.taken[s.held] = true
			b.plan.Releases = append(b.plan.Releases, Release{Held: *h, Keepers: h.Keepers, Gone: true})
		}
		return
	}
	if b.onlyStands(wants) && (h == nil || !h.Ours || h.Added) || h != nil && b.protected(s.site.Place, h, winner) {
		b.plan.NoOps++
		return
	}
	o := b.operation(winner, connector.Remove, s, sure)
	o.ID, o.Stranger, o.Any = spelled, h == nil || !h.Ours, len(winner.Any) > 0
	o.Standing = !o.Stranger && !h.Added && b.stands(wants, connector.Remove)
	if h != nil {
		o.Holds = []Hold{{Held: b.newHolding(s, winner.Record), Gone: true}}
		b.taken[s.held] = true
	}
	operation := len(b.plan.Operations)
	b.add(does, o)
	for _, i := range wants {
		if w := &b.wants[i]; i != does && w.Verb == connector.Remove && !w.Passive {
			b.await(i, operation)
		}
	}
}

// stands reports whether a done step of a member of this run wants a slot's id in, or out.
func (b *builder) stands(wants []int, verb connector.Verb) bool {
	return slices.ContainsFunc(wants, func(i int) bool {
		w := &b.wants[i]
		return w.Verb == verb && w.Standing && !w.Passive
	})
}

// onlyStands reports that no remove of a slot's id is being taken now.
func (b *builder) onlyStands(wants []int) bool {
	return !slices.ContainsFunc(wants, func(i int) bool {
		w := &b.wants[i]
		return w.Verb == connector.Remove && !w.Standing
	})
}

// protected reports whether somebody of higher rank keeps the slot's id whose wants are not known now, such as a member whose record is
// missing: what it holds stays.
func (b *builder) protected(place connector.Place, h *state.Held, remove *journey.Want) bool {
	for _, k := range h.Keepers {
		keep := journey.Want{Play: b.play(k.Member), Step: k.Step, Lane: k.Lane, Member: k.Member, Keep: true, Verb: connector.Add, Record: h.Record}
		p := b.Book.Play(keep.Play)
		if p != nil {
			keep.Priority = p.Priority
		}
		if b.Journey.Frozen[k] && (p == nil || cmp.Or(keep.Priority-remove.Priority, strings.Compare(remove.Play, keep.Play)) > 0) {
			b.conflict(place, &keep, remove)
			return true
		}
	}
	return false
}

func (b *builder) operation(w *journey.Want, verb connector.Verb, s *slot, sure Certainty) Operation {
	o := Operation{Verb: verb, Connector: w.Connector, Target: w.Target, ID: w.ID, Record: w.Record, Play: w.Play, Step: w.Step, Lane: w.Lane, Certainty: sure}
	o.Key = OperationKey(verb, s.site.Place, w.Record, b.tokenOf(s))
	content := []string{verb.String(), s.site.String(), s.id}
	if verb == connector.Add && len(w.Fields) > 0 {
		o.Fields = w.Fields
		content = append(content, payload(w.Fields))
	}
	o.Digest = b.digest(content...)
	return o
}
