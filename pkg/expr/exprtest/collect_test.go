package exprtest_test

import (
	"cmp"
	"testing"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
)

// collector collects everything in a playbook that is asked of records.
type collector struct {
	t       *testing.T
	program *flow.Program
	counts  map[string]int // by what it is
	asked   []*exprtest.Compiled
}

// collect goes through the playbook as the compilers of segments and plays do, with their scopes.
func (c *collector) collect() {
	b := c.program.Book
	for _, s := range b.Segments {
		c.condition("segment", s.Where, expr.Scope{Self: s.Of})
	}
	for _, s := range b.Scores {
		for _, r := range s.Rules {
			c.rule(s, r)
		}
	}
	for _, m := range b.Stages {
		for _, s := range m.Stages {
			c.condition("stage", s.When, expr.Scope{Self: m.Of})
		}
	}
	for _, e := range b.Entities {
		c.condition("engagement", e.Engagement, expr.Scope{Self: e.Name})
		for _, x := range e.Identity {
			c.value("identity", x)
		}
	}
	for _, s := range b.Suppressions {
		c.condition("suppression", s.When, expr.Scope{Self: s.Of})
	}
	for _, r := range b.Routes {
		for _, rule := range r.Rules {
			c.condition("route", rule.When, expr.Scope{Self: r.Of})
		}
	}
	for _, p := range b.Plays {
		c.play(p)
	}
}

func (c *collector) rule(s *playbook.Score, r *playbook.ScoreRule) {
	scope := expr.Scope{Self: s.Of}
	if !r.Each.Exists() {
		c.condition("score rule", r.When, scope)
		return
	}
	list := c.records("score rule's each", r.Each, scope)
	if !r.When.Exists() {
		return
	}
	scope.Element = expr.Element{Name: cmp.Or(r.As, list.Entity()), Entity: list.Entity()}
	when := c.compile(r.When, scope, expr.Condition)
	c.counts["score rule's when of each"]++
	q := exprtest.Question{Self: s.Of, Records: r.Each.Text, As: scope.Element.Name, When: r.When.Text}
	c.asked = append(c.asked, &exprtest.Compiled{Question: q, Program: list, Each: &expr.Each{List: list, When: when}})
}

func (c *collector) play(p *playbook.Play) {
	self, inside := expr.Scope{Self: p.Of}, expr.Scope{Self: p.Of, Play: p}
	c.condition("play's segment", p.Segment, self)
	c.happening("trigger", p.Trigger.Expr, self)
	c.value("reentry", p.Reentry.Per)
	c.value("order", p.Order)
	c.happening("goal", p.Goal, inside)
	for i := range p.Exits {
		c.happening("exit", p.Exits[i].When, inside)
		c.steps(p.Exits[i].Then, inside)
	}
	c.steps(p.GoalThen, inside)
	c.steps(p.Steps, inside)
}

func (c *collector) steps(list []*playbook.Step, s expr.Scope) {
	for _, step := range list {
		c.step(step, s)
	}
}

func (c *collector) step(step *playbook.Step, s expr.Scope) {
	c.condition("step's when", step.When, s)
	switch step.Verb {
	case playbook.WaitFor:
		c.happening("wait_for", step.Expr, s)
	case playbook.WaitUntil:
		c.value("wait_until", step.Expr)
	}
	c.happening("timeout's events", step.Timeout.Of, s)
	c.value("order", step.Order)
	lane := s
	for _, x := range step.For {
		if list := c.records("for", x, s); list != nil {
			lane = lane.With(list.Entity())
		}
	}
	if step.Verb == playbook.Each {
		lane.Lane = step.ID
	}
	for i := range step.Branches {
		c.condition("branch", step.Branches[i].When, s)
		c.steps(step.Branches[i].Steps, s)
	}
	c.steps(step.OnTimeout, s)
	c.steps(step.Steps, lane)
}

// value counts what is asked for a value: such programs are no engine's but the reference's.
func (c *collector) value(what string, x playbook.Expr) {
	if x.Exists() {
		c.counts["not applicable, a value: "+what]++
	}
}

// compile compiles what the playbook's own compilers found right.
func (c *collector) compile(x playbook.Expr, s expr.Scope, want expr.Want) *expr.Program {
	p, problems := c.program.Env.Compile(x, s, want)
	if problems.Err() != nil {
		c.t.Fatal(problems.Err())
	}
	return p
}

func (c *collector) condition(what string, x playbook.Expr, s expr.Scope) {
	if x.Exists() {
		c.add(what, c.compile(x, s, expr.Condition), exprtest.Question{Self: s.Self, Condition: x.Text})
	}
}

// records collects a list of records, and gives its program.
func (c *collector) records(what string, x playbook.Expr, s expr.Scope) *expr.Program {
	if !x.Exists() {
		return nil
	}
	p := c.compile(x, s, expr.Records)
	c.add(what, p, exprtest.Question{Self: s.Self, Records: x.Text})
	return p
}

// happening collects a condition or events.
func (c *collector) happening(what string, x playbook.Expr, s expr.Scope) {
	if !x.Exists() {
		return
	}
	if p := c.compile(x, s, expr.Happening); p.Entity() == "" {
		c.condition(what, x, s)
	} else {
		c.records(what, x, s)
	}
}

// add collects a question if it is about a record alone.
func (c *collector) add(what string, p *expr.Program, q exprtest.Question) {
	if !p.OfRecord() {
		c.counts["not applicable, of a member or a lane: "+what]++
		return
	}
	c.counts[what]++
	c.asked = append(c.asked, &exprtest.Compiled{Question: q, Program: p})
}
