package playbook

import (
	"fmt"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// Expr is a CEL expression with its place. The zero value is absent.
type Expr struct {
	Text   string
	node   document.Node
	offset int // of Text in the node's text
}

// NewExpr makes an expression of a whole scalar.
func NewExpr(n document.Node) Expr { return Expr{Text: n.Text(), node: n} }

// Exists reports whether there is an expression.
func (e Expr) Exists() bool { return e.node.Exists() }

// Node gives the scalar that it stands in.
func (e Expr) Node() document.Node { return e.node }

// Problem gives an error at a byte offset of Text.
func (e Expr) Problem(offset, width int, hint, format string, args ...any) diag.Problem {
	p := e.node.ProblemAt(e.offset+offset, width, format, args...)
	p.Hint = hint
	return p
}

// Template is a string with CEL in it: `Call ${account.name}`. `$${` stands for a literal `${`.
type Template struct {
	Text  string
	Node  document.Node
	Parts []Part
}

// Part is a piece of a template: literal text, or an expression.
type Part struct {
	Literal string
	Expr    Expr // absent for a literal
}

// Whole gives the expression of a template that is exactly one `${…}`, which keeps its type.
func (t *Template) Whole() (Expr, bool) {
	if len(t.Parts) == 1 && t.Parts[0].Expr.Exists() {
		return t.Parts[0].Expr, true
	}
	return Expr{}, false
}

// Constant reports whether there is no expression in the template, and its text then.
func (t *Template) Constant() (string, bool) {
	switch {
	case len(t.Parts) == 0:
		return "", true
	case len(t.Parts) == 1 && !t.Parts[0].Expr.Exists():
		return t.Parts[0].Literal, true
	}
	return "", false
}

// NewTemplate splits a scalar into its parts.
func NewTemplate(n document.Node) (*Template, *diag.Problem) {
	t := &Template{Text: n.Text(), Node: n}
	text, literal := n.Text(), ""
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "$${"):
			literal += "${"
			i += 3
		case strings.HasPrefix(text[i:], "${"):
			end, err := expressionEnd(text, i+2)
			if err != nil {
				p := n.ProblemAt(i, 2, "%s", err)
				p.Hint = "close it with }, or write $${ for a literal ${"
				return t, &p
			}
			if literal != "" {
				t.Parts = append(t.Parts, Part{Literal: literal})
				literal = ""
			}
			t.Parts = append(t.Parts, Part{Expr: Expr{Text: text[i+2 : end], node: n, offset: i + 2}})
			i = end + 1
		default:
			literal += text[i : i+1]
			i++
		}
	}
	if literal != "" {
		t.Parts = append(t.Parts, Part{Literal: literal})
	}
	return t, nil
}

// expressionEnd finds the brace that closes an expression, past braces and quoted strings inside it.
func expressionEnd(text string, from int) (int, error) {
	depth := 0
	for i := from; i < len(text); i++ {
		switch c := text[i]; c {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i, nil
			}
			depth--
		case '"', '\'':
			raw := i > from && (text[i-1] == 'r' || text[i-1] == 'R')
			i = stringEnd(text, i, raw)
		}
	}
	return 0, fmt.Errorf("this ${ is never closed")
}

// stringEnd gives the index of the quote that closes the CEL string beginning at i, or the end of the text.
func stringEnd(text string, i int, raw bool) int {
	quote := text[i : i+1]
	if strings.HasPrefix(text[i:], strings.Repeat(quote, 3)) {
		quote = text[i : i+3]
	}
	for j := i + len(quote); j < len(text); j++ {
		if text[j] == '\\' && !raw {
			j++
			continue
		}
		if strings.HasPrefix(text[j:], quote) {
			return j + len(quote) - 1
		}
	}
	return len(text) - 1
}

// ArgumentExpr makes an expression of text that stands in no file, such as an option of the command line; name is what problems call it.
func ArgumentExpr(name, text string) Expr {
	return Expr{Text: text, node: document.Argument(name, text)}
}
