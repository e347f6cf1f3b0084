package graph

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// SVG writes a graph as a picture that needs nothing else: text stays text, colours follow the reader's light or dark preference, and every box
// tells in a tooltip what it shortens.
func SVG(w io.Writer, g *Graph) error {
	p := &picture{graph: g, down: g.Down}
	for i := range g.Nodes {
		p.cards = append(p.cards, newCard(&g.Nodes[i]))
		p.cards[i].widen(busiest(g, g.Nodes[i].ID), g.Down)
	}
	for i := range g.Edges {
		p.labels = append(p.labels, wrap(g.Edges[i].Label, labelLine, mostLines))
	}
	p.loops()
	p.layout = arrange(g, p.sizes())
	p.fit()
	p.write()
	_, err := io.WriteString(w, p.String())
	return err
}

// Sizes in pixels.
const (
	padding   = 12.0
	leading   = 15.0 // from line to line
	fontSize  = 12.0
	smallSize = 10.5
	titleSize = 13.0
	margin    = 28.0
	labelLine = 26 // characters in a line of a label
	frameTop  = 34.0
	frameSide = 12.0
	loopRoom  = 46.0
)

// picture is an SVG in the making.
type picture struct {
	strings.Builder
	graph  *Graph
	down   bool
	cards  []card
	labels [][]string // of edges
	loop   []int      // by node: an edge to itself, or -1
	layout *layout
	left   float64 // what is drawn lies between these
	top    float64
	right  float64
	bottom float64
}

// card is a node as it is written: lines of text and the size that they need.
type card struct {
	lines      []textLine
	wide, high float64
	pad        float64
}

// textLine is a line with its class.
type textLine struct{ text, class string }

// sizesOf are the font sizes of the classes of text.
var sizesOf = map[string]float64{"cap": smallSize, "title": titleSize, "text": fontSize, "label": smallSize}

func newCard(n *Node) card {
	c := card{pad: padding}
	if pill[n.Kind] || n.Kind == Choice || n.Kind == Lanes {
		c.pad = padding + 6
	}
	add := func(text, class string, most int) {
		for _, line := range wrap(text, most, mostLines) {
			c.lines = append(c.lines, textLine{line, class})
			c.wide = math.Max(c.wide, textWidth(line, class))
		}
	}
	add(n.Caption, "cap", 42)
	if n.Kind == Human {
		c.wide += 20 // its icon
	}
	add(n.Title, "title", 30)
	for _, d := range n.Details {
		add(d, "text", longLine)
	}
	c.wide = math.Max(90, math.Ceil(c.wide+2*c.pad))
	c.high = float64(len(c.lines))*leading + 14
	return c
}

// widen makes room for so many arrows on one side.
func (c *card) widen(arrows int, down bool) {
	if down {
		c.wide = math.Max(c.wide, 24+16*float64(arrows-1))
	} else {
		c.high = math.Max(c.high, 24+9*float64(arrows-1))
	}
}

// busiest counts the arrows on the side of a node that has more.
func busiest(g *Graph, id string) int {
	in, out := 0, 0
	for _, e := range g.Edges {
		if e.To == id {
			in++
		}
		if e.From == id {
			out++
		}
	}
	return max(in, out)
}

// textWidth gives the width of a line in pixels.
func textWidth(text, class string) float64 {
	width := measure(text) * sizesOf[class]
	if class == "title" {
		width *= 1.08 // bold
	}
	return width
}

// loops finds edges from a node to itself.
func (p *picture) loops() {
	p.loop = make([]int, len(p.cards))
	for i := range p.loop {
		p.loop[i] = -1
		for k, e := range p.graph.Edges {
			if e.From == e.To && e.From == p.graph.Nodes[i].ID {
				p.loop[i] = k
			}
		}
	}
}

// sizes tells the layout how much place everything needs, turned to its axes.
func (p *picture) sizes() sizes {
	turned := func(wide, high float64) (float64, float64) {
		if p.down {
			return wide, high
		}
		return high, wide
	}
	s := sizes{before: frameSide, after: frameSide, above: frameTop, below: frameSide}
	if !p.down {
		s.before, s.above = frameTop, frameSide
	}
	s.node = func(i int) (float64, float64) {
		c := p.cards[i]
		wide, deep := turned(c.wide, c.high)
		if p.loop[i] >= 0 {
			room, _ := turned(p.labelSize(p.loop[i]))
			wide += 2 * (loopRoom + room)
		}
		return wide, deep
	}
	s.label = func(i int) (float64, float64) {
		return turned(p.labelSize(i))
	}
	s.title = func(i int) float64 {
		if !p.down {
			return 0
		}
		return textWidth(p.graph.Groups[i].Title, "label") + 24
	}
	return s
}

