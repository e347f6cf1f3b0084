package plan

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// Kept is what a saved plan approves of a new one, and what it does not.
type Kept struct {
	Plan *Plan
	// Unapproved counts operations and entries that the new plan has and the saved one does not: they are not done.
	Unapproved int
	// Unwanted counts what was approved and is no longer wanted.
	Unwanted int
	Samples  []string // of both, in words, at most ten
}

// Restrict limits a new plan to what was approved: operations with equal digests, and the entries and exits that were shown. A member or
// a lane whose step holds an operation that was not approved stops before that step, and whoever would enroll a member that may not enter.
func (s *Saved) Restrict(p *Plan) *Kept {
	k := &Kept{Plan: p}
	r := &restriction{kept: k, approved: make([]bool, len(p.Operations)), seen: map[string]bool{}, barred: map[string]bool{}, ends: map[string]bool{}}
	r.operations(p, s.Operations)
	tied := p.tied()
	r.members(p, s.Members)
	needed := p.tied()
	for i := range p.Operations {
		if !r.approved[i] || tied[i] && !needed[i] && !p.Operations[i].Standing || r.keptBack(&p.Operations[i]) {
			r.approved[i] = false
		}
	}
	r.holdings(p)
	r.unwanted(s)
	p.dropOperations(r.approved)
	allowed := slices.Clone(s.Allowed)
	for _, v := range p.Verdicts {
		if v.Allowed {
			allowed = append(allowed, v.Guard)
		}
	}
	p.Verdicts = judge(p, allowed)
	return k
}

func (k *Kept) note(count *int, text string) {
	*count++
	if len(k.Samples) < 10 {
		k.Samples = append(k.Samples, text)
	}
}

// restriction is one Restrict at work.
type restriction struct {
	kept     *Kept
	approved []bool          // operations
	seen     map[string]bool // keys of approved operations and members that the new plan has
	barred   map[string]bool // members who may not enter or leave
	ends     map[string]bool // members who end by their moves
}

// operations finds the operations that were approved.
func (r *restriction) operations(p *Plan, saved []SavedOperation) {
	digests := map[string]string{}
	for _, o := range saved {
		digests[o.Key] = o.Digest
	}
	for i := range p.Operations {
		o := &p.Operations[i]
		if r.approved[i] = digests[o.Key] == o.Digest && o.Digest != ""; r.approved[i] {
			r.seen[o.Key] = true
			continue
		}
		r.kept.note(&r.kept.Unapproved, "not approved: "+o.Verb.String()+" "+o.Place().Title()+" for "+o.Record.String())
	}
}

// members drops entries and exits that were not shown, and stops the others before a step with an operation that was not approved.
func (r *restriction) members(p *Plan, saved []SavedMember) {
	changes := map[string]string{}
	for _, m := range saved {
		changes[m.Member] = m.Change
	}
	pending := map[edge]bool{}
	c := newCutting(p)
	for i := range p.Members {
		m := &p.Members[i]
		if r.shown(m, changes) {
			r.stop(c, i)
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
		r.barred[key], r.ends[key] = c.gone[i], p.Members[i].End != nil
	}
	c.clear()
	p.keepEdges(pending)
}

// shown reports whether a member does not enter or leave but as it was shown.
func (r *restriction) shown(m *Member, changes map[string]string) bool {
	if !m.Enters && !m.Leaves {
		return true
	}
	if changes[m.After.Key] == m.change() {
		r.seen[m.After.Key] = true
		return true
	}
	r.kept.note(&r.kept.Unapproved, "not approved: "+m.After.Record.String()+" "+m.change()+" in "+m.After.Play)
	return false
}

// stop stops a member and its lanes before steps with operations that were not approved.
func (r *restriction) stop(c *cutting, i int) {
	refused := func(move Move) bool {
		return slices.ContainsFunc(move.Operations, func(o int) bool { return !r.approved[o] })
	}
	m := &c.plan.Members[i]
	for l := range m.Lanes {
		if n := slices.IndexFunc(m.Lanes[l].Moves, refused); n >= 0 {
			c.lane(i, l, n)
		}
	}
	if n := slices.IndexFunc(m.Moves, refused); n >= 0 {
		c.own(i, n)
	}
}

// keptBack reports a withdrawal of what a member holds who may not leave, or does not come to its end, or of its task.
func (r *restriction) keptBack(o *Operation) bool {
	if slices.ContainsFunc(o.Parting, func(key string) bool { return !r.ends[key] }) {
		return true
	}
	return o.Verb == connector.Cancel && r.barred[o.Member] || o.Withdraw && slices.ContainsFunc(o.Holds, func(h Hold) bool { return slices.ContainsFunc(h.Held.Keepers, r.bars) })
}

func (r *restriction) bars(k state.Keeper) bool { return r.barred[k.Member] }

// holdings has nothing held for members who may not enter, and nothing taken from those who may not leave.
func (r *restriction) holdings(p *Plan) {
	mend := func(list []Hold) []Hold {
		list = slices.DeleteFunc(list, func(h Hold) bool { return h.Keeper != nil && r.bars(*h.Keeper) })
		for i := range list {
			list[i].Drop = slices.DeleteFunc(slices.Clone(list[i].Drop), r.bars)
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
		if slices.ContainsFunc(x.Keepers, r.bars) {
			x.Keepers, x.Gone = slices.DeleteFunc(slices.Clone(x.Keepers), r.bars), false
		}
	}
	p.Releases = slices.DeleteFunc(p.Releases, func(x Release) bool { return len(x.Keepers) == 0 })
}

// unwanted counts what was approved and the new plan does not have.
func (r *restriction) unwanted(s *Saved) {
	for _, o := range s.Operations {
		if !r.seen[o.Key] {
			r.kept.note(&r.kept.Unwanted, "no longer wanted: "+o.Verb+" "+o.Target+" for "+o.Record)
		}
	}
	for _, m := range s.Members {
		if !r.seen[m.Member] {
			r.kept.note(&r.kept.Unwanted, "no longer wanted: "+m.Record+" "+m.Change+" in "+m.Play)
		}
	}
}

// edge is what would have let a record into a play.
type edge struct{ play, key string }

// keepEdges takes back the spending of edges, events and batches by which members would have entered, so that they enter with a later plan.
func (p *Plan) keepEdges(pending map[edge]bool) {
	p.Transitions.Truths = slices.DeleteFunc(slices.Clone(p.Transitions.Truths), func(t state.Truth) bool {
		key, _, _ := strings.Cut(t.Key, "\x00")
		return pending[edge{t.Play, key}]
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
