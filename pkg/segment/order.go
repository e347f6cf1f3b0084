package segment

import (
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
)

// kind is what a node of the graph is.
type kind uint8

const (
	aSegment kind = iota
	aScore
	aStage
	anEngagement
	kinds // how many there are
)

var kindWords = [kinds]struct{ one, many string }{{"segment", "segments"}, {"score", "scores"}, {"stage", "stages"}, {"engagement of", "engagement"}}

// ref names a node.
type ref struct {
	kind kind
	name string
}

// String gives the node's name with what it is: "score fit".
func (r ref) String() string { return kindWords[r.kind].one + " " + r.name }

// node is a segment, a score, a stage model or an event entity's engagement.
type node struct {
	ref
	at   place
	uses expr.Uses
	is   evaluator
}

// place is where something is defined.
type place interface {
	Problem(format string, args ...any) diag.Problem
	Pos() diag.Position
}

// refs gives the nodes that something speaks of, sorted within their kinds.
func refs(u expr.Uses) []ref {
	var out []ref
	add := func(k kind, names []string) {
		for _, name := range names {
			out = append(out, ref{k, name})
		}
	}
	add(aSegment, u.Segments)
	add(aSegment, u.Counts)
	add(aScore, u.Scores)
	add(aStage, u.Stages)
	add(anEngagement, u.Quiet)
	return out
}

// order sorts the nodes so that each stands behind those that it uses.
func (g *Graph) order(nodes []*node) diag.List {
	var problems diag.List
	done := map[ref]bool{}
	var path []ref
	var visit func(r ref)
	visit = func(r ref) {
		if i := slices.Index(path, r); i >= 0 {
			problems.Add(g.cycle(append(slices.Clone(path[i:]), r)))
			return
		}
		n := g.byName[r]
		if n == nil || done[r] {
			return
		}
		path = append(path, r)
		for _, used := range refs(n.uses) {
			visit(used)
		}
		path = path[:len(path)-1]
		if !done[r] {
			done[r] = true
			g.nodes = append(g.nodes, n)
		}
	}
	for _, n := range nodes {
		visit(n.ref)
	}
	return problems
}

// cycle is the problem of nodes that speak of each other in a circle; the path begins and ends with the same one.
func (g *Graph) cycle(path []ref) diag.Problem {
	var found [kinds]bool
	for _, r := range path {
		found[r.kind] = true
	}
	var words []string
	for k, there := range found {
		if there {
			words = append(words, kindWords[k].many)
		}
	}
	steps := make([]string, len(path))
	for i, r := range path {
		if steps[i] = r.name; len(words) > 1 {
			steps[i] = r.String()
		}
	}
	p := g.byName[path[0]].at.Problem("%s speak of each other in a circle: %s", listed(words), strings.Join(steps, " → "))
	p.Hint = "break the circle: one of them must do without the others"
	for _, r := range path[1 : len(path)-1] {
		p.Related = append(p.Related, diag.Related{At: g.byName[r].at.Pos(), Message: r.String()})
	}
	return p
}

// listed joins words with commas and an and.
func listed(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// wanted gives the nodes that are to be evaluated: every segment, and what segments or others ask for.
func (g *Graph) wanted() map[ref]bool {
	out := map[ref]bool{}
	var visit func(r ref)
	visit = func(r ref) {
		if n := g.byName[r]; n != nil && !out[r] {
			out[r] = true
			for _, used := range refs(n.uses) {
				visit(used)
			}
		}
	}
	for _, n := range g.nodes {
		if n.kind == aSegment {
			visit(n.ref)
		}
	}
	for _, r := range refs(g.asked) {
		visit(r)
	}
	return out
}

// wantedNodes gives the nodes that are to be evaluated, each behind those that it speaks of.
func (g *Graph) wantedNodes() []*node {
	wanted := g.wanted()
	var out []*node
	for _, n := range g.nodes {
		if wanted[n.ref] {
			out = append(out, n)
		}
	}
	return out
}

// watches reports whether changes of something are spoken of.
func (g *Graph) watches(f expr.ChangedField) bool {
	return slices.Contains(g.uses.Changed, f) || slices.Contains(g.asked.Changed, f)
}
