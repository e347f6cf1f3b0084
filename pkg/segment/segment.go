// Package segment evaluates the graph of segments: each once, over all records, after those that it speaks of.
package segment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Graph is the compiled segments of a playbook in an order in which they can be evaluated.
type Graph struct {
	env        *expr.Env
	nodes      []*node
	engagement map[string]*expr.Program // by event entity; nil where every event counts
	quiet      []string                 // event entities whose engagement somebody asks for
	uses       expr.Uses
}

type node struct {
	segment *playbook.Segment
	program *expr.Program // nil for a list
}

// Compile checks all segments. Segments that speak of each other in a circle are a problem that shows the path.
func Compile(b *playbook.Book, env *expr.Env) (*Graph, diag.List) {
	g := &Graph{env: env, engagement: map[string]*expr.Program{}}
	var problems diag.List
	var uses expr.Uses
	nodes := map[string]*node{}
	for _, s := range b.Segments {
		n := &node{segment: s}
		if s.Where.Exists() && b.Entity(s.Of) != nil {
			program, more := env.Compile(s.Where, expr.Scope{Self: s.Of}, expr.Condition)
			problems.Add(more...)
			if n.program = program; program != nil {
				uses.Merge(program.Uses)
			}
		}
		nodes[s.Name] = n
	}
	for _, e := range b.Entities {
		if e.Engagement.Exists() {
			program, more := env.Compile(e.Engagement, expr.Scope{Self: e.Name}, expr.Condition)
			problems.Add(more...)
			g.engagement[e.Name] = program
		}
	}
	g.uses = uses
	g.Ask(uses)
	problems.Add(g.order(b, nodes)...)
	return g, problems
}

// Uses tells what the segments' expressions use, all together.
func (g *Graph) Uses() expr.Uses { return g.uses }

// Ask tells the graph what the expressions of others use, so that it is there when they are evaluated.
func (g *Graph) Ask(u expr.Uses) {
	g.quiet = append(g.quiet, u.Quiet...)
	slices.Sort(g.quiet)
	g.quiet = slices.Compact(g.quiet)
}

// Program gives the compiled condition of a segment; nil for a list.
func (g *Graph) Program(name string) *expr.Program {
	for _, n := range g.nodes {
		if n.segment.Name == name {
			return n.program
		}
	}
	return nil
}

// order sorts the nodes so that each stands after those that it uses.
func (g *Graph) order(b *playbook.Book, nodes map[string]*node) diag.List {
	var problems diag.List
	done := map[string]bool{}
	var path []string
	var visit func(name string)
	visit = func(name string) {
		if i := slices.Index(path, name); i >= 0 {
			problems.Add(cycle(nodes, append(slices.Clone(path[i:]), name)))
			return
		}
		n := nodes[name]
		if n == nil || done[name] {
			return
		}
		path = append(path, name)
		if n.program != nil {
			for _, used := range append(slices.Clone(n.program.Uses.Segments), n.program.Uses.Counts...) {
				visit(used)
			}
		}
		path = path[:len(path)-1]
		if !done[name] {
			done[name] = true
			g.nodes = append(g.nodes, n)
		}
	}
	for _, s := range b.Segments {
		visit(s.Name)
	}
	return problems
}

func cycle(nodes map[string]*node, path []string) diag.Problem {
	first := nodes[path[0]].segment
	p := first.At.Problem("segments speak of each other in a circle: %s", strings.Join(path, " → "))
	p.Hint = "break the circle: one of them must do without the others"
	for _, name := range path[1 : len(path)-1] {
		p.Related = append(p.Related, diag.Related{At: nodes[name].segment.At.Pos(), Message: "segment " + name})
	}
	return p
}

// Result is what evaluating the graph gave.
type Result struct {
	Segments []Evaluated
	// Lost are, by segment, the keys of lists that no record has.
	Lost map[string][]string
}

// Evaluated is one segment's result.
type Evaluated struct {
	Name    string
	Of      string
	Matched int
	Unknown int
}

// Evaluate evaluates every segment over the data and leaves the verdicts in it. lists are the keys of segments with a list, by segment.
func (g *Graph) Evaluate(ctx context.Context, d *expr.Data, lists map[string][]string) (*Result, error) {
	out := &Result{Lost: map[string][]string{}}
	if err := g.engage(ctx, d); err != nil {
		return nil, err
	}
	d.Segments = map[string]frame.Verdict{}
	for _, n := range g.nodes {
		name := n.segment.Name
		if n.program == nil {
			var lost []string
			if d.Segments[name], lost = listed(d.Frame.Table(n.segment.Of), lists[name]); len(lost) > 0 {
				out.Lost[name] = lost
			}
		} else {
			v, err := n.program.Verdict(ctx, d)
			if err != nil {
				return nil, fmt.Errorf("segment %s: %w", name, err)
			}
			d.Segments[name] = v
		}
		v := d.Segments[name]
		out.Segments = append(out.Segments, Evaluated{Name: name, Of: n.segment.Of, Matched: v.True.Count(), Unknown: v.Unknown.Count()})
	}
	slices.SortFunc(out.Segments, func(a, b Evaluated) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// engage finds the events that count as engagement: those known to; every event where the playbook does not say.
func (g *Graph) engage(ctx context.Context, d *expr.Data) error {
	d.Engaged = map[string]frame.Bits{}
	for _, entity := range g.quiet {
		table := d.Frame.Table(entity)
		if p := g.engagement[entity]; p != nil {
			v, err := p.Verdict(ctx, d)
			if err != nil {
				return fmt.Errorf("engagement of %s: %w", entity, err)
			}
			d.Engaged[entity] = v.True
			continue
		}
		all := frame.NewBits(table.Rows)
		for row := range table.Rows {
			all.Add(row)
		}
		d.Engaged[entity] = all
	}
	return nil
}

// listed makes the verdict of a list of keys, and tells the keys that no record has.
func listed(t *frame.Table, keys []string) (frame.Verdict, []string) {
	v := frame.NewVerdict(t.Rows)
	var lost []string
	for _, key := range keys {
		if row, ok := t.Row(key); ok {
			v.True.Add(row)
		} else {
			lost = append(lost, key)
		}
	}
	return v, lost
}
