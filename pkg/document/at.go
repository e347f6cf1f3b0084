package document

import (
	"fmt"

	"github.com/playctl/playctl/pkg/diag"
)

// At gives the place in the file of the character that became the byte at offset of [Node.Text]: for an escape its backslash, for
// a space or line break that folding made the end of the line it stands for. An offset of the text's length, or beyond, gives the
// place just past the end: the closing quote, or the end of the line if the text ends in line breaks. A node that is no scalar
// gives [Node.Pos].
func (n Node) At(offset int) diag.Position {
	t, ok := n.trace()
	if !ok {
		return n.Pos()
	}
	return t.source.position(t.from[min(max(offset, 0), len(t.text))])
}

// trace gives the places of a scalar's text; not ok if the node is no scalar.
func (n Node) trace() (*trace, bool) {
	if n.n == nil || n.n.file == nil || n.n.kind != Scalar && n.n.kind != Null {
		return nil, false
	}
	return traceOf(n.n)
}

// Problem gives an error at the node, with the source line. Its width is that of a scalar with its quotes, up to the end of the line;
// for a mapping in block style that of its first key.
func (n Node) Problem(format string, args ...any) diag.Problem {
	message := fmt.Sprintf(format, args...)
	if n.n == nil || n.n.file == nil {
		return diag.Problem{At: n.Pos(), Message: message}
	}
	return n.n.file.source.problem(n.n.start, n.head(), message, "")
}

// head gives the offset behind what a problem with the node marks on its first line.
func (n Node) head() int {
	if t, ok := n.trace(); ok {
		if n.n.style == literal || n.n.style == folded {
			return t.header(n.n.start)
		}
		return t.after
	}
	if n.n.kind == Map && !n.n.flow && len(n.n.fields) > 0 {
		if key := n.n.fields[0].Key; key.n.file == n.n.file && key.n.start == n.n.start {
			return key.head()
		}
	}
	return n.n.start + 1
}

// header gives the offset behind a block scalar's indicators.
func (t *trace) header(start int) int {
	end := start + 1
	for c := t.source.byteAt(end); c == '+' || c == '-' || c >= '1' && c <= '9'; c = t.source.byteAt(end) {
		end++
	}
	return end
}

// ProblemAt gives an error at a place inside a scalar's text. Offset and width are in bytes of [Node.Text]; the problem's own width is
// in characters of the file, at least one and up to the end of the line.
func (n Node) ProblemAt(offset, width int, format string, args ...any) diag.Problem {
	t, ok := n.trace()
	if !ok {
		return n.Problem(format, args...)
	}
	from := min(max(offset, 0), len(t.text))
	to := min(from+max(width, 1), len(t.text))
	return t.source.problem(t.from[from], t.from[to], fmt.Sprintf(format, args...), "")
}
