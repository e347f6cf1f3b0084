package plan

import (
	"cmp"
	"slices"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Limited says that a plan was cut down to the first of those on whom it would have acted.
type Limited struct {
	Members int `json:"members"` // on whom it acts
	Of      int `json:"of"`      // on whom it would have acted
}

// Limit cuts the plan down to at most n members: the first by record (entity, then key), then play. What happens to a member happens whole or
// not at all; a member that another enrolls in this run comes right after that one. An operation of no member that enters, moves or leaves,
// such as mending what somebody else took out, counts for those who keep it, and for its record where nobody does. The rest is wanted again by
// the next plan: nothing of it is recorded. A plan for n members or fewer stays as it is.
func (p *Plan) Limit(n int) {
	c := newCandidates(p)
	if len(c.list) <= n {
		return
	}
	taken := c.first(n)
	before := slices.Clone(p.Members)
	tied := p.tied()
	at := -1
	p.narrow(func(o *Operation) bool {
		at++ // narrow asks once for each, in their order
		return tied[at] || slices.ContainsFunc(c.unitsOf(o), func(key string) bool { return taken[key] })
	}, func(m *Member) bool { return taken[m.After.Key] })
	p.recountPlays(before, func(f *journey.Funnel) *int { return &f.Limited })
	p.Limited = &Limited{Members: len(taken), Of: len(c.list)}
}

// candidate is somebody on whom a plan acts: a member by its key, or a record without one.
type candidate struct {
	key    string
	record state.Record
	play   string
	needs  string // the key of the member that enrolls it in this run; "" for none
}

// candidates are all on whom a plan acts, in the order in which a limit takes them.
type candidates struct {
	list  []candidate
	known map[string]bool
	after map[string][]candidate // those whom a member enrolls, in order
}

func newCandidates(p *Plan) *candidates {
	c := &candidates{known: map[string]bool{}, after: map[string][]candidate{}}
	for i := range p.Members {
		m := &p.Members[i]
		x := candidate{key: m.After.Key, record: m.After.Record, play: m.After.Play}
		if m.Needs != nil {
			x.needs = m.Needs.Member
		}
		c.add(x)
	}
	tied := p.tied()
	for i := range p.Operations {
		if o := &p.Operations[i]; !tied[i] {
			for _, key := range c.unitsOf(o) {
				c.add(candidate{key: key, record: o.Record, play: o.Play})
			}
		}
	}
	slices.SortFunc(c.list, func(x, y candidate) int {
		return cmp.Or(cmp.Compare(x.record.Entity, y.record.Entity), cmp.Compare(x.record.Key, y.record.Key), cmp.Compare(x.play, y.play), cmp.Compare(x.key, y.key))
	})
	for _, x := range c.list {
		if c.known[x.needs] {
			c.after[x.needs] = append(c.after[x.needs], x)
		}
	}
	return c
}

func (c *candidates) add(x candidate) {
	if !c.known[x.key] {
		c.known[x.key] = true
		c.list = append(c.list, x)
	}
}

// unitsOf gives on whom an operation acts: its members, or its record where there is none.
func (c *candidates) unitsOf(o *Operation) []string {
	var out []string
	add := func(key string) {
		if key != "" && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	add(o.Member)
	for _, h := range o.Holds {
		if h.Keeper != nil {
			add(h.Keeper.Member)
		}
		let := h.Drop
		if o.Withdraw {
			let = slices.Concat(let, h.Held.Keepers)
		}
		for _, k := range let {
			add(k.Member)
		}
	}
	if len(out) == 0 {
		out = []string{"record " + o.Record.Entity + "\x00" + o.Record.Key}
	}
	return out
}

// first takes candidates one after another, each with those whom it enrolls, as far as they fit. One that does not fit with its own is passed
// over; if that is the very first, it goes alone, and stops before it enrolls.
func (c *candidates) first(n int) map[string]bool {
	taken := map[string]bool{}
	for _, x := range c.list {
		if c.known[x.needs] || taken[x.key] {
			continue
		}
		unit := c.unit(x, map[string]bool{})
		if len(taken)+len(unit) > n {
			if len(taken) > 0 {
				continue
			}
			unit = unit[:1]
		}
		for _, key := range unit {
			taken[key] = true
		}
		if len(taken) >= n {
			break
		}
	}
	return taken
}

// unit gives a candidate and all whom it enrolls, and whom those do.
func (c *candidates) unit(x candidate, seen map[string]bool) []string {
	if seen[x.key] {
		return nil
	}
	seen[x.key] = true
	out := []string{x.key}
	for _, next := range c.after[x.key] {
		out = append(out, c.unit(next, seen)...)
	}
	return out
}

// recountPlays has the plays tell only of members that are still in the plan. before are those that were; of gives where those are counted who
// would have entered.
func (p *Plan) recountPlays(before []Member, of func(*journey.Funnel) *int) {
	left := make(map[string]bool, len(p.Members))
	for i := range p.Members {
		left[p.Members[i].After.Key] = true
	}
	p.Plays = slices.Clone(p.Plays)
	plays := map[string]*journey.PlayRun{}
	for i := range p.Plays {
		run := &p.Plays[i]
		out := make(map[string]int, len(run.Left))
		for label, n := range run.Left {
			out[label] = n
		}
		run.Left = out
		plays[run.Name] = run
	}
	gone := map[[2]string]bool{}
	for i := range before {
		m := &before[i]
		run := plays[m.After.Play]
		if run == nil || left[m.After.Key] {
			continue
		}
		gone[[2]string{run.Name, m.After.Record.Key}] = true
		uncountMember(run, m, of(&run.Funnel))
	}
	for _, run := range plays {
		stays := func(r journey.Reason) bool { return gone[[2]string{run.Name, r.Key}] }
		run.Enters = slices.DeleteFunc(slices.Clone(run.Enters), stays)
		run.Leaves = slices.DeleteFunc(slices.Clone(run.Leaves), stays)
		run.Omitted = max(0, min(run.Omitted, run.Funnel.Enters-len(run.Enters)))
	}
}

// uncountMember takes a member out of what is told of its play.
func uncountMember(run *journey.PlayRun, m *Member, out *int) {
	switch {
	case m.Enters && m.After.HeldOut:
		run.Funnel.HeldOut--
		*out++
	case m.Enters:
		run.Funnel.Enters--
		*out++
	case m.Leaves:
		label := string(m.After.Outcome)
		if m.After.Outcome == state.Exited {
			label = m.After.Reason
		}
		if run.Left[label]--; run.Left[label] <= 0 {
			delete(run.Left, label)
		}
	case len(m.Moves) > 0:
		run.Moving--
	}
}
