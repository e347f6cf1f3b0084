// Package journey decides what each member of a play wants: it settles who leaves, launches who enters, steps everybody as far as they go
// now, and yields wants: memberships, field values and effects. It reads nothing and writes nothing.
package journey

import (
	"time"

	"github.com/playctl/playctl/pkg/calendar"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Plays are the compiled plays of a playbook.
type Plays struct {
	book       *playbook.Book
	env        *expr.Env
	list       []*play                             // by name
	identities map[string]map[string]*expr.Program // by entity, then connector
}

// play is one play with its expressions compiled.
type play struct {
	*playbook.Play
	segment  *expr.Program // nil where the play names a segment
	trigger  *expr.Program
	per      *expr.Program
	order    *expr.Program
	goal     *expr.Program
	exits    []*expr.Program
	steps    []*step
	schedule *calendar.Schedule
	uses     expr.Uses
}

// step is one step with its expressions compiled.
type step struct {
	*playbook.Step
	when    *expr.Program
	order   *expr.Program
	targets []target
}

// target is one kind of record that a step acts on, with what it does there.
type target struct {
	entity string
	rows   *expr.Program // nil for the member itself
	name   *expr.Template
	fields []field
}

type field struct {
	name  string
	value *expr.Value
}

// compiler collects problems and uses while one play is compiled.
type compiler struct {
	env      *expr.Env
	problems diag.List
	uses     expr.Uses
}

// Compile checks every expression of every play.
func Compile(b *playbook.Book, env *expr.Env) (*Plays, diag.List) {
	out := &Plays{book: b, env: env, identities: map[string]map[string]*expr.Program{}}
	var problems diag.List
	for _, e := range b.Entities {
		out.identities[e.Name] = map[string]*expr.Program{}
		for connector, x := range e.Identity {
			p, more := env.Compile(x, expr.Scope{Self: e.Name}, expr.TextOnly)
			problems.Add(more...)
			out.identities[e.Name][connector] = p
		}
	}
	for _, p := range b.Plays {
		c := &compiler{env: env}
		if compiled := c.play(b, p); compiled != nil {
			compiled.uses = c.uses
			out.list = append(out.list, compiled)
			c.checkIdentities(b, compiled)
		}
		problems.Add(c.problems...)
	}
	return out, problems
}

// Uses tells what the plays' expressions use, all together.
func (ps *Plays) Uses() expr.Uses {
	var u expr.Uses
	for _, p := range ps.list {
		u.Merge(p.uses)
	}
	return u
}

func (ps *Plays) find(name string) *play {
	for _, p := range ps.list {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func (c *compiler) compile(x playbook.Expr, s expr.Scope, want expr.Want) *expr.Program {
	if !x.Exists() {
		return nil
	}
	p, problems := c.env.Compile(x, s, want)
	c.problems.Add(problems...)
	if p != nil {
		c.uses.Merge(p.Uses)
	}
	return p
}

// play compiles one play; nil if its entity is not known, which was reported when it was read.
func (c *compiler) play(b *playbook.Book, p *playbook.Play) *play {
	if b.Entity(p.Of) == nil {
		return nil
	}
	out := &play{Play: p}
	self, inside := expr.Scope{Self: p.Of}, expr.Scope{Self: p.Of, Play: p}
	out.segment = c.compile(p.Segment, self, expr.Condition)
	if p.Named != "" {
		c.uses.Segments = append(c.uses.Segments, p.Named)
	}
	switch p.Trigger.Kind {
	case playbook.OnWhen:
		out.trigger = c.compile(p.Trigger.Expr, self, expr.Condition)
	case playbook.OnEvents:
		out.trigger = c.compile(p.Trigger.Expr, self, expr.Events)
		if out.trigger != nil {
			c.env.Triggers(p, out.trigger.Entity())
		}
	case playbook.OnBatches:
		out.schedule, _ = calendar.Parse(p.Trigger.Cron, p.Trigger.Zone) // calendar.Check reports what is wrong with it
	}
	out.per = c.compile(p.Reentry.Per, self, expr.AnyValue)
	out.order = c.compile(p.Order, self, expr.Number)
	out.goal = c.compile(p.Goal, inside, expr.Condition)
	for _, x := range p.Exits {
		out.exits = append(out.exits, c.compile(x.When, inside, expr.Condition))
	}
	for _, s := range p.Steps {
		out.steps = append(out.steps, c.step(p, s))
	}
	return out
}

func (c *compiler) step(p *playbook.Play, s *playbook.Step) *step {
	scope := expr.Scope{Self: p.Of, Play: p}
	out := &step{Step: s, when: c.compile(s.When, scope, expr.Condition)}
	if len(s.For) == 0 {
		out.targets = append(out.targets, c.target(s, target{entity: p.Of}, scope))
		c.env.Reaches(p, s.ID, p.Of)
		return out
	}
	for _, x := range s.For {
		rows := c.compile(x, scope, expr.Records)
		if rows == nil {
			continue
		}
		out.targets = append(out.targets, c.target(s, target{entity: rows.Entity(), rows: rows}, scope.With(rows.Entity())))
	}
	if len(out.targets) > 0 {
		first := out.targets[0].entity
		c.env.Reaches(p, s.ID, first)
		out.order = c.compile(s.Order, scope.With(first), expr.Number)
		for _, t := range out.targets {
			if t.entity != first && s.Order.Exists() {
				c.problems.Add(s.Order.Problem(0, len(s.Order.Text), "make them two steps", "order: goes with records of one entity; for: yields %s and %s", first, t.entity))
			}
		}
	}
	return out
}

func (c *compiler) target(s *playbook.Step, t target, scope expr.Scope) target {
	if s.Name != nil {
		name, problems := c.env.Template(s.Name, scope, expr.Names)
		c.problems.Add(problems...)
		if t.name = name; name != nil {
			c.uses.Merge(name.Uses())
		}
	}
	for _, a := range s.Fields {
		value, problems := c.env.Argument(a.Value, scope)
		c.problems.Add(problems...)
		if value != nil && problems.Errors() == 0 {
			c.uses.Merge(value.Uses())
		}
		t.fields = append(t.fields, field{a.Name, value})
	}
	return t
}

// checkIdentities makes sure that every connector that a step speaks to can be told who its records are.
func (c *compiler) checkIdentities(b *playbook.Book, p *play) {
	for _, s := range p.steps {
		for _, t := range s.targets {
			e := b.Entity(t.entity)
			if e == nil || s.Connector == "" || b.Connector(s.Connector) == nil || e.Identity[s.Connector].Exists() {
				continue
			}
			d := s.TargetAt.Problem("%s can't know a record of %s: entity %s has no identity for it", s.Connector, t.entity, t.entity)
			d.Hint = "write under entity " + t.entity + ": identity: {" + s.Connector + ": " + t.entity + "." + e.Key + "}"
			c.problems.Add(d)
		}
	}
}

// Program gives the compiled condition of a play's own segment; nil where it names a segment.
func (ps *Plays) Program(play string) *expr.Program {
	if p := ps.find(play); p != nil {
		return p.segment
	}
	return nil
}

// Next gives the first time after now at which a schedule launches a play that runs; zero if none does.
func (ps *Plays) Next(now time.Time) time.Time {
	var first time.Time
	for _, p := range ps.list {
		if p.schedule == nil || p.Status != playbook.Running {
			continue
		}
		if next := p.schedule.Next(now); !next.IsZero() && (first.IsZero() || next.Before(first)) {
			first = next
		}
	}
	return first
}
