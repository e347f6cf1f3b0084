package graph

import (
	"fmt"
	"math"
	"strings"
)

// style writes the classes: one set of colours for light grounds, one for dark ones.
func (p *picture) style() {
	p.WriteString("<style>\n")
	p.WriteString("text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}\n")
	fmt.Fprintf(p, ".heading{font-size:18px;font-weight:600}.cap,.label{font-size:%spx}.title{font-size:%spx;font-weight:600}.text{font-size:%spx}\n",
		number(smallSize), number(titleSize), number(fontSize))
	p.WriteString(".box{stroke-width:1.4}.dashed{stroke-dasharray:5 3}.frame{stroke-dasharray:6 4;stroke-width:1.2}.line{fill:none}.icon{fill:none;stroke-width:1.4}\n")
	p.WriteString(".idle{opacity:.6}.middle{text-anchor:middle}\n")
	p.palette(func(s shade) string { return s.light }, light)
	p.WriteString("@media (prefers-color-scheme:dark){\n")
	p.palette(func(s shade) string { return s.dark }, dark)
	p.WriteString("}\n</style>\n")
}

func (p *picture) palette(of func(shade) string, nodes map[Kind]colours) {
	fmt.Fprintf(p, "text{fill:%s}.cap,.label{fill:%s}.ground,.under{fill:%s}.inner{fill:%s}.frame{fill:%s;stroke:%s}\n", of(ink), of(faint), of(ground), of(frame), of(frame), of(faint))
	for _, k := range p.graph.kinds() {
		fmt.Fprintf(p, ".%s .box{fill:%s;stroke:%s}.%s .icon{stroke:%s}\n", k, nodes[k].fill, nodes[k].stroke, k, nodes[k].stroke)
	}
	for _, k := range p.graph.edgeKinds() {
		fmt.Fprintf(p, ".e-%s .line{stroke:%s}.e-%s .head{fill:%s}\n", k, of(lines[k].stroke), k, of(lines[k].stroke))
	}
}

func (p *picture) drawFrame(f int) {
	across, along, wide, deep, ok := p.frame(f)
	if !ok {
		return
	}
	x, y := p.point(across, along)
	if !p.down {
		wide, deep = deep, wide
	}
	fmt.Fprintf(p, "<rect class=\"frame\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"10\"/>\n", number(x-wide/2), number(y-deep/2), number(wide), number(deep))
}

func (p *picture) drawFrameTitle(f int) {
	across, along, wide, deep, ok := p.frame(f)
	if !ok {
		return
	}
	x, y := p.point(across, along)
	if !p.down {
		wide, deep = deep, wide
	}
	title := fitting(p.graph.Groups[f].Title, wide-24)
	fmt.Fprintf(p, "<rect class=\"inner\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"16\"/>\n", number(x-wide/2+8), number(y-deep/2+3), number(textWidth(title, "label")+8))
	p.text(x-wide/2+12, y-deep/2+15, "label", title)
}

// drawNode draws a box with its icon and lines.
func (p *picture) drawNode(i int) {
	n, c, it := &p.graph.Nodes[i], &p.cards[i], &p.layout.items[i]
	x, y := p.point(it.at, it.along)
	class := string(n.Kind)
	if n.Idle {
		class += " idle"
	}
	fmt.Fprintf(p, "<g class=\"%s\">", class)
	if n.Note != "" {
		fmt.Fprintf(p, "<title>%s</title>", xmlText(n.Note))
	}
	p.WriteString("\n")
	p.outline(n.Kind, n.Idle, x-c.wide/2, y-c.high/2, c.wide, c.high)
	top := y - c.high/2 + 6 + leading - 4
	for k, line := range c.lines {
		p.text(x-c.wide/2+c.pad, top+float64(k)*leading, line.class, line.text)
	}
	p.WriteString("</g>\n")
	if p.loop[i] >= 0 {
		p.drawLoop(p.loop[i], x, y, c)
	}
}

// outline draws the shape of a kind of node: pills for who enters and leaves, hexagons for branches, a second edge for what people do.
func (p *picture) outline(kind Kind, idle bool, x, y, wide, high float64) {
	class := "box"
	if dashed[kind] || idle {
		class += " dashed"
	}
	if kind == Choice || kind == Lanes {
		cut := 12.0
		fmt.Fprintf(p, "<path class=\"%s\" d=\"M%s %sL%s %sL%s %sL%s %sL%s %sL%s %sZ\"/>\n", class, number(x), number(y+high/2), number(x+cut), number(y),
			number(x+wide-cut), number(y), number(x+wide), number(y+high/2), number(x+wide-cut), number(y+high), number(x+cut), number(y+high))
		return
	}
	radius := 5.0
	if pill[kind] {
		radius = math.Min(18, high/2)
	}
	fmt.Fprintf(p, "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\"/>\n", class, number(x), number(y), number(wide), number(high), number(radius))
	if kind == Human { // a head and shoulders
		cx, cy := x+wide-14, y+12
		fmt.Fprintf(p, "<path class=\"icon\" d=\"M%s %sa6 6 0 0 1 12 0\"/><circle class=\"icon\" cx=\"%s\" cy=\"%s\" r=\"2.8\"/>\n",
			number(cx-6), number(cy+8), number(cx), number(cy-2))
	}
	if kind == Plays { // a bar at its beginning
		fmt.Fprintf(p, "<path class=\"icon\" d=\"M%s %sv%s\"/>\n", number(x+4), number(y+5), number(high-10))
	}
}

