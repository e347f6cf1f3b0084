package vector

import "github.com/playctl/playctl/pkg/expr"

// mapValue is the value of a key in a map column; unknown where there is none.
type mapValue struct {
	of     kernel
	column *column // the map
	values *column
	entry  int    // the variable of a loop over the map's own keys, which stands for the entry; 0 where it is no such key
	key    kernel // text
	fixed  int64  // the code of the key, which is the same everywhere: -1 where no map has it; -2 if it differs
}

// Keys that are not one code.
const (
	absent  = -1
	differs = -2
)

func (k *mapValue) eval(w *worker, b *batch) vec {
	at, found, _ := k.find(w, b)
	return k.values.load(w, rows{list: at}, b.n, found)
}

// find gives the entries of the key, and where there is one; given are the places where both the map and the key are known; nil for all.
func (k *mapValue) find(w *worker, b *batch) (at []uint32, found, given []uint64) {
	if k.entry > 0 { // the loop goes over what is there
		return k.entries(w, b), w.ones(b.n), nil
	}
	of := k.of.eval(w, b)
	given = knownOf(w, k.column, of.rows, b.n, of.known)
	var key vec
	if k.fixed == differs {
		key = k.key.eval(w, b)
		given = bothKnown(w, given, key.known)
	}
	at, found = w.codes.take(b.n), w.zeros(b.n)
	start, keys := k.column.Start, k.column.MapKeys.Codes
	for i := range at {
		at[i] = 0
		if given != nil && given[i>>6]&(1<<(i&63)) == 0 {
			continue
		}
		row := of.rows.at(i)
		entry, end := start[row], start[row+1]
		if k.fixed == differs {
			text := key.text(i)
			for entry < end && k.column.MapKeys.Text(int(entry)) != text {
				entry++
			}
		} else {
			for entry < end && int64(keys[entry]) != k.fixed {
				entry++
			}
		}
		if entry < end {
			at[i] = entry
			found[i>>6] |= 1 << (i & 63)
		}
	}
	return at, found, given
}

// entries gives the entries that the loop is at.
func (k *mapValue) entries(w *worker, b *batch) []uint32 {
	if list := b.vars[k.entry].list; list != nil {
		return list
	}
	out := w.codes.take(b.n)
	for i := range out {
		out[i] = b.vars[k.entry].from + uint32(i)
	}
	return out
}

// mapKeys are the keys of maps, as lists.
type mapKeys struct {
	of     kernel
	column *column
}

func (k *mapKeys) eval(w *worker, b *batch) vec {
	of := k.of.eval(w, b)
	out := vec{n: b.n, known: knownOf(w, k.column, of.rows, b.n, of.known)}
	out.lo, out.hi = spans(w, k.column.Start, of.rows, b.n, of.known)
	return out
}

// mapHas is key in map.
type mapHas struct{ value *mapValue }

func (k *mapHas) eval(w *worker, b *batch) vec {
	_, found, given := k.value.find(w, b)
	return condition(w, b.n, found, given)
}

// mapGet is map.get(key, default).
type mapGet struct {
	value *mapValue
	other kernel
}

func (k *mapGet) eval(w *worker, b *batch) vec {
	at, found, given := k.value.find(w, b)
	v, other := k.value.values.load(w, rows{list: at}, b.n, found), k.other.eval(w, b)
	if v.truth != nil {
		known := bothKnown(w, given, knownTruth(w, other))
		return condition(w, b.n, blendWords(w, found, v.truth, other.truth), known)
	}
	out := blend(w, found, v, other)
	out.known = bothKnown(w, given, other.known)
	return out
}

// mapSize counts the entries of maps.
type mapSize struct {
	of     kernel
	column *column
}

func (k *mapSize) eval(w *worker, b *batch) vec {
	of := k.of.eval(w, b)
	out := vec{n: b.n, known: knownOf(w, k.column, of.rows, b.n, of.known), ints: w.ints.take(b.n)}
	clear(out.ints)
	for i := range b.n {
		if out.isKnown(i) {
			row := of.rows.at(i)
			out.ints[i] = int64(k.column.Start[row+1] - k.column.Start[row])
		}
	}
	return out
}

// mapColumn gives the column of a map.
func (b *binder) mapColumn(n *expr.Node) (*column, error) {
	if n.Op != expr.OpField {
		return nil, lacking("a map that is no field")
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
		return nil, 0, lacking("a map of lists or maps")
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

func bindGet(b *binder, n *expr.Node) (part, error) {
	v, cost, err := b.mapValue(n.Args[0], n.Args[1])
	if err != nil {
		return part{}, err
	}
	other, err := b.bind(n.Args[2])
	return part{&mapGet{v, other}, cost + other.cost + 3}, err
}
