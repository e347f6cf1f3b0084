package simulate

import (
	"maps"

	"github.com/playctl/playctl/pkg/expr/mapping"
)

// document is an answer that is made from what the manifest reads of it.
type document struct {
	roots map[string]any // json, headers, status
}

func newDocument() *document { return &document{roots: map[string]any{}} }

// give has a program give a value. ok is false if it can't be told how.
func (d *document) give(p *mapping.Program, value any, known mapping.Values) (ok bool) {
	if p == nil {
		return true
	}
	placed, ok := p.Inverse(value, known)
	if ok {
		d.place(placed)
	}
	return ok
}

// place puts values at their places: what has to be there first, and what might as well be another only where there is nothing yet.
func (d *document) place(placed []mapping.Placed) {
	for _, weak := range []bool{false, true} {
		for _, p := range placed {
			if p.Weak == weak {
				d.roots[p.Root] = set(d.roots[p.Root], p.Steps, p.Value, weak)
			}
		}
	}
}

// empty has the list of which a program reads an element have none.
func (d *document) empty(p *mapping.Program, known mapping.Values) {
	placed, _ := p.Inverse("", known)
	for _, x := range placed {
		for at, step := range x.Steps {
			if _, is := step.(int); is {
				d.roots[x.Root] = set(d.roots[x.Root], x.Steps[:at], []any{}, true)
				break
			}
		}
		if list, is := x.Value.([]any); is && len(list) > 0 {
			d.roots[x.Root] = set(d.roots[x.Root], x.Steps, []any{}, true)
		}
	}
}

// set gives a value with another one put into it; objects and lists are made on the way. A weak one takes no other's place.
func set(into any, steps []any, value any, weak bool) any {
	if len(steps) == 0 {
		return merged(into, value, weak)
	}
	switch step := steps[0].(type) {
	case string:
		old, _ := into.(map[string]any)
		out := maps.Clone(old)
		if out == nil {
			out = map[string]any{}
		}
		out[step] = set(out[step], steps[1:], value, weak)
		return out
	case int:
		list, _ := into.([]any)
		out := append([]any{}, list...)
		for len(out) <= step {
			out = append(out, nil)
		}
		out[step] = set(out[step], steps[1:], value, weak)
		return out
	}
	return into
}

// merged gives both of two values: objects are made one, of lists the second comes behind the first.
func merged(old, value any, weak bool) any {
	a, isObject := old.(map[string]any)
	b, both := value.(map[string]any)
	if isObject && both {
		out := maps.Clone(a)
		for name, x := range b {
			out[name] = merged(out[name], x, weak)
		}
		return out
	}
	if weak && old != nil {
		return old
	}
	first, isList := old.([]any)
	second, bothLists := value.([]any)
	if isList && bothLists {
		return append(append([]any{}, first...), second...)
	}
	return value
}
