package vector

import "github.com/playctl/playctl/pkg/expr"

// variable is the record that a variable stands for.
type variable struct{ number int }

func (k *variable) eval(_ *worker, b *batch) vec { return vec{n: b.n, rows: b.vars[k.number]} }

// field is a field of a record.
type field struct {
	of     kernel
	column *column
}

func (k *field) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	return k.column.load(w, r.rows, b.n, r.known)
}

// element is the value that a loop's variable stands for, of a list column.
type element struct {
	number int
	column *column
}

func (k *element) eval(w *worker, b *batch) vec { return k.column.load(w, b.vars[k.number], b.n, nil) }

// parent is a parent of a record.
type parent struct {
	of kernel
	up []int32
}

func (k *parent) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	out := vec{n: b.n, known: w.zeros(b.n)}
	list := w.codes.take(b.n)
	for i := range list {
		list[i] = 0
		if !r.isKnown(i) {
			continue
		}
		if up := k.up[r.rows.at(i)]; up >= 0 {
			list[i] = uint32(up)
			out.known[i>>6] |= 1 << (i & 63)
		}
	}
	out.rows = rows{list: list}
	return out
}

// has asks whether something is there. of is the record or map that it may be on.
type has struct {
	of    kernel
	value kernel
}

func (k *has) eval(w *worker, b *batch) vec {
	of, v := k.of.eval(w, b), k.value.eval(w, b)
	if v.truth != nil {
		v.known = knownTruth(w, v)
	}
	return condition(w, b.n, orOnes(w, v.known, b.n), of.known)
}

// orDefault is a value, or else a default where it is absent. Where what must be known is not, it is unknown.
type orDefault struct {
	value, other kernel
	must         kernel // nil for nothing
	condition    bool
}

func (k *orDefault) eval(w *worker, b *batch) vec {
	v, other := k.value.eval(w, b), k.other.eval(w, b)
	if k.condition {
		v.known, other.known = knownTruth(w, v), knownTruth(w, other)
	}
	if v.known == nil {
		return v
	}
	known := w.words.take(len(v.known))
	for i := range known {
		if known[i] = ^uint64(0); other.known != nil {
			known[i] = v.known[i] | other.known[i]
		}
	}
	clip(known, b.n)
	if k.must != nil {
		known = bothKnown(w, known, k.must.eval(w, b).known)
	}
	if k.condition {
		return condition(w, b.n, blendWords(w, v.known, v.truth, other.truth), known)
	}
	out := blend(w, v.known, v, other)
	out.known = known
	return out
}

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

func (b *binder) has(n *expr.Node) (part, error) {
	value := n.Args[0]
	if value.Op == expr.OpCall { // a map's value, which is looked for and not read: what is kept of it says only whether it is known
		m, cost, err := b.mapValue(value.Args[0], value.Args[1])
		return part{&mapHas{m}, cost}, err
	}
	if value.Key == b.leaf { // of a record that is surely there
		v, err := b.bind(value)
		return part{&has{&there{}, v}, v.cost}, err
	}
	of, err := b.bind(value.Args[0])
	if err != nil {
		return of, err
	}
	if value.Op == expr.OpChildren { // there always are, be it none of them
		return part{&has{of, &there{}}, of.cost}, nil
	}
	v, err := b.bind(value)
	return part{&has{of, v}, v.cost}, err
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
