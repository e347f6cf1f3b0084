package rehearse

import (
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/frame"
)

// value reads a field's value of a type; nil is a missing one, which null stands for.
func (r *reader) value(n document.Node, of frame.Type) any {
	if n.IsNull() {
		return nil
	}
	switch of.Kind {
	case frame.List:
		return r.list(n, of)
	case frame.Map:
		return r.valueMap(n, of)
	}
	v, ok := r.scalar(n, of)
	if !ok {
		hint := ""
		if of.Kind == frame.Time {
			hint = "write 2026-01-31T09:00:00Z, 2026-01-31, or -3d for three days before the run"
		}
		r.fail(n, hint, "expected %s, found %s", of, found(n))
		return nil
	}
	return v
}

// scalar reads a value that is no list and no mapping.
func (r *reader) scalar(n document.Node, of frame.Type) (v any, ok bool) {
	if n.Kind() != document.Scalar {
		return nil, false
	}
	switch of.Kind {
	case frame.String:
		return n.Text(), true
	case frame.Bool:
		v, ok = n.Bool()
	case frame.Int:
		v, ok = n.Int()
	case frame.Double:
		v, ok = n.Float()
	case frame.Time:
		return parseMoment(n.Text(), r.now, r.book.Zone)
	}
	return v, ok
}

func (r *reader) list(n document.Node, of frame.Type) any {
	if n.Kind() != document.List {
		r.fail(n, "write [A, B]", "expected %s, found %s", of, found(n))
		return nil
	}
	out := []any{}
	for _, item := range n.Items() {
		if v := r.value(item, *of.Elem); v != nil {
			out = append(out, v)
		} else if item.IsNull() {
			r.fail(item, "leave it out", "a list has no missing elements")
		}
	}
	return out
}

func (r *reader) valueMap(n document.Node, of frame.Type) any {
	if n.Kind() != document.Map {
		r.fail(n, "write {KEY: VALUE}", "expected %s, found %s", of, found(n))
		return nil
	}
	out := map[string]any{}
	for _, f := range n.Fields() {
		if v := r.value(f.Value, *of.Elem); v != nil {
			out[f.Key.Text()] = v
		}
	}
	return out
}
