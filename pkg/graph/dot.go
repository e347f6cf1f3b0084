package graph

import (
	"fmt"
	"io"
	"strings"
)

// DOT writes a graph in the language of Graphviz.
func DOT(w io.Writer, g *Graph) error {
	var b strings.Builder
	direction := "LR"
	if g.Down {
		direction = "TB"
	}
	fmt.Fprintf(&b, "digraph %s {\n", dotText(g.Title))
	fmt.Fprintf(&b, "  graph [rankdir=%s, label=%s, labelloc=t, fontname=\"Helvetica\", fontsize=16, nodesep=0.3, ranksep=0.5];\n", direction, dotText(g.Title, g.Subtitle))
	b.WriteString("  node [shape=box, style=filled, fontname=\"Helvetica\", fontsize=11, margin=\"0.15,0.08\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n")
	g.grouped(func(group *Group, nodes []Node) {
		indent := "  "
		if group != nil {
			fmt.Fprintf(&b, "  subgraph \"cluster_%s\" {\n    label=%s; style=\"rounded,dashed\"; color=%q; labeljust=l; fontsize=11;\n", group.ID, dotText(group.Title), faint.light)
			indent = "    "
		}
		for i := range nodes {
			fmt.Fprintf(&b, "%s%s\n", indent, dotNode(&nodes[i]))
		}
		if group != nil {
			b.WriteString("  }\n")
		}
	})
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  %s -> %s [%s];\n", e.From, e.To, dotEdge(e))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func dotNode(n *Node) string {
	var lines []string
	for _, text := range n.lines() {
		lines = append(lines, wrap(text, longLine, mostLines)...)
	}
	c := light[n.Kind]
	style := []string{"filled"}
	if pill[n.Kind] {
		style = append(style, "rounded")
	}
	if dashed[n.Kind] || n.Idle {
		style = append(style, "dashed")
	}
	shape := "box"
	switch n.Kind {
	case Choice, Lanes:
		shape = "hexagon"
	case Human:
		shape = "component"
	}
	text := fmt.Sprintf("%s [label=%s, shape=%s, style=%q, fillcolor=%q, color=%q", n.ID, dotText(lines...), shape, strings.Join(style, ","), c.fill, c.stroke)
	if n.Note != "" {
		text += ", tooltip=" + dotText(n.Note)
	}
	return text + "];"
}

func dotEdge(e Edge) string {
	c := lines[e.Kind]
	parts := []string{fmt.Sprintf("color=%q, fontcolor=%q", c.stroke.light, c.stroke.light)}
	if e.Label != "" {
		parts = append(parts, "label="+dotText(wrap(e.Label, longLine, mostLines)...))
	}
	if c.dash != "" {
		parts = append(parts, "style=dashed")
	}
	if e.Kind == Enroll {
		parts = append(parts, "penwidth=2")
	}
	return strings.Join(parts, ", ")
}

// dotText quotes lines: Graphviz knows escapes with a backslash and the entities of HTML.
func dotText(lines ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "&", "&amp;")
	var out []string
	for _, line := range lines {
		if line != "" {
			out = append(out, escape.Replace(line))
		}
	}
	return `"` + strings.Join(out, `\n`) + `"`
}
