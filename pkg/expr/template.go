package expr

import (
	"context"
	"fmt"
	"strings"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// Template is a compiled string with expressions in it.
type Template struct {
	parts []part
	whole bool
}

type part struct {
	literal string
	program *Program
}

// Template compiles a string with expressions in it. One that is exactly one expression must have the wanted type; others make text.
func (e *Env) Template(t *playbook.Template, s Scope, want Want) (*Template, diag.List) {
	out := &Template{}
	var problems diag.List
	_, out.whole = t.Whole()
	for _, p := range t.Parts {
		if !p.Expr.Exists() {
			out.parts = append(out.parts, part{literal: p.Literal})
			continue
		}
		w := want
		if !out.whole {
			w = AnyValue
		}
		program, more := e.Compile(p.Expr, s, w)
		problems.Add(more...)
		out.parts = append(out.parts, part{program: program})
	}
	if problems.Errors() > 0 {
		return nil, problems
	}
	return out, problems
}

// Uses tells what the template's expressions use.
func (t *Template) Uses() Uses {
	var u Uses
	for _, p := range t.parts {
		if p.program != nil {
			u.Merge(p.program.Uses)
		}
	}
	return u
}

// Value evaluates the template at one place: to text, or to the value of its only expression. An unknown part makes the whole unknown.
func (t *Template) Value(ctx context.Context, d *Data, at At) (any, error) {
	if t.whole {
		return t.parts[0].program.Value(ctx, d, at)
	}
	var b strings.Builder
	for _, p := range t.parts {
		if p.program == nil {
			b.WriteString(p.literal)
			continue
		}
		v, err := p.program.Value(ctx, d, at)
		if err != nil {
			return nil, err
		}
		b.WriteString(playbook.Text(v))
	}
	return b.String(), nil
}

// Names evaluates a template of a collection's name: to one name, or to several where it is a list.
func (t *Template) Names(ctx context.Context, d *Data, at At) ([]string, error) {
	v, err := t.Value(ctx, d, at)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	names := make([]string, len(list))
	for i, x := range list {
		names[i] = playbook.Text(x)
		if strings.TrimSpace(names[i]) == "" {
			return nil, &Unknown{What: "the name is empty"}
		}
	}
	return names, nil
}

// Value is a compiled argument: a literal, a template, or a list or mapping of them.
type Value struct {
	literal  any
	template *Template
	list     []*Value
	names    []string // of a mapping's entries, which stand in list
}

// Argument compiles an argument's value.
func (e *Env) Argument(v playbook.Value, s Scope) (*Value, diag.List) {
	switch {
	case v.Template != nil:
		t, problems := e.Template(v.Template, s, AnyValue)
		return &Value{template: t}, problems
	case v.List != nil:
		return e.arguments(v.List, nil, s)
	case v.Map != nil:
		var names []string
		var values []playbook.Value
		for _, a := range v.Map {
			names, values = append(names, a.Name), append(values, a.Value)
		}
		return e.arguments(values, names, s)
	}
	return &Value{literal: v.Literal}, nil
}

func (e *Env) arguments(values []playbook.Value, names []string, s Scope) (*Value, diag.List) {
	out := &Value{names: names, list: []*Value{}}
	var problems diag.List
	for _, v := range values {
		compiled, more := e.Argument(v, s)
		problems.Add(more...)
		out.list = append(out.list, compiled)
	}
	return out, problems
}

// Uses tells what the argument's expressions use.
func (v *Value) Uses() Uses {
	var u Uses
	if v.template != nil {
		u.Merge(v.template.Uses())
	}
	for _, x := range v.list {
		u.Merge(x.Uses())
	}
	return u
}

// Value evaluates the argument at one place.
func (v *Value) Value(ctx context.Context, d *Data, at At) (any, error) {
	switch {
	case v.template != nil:
		return v.template.Value(ctx, d, at)
	case v.list == nil:
		return v.literal, nil
	}
	list := make([]any, len(v.list))
	for i, x := range v.list {
		value, err := x.Value(ctx, d, at)
		if err != nil {
			return nil, err
		}
		list[i] = value
	}
	if v.names == nil {
		return list, nil
	}
	m := make(map[string]any, len(list))
	for i, name := range v.names {
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("%q is given twice", name)
		}
		m[name] = list[i]
	}
	return m, nil
}