// drawLoop draws an edge from a node to itself, on the side where no others end.
func (p *picture) drawLoop(edge int, x, y float64, c *card) {
	const from, swing, reach = 9.0, 22.0, loopRoom - 6
	k := p.graph.Edges[edge].Kind
	fmt.Fprintf(p, "<g class=\"e-%s\"><path class=\"line\" stroke-width=\"%s\" d=\"", k, lines[k].width)
	if p.down {
		x += c.wide / 2
		fmt.Fprintf(p, "M%s %sC%s %s %s %s %s %s\"/>", number(x), number(y-from), number(x+reach), number(y-swing), number(x+reach), number(y+swing), number(x+6), number(y+from))
		p.head(x, y+from, -1, 0)
		p.WriteString("</g>\n")
		p.writeLabel(edge, x+loopRoom-8, y, false, false)
		return
	}
	y += c.high / 2
	fmt.Fprintf(p, "M%s %sC%s %s %s %s %s %s\"/>", number(x-from), number(y), number(x-swing), number(y+reach), number(x+swing), number(y+reach), number(x+from), number(y+6))
	p.head(x+from, y, 0, -1)
	p.WriteString("</g>\n")
	p.writeLabel(edge, x, y+loopRoom-4, true, false)
}

// drawRoute draws an edge: straight through the ranks, curved between them.
func (p *picture) drawRoute(r *route) {
	e := p.graph.Edges[r.edge]
	k := lines[e.Kind]
	fmt.Fprintf(p, "<g class=\"e-%s\"><path class=\"line\" stroke-width=\"%s\"%s d=\"%s\"/>", e.Kind, k.width, dashes(k.dash), p.way(r))
	last := len(r.items) - 1
	if r.back {
		it := &p.layout.items[r.items[0]]
		x, y := p.point(it.at+p.portOf(r, 0), it.along+it.deep/2)
		p.pointer(x, y, -1)
	} else {
		it := &p.layout.items[r.items[last]]
		x, y := p.point(it.at+p.portOf(r, last), it.along-it.deep/2)
		p.pointer(x, y, 1)
	}
	p.WriteString("</g>\n")
}

func dashes(dash string) string {
	if dash == "" {
		return ""
	}
	return fmt.Sprintf(" stroke-dasharray=%q", dash)
}

// pointer draws an arrow's head along the ranks, forward or back.
func (p *picture) pointer(x, y, forward float64) {
	if p.down {
		p.head(x, y, 0, forward)
	} else {
		p.head(x, y, forward, 0)
	}
}

// head draws an arrow's head whose tip is at a place.
func (p *picture) head(x, y, dx, dy float64) {
	const long, half = 8.0, 4.0
	fmt.Fprintf(p, "<path class=\"head\" d=\"M%s %sL%s %sL%s %sZ\"/>", number(x), number(y), number(x-long*dx+half*dy), number(y-long*dy+half*dx),
		number(x-long*dx-half*dy), number(y-long*dy-half*dx))
}

// portOf gives where an edge meets an item of its way, from the item's middle.
func (p *picture) portOf(r *route, at int) float64 {
	ties, piece := p.layout.items[r.items[at]].down, at
	if at == len(r.items)-1 {
		ties, piece = p.layout.items[r.items[at]].up, at-1
	}
	for _, t := range ties {
		if t.piece == piece && p.layout.routes[t.route].edge == r.edge {
			return t.mine
		}
	}
	return 0
}

// way gives the path of an edge.
func (p *picture) way(r *route) string {
	var b strings.Builder
	var lastAcross, lastAlong float64
	for i, id := range r.items {
		it := &p.layout.items[id]
		across := it.at + p.portOf(r, i)
		from, to := p.layout.depth(it.rank)
		begin, end := from, to
		if i == 0 {
			begin = it.along + it.deep/2
			if r.back {
				begin += 5
			}
		}
		if i == len(r.items)-1 {
			end = it.along - it.deep/2
			if !r.back {
				end -= 5
			}
		}
		if i == 0 {
			b.WriteString("M" + p.pair(across, begin))
		} else {
			p.curve(&b, lastAcross, lastAlong, across, begin)
		}
		if end > begin {
			b.WriteString("L" + p.pair(across, end))
		}
		lastAcross, lastAlong = across, math.Max(begin, end)
	}
	return b.String()
}

// curve goes from rank to rank; what is nearly straight is straight.
func (p *picture) curve(b *strings.Builder, a0, l0, a1, l1 float64) {
	if math.Abs(a0-a1) < 0.3 {
		b.WriteString("L" + p.pair(a1, l1))
		return
	}
	middle := (l0 + l1) / 2
	b.WriteString("C" + p.pair(a0, middle) + " " + p.pair(a1, middle) + " " + p.pair(a1, l1))
}

func (p *picture) pair(across, along float64) string {
	x, y := p.point(across, along)
	return number(x) + " " + number(y)
}

func (p *picture) drawLabel(i int) {
	it := &p.layout.items[i]
	x, y := p.point(it.at, it.along)
	p.writeLabel(it.edge, x, y, true, it.group >= 0)
}

// writeLabel writes a label round a place, or behind it, on a ground of its own.
func (p *picture) writeLabel(edge int, x, y float64, middle, framed bool) {
	if len(p.labels[edge]) == 0 {
		return
	}
	wide, high := p.labelSize(edge)
	left, class, at := x-wide/2, "label middle", x
	if !middle {
		left, class, at = x, "label", x+5
	}
	under := "under"
	if framed {
		under = "inner"
	}
	fmt.Fprintf(p, "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"3\"/>\n", under, number(left), number(y-high/2), number(wide), number(high))
	for k, line := range p.labels[edge] {
		p.text(at, y-high/2+12+13*float64(k), class, line)
	}
}
