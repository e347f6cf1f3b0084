package graph

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Mermaid writes a graph as a Mermaid flowchart, as GitHub and GitLab show it in Markdown.
func Mermaid(w io.Writer, g *Graph) error {
	var b strings.Builder
	direction := "LR"
	if g.Down {
		direction = "TD"
	}
	fmt.Fprintf(&b, "---\ntitle: %s\n---\nflowchart %s\n", yamlText(g.Title), direction)
	fmt.Fprintf(&b, "  accTitle: %s\n  accDescr: %s\n", mermaidText(g.Title), mermaidText(g.describe()))
	g.grouped(func(group *Group, nodes []Node) {
		indent := "  "
		if group != nil {
			fmt.Fprintf(&b, "  subgraph %s[\"%s\"]\n", group.ID, mermaidText(group.Title))
			indent = "    "
		}
		for j := range nodes {
			fmt.Fprintf(&b, "%s%s\n", indent, mermaidNode(&nodes[j]))
		}
		if group != nil {
			b.WriteString("  end\n")
		}
	})
	for _, e := range g.Edges {
		fmt.Fprintf(&b, "  %s %s %s\n", e.From, mermaidArrow(e), e.To)
	}
	mermaidClasses(&b, g)
	_, err := io.WriteString(w, b.String())
	return err
}

// grouped calls f for the nodes of no group, then for each group with its nodes.
func (g *Graph) grouped(f func(group *Group, nodes []Node)) {
	for i := -1; i < len(g.Groups); i++ {
		id, group := "", (*Group)(nil)
		if i >= 0 {
			group = &g.Groups[i]
			id = group.ID
		}
		var nodes []Node
		for _, n := range g.Nodes {
			if n.Group == id {
				nodes = append(nodes, n)
			}
		}
		if len(nodes) > 0 {
			f(group, nodes)
		}
	}
}

// mermaidShapes are the brackets of a kind of node.
var mermaidShapes = map[Kind][2]string{Segment: {"([", "])"}, Condition: {"([", "])"}, Score: {"[", "]"}, Stages: {"[", "]"}, Plays: {"[", "]"}, Entry: {"([", "])"}, Machine: {"[", "]"},
	Human: {"[[", "]]"}, Wait: {"(", ")"}, Choice: {"{{", "}}"}, Lanes: {"{{", "}}"}, Goal: {"([", "])"}, Exit: {"([", "])"}, Done: {"([", "])"}}

func mermaidNode(n *Node) string {
	shape, class := mermaidShapes[n.Kind], string(n.Kind)
	if n.Idle {
		class = "idle"
	}
	return fmt.Sprintf(`%s%s"%s"%s:::%s`, n.ID, shape[0], mermaidLines(n.lines()...), shape[1], class)
}

// mermaidArrow draws flow and triggers plain, enrolments thick, all else dashed.
func mermaidArrow(e Edge) string {
	arrow := "-->"
	switch e.Kind {
	case Enroll:
		arrow = "==>"
	case Timeout, Anytime, Mute, Uses:
		arrow = "-.->"
	}
	if e.Label == "" {
		return arrow
	}
	return fmt.Sprintf(`%s|"%s"|`, arrow, mermaidLines(e.Label))
}

// mermaidLines breaks texts into lines.
func mermaidLines(texts ...string) string {
	var out []string
	for _, text := range texts {
		for _, line := range wrap(text, longLine, mostLines) {
			out = append(out, mermaidText(line))
		}
	}
	return strings.Join(out, "<br/>")
}

func mermaidClasses(b *strings.Builder, g *Graph) {
	for _, k := range g.kinds() {
		c := light[k]
		dash := ""
		if dashed[k] {
			dash = ",stroke-dasharray:4 3"
		}
		fmt.Fprintf(b, "  classDef %s fill:%s,stroke:%s,color:%s%s\n", k, c.fill, c.stroke, ink.light, dash)
	}
	for _, n := range g.Nodes {
		if n.Idle {
			c := light[Plays]
			fmt.Fprintf(b, "  classDef idle fill:%s,stroke:%s,color:%s,stroke-dasharray:4 3\n", c.fill, c.stroke, faint.light)
			return
		}
	}
}

// mermaidText writes text so that Mermaid shows it as it is between quotes: what has a meaning for it, for the Markdown in it or for HTML becomes an entity.
func mermaidText(text string) string {
	var b strings.Builder
	runes := []rune(text)
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	digit := func(r rune) bool { return r >= '0' && r <= '9' }
	for i, r := range runes {
		plain := r > 127 || digit(r) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(" ,=?'/", r)
		switch r {
		case '.', ')': // 1. and 1) begin a list
			plain = !digit(at(i - 1))
		case '-': // begins a list, or a line of them a heading
			plain = at(i-1) != ' ' && at(i-1) != '-'
		case '(':
			plain = true
		case ':': // fa:fa-car is an icon
			plain = at(i+1) == ' '
		}
		if plain {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// yamlText quotes text for the front matter.
func yamlText(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b) // a JSON string is a YAML one
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
