package graph

import "fmt"

// legend is what explains the colours and lines: entries in rows.
type legend struct {
	entries []legendEntry
	high    float64
}

type legendEntry struct {
	kind Kind
	edge EdgeKind
	text string
	x, y float64
}

// legend lists what the graph has, in as many rows as the picture is narrow.
func (p *picture) legend() legend {
	const swatch, row = 34.0, 22.0
	l := legend{high: row + 12}
	x, y := margin, 0.0
	add := func(e legendEntry) {
		wide := swatch + textWidth(e.text, "label") + 18
		if x > margin && x+wide > p.right-margin {
			x, y = margin, y+row
			l.high += row
		}
		e.x, e.y = x, y
		l.entries = append(l.entries, e)
		x += wide
	}
	for _, k := range p.graph.kinds() {
		for _, w := range words {
			if w.kind == k {
				add(legendEntry{kind: k, text: w.text})
			}
		}
	}
	for _, k := range p.graph.edgeKinds() {
		for _, w := range edgeWords {
			if w.kind == k {
				add(legendEntry{edge: k, text: w.text})
			}
		}
	}
	return l
}

// drawLegend writes the legend below the picture.
func (p *picture) drawLegend(l legend) {
	for _, e := range l.entries {
		x, y := e.x, p.bottom+e.y
		if e.kind != "" {
			fmt.Fprintf(p, "<g class=\"%s\">\n", e.kind)
			p.outlineSmall(e.kind, x, y)
			p.WriteString("</g>\n")
		} else {
			k := lines[e.edge]
			fmt.Fprintf(p, "<g class=\"e-%s\"><path class=\"line\" stroke-width=\"%s\"%s d=\"M%s %sh20\"/>", e.edge, k.width, dashes(k.dash), number(x), number(y+7))
			p.head(x+27, y+7, 1, 0)
			p.WriteString("</g>\n")
		}
		p.text(x+34, y+11, "label", e.text)
	}
}

// outlineSmall draws a swatch.
func (p *picture) outlineSmall(kind Kind, x, y float64) {
	class, radius := "box", 3.0
	if dashed[kind] {
		class += " dashed"
	}
	if pill[kind] {
		radius = 7
	}
	fmt.Fprintf(p, "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"26\" height=\"14\" rx=\"%s\"/>\n", class, number(x), number(y), number(radius))
}
