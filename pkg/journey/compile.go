// Package journey decides what each member of a play wants: it settles who leaves, launches who enters, steps everybody as far as they go
// now, and yields wants: memberships, field values, effects and tasks. It reads nothing and writes nothing.
//
// A member's clock is the time of what happened and not of the run that saw it, so that runs at any cadence come to the same end.
package journey

import (
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/calendar"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Plays are the compiled plays of a playbook.
type Plays struct {
	book         *playbook.Book
	env          *expr.Env
	list         []*play                             // by name
	identities   map[string]map[string]*expr.Program // by entity, then connector
	people       *people
	suppressions []*suppression
	uses         expr.Uses // of what belongs to no play
}

// compiler collects problems and uses while one play is compiled.
type compiler struct {
	env      *expr.Env
	book     *playbook.Book
	people   *people
	problems diag.List
	uses     expr.Uses
	play     *play
}

// Compile checks every expression of every play.
func Compile(b *playbook.Book, env *expr.Env) (*Plays, diag.List) {
	common := &compiler{env: env, book: b}
	out := &Plays{book: b, env: env, identities: common.identities(), people: common.compilePeople(), suppressions: common.compileSuppressions()}
	out.uses = common.uses
	problems := common.problems
	for _, p := range b.Plays {
		c := &compiler{env: env, book: b, people: out.people}
		if compiled := c.compilePlay(p); compiled != nil {
			compiled.uses = c.uses
			compiled.identify(out.identities)
			out.list = append(out.list, compiled)
			c.checkIdentities(compiled)
		}
		problems.Add(c.problems...)
	}
	return out, problems
}

// Uses tells what the plays' expressions use, all together.
func (ps *Plays) Uses() expr.Uses {
	u := ps.uses
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

func (c *compiler) identities() map[string]map[string]*expr.Program {
	out := map[string]map[string]*expr.Program{}
	for _, e := range c.book.Entities {
		out[e.Name] = map[string]*expr.Program{}
		for connector, x := range e.Identity {
			out[e.Name][connector] = c.compile(x, expr.Scope{Self: e.Name}, expr.TextOnly)
		}
	}
	return out
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

// compilePlay compiles one play; nil if its entity is not known, which was reported when it was read. Steps come before goal and exits, which may
// speak of them.
func (c *compiler) compilePlay(p *playbook.Play) *play {
	if c.book.Entity(p.Of) == nil {
		return nil
	}
	out := &play{Play: p, steps: map[string]*step{}, calendar: calendar.New(c.book, p.Calendar)}
	c.play = out
	self, inside := expr.Scope{Self: p.Of}, expr.Scope{Self: p.Of, Play: p}
	out.segment = c.compile(p.Segment, self, expr.Condition)
	if p.Named != "" {
		c.uses.Segments = append(c.uses.Segments, p.Named)
	}
	c.trigger(out, self)
	out.per = c.compile(p.Reentry.Per, self, expr.AnyValue)
	out.order = c.compile(p.Order, self, expr.Number)
	out.main = c.block(mainBlock, nil, p.Steps, inside)
	out.won = c.then(p.GoalThen, inside)
	out.goal = c.compile(p.Goal, inside, expr.Happening)
	for i := range p.Exits {
		x := &p.Exits[i]
		out.exits = append(out.exits, exit{Exit: x, when: c.compile(x.When, inside, expr.Happening), then: c.then(x.Then, inside)})
	}
	c.silence(out)
	return out
}

func (c *compiler) trigger(out *play, self expr.Scope) {
	t := &out.Play.Trigger
	switch t.Kind {
	case playbook.OnWhen:
		out.trigger = c.compile(t.Expr, self, expr.Condition)
	case playbook.OnEvents:
		if out.trigger = c.compile(t.Expr, self, expr.Events); out.trigger != nil {
			c.env.Triggers(out.Play, out.trigger.Entity())
		}
	case playbook.OnBatches:
		out.schedule, _ = calendar.Parse(t.Cron, t.Zone) // calendar.Check reports what is wrong with it
	}
}

func (c *compiler) then(list []*playbook.Step, s expr.Scope) *block {
	if len(list) == 0 {
		return nil
	}
	return c.block(thenBlock, nil, list, s)
}

// block compiles a list of steps.
func (c *compiler) block(kind blockKind, owner *step, list []*playbook.Step, s expr.Scope) *block {
	out := &block{kind: kind, owner: owner}
	for i, x := range list {
		compiled := &step{Step: x, in: out, at: i}
		switch {
		case kind == laneBlock:
			compiled.lane = owner
		case owner != nil:
			compiled.lane = owner.lane
		}
		out.steps = append(out.steps, compiled)
		c.play.steps[x.ID] = compiled
		c.play.inOrder = append(c.play.inOrder, compiled)
		if x.Verb == playbook.Keep || x.Verb == playbook.Remove || x.Verb == playbook.RemoveAny {
			c.play.stands = append(c.play.stands, compiled)
		}
		c.step(compiled, s)
	}
	return out
}

// step compiles what a step says, and the steps within it.
func (c *compiler) step(s *step, scope expr.Scope) {
	s.when = c.compile(s.When, scope, expr.Condition)
	switch s.Verb {
	case playbook.WaitUntil:
		s.expr = c.compile(s.Expr, scope, expr.Time)
		s.waitsFor = "until " + oneLine(s.Expr.Text)
	case playbook.WaitFor:
		s.waitsFor = oneLine(s.Expr.Text)
		if s.expr = c.compile(s.Expr, scope, expr.Happening); s.expr != nil && s.expr.Entity() != "" {
			c.env.Hears(c.play.Play, s.ID, s.expr.Entity())
		}
	case playbook.Choose, playbook.Split:
		for i := range s.Branches {
			b := &s.Branches[i]
			s.branches = append(s.branches, branch{Branch: b, when: c.compile(b.When, scope, expr.Condition), then: c.block(branchBlock, s, b.Steps, scope)})
		}
	case playbook.Each:
		c.lanes(s, scope)
	case playbook.Wait:
		s.waitsFor = "wait " + s.Wait.String()
	case playbook.Leaves:
	default:
		c.outward(s, scope)
	}
	s.of = c.compile(s.Timeout.Of, scope, expr.Events)
	if len(s.OnTimeout) > 0 {
		s.late = c.block(lateBlock, s, s.OnTimeout, scope)
	}
}

// lanes compiles the steps of each related record.
func (c *compiler) lanes(s *step, scope expr.Scope) {
	s.targets = c.targets(s, scope)
	if len(s.targets) == 0 {
		return
	}
	for _, t := range s.targets[1:] {
		scope = scope.With(t.entity)
	}
	scope = scope.With(s.targets[0].entity)
	scope.Lane = s.ID
	s.lanes = c.block(laneBlock, s, s.Steps, scope)
}

// outward compiles a step that acts on records: of an outside system, or by enrolling them.
func (c *compiler) outward(s *step, scope expr.Scope) {
	s.targets = c.targets(s, scope)
	if len(s.targets) > 0 {
		first := s.targets[0].entity
		c.env.Reaches(c.play.Play, s.ID, first)
		s.order = c.compile(s.Order, scope.With(first), expr.Number)
		for _, t := range s.targets {
			if t.entity != first && s.Order.Exists() {
				c.problems.Add(s.Order.Problem(0, len(s.Order.Text), "make them two steps", "order: goes with records of one entity; for: yields %s and %s", first, t.entity))
			}
		}
	}
	s.by, s.to = c.people.assignees(s.By), c.people.assignees(s.To)
	if s.Window != nil {
		s.window = calendar.Window(c.book, s.Window, c.play.Calendar)
	}
	for i := range s.Escalate {
		e := &step{Step: s.Escalate[i].Send, in: s.in, at: s.at, lane: s.lane}
		c.outward(e, scope)
		s.escalate = append(s.escalate, e)
	}
}

// targets compiles whom a step is for, and what it says there.
func (c *compiler) targets(s *step, scope expr.Scope) []target {
	if len(s.For) == 0 {
		entity := scope.Self
		if s.lane != nil {
			entity = s.lane.targets[0].entity
		}
		return []target{c.target(s, target{entity: entity}, scope)}
	}
	var out []target
	for _, x := range s.For {
		rows := c.compile(x, scope, expr.Records)
		if rows != nil {
			out = append(out, c.target(s, target{entity: rows.Entity(), rows: rows}, scope.With(rows.Entity())))
		}
	}
	return out
}

func (c *compiler) target(s *step, t target, scope expr.Scope) target {
	t.name, t.title = c.template(s.Name, scope, expr.Names), c.template(s.Title, scope, expr.AnyValue)
	if s.Name != nil {
		if name, same := s.Name.Constant(); same && strings.TrimSpace(name) != "" {
			t.names = []string{name}
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

// identify finds the programs by which steps know their records.
func (p *play) identify(identities map[string]map[string]*expr.Program) {
	for _, s := range p.inOrder {
		for i := range s.targets {
			s.targets[i].identity = identities[s.targets[i].entity][s.Connector]
		}
	}
}

func (c *compiler) template(x *playbook.Template, scope expr.Scope, want expr.Want) *expr.Template {
	if x == nil {
		return nil
	}
	t, problems := c.env.Template(x, scope, want)
	c.problems.Add(problems...)
	if t != nil {
		c.uses.Merge(t.Uses())
	}
	return t
}

// checkIdentities makes sure that every connector that a step speaks to can be told who its records are, those of one entity at least. Where a
// person of ours is spoken to, it need not know about whom.
func (c *compiler) checkIdentities(p *play) {
	for _, s := range p.inOrder {
		if s.anonymous() || !s.Verb.Outward() {
			continue
		}
		known := slices.ContainsFunc(s.targets, func(t target) bool {
			e := c.book.Entity(t.entity)
			return e == nil || e.Identity[s.Connector].Exists()
		})
		for _, t := range s.targets {
			e := c.book.Entity(t.entity)
			if known || s.Connector == "" || c.book.Connector(s.Connector) == nil {
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
