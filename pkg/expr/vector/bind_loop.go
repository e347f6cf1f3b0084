package vector

import (
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
)

// perList is how many elements a list is taken to have, for what loops cost.
const perList = 4

// unrolled is how long a list that is written out may be for its loop to be unrolled.
const unrolled = 64

// loop makes the kernel of a macro.
func (b *binder) loop(n *expr.Node) (part, error) {
	if values, ok := b.listed(n.Args[0]); ok {
		return b.unroll(n, values)
	}
	list, err := b.list(n.Args[0])
	if err != nil {
		return list, err
	}
	if n.Args[0].Op == expr.OpMap {
		return none("values that map made are not gone over again")
	}
	l := loop{list: list, variable: n.Var, outer: b.outerOf(n)}
	when, value, err := b.body(n)
	if err != nil {
		return part{}, err
	}
	cost := list.cost + perList*(3+when.cost+value.cost)
	switch n.Op {
	case expr.OpFilter:
		return part{&filter{l, when}, cost}, nil
	case expr.OpMap:
		if !n.Args[2].Shape.Scalar() {
			return none("map to what is no single value")
		}
		return part{&mapped{l, when.kernel, value}, cost}, nil
	}
	kinds := map[expr.Op]uint8{expr.OpExists: exists, expr.OpAll: all, expr.OpExistsOne: existsOne}
	return part{&quantifier{l, when, kinds[n.Op]}, cost}, nil
}

// body makes the kernels of a loop's condition and value, for its elements.
func (b *binder) body(n *expr.Node) (when, value part, err error) {
	list := n.Args[0]
	if list.Shape.Kind == expr.KindList && list.Shape.Elem.Kind == expr.KindRecord {
		around := b.tables
		b.tables = maps.Clone(around)
		b.tables[n.Var] = b.tableOf(list)
		defer func() { b.tables = around }()
	} else {
		elems, err := b.elemsOf(list)
		if err != nil {
			return when, value, err
		}
		b.over[n.Var] = over{list, elems}
		defer delete(b.over, n.Var)
	}
	if n.Args[1] != nil {
		if when, err = b.bind(n.Args[1]); err != nil {
			return when, value, err
		}
	}
	if n.Args[2] != nil {
		value, err = b.bind(n.Args[2])
	}
	return when, value, err
}

// outerOf gives the variables that a loop's body speaks of beside its own, but for those of loops that are unrolled.
func (b *binder) outerOf(n *expr.Node) []int {
	var out []int
	for _, body := range n.Args[1:] {
		if body != nil {
			out = append(out, body.Free...)
		}
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(v int) bool { _, written := b.elements[v]; return v == n.Var || written })
}

// list makes the kernel of what a loop goes over: a list, or the keys of a map.
func (b *binder) list(n *expr.Node) (part, error) {
	p, err := b.bind(n)
	if err != nil || n.Shape.Kind != expr.KindMap {
		return p, err
	}
	c, err := b.mapColumn(n)
	return part{&mapKeys{p, c}, p.cost + 1}, err
}

// elemsOf gives the column of the elements of a list, or of the keys of a map; nil for a list that map makes.
func (b *binder) elemsOf(list *expr.Node) (*column, error) {
	for list.Op == expr.OpFilter {
		list = list.Args[0]
	}
	switch {
	case list.Op == expr.OpMap:
		return nil, nil
	case list.Op != expr.OpField:
		_, err := none("a list that is no field")
		return nil, err
	}
	c := b.engine.column(b.tableOf(list.Args[0]), list.Name)
	if list.Shape.Kind == expr.KindMap {
		return b.engine.whole(c.MapKeys), nil
	}
	return b.engine.whole(c.Elems), nil
}

// listed gives the values of a list that is the same for all records.
func (b *binder) listed(n *expr.Node) ([]any, bool) {
	v, ok := b.value(n)
	values, isList := v.([]any)
	return values, ok && isList && len(values) <= unrolled
}

// unroll makes a connective of exists and all over a list that is written out.
func (b *binder) unroll(n *expr.Node, values []any) (part, error) {
	if n.Op != expr.OpExists && n.Op != expr.OpAll {
		return none("%s over a list that is written out", map[expr.Op]string{expr.OpExistsOne: "exists_one", expr.OpFilter: "filter", expr.OpMap: "map"}[n.Op])
	}
	if len(values) == 0 {
		return fixedOf(n.Op == expr.OpAll)
	}
	around := b.elements
	defer func() { b.elements = around }()
	var parts []part
	for _, v := range values {
		b.elements = maps.Clone(around)
		if b.elements == nil {
			b.elements = map[int]any{}
		}
		b.elements[n.Var] = v
		p, err := b.bind(n.Args[1])
		if err != nil {
			return p, err
		}
		parts = append(parts, p)
	}
	return joined(parts, n.Op == expr.OpExists), nil
}

// joined makes the connective of several conditions.
func joined(parts []part, or bool) part {
	if len(parts) == 1 {
		return parts[0]
	}
	parts = byCost(parts)
	cost, share := 0.0, 1.0
	for _, p := range parts { // each leaves less open
		cost += share * p.cost
		share *= 0.6
	}
	return part{&connective{parts, or}, cost + float64(len(parts))/10}
}
