package graph

import (
	"fmt"
	"strings"
	"unicode"
)

// The most characters in a line of a box, and the most lines of one text.
const (
	longLine  = 36
	mostLines = 3
)

// wrap breaks text into lines of at most so many characters (wide ones count twice), between words where it can; what is beyond the last line
// is cut with an ellipsis.
func wrap(text string, most, lines int) []string {
	var out []string
	line, width := "", 0
	flush := func() {
		if line != "" {
			out = append(out, line)
		}
		line, width = "", 0
	}
	for _, word := range strings.Fields(text) {
		for _, piece := range pieces(word, most) {
			size := cells(piece)
			if width > 0 && width+1+size > most {
				flush()
			}
			if width > 0 {
				line, width = line+" ", width+1
			}
			line, width = line+piece, width+size
		}
	}
	flush()
	if len(out) > lines {
		last := []rune(out[lines-1])
		out = append(out[:lines-1:lines-1], strings.TrimRight(string(last[:max(0, min(len(last), most-1))]), " ")+"…")
	}
	return out
}

// pieces cuts a word that is longer than a line.
func pieces(word string, most int) []string {
	var out []string
	piece, width := "", 0
	for _, r := range word {
		if size := cells(string(r)); width+size > most {
			out = append(out, piece)
			piece, width = "", 0
		}
		piece += string(r)
		width += cells(string(r))
	}
	return append(out, piece)
}

// cells counts characters, wide ones twice.
func cells(text string) int {
	n := 0
	for _, r := range text {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

// wide reports whether a character is about as wide as high: those of East Asia, and pictures.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x1F000 || r >= 0xFF01 && r <= 0xFF60 || r >= 0x3000 && r <= 0x303F
}

// measure gives the width of a line in a sans-serif font, in ems. The widths are those of DejaVu Sans, one of the widest, so that text stays
// in its box whatever font there is.
func measure(text string) float64 {
	sum := 0.0
	for _, r := range text {
		switch {
		case wide(r):
			sum += 1.05
		case strings.ContainsRune("ijl|'I.,:; !", r):
			sum += 0.33
		case strings.ContainsRune("frt()[]-/\\\"{}", r):
			sum += 0.43
		case strings.ContainsRune("mwMW@%&=<>+…—→", r):
			sum += 0.92
		case unicode.IsUpper(r):
			sum += 0.73
		case r > 0x2000:
			sum += 0.9
		default:
			sum += 0.63
		}
	}
	return sum
}

// fitting cuts a line of a label so that it is not wider than so many pixels.
func fitting(text string, wide float64) string {
	for n := len([]rune(text)) - 1; n > 0 && textWidth(text, "label") > wide; n-- {
		text = shorten(text, n)
	}
	return text
}

// describe says in a sentence what is drawn, for who can't see it.
func (g *Graph) describe() string {
	var parts []string
	for _, w := range words {
		n := 0
		for _, x := range g.Nodes {
			if x.Kind == w.kind {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", w.text, n))
		}
	}
	return joined(". ", g.Subtitle, fmt.Sprintf("%d boxes (%s), %d arrows", len(g.Nodes), strings.Join(parts, ", "), len(g.Edges)))
}