func (p *picture) labelSize(edge int) (wide, high float64) {
	for _, line := range p.labels[edge] {
		wide = math.Max(wide, textWidth(line, "label"))
	}
	return wide + 10, float64(len(p.labels[edge]))*13 + 4
}

// point turns a place of the layout into one of the picture.
func (p *picture) point(across, along float64) (x, y float64) {
	if p.down {
		return across - p.left, along - p.top
	}
	return along - p.left, across - p.top
}

// fit finds out how large the picture is.
func (p *picture) fit() {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	grow := func(across, along, wide, deep float64) {
		if !p.down {
			across, along, wide, deep = along, across, deep, wide
		}
		left, right = math.Min(left, across-wide/2), math.Max(right, across+wide/2)
		top, bottom = math.Min(top, along-deep/2), math.Max(bottom, along+deep/2)
	}
	for _, it := range p.layout.items {
		grow(it.at, it.along, it.wide, it.deep)
	}
	for f := range p.layout.frames {
		if across, along, wide, deep, ok := p.frame(f); ok {
			grow(across, along, wide, deep)
		}
	}
	if math.IsInf(left, 0) {
		left, top, right, bottom = 0, 0, 0, 0
	}
	heading := math.Max(textWidth(p.graph.Title, "title")*1.4, textWidth(p.graph.Subtitle, "text"))
	p.left, p.top = math.Floor(left-margin), math.Floor(top-margin-44)
	p.right = math.Ceil(math.Max(right-left, math.Max(heading, 420)) + 2*margin)
	p.bottom = math.Ceil(bottom - p.top + margin)
}

// frame gives the middle and the size of a frame in the layout's axes.
func (p *picture) frame(f int) (across, along, wide, deep float64, ok bool) {
	b := p.layout.frames[f]
	if b.first > b.last {
		return 0, 0, 0, 0, false
	}
	from, _ := p.layout.depth(b.first)
	_, to := p.layout.depth(b.last)
	from, to = from-p.layout.size.above+2, to+p.layout.size.below-2
	return (b.from + b.to) / 2, (from + to) / 2, b.to - b.from, to - from, true
}

// write writes the whole picture: what lies below first.
func (p *picture) write() {
	legend := p.legend()
	height := p.bottom + legend.high
	fmt.Fprintf(p, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" role="img" aria-labelledby="title desc">`+"\n",
		number(p.right), number(height), number(p.right), number(height))
	fmt.Fprintf(p, "<title id=\"title\">%s</title>\n<desc id=\"desc\">%s</desc>\n", xmlText(p.graph.Title), xmlText(p.graph.describe()))
	p.style()
	fmt.Fprintf(p, "<rect class=\"ground\" width=\"%s\" height=\"%s\"/>\n", number(p.right), number(height))
	p.text(margin, margin+8, "heading", p.graph.Title)
	p.text(margin, margin+28, "cap", p.graph.Subtitle)
	for f := range p.layout.frames {
		p.drawFrame(f)
	}
	for r := range p.layout.routes {
		p.drawRoute(&p.layout.routes[r])
	}
	for i := range p.cards {
		p.drawNode(i)
	}
	for f := range p.layout.frames {
		p.drawFrameTitle(f)
	}
	for i, it := range p.layout.items {
		if it.edge >= 0 {
			p.drawLabel(i)
		}
	}
	p.drawLegend(legend)
	p.WriteString("</svg>\n")
}

func (p *picture) text(x, y float64, class, text string) {
	if text != "" {
		fmt.Fprintf(p, "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n", class, number(x), number(y), xmlText(text))
	}
}

// number writes a place with a tenth of a pixel, so that small differences of arithmetic make no other picture.
func number(v float64) string {
	text := strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	if text == "-0" {
		return "0"
	}
	return text
}

// xmlText escapes text for an element and for an attribute.
func xmlText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;").Replace(text)
}
