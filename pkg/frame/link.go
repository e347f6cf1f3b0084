package frame

import (
	"cmp"
	"slices"
	"sync"
)

// Link makes the frame of the tables: each put into its order, children found by their parents' keys. Keys must be known and unique, and
// parents have a key and be among the builders; the builders are used up. It works on two threads. Rows that stand in their order already,
// as [Decode] gives them, cost little more than a look.
func Link(builders []*Builder) *Frame {
	l := newLinker(builders)
	l.each(func(i int) {
		if b := builders[i]; b.Key != nil {
			b.reorder(b.keyOrder())
			l.tables[i] = b.table()
		}
	})
	l.each(func(i int) {
		if builders[i].Key == nil {
			l.orderEvents(i)
			l.tables[i] = builders[i].table()
		}
	})
	l.relate()
	for _, b := range builders {
		for c := range b.all {
			c.forget()
		}
	}
	f := &Frame{Tables: l.tables, byName: map[string]*Table{}}
	for _, t := range f.Tables {
		f.byName[t.Entity] = t
	}
	return f
}

// linker makes a frame.
type linker struct {
	builders []*Builder
	place    map[string]int // of an entity among the builders
	tables   []*Table
	first    [][]int32        // the first parent's row of each event, by builder, where it is known already
	rows     []lazy[[]int32]  // the row of each code of a builder's keys
	indexed  []lazy[struct{}] // that keys can be looked up, from several goroutines
	counting lazy[[]uint32]
}

// lazy is a value that is made when it is first asked for, by one of several goroutines.
type lazy[T any] struct {
	once  sync.Once
	value T
}

func (l *lazy[T]) get(of func() T) T {
	l.once.Do(func() { l.value = of() })
	return l.value
}

func newLinker(builders []*Builder) *linker {
	n := len(builders)
	l := &linker{builders: builders, place: map[string]int{}, tables: make([]*Table, n), first: make([][]int32, n)}
	l.rows, l.indexed = make([]lazy[[]int32], n), make([]lazy[struct{}], n)
	for i, b := range builders {
		l.place[b.Entity] = i
	}
	return l
}

// each does something for every builder, on two threads.
func (l *linker) each(do func(i int)) { twoAtATime(len(l.builders), do) }

