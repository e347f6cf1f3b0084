package playbook

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// check reports names that mean nothing: everything that can be seen without knowing CEL.
func (r *reader) check() {
	for _, e := range r.book.Entities {
		r.checkNames(e)
	}
	for _, s := range r.book.Segments {
		r.checkSegment(s)
	}
	r.checkScoresAndStages()
	r.checkPeople()
	for _, p := range r.book.Plays {
		r.checkReferences(p)
	}
	for _, p := range r.book.Plays { // once it is known what each is of
		r.checkEnrolls(p)
	}
	r.checkGuards()
	r.checkCircles()
	r.checkMoved()
	r.checkDrop()
}

// checkNames makes sure that the names by which a record reaches its fields, parents and children are all different.
func (r *reader) checkNames(e *Entity) {
	taken := map[string]string{}
	claim := func(name, what string, at document.Node) {
		if other, ok := taken[name]; ok && name != "" {
			r.fail(at, "rename one of them", "%s.%s would be both %s and %s", e.Name, name, other, what)
			return
		}
		taken[name] = what
	}
	for _, f := range e.Fields {
		claim(f.Name, "a field", f.At)
	}
	for i, p := range e.Parents {
		if r.secondParent(e, i) {
			r.fail(p.At, "keep one, and make the other column a field", "%s has two parents of %s, and %s.%s can be only one of them", e.Name, p.Entity, e.Name, p.Entity)
			continue
		}
		claim(p.Entity, "the parent", p.At)
	}
	for _, child := range r.book.Entities {
		for i, p := range child.Parents {
			if p.Entity == e.Name && !r.secondParent(child, i) {
				claim(child.Plural, "the "+child.Name+" records", child.PluralAt)
			}
		}
	}
}

// secondParent reports whether an entity's i-th parent is of an entity that an earlier one is of.
func (r *reader) secondParent(e *Entity, i int) bool {
	return slices.ContainsFunc(e.Parents[:i], func(p Parent) bool { return p.Entity == e.Parents[i].Entity })
}

func (r *reader) checkSegment(s *Segment) {
	e := r.book.Entity(s.Of)
	switch {
	case e != nil && e.Key == "" && !slices.Contains(e.Unread, AnyName):
		r.fail(s.OfAt, "choose an entity with a key", "segment %s is of %s, whose records have no key", s.Name, s.Of)
	case e == nil && s.Of != "" && !r.lost("entities", "entity", s.Of):
		r.fail(s.OfAt, diag.Suggest(s.Of, r.book.EntityNames()), "segment %s is of %q, which is not an entity", s.Name, s.Of)
	}
}

func (r *reader) checkReferences(p *Play) {
	if p.Named != "" {
		r.checkNamed(p)
	}
	switch e := r.book.Entity(p.Of); {
	case p.Of == "" || p.OfAt == p.SegAt: // of the named segment, which was checked
	case e == nil && !r.lost("entities", "entity", p.Of):
		r.fail(p.OfAt, diag.Suggest(p.Of, r.book.EntityNames()), "play %s is of %q, which is not an entity", p.Name, p.Of)
	case e != nil && e.Key == "":
		r.fail(p.OfAt, "choose an entity with a key", "play %s is of %s, whose records have no key", p.Name, p.Of)
	}
	r.checkPlayNames(p)
	for _, s := range p.AllSteps() {
		r.checkStepNames(s)
		for _, x := range s.Escalate {
			r.checkStepNames(x.Send)
		}
	}
}

// checkPlayNames reports what a play names and is not declared.
func (r *reader) checkPlayNames(p *Play) {
	r.checkGroup(p)
	r.checkCalendar(p.Calendar, p.CalendarAt)
	for _, m := range p.Mute {
		r.checkChannel(m.Channel, m.At)
	}
}

