package playbook

import (
	"strings"

	"github.com/playctl/playctl/pkg/document"
)

// name reads the name of a collection.
func (r *reader) name(n document.Node) *Template {
	t := r.template(n)
	if t != nil {
		if text, ok := t.Constant(); ok && strings.TrimSpace(text) == "" {
			r.fail(n, "", "expected a name, found nothing")
		}
	}
	return t
}

// template reads a string with CEL in it.
func (r *reader) template(n document.Node) *Template {
	if n.Kind() != document.Scalar {
		r.fail(n, "", "expected text, found %s", found(n))
		return nil
	}
	t, p := NewTemplate(n)
	if p != nil {
		r.problems.Add(*p)
	}
	return t
}

// arguments reads a mapping of names to values, in the order of the file.
func (r *reader) arguments(n document.Node, what string) []Argument {
	if n.Kind() != document.Map {
		r.fail(n, "write "+what+": {name: value}", "expected names and values in %s, found %s", what, found(n))
		return nil
	}
	var out []Argument
	for _, f := range n.Fields() {
		out = append(out, Argument{Name: f.Key.Text(), At: f.Key, Value: r.value(f.Value)})
	}
	return out
}

// value reads a literal or a template, or a list or mapping of them.
func (r *reader) value(n document.Node) Value {
	switch n.Kind() {
	case document.List:
		var v Value
		for _, item := range n.Items() {
			v.List = append(v.List, r.value(item))
		}
		return v
	case document.Map:
		return Value{Map: r.arguments(n, "a value")}
	case document.Scalar:
		switch literal := n.Value().(type) {
		case bool, int64, float64:
			return Value{Literal: literal}
		}
		return Value{Template: r.template(n)}
	}
	r.fail(n, `write "" for empty text`, "expected a value, found nothing")
	return Value{}
}
