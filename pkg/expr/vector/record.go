package vector

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
