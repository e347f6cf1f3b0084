package plan

import (
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// narrowing takes out of a plan what is not to be done now.
type narrowing struct {
	plan   *Plan
	doing  []bool          // operations that are to be done
	barred map[string]bool // members who may not enter or leave
	ends   map[string]bool // members who end by their moves
}

// narrow limits a plan to some of its operations, and to some of its entries and exits. A member or a lane whose step holds an operation that
// is not to be done stops before that step, and so does whoever would enroll a member that may not enter. A later plan wants all of it again.
func (p *Plan) narrow(does func(*Operation) bool, may func(*Member) bool) {
	n := &narrowing{plan: p, doing: make([]bool, len(p.Operations)), barred: map[string]bool{}, ends: map[string]bool{}}
	for i := range p.Operations {
		n.doing[i] = does(&p.Operations[i])
	}
	tied := p.tied()
	n.members(may)
	needed := p.tied()
	for i := range p.Operations {
		if tied[i] && !needed[i] && !p.Operations[i].Standing || n.keptBack(&p.Operations[i]) {
			n.doing[i] = false
		}
	}
	n.holdings()
	p.dropOperations(n.doing)
}

// members drops entries and exits that may not be, and stops the others before a step with an operation that is not to be done.
func (n *narrowing) members(may func(*Member) bool) {
	pending := map[edge]bool{}
	p, c := n.plan, newCutting(n.plan)
	unsaid := n.unsaid()
	for i := range p.Members {
		m := &p.Members[i]
		if may(m) && !unsaid[m.After.Key] {
			n.stop(c, i)
			continue
		}
		c.drop(i)
		switch {
		case m.Needs != nil:
			c.before(m.Needs)
		case m.Enters:
			pending[edge{m.After.Play, m.After.Record.Key}] = true
		}
	}
	c.spread()
	for i := range p.Members {
		key := p.Members[i].After.Key
		n.barred[key], n.ends[key] = c.gone[i], p.Members[i].End != nil
	}
	c.clear()
	p.keepEdges(pending)
}

// unsaid gives the members about whom an escalation is not to be sent now: they stay where they are, since no later run would send it once they
// have moved on.
func (n *narrowing) unsaid() map[string]bool {
	out := map[string]bool{}
	for i := range n.plan.Operations {
		if o := &n.plan.Operations[i]; o.Attached && !n.doing[i] {
			out[o.Member] = true
		}
	}
	return out
}

// stop stops a member and its lanes before steps with operations that are not to be done.
func (n *narrowing) stop(c *cutting, i int) {
	refused := func(move Move) bool {
		return slices.ContainsFunc(move.Operations, func(o int) bool { return !n.doing[o] })
	}
	m := &c.plan.Members[i]
	for l := range m.Lanes {
		if at := slices.IndexFunc(m.Lanes[l].Moves, refused); at >= 0 {
			c.lane(i, l, at)
		}
	}
	if at := slices.IndexFunc(m.Moves, refused); at >= 0 {
		c.own(i, at)
	}
}

// keptBack reports a withdrawal of what a member holds who may not leave, or does not come to its end, or of its task.
func (n *narrowing) keptBack(o *Operation) bool {
	if slices.ContainsFunc(o.Parting, func(key string) bool { return !n.ends[key] }) {
		return true
	}
	return o.Verb == connector.Cancel && n.barred[o.Member] || o.Withdraw && slices.ContainsFunc(o.Holds, func(h Hold) bool { return slices.ContainsFunc(h.Held.Keepers, n.bars) })
}

func (n *narrowing) bars(k state.Keeper) bool { return n.barred[k.Member] }

// holdings has nothing held for members who may not enter, and nothing taken from those who may not leave.
func (n *narrowing) holdings() {
	p := n.plan
	mend := func(list []Hold) []Hold {
		list = slices.DeleteFunc(list, func(h Hold) bool { return h.Keeper != nil && n.bars(*h.Keeper) })
		for i := range list {
			list[i].Drop = slices.DeleteFunc(slices.Clone(list[i].Drop), n.bars)
		}
		return list
	}
	for i := range p.Operations {
		p.Operations[i].Holds = mend(p.Operations[i].Holds)
	}
	for move := range p.Moves() {
		move.Holds = mend(move.Holds)
	}
	p.Standing = mend(p.Standing)
	for i := range p.Releases {
		x := &p.Releases[i]
		if slices.ContainsFunc(x.Keepers, n.bars) {
			x.Keepers, x.Gone = slices.DeleteFunc(slices.Clone(x.Keepers), n.bars), false
		}
	}
	p.Releases = slices.DeleteFunc(p.Releases, func(x Release) bool { return len(x.Keepers) == 0 })
}

// edge is what would have let a record into a play.
type edge struct{ play, key string }

// keepEdges takes back the spending of edges, events and batches by which members would have entered, so that they enter with a later plan.
func (p *Plan) keepEdges(pending map[edge]bool) {
	p.Transitions.Truths = slices.DeleteFunc(slices.Clone(p.Transitions.Truths), func(t state.Truth) bool {
		return pending[edge{t.Play, t.Owner()}]
	})
	waiting := map[string]bool{}
	for e := range pending {
		waiting[e.play] = true
	}
	for _, run := range p.Plays {
		at := slices.IndexFunc(p.Transitions.Plays, func(kept state.Play) bool { return kept.Name == run.Name })
		if at < 0 || !waiting[run.Name] {
			continue
		}
		kept := &p.Transitions.Plays[at]
		if !run.BatchFrom.IsZero() {
			kept.BatchAt = run.BatchFrom
		}
		if !run.EventsFrom.IsZero() { // and what was seen before stays seen
			kept.EventsTo = run.EventsFrom
			p.Transitions.TruthsGone = slices.DeleteFunc(slices.Clone(p.Transitions.TruthsGone), func(t state.Truth) bool { return t.Play == run.Name })
		}
	}
}

// tied tells which operations belong to some member's move.
func (p *Plan) tied() []bool {
	out := make([]bool, len(p.Operations))
	for move := range p.Moves() {
		for _, o := range move.Operations {
			out[o] = true
		}
	}
	return out
}

// dropOperations removes the operations that are not approved and renumbers the rest.
func (p *Plan) dropOperations(approved []bool) {
	position := make([]int, len(p.Operations))
	kept := p.Operations[:0:0]
	used := map[connector.Place]bool{}
	for i := range p.Operations {
		if !approved[i] {
			continue
		}
		position[i] = len(kept)
		kept = append(kept, p.Operations[i])
		used[p.Operations[i].Place()] = true
	}
	p.Operations = kept
	p.renumber(position) // all of them approved: members stop before others
	p.Creates = slices.DeleteFunc(p.Creates, func(c Create) bool { return !used[c.Place] })
}