// twoAtATime does n things on two threads.
func twoAtATime(n int, do func(i int)) {
	next := make(chan int, n)
	for i := range n {
		next <- i
	}
	close(next)
	var threads sync.WaitGroup
	for range min(2, n) {
		threads.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	threads.Wait()
}

// orderEvents puts the rows of a builder without a key into their order.
func (l *linker) orderEvents(i int) {
	b := l.builders[i]
	var up []int32
	parents := 0
	if l.saved(i, 0) != nil {
		return // it stands as it stood
	}
	if len(b.Parents) > 0 {
		parent := l.place[b.Parents[0].Entity]
		up, parents = l.rowsOf(parent, b.Parents[0].Keys), l.tables[parent].Rows
	}
	if b.eventsInOrder(up) {
		l.first[i] = up
		return
	}
	b.reorder(b.eventOrder(up, parents))
}

// rowsOf finds the rows of keys in a table, once for each distinct key: -1 where missing or unknown.
func (l *linker) rowsOf(parent int, keys *Column) []int32 {
	byCode := l.rowsOfDict(parent, keys.Dict)
	rows := make([]int32, keys.rows)
	for word, known := range keys.Known {
		from := word << 6
		to := min(from+64, keys.rows)
		part := rows[from:to]
		for i, code := range keys.Codes[from:to] {
			if part[i] = -1; known>>i&1 != 0 {
				part[i] = byCode[code]
			}
		}
	}
	return rows
}

// rowsOfDict finds the row of each value of a dictionary among the keys of a table, -1 where there is none.
func (l *linker) rowsOfDict(parent int, d *Dict) []int32 {
	keys := l.tables[parent].keys
	rows := l.rowOf(parent)
	if keys.Dict.sorted && d.sorted {
		return merged(keys.Dict, rows, d)
	}
	l.indexed[parent].get(func() struct{} { keys.Dict.room(); return struct{}{} })
	byCode := make([]int32, d.size())
	for code := range byCode {
		byCode[code] = -1
		if at, ok := keys.Dict.find(d.at(uint32(code))); ok {
			byCode[code] = rowAt(rows, at)
		}
	}
	return byCode
}

// merged finds the row of each value of a sorted dictionary among the keys of another one.
func merged(keys *Dict, rows []int32, values *Dict) []int32 {
	found := make([]int32, values.size())
	at, size := uint32(0), uint32(keys.size())
	for i := range found {
		found[i] = -1
		v := values.at(uint32(i))
		for at < size {
			d := cmp.Compare(keys.at(at), v)
			if d > 0 {
				break
			}
			at++
			if d == 0 {
				found[i] = rowAt(rows, at-1)
				break
			}
		}
	}
	return found
}

// rowAt gives the row of a code; rows is nil where that is the code itself.
func rowAt(rows []int32, code uint32) int32 {
	if rows == nil {
		return int32(code)
	}
	return rows[code]
}

// rowOf gives the row of each code of a table's keys, -1 for a value that no row has; nil where every code is its row.
func (l *linker) rowOf(parent int) []int32 {
	return l.rows[parent].get(func() []int32 {
		t := l.tables[parent]
		if t.keys.Dict.size() == t.Rows && t.keys.ascending() {
			return nil
		}
		rows := make([]int32, t.keys.Dict.size())
		for code := range rows {
			rows[code] = -1
		}
		for row := range t.Rows {
			rows[t.keys.Codes[row]] = int32(row)
		}
		return rows
	})
}

// relate relates every table to its parents.
func (l *linker) relate() {
	type pair struct{ child, link int }
	var pairs []pair
	for i, b := range l.builders {
		for k := range b.Parents {
			pairs = append(pairs, pair{i, k})
		}
	}
	relations := make([]*Relation, len(pairs))
	twoAtATime(len(pairs), func(i int) { relations[i] = l.link(pairs[i].child, pairs[i].link) })
	for _, r := range relations {
		r.Child.parents = append(r.Child.parents, r)
		r.Parent.childs = append(r.Parent.childs, r)
	}
}

// link relates a child table to one parent.
func (l *linker) link(child, link int) *Relation {
	p := l.builders[child].Parents[link]
	parent := l.place[p.Entity]
	r := &Relation{Child: l.tables[child], Parent: l.tables[parent], Plural: p.Plural, Keys: p.Keys}
	if s := l.saved(child, link); s != nil {
		r.restore(s, l.counted)
		return r
	}
	if link == 0 {
		r.Up = l.first[child]
	}
	if r.Up == nil {
		r.Up = l.rowsOf(parent, p.Keys)
	}
	r.countOrphans()
	sorted := slices.IsSorted(r.Up)
	if sorted {
		r.children(l.counted)
	} else {
		r.group()
	}
	if link > 0 || r.Child.HasKey() { // else the table's order is that of time
		sorted = r.sortByTime(sorted)
	}
	if sorted {
		r.look.Do(func() { r.isRun = true })
	}
	return r
}

// counted gives the numbers from 0 to n-1 and maybe more, which relations share.
func (l *linker) counted(n int) []uint32 {
	all := l.counting.get(func() []uint32 {
		most := 0
		for _, t := range l.tables {
			most = max(most, t.Rows)
		}
		numbers := make([]uint32, most)
		for i := range numbers {
			numbers[i] = uint32(i)
		}
		return numbers
	})
	return all[:n:n]
}

func (r *Relation) countOrphans() {
	known := r.Keys.Known.Count()
	found := 0
	for _, up := range r.Up {
		if up >= 0 {
			found++
		}
	}
	r.Orphans = known - found
}

// children finds the children of each parent in a table that is sorted by it: they are the numbers from the first child on.
func (r *Relation) children(counted func(n int) []uint32) {
	alone, _ := slices.BinarySearch(r.Up, 0) // so many rows, the first, have no parent
	r.Down = counted(len(r.Up))[alone:]
	r.Start = make([]uint32, r.Parent.Rows+1)
	at := uint32(0)
	for parent := range r.Parent.Rows {
		r.Start[parent] = at
		for int(at) < len(r.Down) && int(r.Up[alone+int(at)]) == parent {
			at++
		}
	}
	r.Start[r.Parent.Rows] = at
}

// group finds the children of each parent.
func (r *Relation) group() {
	starts := make([]uint32, r.Parent.Rows+2) // shifted by one, to count where each is filled up to
	for _, up := range r.Up {
		if up >= 0 {
			starts[up+2]++
		}
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	r.Down = make([]uint32, starts[len(starts)-1])
	for row, up := range r.Up {
		if up >= 0 {
			r.Down[starts[up+1]] = uint32(row)
			starts[up+1]++
		}
	}
	r.Start = starts[:len(starts)-1]
}

// sortByTime puts each parent's events in order of time. Down that others have too is copied first, and no longer shared then.
func (r *Relation) sortByTime(shared bool) (stillShared bool) {
	clock := r.Child.Time()
	if clock == nil {
		return shared
	}
	byTime := func(a, b uint32) int { return cmp.Or(clock.compareTimes(int(a), int(b)), cmp.Compare(a, b)) }
	for parent := range r.Parent.Rows {
		if clock.inOrder(r.Of(parent)) {
			continue
		}
		if shared {
			r.Down, shared = slices.Clone(r.Down), false
		}
		slices.SortFunc(r.Of(parent), byTime)
	}
	return shared
}
