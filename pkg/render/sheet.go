package render

import (
	"io"
	"math"
	"strings"
)

// sheet is text being laid out: lines as they are, and rows whose cells line up with those of all rows of their kind.
type sheet struct {
	*Printer
	lines []line
	// told is how many reasons of a kind are told of each play.
	told int
	// fenced text stands in a diff fence: lines with a sign begin at the margin, all others two columns in, so that nothing that comes from
	// data can begin a line and be taken for one with a sign.
	fenced bool
	// terse has operations counted and not listed.
	terse bool
}

// line is either text, or a row of cells.
type line struct {
	indent int
	text   string
	kind   rowKind
	cells  []cell
	signed bool // it begins with +, -, ~ or !
}

// rowKind keeps rows apart that have nothing to do with each other, so that they don't line up.
type rowKind uint8

const (
	freeLine rowKind = iota
	headerRow
	playRow
	operationRow
	valueRow
	fieldRow
	treeRow
	detailRow
)

// cell is one cell of a row. Its text is clean.
type cell struct {
	text  string
	ink   ink
	right bool // to the right of its column
	close bool // one space after the cell before it, not two
}

// widest is how wide a cell may make its column; a wider one pushes the rest of its own row aside.
func (k rowKind) widest() int {
	if k == operationRow || k == treeRow {
		return 44
	}
	return 80
}

func (p *Printer) sheet() *sheet {
	s := &sheet{Printer: p, told: samples}
	switch {
	case p.Concise:
		s.told = 0
	case p.Full:
		s.told = math.MaxInt
	}
	return s
}

// put adds one line, as it is.
func (s *sheet) put(indent int, text string) {
	s.lines = append(s.lines, line{indent: indent, text: text})
}

// say adds text that is wrapped at the width of the terminal, its later lines further in by hang.
func (s *sheet) say(indent, hang int, text string) {
	room := 0
	if s.Width > 0 {
		room = max(s.Width-indent-hang, 20)
	}
	for i, part := range wrap(s.hidden(s.named(text)), room) {
		if i == 1 {
			indent += hang
		}
		s.put(indent, part)
	}
}

// about adds text behind a label that stands in a column of its own.
func (s *sheet) about(i ink, label, text string) {
	const column = 11
	room := 0
	if s.Width > 0 {
		room = max(s.Width-column, 20)
	}
	for n, part := range wrap(s.hidden(s.named(text)), room) {
		head := strings.Repeat(" ", column)
		if n == 0 {
			head = s.paint(i, label) + strings.Repeat(" ", max(1, column-width(label)))
		}
		s.put(0, head+part)
	}
}

// sign adds text behind a sign.
func (s *sheet) sign(i ink, glyph, text string) {
	first := len(s.lines)
	s.say(4, 2, s.paint(i, glyph)+" "+text)
	s.lines[first].signed = true
}

// row adds a row. Those of operations begin with a sign.
func (s *sheet) row(kind rowKind, indent int, cells ...cell) {
	s.lines = append(s.lines, line{indent: indent, kind: kind, cells: cells, signed: kind == operationRow})
}

// gap adds an empty line, unless there is one or nothing stands above it.
func (s *sheet) gap() {
	if n := len(s.lines); n > 0 && (s.lines[n-1].text != "" || s.lines[n-1].kind != freeLine) {
		s.put(0, "")
	}
}

// part sets off what is done from what is told about it, where there is no colour to do so.
func (s *sheet) part() {
	if s.fenced {
		s.gap()
	}
}

// trim takes an empty line off the end.
func (s *sheet) trim() {
	if n := len(s.lines); n > 0 && s.lines[n-1].text == "" && s.lines[n-1].kind == freeLine {
		s.lines = s.lines[:n-1]
	}
}

// writeTo lays the rows out and writes everything.
func (s *sheet) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, s.text())
	return err
}

// text lays the rows out.
func (s *sheet) text() string {
	columns := s.measure()
	var b strings.Builder
	for i := range s.lines {
		l := &s.lines[i]
		text := l.text
		if l.kind != freeLine {
			text = s.layOut(l, columns[l.kind])
		}
		if text = strings.TrimRight(text, " "); text != "" {
			b.WriteString(strings.Repeat(" ", s.margin(l)))
		}
		b.WriteString(text + "\n")
	}
	return b.String()
}

// margin gives how far in a line begins.
func (s *sheet) margin(l *line) int {
	switch {
	case !s.fenced:
		return l.indent
	case l.signed:
		return 0
	}
	return max(2, l.indent-2)
}

// measure finds the width of each column of each kind of row.
func (s *sheet) measure() map[rowKind][]int {
	columns := map[rowKind][]int{}
	for i := range s.lines {
		l := &s.lines[i]
		for n, c := range l.cells {
			if len(columns[l.kind]) == n {
				columns[l.kind] = append(columns[l.kind], 0)
			}
			columns[l.kind][n] = max(columns[l.kind][n], min(width(c.text), l.kind.widest()))
		}
	}
	return columns
}

// layOut writes one row. It is never cut: what is in a row is under review.
func (s *sheet) layOut(l *line, columns []int) string {
	var b strings.Builder
	for n, c := range l.cells {
		if columns[n] == 0 {
			continue // a column that is empty everywhere
		}
		if n > 0 {
			b.WriteString(map[bool]string{true: " ", false: "  "}[c.close])
		}
		space := strings.Repeat(" ", max(0, columns[n]-width(c.text)))
		if c.right {
			b.WriteString(space + s.paint(c.ink, c.text))
		} else {
			b.WriteString(s.paint(c.ink, c.text) + space)
		}
	}
	return b.String()
}
