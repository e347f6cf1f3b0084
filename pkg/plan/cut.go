package plan

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/journey"
)

// walker names a member, or with a lane one of its lanes.
type walker struct{ member, lane string }

// cutting stops members and lanes before moves that are not to be made, and with them whatever waits for those moves.
type cutting struct {
	plan    *Plan
	index   map[string]int // members by key
	gone    []bool         // members to whom nothing happens
	stopped map[walker]bool
}

func newCutting(p *Plan) *cutting {
	c := &cutting{plan: p, index: make(map[string]int, len(p.Members)), gone: make([]bool, len(p.Members)), stopped: map[walker]bool{}}
	for i := range p.Members {
		c.index[p.Members[i].After.Key] = i
	}
	return c
}

// own stops a member before its nth move. Lanes that would begin behind that don't.
func (c *cutting) own(m, n int) {
	member := &c.plan.Members[m]
	for l := range member.Lanes {
		if lane := &member.Lanes[l]; member.Gate(lane) >= n {
			c.lane(m, l, 0)
			lane.New = nil
		}
	}
	member.Moves, member.End = member.Moves[:n], nil
	c.stopped[walker{member: member.After.Key}] = true
}

// lane stops a lane before its nth move.
func (c *cutting) lane(m, l, n int) {
	lane := &c.plan.Members[m].Lanes[l]
	lane.Moves, lane.End = lane.Moves[:n], nil
	c.stopped[walker{c.plan.Members[m].After.Key, lane.Lane}] = true
}

// drop has nothing happen to a member.
func (c *cutting) drop(m int) {
	c.own(m, 0)
	for l := range c.plan.Members[m].Lanes {
		c.lane(m, l, 0)
	}
	c.gone[m] = true
}

// before stops whoever makes a move before it.
func (c *cutting) before(ref *journey.Ref) {
	m, known := c.index[ref.Member]
	if !known {
		return
	}
	member := &c.plan.Members[m]
	is := func(move Move) bool { return move.Step == ref.Step }
	if n := slices.IndexFunc(member.Moves, is); ref.Lane == "" && n >= 0 {
		c.own(m, n)
	}
	for l := range member.Lanes {
		if n := slices.IndexFunc(member.Lanes[l].Moves, is); member.Lanes[l].Lane == ref.Lane && n >= 0 {
			c.lane(m, l, n)
		}
	}
}

// spread stops what waits for moves that are not made, until nothing does.
func (c *cutting) spread() {
	for again := true; again; {
		again = false
		for m := range c.plan.Members {
			again = !c.gone[m] && c.follow(m) || again
		}
	}
}

// follow stops one member where what it waits for does not happen, and reports whether it did.
func (c *cutting) follow(m int) bool {
	member := &c.plan.Members[m]
	if member.Needs != nil && !c.happens(member.Needs) {
		c.drop(m)
		return true
	}
	for n := range member.Moves {
		if move := &member.Moves[n]; slices.ContainsFunc(move.Needs, func(key string) bool { return !member.laneEnds(move.Step, key) }) {
			c.own(m, n)
			return true
		}
	}
	if member.End != nil && member.End.Lanes && slices.ContainsFunc(member.Lanes, func(l LaneMoves) bool { return l.End == nil }) {
		member.End = nil
		return true
	}
	return false
}

// happens reports whether a move is made.
func (c *cutting) happens(ref *journey.Ref) bool {
	m, known := c.index[ref.Member]
	if !known || c.gone[m] {
		return false
	}
	moves := c.plan.Members[m].Moves
	if ref.Lane != "" {
		moves = nil
		for _, l := range c.plan.Members[m].Lanes {
			if l.Lane == ref.Lane {
				moves = append(moves, l.Moves...)
			}
		}
	}
	return slices.ContainsFunc(moves, func(move Move) bool { return move.Step == ref.Step })
}

// laneEnds reports whether a lane of a step has ended, or does in this run.
func (m *Member) laneEnds(of, key string) bool {
	if slices.ContainsFunc(m.Lanes, func(l LaneMoves) bool { return l.Of == of && l.Lane == key && l.End != nil }) {
		return true
	}
	ended := false
	for i := range m.After.Lanes { // of a record that came again, the last lane counts
		if l := &m.After.Lanes[i]; l.Of == of && l.Key() == key {
			ended = !l.EndedAt.IsZero()
		}
	}
	return ended
}

// clear takes the members to whom nothing happens out of the plan, and the waits of those who don't get to where they would wait.
func (c *cutting) clear() {
	if len(c.stopped) == 0 {
		return
	}
	kept := c.plan.Members[:0:0]
	for i := range c.plan.Members {
		if !c.gone[i] {
			kept = append(kept, c.plan.Members[i])
		}
	}
	c.plan.Members = kept
	c.plan.Waits = slices.DeleteFunc(slices.Clone(c.plan.Waits), func(w journey.Wait) bool { return c.stopped[walker{w.Member, w.Lane}] })
	c.plan.recount()
}

// recount has the plays count the waits that are left.
func (p *Plan) recount() {
	type what struct {
		play, step string
		kind       journey.WaitKind
		why        string
	}
	counts, dues := map[what]int{}, map[what]time.Time{}
	for _, w := range p.Waits {
		at := what{w.Play, w.Step, w.Kind, w.Why}
		counts[at]++
		if due := dues[at]; due.IsZero() || !w.Due.IsZero() && w.Due.Before(due) {
			dues[at] = w.Due
		}
	}
	p.Plays = slices.Clone(p.Plays)
	for i := range p.Plays {
		run := &p.Plays[i]
		left := run.Waiting[:0:0]
		for _, w := range run.Waiting {
			at := what{run.Name, w.Step, w.Kind, w.Why}
			if w.Count, w.Due = counts[at], dues[at]; w.Count > 0 {
				left = append(left, w)
			}
		}
		run.Waiting = left
	}
}
