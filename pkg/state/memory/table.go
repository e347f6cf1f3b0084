package memory

import "slices"

// table holds the values of one type, each once by its identity. It keeps them in the order of a snapshot, and puts what came since the last
// one in its place only when the next is asked for.
type table[K comparable, V any] struct {
	id    func(*V) K
	order func(a, b *V) int
	own   func(*copier, *V) // makes a value that was copied share nothing with the other

	rows   map[K]*row[V]
	sorted []*row[V]
	fresh  []*row[V] // not yet in sorted
	gone   bool      // some of sorted or fresh are gone
}

type row[V any] struct {
	value V
	gone  bool
}

// put takes values over, in place of those of the same identity.
func (t *table[K, V]) put(values []V) {
	if t.rows == nil {
		t.rows = map[K]*row[V]{}
	}
	for i := range values {
		id := t.id(&values[i])
		if r := t.rows[id]; r != nil && t.order(&r.value, &values[i]) == 0 {
			r.value = values[i]
			continue
		}
		t.drop(id)
		r := &row[V]{value: values[i]}
		t.rows[id] = r
		t.fresh = append(t.fresh, r)
	}
}

// drop takes a value out; one that isn't there is none the less gone.
func (t *table[K, V]) drop(id K) {
	if r := t.rows[id]; r != nil {
		r.gone, t.gone = true, true
		delete(t.rows, id)
	}
}

func (t *table[K, V]) dropAll(ids []K) {
	for _, id := range ids {
		t.drop(id)
	}
}

// dropValues takes out what has the identity of one of these values.
func (t *table[K, V]) dropValues(values []V) {
	for i := range values {
		t.drop(t.id(&values[i]))
	}
}

// read gives copies of every value, in order.
func (t *table[K, V]) read(c *copier) []V {
	t.arrange()
	values := make([]V, len(t.sorted))
	for i, r := range t.sorted {
		values[i] = r.value
		t.own(c, &values[i])
	}
	return values
}

// arrange puts the fresh rows in their places and forgets those that are gone.
func (t *table[K, V]) arrange() {
	if t.gone {
		isGone := func(r *row[V]) bool { return r.gone }
		t.sorted, t.fresh, t.gone = slices.DeleteFunc(t.sorted, isGone), slices.DeleteFunc(t.fresh, isGone), false
	}
	if len(t.fresh) == 0 {
		return
	}
	order := func(a, b *row[V]) int { return t.order(&a.value, &b.value) }
	slices.SortFunc(t.fresh, order)
	merged, rest := make([]*row[V], 0, len(t.sorted)+len(t.fresh)), t.sorted
	for _, r := range t.fresh {
		before, _ := slices.BinarySearchFunc(rest, r, order)
		merged = append(append(merged, rest[:before]...), r)
		rest = rest[before:]
	}
	t.sorted, t.fresh = append(merged, rest...), nil
}
