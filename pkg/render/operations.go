package render

import (
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
)

// group is operations that read as one line.
type group struct {
	groupKey
	operations []*plan.Operation
	indexes    []int // of the operations, in the plan
	strangers  int   // put there by somebody else
	again      int   // tried before
}

// groupKey is what the operations of a group have in common.
type groupKey struct {
	play, step string
	verb       string // as playbooks write it
	place      connector.Place
	entity     string
	withdraw   bool
	drift      bool
	certainty  plan.Certainty
}

// groupOperations gathers operations into lines, in the order of their first.
func groupOperations(operations []plan.Operation) []*group {
	var out []*group
	byKey := map[groupKey]*group{}
	for i := range operations {
		o := &operations[i]
		key := groupKey{play: o.Play, step: o.Step, verb: verbOf(o), place: o.Place(), entity: o.Record.Entity, withdraw: o.Withdraw, drift: o.Drift, certainty: o.Certainty}
		g := byKey[key]
		if g == nil {
			g = &group{groupKey: key}
			byKey[key] = g
			out = append(out, g)
		}
		g.operations, g.indexes = append(g.operations, o), append(g.indexes, i)
		if o.Stranger {
			g.strangers++
		}
		if o.Attempts > 0 {
			g.again++
		}
	}
	return out
}

// verbOf gives an operation's verb as the playbook writes it: a keep is an add that some step keeps.
func verbOf(o *plan.Operation) string {
	if o.Verb == connector.Add {
		for _, h := range o.Holds {
			if h.Keeper != nil && h.Keeper.Step == o.Step {
				return "keep"
			}
		}
	}
	return o.Verb.String()
}

// glyph gives the sign of a group and its colour.
func (g *group) glyph() (string, ink) {
	switch g.operations[0].Verb {
	case connector.Remove:
		return "-", removed
	case connector.Set:
		return "~", changed
	case connector.Send:
		return "!", once
	}
	return "+", added
}

// creates lists the collections that are made first.
func (s *sheet) creates(list []plan.Create) {
	for _, c := range list {
		s.row(operationRow, 4, cell{text: "+ create", ink: added}, cell{text: clean(c.Place.Title())}, cell{}, cell{close: true},
			cell{text: "does not exist yet", ink: faint})
	}
}

// groups lists a play's operations.
func (s *sheet) groups(list []*group) {
	titles := map[string]int{}
	for _, g := range list {
		titles[g.title()]++
	}
	for _, g := range list {
		target := clean(g.place.Title())
		if titles[g.title()] > 1 {
			target += " (step " + clean(g.step) + ")"
		}
		if g.operations[0].Verb == connector.Set {
			s.set(g, target)
			continue
		}
		s.operation(g, target, len(g.operations), g.note())
		s.list(g)
	}
}

// counts lists how many operations of each kind a play has.
func (s *sheet) counts(t *part) {
	for _, c := range t.counts() {
		if c.n > 0 {
			s.row(operationRow, 4, cell{text: c.glyph, ink: c.ink}, cell{close: true, text: number(c.n), right: true}, cell{close: true, text: c.what})
		}
	}
}

// count is how many operations of one kind there are.
type count struct {
	n     int
	glyph string
	ink   ink
	what  string // to add
}

// counts counts a play's operations: what is added, removed, changed and done once, in this order.
func (t *part) counts() [4]count {
	out := [4]count{{glyph: "+", ink: added, what: "to add"}, {glyph: "-", ink: removed, what: "to remove"}, {glyph: "~", ink: changed, what: "to change"},
		{glyph: "!", ink: once, what: "to do once"}}
	for _, g := range t.groups {
		glyph, _ := g.glyph()
		for i := range out {
			if out[i].glyph == glyph {
				out[i].n += len(g.operations)
			}
		}
	}
	return out
}

// title is what tells a group from others of its play at a glance. Drift and withdrawals are told apart by their notes.
func (g *group) title() string {
	return strings.Join([]string{g.verb, g.place.Title(), g.entity, g.note()}, "\x00")
}

// operation writes one line.
func (s *sheet) operation(g *group, target string, n int, note string) {
	glyph, i := g.glyph()
	unit := s.noun(n, g.entity)
	if g.operations[0].Verb == connector.Send {
		unit += " once"
	}
	s.row(operationRow, 4, cell{text: glyph + " " + g.verb, ink: i}, cell{text: target}, cell{text: number(n), right: true}, cell{text: unit, close: true},
		cell{text: note, ink: g.noteInk()})
}

// noteInk gives the colour of a group's note: by how much it matters.
func (g *group) noteInk() ink {
	switch verb := g.operations[0].Verb; {
	case verb == connector.Send:
		return once
	case g.drift || g.strangers > 0:
		return changed
	case verb == connector.Set:
		return plain
	}
	return faint
}

// note says how sure a line is, and what is unusual about it.
func (g *group) note() string {
	if g.operations[0].Verb == connector.Send {
		return points("cannot be undone", stage(g.again, "tried before"))
	}
	drift, withdrawn, strangers := "", "", ""
	if g.drift {
		drift = "drift: taken out by somebody else"
	}
	if g.withdraw {
		withdrawn = "withdrawn"
	}
	switch g.strangers {
	case 0:
	case len(g.operations):
		strangers = "put there by others"
	default:
		strangers = number(g.strangers) + " of them put there by others"
	}
	return points(drift, withdrawn, strangers, g.sure())
}

// sure says where the plan knows from what is there now.
func (g *group) sure() string {
	if g.certainty == plan.Assumed {
		return "assumed: can't be read back"
	}
	return string(g.certainty)
}

// list shows every record of a group, where everything is to be shown: with what is set or sent, else keys alone.
func (s *sheet) list(g *group) {
	if !s.Full {
		return
	}
	keys := make([]string, len(g.operations))
	for i, o := range g.operations {
		keys[i] = clean(o.Record.Key)
		switch {
		case s.NoValues:
		case o.Verb == connector.Set:
			s.say(deep, 4, points(keys[i], s.changesIn(o)))
		case o.Verb == connector.Send:
			s.say(deep, 4, points(keys[i], s.fields(o.Fields)))
		}
	}
	if s.NoValues || g.operations[0].Verb.Membership() {
		const room = 100 // where the terminal's width is not known
		for _, text := range wrap(strings.Join(keys, ", "), max(s.Width, room)-deep) {
			s.put(deep, text)
		}
	}
}

// deep is how far in the details of an operation stand.
const deep = 10
