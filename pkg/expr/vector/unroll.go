package vector

import (
	"maps"

	"github.com/playctl/playctl/pkg/expr"
)

// listed gives the values of a list that is the same for all records, if the loop over it may be unrolled: those within each other multiply.
func (b *binder) listed(n *expr.Node) ([]any, bool) {
	v, ok := b.value(n)
	values, isList := v.([]any)
	return values, ok && isList && len(values) <= unrolled && max(b.copies, 1)*len(values) <= unrolledWithin
}

// unroll makes a connective of exists and all over a list that is written out.
func (b *binder) unroll(n *expr.Node, values []any) (part, error) {
	if n.Op != expr.OpExists && n.Op != expr.OpAll {
		return none("%s over a list that is written out", map[expr.Op]string{expr.OpExistsOne: "exists_one", expr.OpFilter: "filter", expr.OpMap: "map"}[n.Op])
	}
	if len(values) == 0 {
		return fixedOf(n, n.Op == expr.OpAll)
	}
	around, copies := b.elements, b.copies
	defer func() { b.elements, b.copies = around, copies }()
	b.copies = max(copies, 1) * len(values)
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
