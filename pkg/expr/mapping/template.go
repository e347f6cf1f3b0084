package mapping

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

// Template is text with expressions in it, each between ${ and }. $${ stands for ${; {{…}} is text like any other.
type Template struct {
	text  string
	parts []part
}

type part struct {
	literal string
	program *Program
}

// Template compiles a text with expressions in it.
func (e *Env) Template(n document.Node, s Scope) (*Template, diag.List) {
	split, problem := playbook.NewTemplate(n)
	if problem != nil {
		return nil, diag.List{*problem}
	}
	out := &Template{text: n.Text()}
	var problems diag.List
	for _, p := range split.Parts {
		if !p.Expr.Exists() {
			out.parts = append(out.parts, part{literal: p.Literal})
			continue
		}
		program, more := e.Compile(p.Expr, s, Value)
		problems.Add(more...)
		out.parts = append(out.parts, part{program: program})
	}
	if problems.Errors() > 0 {
		return nil, problems
	}
	return out, problems
}

// String gives the template as written.
func (t *Template) String() string { return t.text }

// Constant reports whether there is no expression in it.
func (t *Template) Constant() bool {
	return len(t.parts) == 0 || len(t.parts) == 1 && t.parts[0].program == nil
}

// Text evaluates to text. escape is what becomes of the text of every expression, such as url.PathEscape; nil: nothing. A part that is absent makes
// the whole absent.
func (t *Template) Text(ctx context.Context, v Values, escape func(string) string) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.program == nil {
			b.WriteString(p.literal)
			continue
		}
		value, err := p.program.Value(ctx, v)
		if err != nil {
			return "", err
		}
		if value == nil {
			return "", fmt.Errorf("%s: %w: null", p.program, ErrAbsent)
		}
		text := playbook.Text(value)
		if escape != nil {
			text = escape(text)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

// URL evaluates to an address. What stands at its beginning is put in as it is, what stands in its path is escaped as one segment of it, and what
// stands behind the first ? as one value of a query. A segment that is empty, . or .. is an error, since it is another address.
func (t *Template) URL(ctx context.Context, v Values) (string, error) {
	var b strings.Builder
	inQuery := false
	for i, p := range t.parts {
		if p.program == nil {
			b.WriteString(p.literal)
			inQuery = inQuery || strings.Contains(p.literal, "?")
			continue
		}
		value, err := p.program.Value(ctx, v)
		if err != nil {
			return "", err
		}
		text := playbook.Text(value)
		switch {
		case value == nil:
			return "", fmt.Errorf("%s: %w: null", p.program, ErrAbsent)
		case i == 0:
			b.WriteString(text)
		case inQuery:
			b.WriteString(url.QueryEscape(text))
		case text == "", text == ".", text == "..":
			return "", fmt.Errorf("%s: %q can't be a part of an address", p.program, text)
		default:
			b.WriteString(url.PathEscape(text))
		}
	}
	return b.String(), nil
}

// Value evaluates to text, or, where the template is a single expression, to its value.
func (t *Template) Value(ctx context.Context, v Values) (any, error) {
	if len(t.parts) == 1 && t.parts[0].program != nil {
		return t.parts[0].program.Value(ctx, v)
	}
	return t.Text(ctx, v, nil)
}
