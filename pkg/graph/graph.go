// Package graph draws a playbook: [Overview] its segments, plays and their links, [Play] one play as on a chalkboard. Both make a small
// model, which [Mermaid], [DOT] and [SVG] write. It is pure, and the same playbook gives the same bytes.
package graph

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Graph is a drawing without places: what is drawn, not where. Nodes, edges and groups stand in the order in which they were found; edges
// may form circles, and a node may have an edge to itself. Its texts come from a playbook and are cleaned, not escaped.
type Graph struct {
	Title    string  `json:"title"`
	Subtitle string  `json:"subtitle,omitempty"`
	Down     bool    `json:"-"` // from the top down; else from left to right
	Nodes    []Node  `json:"nodes"`
	Edges    []Edge  `json:"edges"`
	Groups   []Group `json:"groups"`
}

// Node is a box: a caption, a title and lines of detail, any of which may be missing.
type Node struct {
	ID      string   `json:"id"`
	Kind    Kind     `json:"kind"`
	Group   string   `json:"group,omitempty"` // of [Graph.Groups]; "" for none
	Caption string   `json:"caption,omitempty"`
	Title   string   `json:"title,omitempty"`
	Details []string `json:"details,omitempty"`
	Note    string   `json:"note,omitempty"` // in full what a detail shortens
	Idle    bool     `json:"idle,omitempty"` // a play that is paused or draining
}

// lines gives a node's texts from top to bottom, the missing ones left out.
func (n *Node) lines() []string {
	all := append([]string{n.Caption, n.Title}, n.Details...)
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// Edge is an arrow.
type Edge struct {
	From  string   `json:"from"`
	To    string   `json:"to"`
	Kind  EdgeKind `json:"kind"`
	Label string   `json:"label,omitempty"`
}

// Group is a frame round nodes.
type Group struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Kind is what a node stands for. Writers use it as a class.
type Kind string

// The kinds of nodes.
const (
	Segment   Kind = "segment"
	Condition Kind = "condition" // a segment without a name: the condition of one play
	Score     Kind = "score"
	Stages    Kind = "stages"
	Plays     Kind = "play"
	Entry     Kind = "entry"
	Machine   Kind = "machine" // a step that needs nobody: hands-free
	Human     Kind = "human"
	Wait      Kind = "wait"
	Choice    Kind = "choice"
	Lanes     Kind = "lanes"
	Goal      Kind = "goal"
	Exit      Kind = "exit"
	Done      Kind = "done"
)

// EdgeKind is what an edge says.
type EdgeKind string

// The kinds of edges.
const (
	Uses    EdgeKind = "uses"    // what is at the head speaks of what is at the tail
	Trigger EdgeKind = "trigger" // a segment's records enter a play
	Flow    EdgeKind = "flow"    // from step to step
	Timeout EdgeKind = "timeout"
	Anytime EdgeKind = "anytime" // a goal or exit, whatever the step
	Enroll  EdgeKind = "enroll"  // a play starts another
	Mute    EdgeKind = "mute"    // a play silences another
)

func newGraph(title, subtitle string, down bool) *Graph {
	return &Graph{Title: shorten(title, longHeading), Subtitle: shorten(subtitle, longHeading), Down: down, Nodes: []Node{}, Edges: []Edge{}, Groups: []Group{}}
}

// node adds a node with an id of its own and gives the id.
func (g *Graph) node(n Node) string {
	n.ID = fmt.Sprintf("n%d", len(g.Nodes)+1)
	n.Caption, n.Title, n.Note = clean(n.Caption), clean(n.Title), clean(n.Note)
	for i := range n.Details {
		n.Details[i] = clean(n.Details[i])
	}
	g.Nodes = append(g.Nodes, n)
	return n.ID
}

// group adds a group and gives its id.
func (g *Graph) group(title string) string {
	id := fmt.Sprintf("g%d", len(g.Groups)+1)
	g.Groups = append(g.Groups, Group{id, shorten(title, longHeading)})
	return id
}

// edge adds an edge. One that is there already gets the label too.
func (g *Graph) edge(from, to string, kind EdgeKind, label string) {
	label = clean(label)
	for i := range g.Edges {
		e := &g.Edges[i]
		if e.From != from || e.To != to || e.Kind != kind {
			continue
		}
		if labels := strings.Split(e.Label, separator); label != "" && !slices.Contains(labels, label) {
			e.Label = strings.TrimPrefix(e.Label+separator+label, separator)
		}
		return
	}
	g.Edges = append(g.Edges, Edge{from, to, kind, label})
}

// separator stands between the labels of one edge.
const separator = " · "

// clean makes text one line that every format can hold: control characters, line breaks, marks that turn the direction of writing and bytes
// that are no UTF-8 become spaces or U+FFFD.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == 0xFFFE, r == 0xFFFF:
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	return strings.Join(strings.Fields(text), " ")
}

// The longest conditions, labels of arrows and headings that are shown in full, in characters.
const (
	longCondition = 90
	longLabel     = 44
	longHeading   = 120
)

// shorten gives one line of at most so many characters; what is cut ends in an ellipsis.
func shorten(text string, most int) string {
	runes := []rune(clean(text))
	if len(runes) <= most {
		return string(runes)
	}
	return strings.TrimRight(string(runes[:most-1]), " ") + "…"
}