// checkGroup reports a group that is none, and one that counts by records which those of the play have nothing to do with.
func (r *reader) checkGroup(p *Play) {
	g := r.book.Group(p.Group)
	switch {
	case p.Group == "" || g == nil && r.lost("groups", "group", p.Group):
	case g == nil:
		known := names(r.book.Groups, func(g *Group) string { return g.Name })
		r.fail(p.GroupAt, suggestOr(p.Group, known, "declare it under groups:"), "there is no group %q", p.Group)
	case r.book.Entity(p.Of) != nil && r.book.Entity(g.Of) != nil && !r.under(p.Of, g.Of, map[string]bool{}):
		r.fail(p.GroupAt, "choose a group of "+p.Of, "group %s counts by %s, and play %s is of %s, which has none", g.Name, g.Of, p.Name, p.Of)
	}
}

// under reports whether records of an entity are of another or have one of it above them, or may have one that could not be read.
func (r *reader) under(of, other string, seen map[string]bool) bool {
	e := r.book.Entity(of)
	if of == other || e == nil || e.MayHave(other) {
		return true
	}
	if seen[of] {
		return false
	}
	seen[of] = true
	return slices.ContainsFunc(e.Parents, func(p Parent) bool { return r.under(p.Entity, other, seen) })
}

// checkStepNames reports what a step names and is not declared.
func (r *reader) checkStepNames(s *Step) {
	if s.Connector != "" && r.book.Connector(s.Connector) == nil && !r.lost("connectors", "connector", s.Connector) {
		r.failIn(s.TargetAt, 0, len(s.Connector), diag.Suggest(s.Connector, r.connectorNames()), "there is no connector %q", s.Connector)
	}
	for _, name := range s.By {
		r.checkPerson(name)
	}
	if s.Window != nil {
		r.checkCalendar(s.Window.Calendar, s.Window.At, businessHours)
	}
}

// checkEnrolls checks the links from a play to others, those within lanes apart.
func (r *reader) checkEnrolls(p *Play) {
	lanes := map[*Step]bool{}
	for _, s := range p.AllSteps() {
		if s.Verb == Each || lanes[s] {
			for _, b := range s.Blocks() {
				for _, inner := range b {
					lanes[inner] = true
				}
			}
		}
		if s.Verb == Enroll {
			r.checkEnroll(p, s, lanes[s])
		}
	}
}

// checkChannel warns of a channel that no step of any play is on.
func (r *reader) checkChannel(channel string, at document.Node) {
	var known []string
	for _, p := range r.book.Plays {
		for _, s := range p.AllSteps() {
			if s.Speaks(channel) {
				return
			}
			known = append(known, s.channels()...)
			for _, x := range s.Escalate {
				if x.Send.Speaks(channel) {
					return
				}
				known = append(known, x.Send.channels()...)
			}
		}
	}
	hint := "a channel is a step's channel:, its connector or its kind of object"
	if near := diag.Nearest(channel, known); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	r.warn(at, hint, "no step of any play is on the channel %q", channel)
}

// channels are the words that may name where a step speaks.
func (s *Step) channels() []string {
	switch {
	case s.Channel != "":
		return []string{s.Channel}
	case s.Connector != "":
		return []string{s.Connector, s.Object, s.Target()}
	}
	return nil
}

// checkNamed finds the segment that a play names, which also says what the play is of.
func (r *reader) checkNamed(p *Play) {
	s := r.book.Segment(p.Named)
	switch {
	case s == nil:
		if !r.lost("segments", "segment", p.Named) {
			r.fail(p.SegAt, diag.Suggest(p.Named, r.book.SegmentNames()), "there is no segment %q", p.Named)
		}
	case p.Of == "":
		p.Of, p.OfAt = s.Of, p.SegAt
	case s.Of != p.Of && s.Of != "":
		r.fail(p.OfAt, fmt.Sprintf("remove of:, or write of: %s", s.Of), "play %s is of %s and its segment %s is of %s", p.Name, p.Of, s.Name, s.Of)
	}
}
