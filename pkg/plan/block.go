package plan

import (
	"cmp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Blocked is a reason why members wait at a step although their time has come.
type Blocked struct {
	Play  string `json:"play"`
	Step  string `json:"step"`
	Why   string `json:"why"`
	Count int    `json:"count"`
}

// block finds the wants that can't be planned now, and has their members and lanes wait before that step: later moves are dropped, and
// what waits for them.
func (b *builder) block() {
	c := newCutting(b.plan)
	found := map[walker]Blocked{}
	for m, moving := range b.Journey.Members {
		if n, why := b.firstBlocked(moving.Moves); why != "" {
			found[walker{member: moving.After.Key}] = Blocked{Play: moving.After.Play, Step: moving.Moves[n].Step, Why: why}
			c.own(m, n)
		}
		for l, lane := range moving.Lanes {
			if n, why := b.firstBlocked(lane.Moves); why != "" && n < len(b.plan.Members[m].Lanes[l].Moves) { // it comes so far
				found[walker{moving.After.Key, lane.Lane}] = Blocked{Play: moving.After.Play, Step: lane.Moves[n].Step, Why: why}
				c.lane(m, l, n)
			}
		}
	}
	c.spread()
	b.cut = c
	for w, bl := range found {
		if !c.gone[c.index[w.member]] {
			b.blocks[bl]++
		}
	}
}

// sortBlocked lists what was counted.
func (b *builder) sortBlocked() {
	b.plan.Blocked = nil
	for bl, n := range b.blocks {
		bl.Count = n
		b.plan.Blocked = append(b.plan.Blocked, bl)
	}
	slices.SortFunc(b.plan.Blocked, func(x, y Blocked) int {
		return cmp.Or(strings.Compare(x.Play, y.Play), strings.Compare(x.Step, y.Step), strings.Compare(x.Why, y.Why))
	})
}

// firstBlocked gives the first of some moves that can't be planned now, and why; "" if all can.
func (b *builder) firstBlocked(moves []journey.Move) (n int, why string) {
	for n, move := range moves {
		for _, w := range move.Wants {
			if why := b.blockedBy(w); why != "" {
				return n, why
			}
		}
	}
	return 0, ""
}

// blockedBy says why a want can't be planned now, or "".
func (b *builder) blockedBy(i int) string {
	w := &b.wants[i]
	place := placeOf(w)
	switch {
	case w.Verb == connector.Send || w.Verb == connector.Task:
		return b.uncertain(w)
	case b.Facts.Failed[place] != nil:
		return b.Facts.Failed[place].Error()
	case len(w.Any) > 0:
		return b.unreadAnywhere(w)
	case w.Verb == connector.Set && !w.Overwrite && b.Facts.Fields[place] == nil:
		return place.Title() + " can't be read back, so that overwrite: false can't be kept"
	case w.Verb == connector.Set && place.Name != "" && !b.inside(i):
		return "it is not in " + place.Title()
	}
	return ""
}

// unreadAnywhere says that a want for any collection matches one that its id is in and whose members can't be read now, or "".
func (b *builder) unreadAnywhere(w *journey.Want) string {
	place := placeOf(w)
	for _, name := range b.Facts.Memberships[place][b.normal(w)] {
		place.Name = name
		if err := b.Facts.Failed[place]; err != nil && w.Matches(name) {
			return err.Error()
		}
	}
	return ""
}

// uncertain says that an effect may have happened already and can't be tried again, or that it is not known by what id its system knows the record,
// or "".
func (b *builder) uncertain(w *journey.Want) string {
	if why := b.doubted(w); why != "" {
		return why
	}
	err := b.Facts.Unresolved[placeOf(w)]
	if e := b.effectOf(w.Key); err == nil || w.ID == "" || e != nil && e.Status == state.Happened {
		return ""
	}
	return err.Error()
}

// doubted says that an effect may have happened already and can't be tried again, or "".
func (b *builder) doubted(w *journey.Want) string {
	e := b.effectOf(w.Key)
	if e == nil || e.Status != state.InDoubt && e.Status != state.Intended || b.retry(w) == connector.ByKey || b.retry(w) == connector.Safe {
		return ""
	}
	return "an earlier try is in doubt: it may have happened (playctl state show " + e.Member + ")"
}

func (b *builder) retry(w *journey.Want) connector.Retry {
	kind, _ := b.specs[w.Connector].Action(w.Target.Kind)
	if w.Verb == connector.Task {
		kind, _ = b.specs[w.Connector].Task(w.Target.Kind)
	}
	return kind.Retry
}

// inside reports whether the record whose membership a want sets is in the collection, or comes into it before: by a step that was done,
// or by an earlier one of the same member. Of a collection that can't be read back it can't be told.
func (b *builder) inside(set int) bool {
	w := &b.wants[set]
	site, id := b.siteOf(placeOf(w)), b.normal(w)
	if _, in := b.Facts.Member(site.Place, id); in || !site.read && b.Facts.Missing[site.Place] == nil {
		return true
	}
	s := b.slotOf(site, id)
	return s != nil && slices.ContainsFunc(s.claims, func(c claim) bool {
		add := &b.wants[c.want]
		return b.adds(c) && !add.Passive && (add.Standing || add.Member == w.Member && c.want < set)
	})
}

// adds reports whether a claim is that its id be a member.
func (b *builder) adds(c claim) bool { return b.wants[c.want].Verb == connector.Add }
