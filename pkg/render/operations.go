package render

import (
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
)

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
		titles[s.title(g)]++
	}
	for _, g := range list {
		target := clean(g.place.Title()) + s.taskTitle(g)
		if titles[s.title(g)] > 1 {
			target += " (step " + clean(g.step) + ")"
		}
		if g.operations[0].Verb == connector.Set {
			s.set(g, target)
			continue
		}
		s.operation(g, target, len(g.operations), s.note(g))
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

// counts counts a play's operations: what is added, removed, changed, done once and taken back, in this order.
func (t *part) counts() [5]count {
	out := [5]count{{glyph: "+", ink: added, what: "to add"}, {glyph: "-", ink: removed, what: "to remove"}, {glyph: "~", ink: changed, what: "to change"},
		{glyph: "!", ink: once, what: "to do once"}, {glyph: "×", ink: removed, what: "to cancel"}}
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
func (s *sheet) title(g *group) string {
	return strings.Join([]string{g.verb, g.place.Title(), g.entity, s.note(g)}, "\x00")
}

// operation writes one line.
func (s *sheet) operation(g *group, target string, n int, note string) {
	glyph, i := g.glyph()
	s.row(operationRow, 4, cell{text: glyph + " " + g.verb, ink: i}, cell{text: target}, cell{text: number(n), right: true},
		cell{text: s.unit(g, n), close: true}, cell{text: note, ink: g.noteInk()})
}

// unit says what a line counts: records, and for what.
func (s *sheet) unit(g *group, n int) string {
	unit := s.noun(n, g.entity)
	switch verb := g.operations[0].Verb; {
	case verb == connector.Send:
		return unit + " once"
	case verb == connector.Task && g.role != "":
		return "for " + clean(g.role) + serviceLevel(g.operations[0])
	case g.any && g.records() < n:
		return plural(n, "membership") + " of " + s.records(g.records(), g.entity)
	}
	return unit
}

// noteInk gives the colour of a group's note: by how much it matters.
func (g *group) noteInk() ink {
	switch verb := g.operations[0].Verb; {
	case verb == connector.Send:
		return once
	case verb == connector.Task:
		return plain
	case g.any && g.strangers > 0:
		return loud
	case g.drift || g.strangers > 0:
		return changed
	case verb == connector.Set:
		return plain
	}
	return faint
}

// note says how sure a line is, and what is unusual about it.
func (s *sheet) note(g *group) string {
	switch first := g.operations[0]; first.Verb {
	case connector.Send:
		return points(escalates(first), "cannot be undone", stage(g.again, "tried before"))
	case connector.Task:
		return points(g.due(s.zone()), stage(g.again, "tried before"))
	case connector.Cancel:
		return points(roleWords(g.role), "open, and nobody needs it any more")
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
	return points(g.outOf(s.Printer), g.with(), drift, withdrawn, strangers, g.sure())
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
		case o.Any:
			s.say(deep, 4, points(keys[i], "out of "+`"`+clean(o.Target.Name)+`"`))
		case o.Verb == connector.Set:
			s.say(deep, 4, points(keys[i], s.changesIn(o)))
		case isOnce(o.Verb) || o.Verb == connector.Add && len(o.Fields) > 0:
			s.say(deep, 4, points(keys[i], s.fields(o.Fields)))
		}
	}
	if first := g.operations[0]; s.NoValues || first.Verb == connector.Cancel || first.Verb.Membership() && len(first.Fields) == 0 && !first.Any {
		const room = 100 // where the terminal's width is not known
		for _, text := range wrap(strings.Join(keys, ", "), max(s.Width, room)-deep) {
			s.put(deep, text)
		}
	}
}

// deep is how far in the details of an operation stand.
const deep = 10
