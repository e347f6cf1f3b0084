package render

import (
	"io"

	"github.com/playctl/playctl/pkg/expr"
)

// Explain writes a heading and an expression as a tree, each part with its value. A part that is unknown tells what is missing, once: at the
// smallest part that misses it.
//
//	account a-0192 is not in segment icp
//
//	unknown  account.industry == "Software" && account.employees >= 200
//	true     ├─ account.industry == "Software"
//	…        │  └─ account.industry
func (p *Printer) Explain(w io.Writer, heading string, x *expr.Explained) error {
	s := p.sheet()
	if heading != "" {
		s.say(0, 4, p.paint(strong, clean(heading)))
		s.gap()
	}
	s.explained(x, "", "")
	return s.writeTo(w)
}

// explained writes one part and those below it. branch is drawn before the part itself, trunk before those below.
func (s *sheet) explained(x *expr.Explained, branch, trunk string) {
	const column = 16 // values that are longer stand behind their expression too, whole
	value := clean(s.hidden(x.Value))
	text := branch + clean(x.Text)
	if width(value) > column {
		text += " = " + value
	}
	remark := ""
	if x.Unknown != "" && !unknownBelow(x) {
		remark = "unknown: " + clean(x.Unknown)
	}
	s.row(treeRow, 0, cell{text: cut(value, column), ink: truth(x)}, cell{text: text}, cell{text: remark, ink: changed})
	for i := range x.Parts {
		if i < len(x.Parts)-1 {
			s.explained(&x.Parts[i], trunk+"├─ ", trunk+"│  ")
		} else {
			s.explained(&x.Parts[i], trunk+"└─ ", trunk+"   ")
		}
	}
}

// unknownBelow reports whether a part below tells the same.
func unknownBelow(x *expr.Explained) bool {
	for i := range x.Parts {
		if x.Parts[i].Unknown == x.Unknown || unknownBelow(&x.Parts[i]) {
			return true
		}
	}
	return false
}

// truth gives the colour of a value.
func truth(x *expr.Explained) ink {
	switch {
	case x.Unknown != "" || x.Value == "unknown":
		return changed
	case x.Value == "true":
		return added
	case x.Value == "false":
		return removed
	case x.Value == "not evaluated":
		return faint
	}
	return plain
}
