package vector

import "github.com/playctl/playctl/pkg/expr"

// What a look-up costs, in nanoseconds, roughly.
const (
	loading  = 1.0
	visiting = 8.0 // another record
	finding  = 6.0 // a key
)

func (b *binder) field(n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	if err != nil {
		return of, err
	}
	c := b.engine.column(b.tableOf(n.Args[0]), n.Name)
	return part{&field{of, c}, of.cost + loading}, nil
}

func (b *binder) parent(n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	if err != nil {
		return of, err
	}
	return part{&parent{of, b.tableOf(n.Args[0]).Parent(n.Name).Up}, of.cost + visiting}, nil
}

func (b *binder) children(n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	if err != nil {
		return of, err
	}
	return part{newChildren(of, b.tableOf(n.Args[0]).Children(n.Name)), of.cost + visiting}, nil
}

func (b *binder) has(n *expr.Node) (part, error) {
	value := n.Args[0]
	v, err := b.bind(value)
	if err != nil {
		return v, err
	}
	if value.Key == b.leaf { // of a record that is surely there
		return part{&has{&there{}, v}, v.cost}, nil
	}
	switch value.Op {
	case expr.OpChildren: // there always are, be it none of them
		of, err := b.bind(value.Args[0])
		return part{&has{of, &there{}}, v.cost}, err
	case expr.OpField, expr.OpParent:
		of, err := b.bind(value.Args[0])
		return part{&has{of, v}, v.cost}, err
	}
	m, ok := v.kernel.(*mapValue)
	if !ok {
		return none("has of %s has no kernel", value.Name)
	}
	return part{&mapHas{m}, v.cost}, nil
}

// there is what every record has.
type there struct{}

func (*there) eval(w *worker, b *batch) vec { return vec{n: b.n} }

func (b *binder) orDefault(n *expr.Node) (part, error) {
	value, err := b.bind(n.Args[0])
	if err != nil {
		return value, err
	}
	other, err := b.bind(n.Args[1])
	if err != nil {
		return other, err
	}
	if !n.Shape.Scalar() {
		return none("a default that is no single value")
	}
	k := &orDefault{value: value, other: other, condition: n.Shape.Kind == expr.KindBool}
	cost := value.cost + other.cost + 2
	if n.Args[2] != nil {
		must, err := b.must(n.Args[2])
		if err != nil {
			return must, err
		}
		k.must = must
		cost += must.cost
	}
	return part{k, cost}, nil
}

// must makes the kernel of a record or a map that must be known.
func (b *binder) must(n *expr.Node) (part, error) {
	p, err := b.bind(n)
	if err != nil || n.Shape.Kind != expr.KindMap {
		return p, err
	}
	c, err := b.mapColumn(n)
	return part{&mapSize{p, c}, p.cost}, err
}

// mapColumn gives the column of a map.
func (b *binder) mapColumn(n *expr.Node) (*column, error) {
	if n.Op != expr.OpField {
		_, err := none("a map that is no field")
		return nil, err
	}
	return b.engine.column(b.tableOf(n.Args[0]), n.Name), nil
}

// mapValue makes the kernel of a map's value of a key.
func (b *binder) mapValue(of, key *expr.Node) (*mapValue, float64, error) {
	m, err := b.bind(of)
	if err != nil {
		return nil, 0, err
	}
	c, err := b.mapColumn(of)
	if err != nil {
		return nil, 0, err
	}
	if !of.Shape.Elem.Scalar() {
		_, err := none("a map of lists or maps")
		return nil, 0, err
	}
	out := &mapValue{of: m, column: c, values: b.engine.whole(c.Elems), fixed: differs}
	if o, ok := b.over[key.Var]; ok && key.Op == expr.OpElement && o.list.Key == of.Key {
		out.entry = key.Var
		return out, 1, nil
	}
	if text, ok := b.value(key); ok {
		out.fixed = b.engine.keyCode(c, text.(string))
		return out, m.cost + finding, nil
	}
	k, err := b.bind(key)
	out.key = k
	return out, m.cost + k.cost + 3*finding, err
}
