package vector

import (
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// children are a record's children: where they stand in order, a run of rows, else rows of the relation's list.
type children struct {
	of   kernel
	rel  *frame.Relation
	pool []uint32 // nil where the i-th child of the relation is row i + shift
	plus uint32
}

func newChildren(of kernel, rel *frame.Relation) *children {
	if first, ok := rel.Run(); ok {
		return &children{of: of, rel: rel, plus: first}
	}
	return &children{of: of, rel: rel, pool: rel.Down}
}

func (k *children) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	out := vec{n: b.n, known: r.known, pool: k.pool}
	out.lo, out.hi = spans(w, k.rel.Start, r.rows, b.n, r.known)
	if k.pool != nil || k.plus == 0 {
		return out
	}
	out.lo, out.hi = shifted(w, out.lo, k.plus), shifted(w, out.hi, k.plus)
	return out
}

func shifted(w *worker, at []uint32, plus uint32) []uint32 {
	out := w.codes.take(len(at))
	for i, x := range at {
		out[i] = x + plus
	}
	return out
}

// row gives the row of an element of a list of records.
func (v *vec) row(element uint32) uint32 {
	if v.pool == nil {
		return element
	}
	return v.pool[element]
}

// listSize counts the elements of lists.
type listSize struct{ of kernel }

func (k *listSize) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := vec{n: b.n, known: v.known, ints: w.ints.take(b.n)}
	for i := range out.ints {
		out.ints[i] = int64(v.hi[i] - v.lo[i])
	}
	return out
}

// listIndex is list[i].
type listIndex struct {
	list, index kernel
	elems       *column // of lists of values; nil for lists of records
}

func (k *listIndex) eval(w *worker, b *batch) vec {
	v, index := k.list.eval(w, b), k.index.eval(w, b)
	known := w.zeros(b.n)
	list := w.codes.take(b.n)
	for i := range list {
		list[i] = 0
		if at := index.ints[i]; v.isKnown(i) && index.isKnown(i) && at >= 0 && at < int64(v.hi[i]-v.lo[i]) {
			list[i] = v.row(v.lo[i] + uint32(at))
			known[i>>6] |= 1 << (i & 63)
		}
	}
	if k.elems != nil {
		return k.elems.load(w, rows{list: list}, b.n, known)
	}
	return vec{n: b.n, known: known, rows: rows{list: list}}
}

// elements gives the values of lists with where those of each place begin and end.
func (v *vec) elements(w *worker, elems *column) (values vec, lo, hi []uint32) {
	if v.elems != nil {
		return *v.elems, v.lo, v.hi
	}
	var list []uint32
	lo, hi = w.codes.take(v.n), w.codes.take(v.n)
	total := 0
	for i := range v.n {
		total += int(v.hi[i] - v.lo[i])
	}
	list = w.codes.take(total)[:0]
	for i := range v.n {
		lo[i] = uint32(len(list))
		for at := v.lo[i]; at < v.hi[i]; at++ {
			list = append(list, v.row(at))
		}
		hi[i] = uint32(len(list))
	}
	return elems.load(w, rows{list: list}, total, nil), lo, hi
}

func bindSize(b *binder, n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	if err != nil {
		return of, err
	}
	switch n.Args[0].Shape.Kind {
	case expr.KindString:
		return part{&textSize{of}, of.cost + 20}, nil
	case expr.KindList:
		return part{&listSize{of}, of.cost + 1}, nil
	case expr.KindMap:
		c, err := b.mapColumn(n.Args[0])
		return part{&mapSize{of, c}, of.cost + 2}, err
	}
	return none("size of such a value has no kernel")
}

func bindIndex(b *binder, n *expr.Node) (part, error) {
	if n.Args[0].Shape.Kind == expr.KindMap {
		v, cost, err := b.mapValue(n.Args[0], n.Args[1])
		return part{v, cost}, err
	}
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	k := &listIndex{list: args[0], index: args[1]}
	switch elem := n.Args[0].Shape.Elem; {
	case n.Args[0].Shape.Kind != expr.KindList || n.Args[1].Shape.Kind != expr.KindInt || n.Args[0].Op == expr.OpMap:
		return none("an index of such a value")
	case elem.Scalar():
		if k.elems, err = b.elemsOf(n.Args[0]); err != nil {
			return part{}, err
		}
	case elem.Kind != expr.KindRecord:
		return none("a list of lists or maps")
	}
	return part{k, cost + 4}, nil
}

func (b *binder) children(n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	if err != nil {
		return of, err
	}
	return part{newChildren(of, b.tableOf(n.Args[0]).Children(n.Name)), of.cost + visiting}, nil
}
