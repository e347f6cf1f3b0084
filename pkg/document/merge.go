package document

import (
	"slices"

	"github.com/playctl/playctl/pkg/diag"
)

// Merge joins files into one mapping: the top-level keys of all of them. What stands below the same key in several files is joined
// too: mappings name by name, lists one behind the other, and an empty value with anything. A name that stands twice, or two values
// that cannot be joined, are an error that shows both places; the first stays. Fields keep the order of the files and of the places
// in them. Without files the mapping is empty.
func Merge(files []*File) (Node, diag.List) {
	m := &merger{}
	top := &node{kind: Map, indent: -1}
	var roots []Node
	for _, f := range files {
		switch root := f.Root(); root.Kind() {
		case Map:
			roots = append(roots, root)
		case Absent, Null:
		default:
			p := root.Problem("%s at the top of the file", root.Kind())
			p.Hint = "begin with a block such as plays: or segments:"
			m.problems.Add(p)
		}
	}
	if len(roots) == 1 {
		return roots[0], m.problems
	}
	for _, root := range roots {
		m.fields(top, root, m.blocks)
	}
	m.problems.Sort()
	return Node{top}, m.problems
}

type merger struct{ problems diag.List }

// fields adds the fields of more to those of into, which is the merger's own; again says what becomes of a name that it has already.
func (m *merger) fields(into *node, more Node, again func(first, second Field) Node) {
	index := make(map[string]int, len(into.fields))
	for i, f := range into.fields {
		index[f.Key.Text()] = i
	}
	for _, f := range more.Fields() {
		i, ok := index[f.Key.Text()]
		if !ok {
			into.fields = append(into.fields, f)
			continue
		}
		into.fields[i].Value = again(into.fields[i], f)
	}
}

// blocks joins what stands below the same top-level key.
func (m *merger) blocks(first, second Field) Node {
	a, b := first.Value, second.Value
	joined := *a.n
	switch {
	case b.IsNull():
		return a
	case a.IsNull():
		return b
	case a.Kind() == Map && b.Kind() == Map:
		joined.fields = slices.Clone(joined.fields)
		m.fields(&joined, b, m.names)
	case a.Kind() == List && b.Kind() == List:
		joined.items = slices.Concat(a.n.items, b.n.items)
	case a.Kind() == b.Kind():
		return m.names(first, second)
	default:
		p := second.Key.Problem("%q is %s here, and %s elsewhere", second.Key.Text(), b.Kind(), a.Kind())
		p.Related = []diag.Related{{At: first.Key.Pos(), Message: "the other one"}}
		m.problems.Add(p)
		return a
	}
	return Node{&joined}
}

// names refuses a name that stands twice, and keeps the first.
func (m *merger) names(first, second Field) Node {
	m.problems.Add(duplicate(second.Key, first.Key))
	return first.Value
}
