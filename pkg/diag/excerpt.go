package diag

import (
	"strings"
	"unicode"
)

// How much of a long line is shown, and how much of that in front of the place that is meant, in characters.
const (
	longest = 160
	before  = 60
)

// excerpt gives the source line, of a long one the part around the place, and the line of carets below it; "" if the whole line is meant.
func (p Problem) excerpt() (line, carets string) {
	text, at := []rune(p.Line), p.At.Column-1
	if at < 0 {
		return p.Line, ""
	}
	at = min(at, len(text))
	end := min(at+max(p.Width, 1), len(text))
	from, to := 0, len(text)
	if len(text) > longest {
		from = max(0, min(at-before, len(text)-longest))
		to = from + longest
	}
	line = string(text[from:to])
	if to < len(text) {
		line += "…"
	}
	if from > 0 {
		line, carets = "…"+line, " "
	}
	for _, r := range text[from:at] {
		if r == '\t' {
			carets += "\t"
			continue
		}
		carets += strings.Repeat(" ", cells(r))
	}
	marked := 0
	for _, r := range text[at:min(end, to)] {
		marked += cells(r)
	}
	return line, carets + strings.Repeat("^", max(marked, 1))
}

// wide are characters that take two columns of a terminal: those that Unicode's annex 11 calls wide, in large ranges.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x2e80, Hi: 0x303e, Stride: 1}, {Lo: 0x3041, Hi: 0x4dbf, Stride: 1},
		{Lo: 0x4e00, Hi: 0xa4cf, Stride: 1}, {Lo: 0xa960, Hi: 0xa97c, Stride: 1}, {Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, {Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1}, {Lo: 0xff00, Hi: 0xff60, Stride: 1}, {Lo: 0xffe0, Hi: 0xffe6, Stride: 1}},
	R32: []unicode.Range32{{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1}, {Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1}, {Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1}},
}

// cells gives how many columns of a terminal a character takes.
func cells(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}
