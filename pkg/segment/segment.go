// Package segment evaluates the graph of segments, scores, stages and engagement: each once, over all records, after those that it speaks of.
//
// A segment is three-valued: a record is in it, not in it, or it is unknown. Scores and stages are always known, because who works with
// them expects that what is not known gives no points:
//
//   - A score is the sum of its rules' points, a whole number that may be negative, at most `max`. A rule whose condition is unknown gives
//     nothing. A rule with `each` gives its points for each record of the list for which its condition is known true; with `half_life` an
//     event counts points × 0.5^(age ÷ half-life), where its age is the run's now less its time, and an event without a time gives nothing.
//     The sum of one rule is rounded to a whole number, halves away from zero, and then held to `at_most` points given or taken.
//   - A record's stage is the last one whose rule is known true; "" if there is none. A stage whose rule is unknown is passed over.
//
// Records for which something was passed over so are doubtful: counted, and no less part of what is asked. Explaining one tells what was missing.
package segment

import (
	"slices"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Graph is the compiled segments, scores and stages of a playbook in an order in which they can be evaluated.
type Graph struct {
	env    *expr.Env
	nodes  []*node // each behind those that it speaks of
	byName map[ref]*node
	uses   expr.Uses // of all nodes
	asked  expr.Uses // by others
}

// Compile checks all segments, scores, stages and engagements. Those that speak of each other in a circle are a problem that shows the path.
func Compile(b *playbook.Book, env *expr.Env) (*Graph, diag.List) {
	c := &compiler{book: b, env: env}
	var nodes []*node
	for _, s := range b.Segments {
		nodes = append(nodes, c.segment(s))
	}
	for _, s := range b.Scores {
		nodes = append(nodes, c.score(s))
	}
	for _, m := range b.Stages {
		nodes = append(nodes, c.stages(m))
	}
	for _, e := range b.Entities {
		if e.Time != "" || e.Engagement.Exists() {
			nodes = append(nodes, c.engagement(e))
		}
	}
	g := &Graph{env: env, byName: map[ref]*node{}}
	for _, n := range nodes {
		g.byName[n.ref] = n
		g.uses.Merge(n.uses)
	}
	c.problems.Add(g.order(nodes)...)
	return g, c.problems
}

// Uses tells what the graph's expressions use that is not of the graph itself.
func (g *Graph) Uses() expr.Uses {
	u := g.uses
	u.Segments, u.Counts, u.Scores, u.Stages, u.Quiet = nil, nil, nil, nil, nil
	return u
}

// Ask tells the graph what the expressions of others use, so that it is there when they are evaluated. Segments are always evaluated, scores,
// stages and engagement only where somebody asks for them.
func (g *Graph) Ask(u expr.Uses) { g.asked.Merge(u) }

// Program gives the compiled condition of a segment; nil for a list.
func (g *Graph) Program(name string) *expr.Program {
	if n := g.byName[ref{aSegment, name}]; n != nil {
		return n.is.(*members).program
	}
	return nil
}

// NameOf names what a program is of: "segment icp"; "" if it is not of the graph.
func (g *Graph) NameOf(p *expr.Program) string {
	for _, n := range g.nodes {
		if slices.Contains(n.is.programs(), p) {
			return n.String()
		}
	}
	return ""
}

// compiler makes the nodes of a graph and collects the problems.
type compiler struct {
	book     *playbook.Book
	env      *expr.Env
	problems diag.List
}

// program compiles an expression of a node and notes what it uses; nil if there is none, or if it has problems.
func (c *compiler) program(n *node, x playbook.Expr, s expr.Scope, want expr.Want) *expr.Program {
	if !x.Exists() || c.book.Entity(s.Self) == nil {
		return nil
	}
	p, problems := c.env.Compile(x, s, want)
	c.problems.Add(problems...)
	if p != nil {
		n.uses.Merge(p.Uses)
	}
	return p
}

func (c *compiler) segment(s *playbook.Segment) *node {
	n := &node{ref: ref{aSegment, s.Name}, at: s.At}
	n.is = &members{segment: s, program: c.program(n, s.Where, expr.Scope{Self: s.Of}, expr.Condition)}
	return n
}

func (c *compiler) engagement(e *playbook.Entity) *node {
	n := &node{ref: ref{anEngagement, e.Name}, at: e.At}
	n.is = &engaged{entity: e.Name, program: c.program(n, e.Engagement, expr.Scope{Self: e.Name}, expr.Condition)}
	return n
}
