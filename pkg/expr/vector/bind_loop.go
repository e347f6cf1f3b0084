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
	list, err := b.bind(n.Args[0])
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
	if elem := n.Args[0].Shape.Elem; elem.Kind == expr.KindRecord {
		around := b.tables
		b.tables = maps.Clone(around)
		b.tables[n.Var] = b.tableOf(n.Args[0])
		defer func() { b.tables = around }()
	} else {
		c, err := b.listColumn(n.Args[0])
		if err != nil {
			return when, value, err
		}
		b.engine.loops[n.Var] = b.engine.elems(c)
		defer delete(b.engine.loops, n.Var)
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

// listColumn gives the column of a list of values, through filters.
func (b *binder) listColumn(n *expr.Node) (*column, error) {
	for n.Op == expr.OpFilter {
		n = n.Args[0]
	}
	if n.Op != expr.OpField {
		_, err := none("a list that is no field")
		return nil, err
	}
	return b.engine.column(b.tableOf(n.Args[0]), n.Name), nil
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
