package graph

import (
	"cmp"
	"slices"
)

// sweeps is how often the order across is improved in each direction.
const sweeps = 12

// sort finds an order across with few crossings: each rank by the mean place of its neighbours on the rank before, down and up by turns; the best
// order met wins. What is in a frame stays together, and frames keep one order among themselves.
func (l *layout) sort() {
	l.fill()
	best, least := l.snapshot(), l.crossings()
	for sweep := range 2 * sweeps {
		l.rankFrames()
		down := sweep%2 == 0
		for i := range l.ranks {
			rank := i
			if !down {
				rank = len(l.ranks) - 1 - i
			}
			l.sortRank(rank, down)
		}
		if n := l.crossings(); n < least {
			best, least = l.snapshot(), n
		}
	}
	l.restore(best)
}

// fill puts the items into their ranks in the order in which one meets them on the way from the first nodes.
func (l *layout) fill() {
	last := 0
	for _, it := range l.items {
		last = max(last, it.rank)
	}
	l.ranks = make([][]int, last+1)
	var visit func(i int)
	visit = func(i int) {
		it := &l.items[i]
		if it.visited {
			return
		}
		it.visited = true
		it.order = len(l.ranks[it.rank])
		l.ranks[it.rank] = append(l.ranks[it.rank], i)
		ties := slices.Clone(it.down)
		slices.SortStableFunc(ties, func(a, b tie) int { return cmp.Compare(b.weight, a.weight) }) // the main way first
		for _, t := range ties {
			visit(t.to)
		}
	}
	for _, roots := range []bool{true, false} {
		for i := range l.items {
			if !roots || len(l.items[i].up) == 0 {
				visit(i)
			}
		}
	}
	l.rankFrames()
	for rank := range l.ranks {
		l.settle(rank, func(i int) float64 { return float64(l.items[i].order) })
	}
}

// share gives how far across an item stands in its rank, from 0 to 1.
func (l *layout) share(i int) float64 {
	it := &l.items[i]
	return (float64(it.order) + 0.5) / float64(len(l.ranks[it.rank]))
}

// rankFrames orders the frames by the mean place of what is in them.
func (l *layout) rankFrames() {
	count := make([]float64, len(l.frames))
	for i := range l.frames {
		l.frames[i].order = 0
	}
	for i, it := range l.items {
		if it.group >= 0 {
			l.frames[it.group].order += l.share(i)
			count[it.group]++
		}
	}
	for i := range l.frames {
		l.frames[i].order /= max(1, count[i])
	}
}

// sortRank orders one rank by its neighbours before it; what has none stays about where it is.
func (l *layout) sortRank(rank int, down bool) {
	l.settle(rank, func(i int) float64 {
		ties := l.items[i].up
		if !down {
			ties = l.items[i].down
		}
		if len(ties) == 0 {
			return l.share(i)
		}
		sum := 0.0
		for _, t := range ties {
			sum += l.share(t.to)
		}
		return sum / float64(len(ties))
	})
}

// unit is a free item, or all items of a frame on one rank.
type unit struct {
	group int
	key   float64
	items []int
}

// settle sorts a rank by a key, frames as one.
func (l *layout) settle(rank int, key func(i int) float64) {
	units := l.units(rank, key)
	slices.SortStableFunc(units, func(a, b unit) int { return cmp.Compare(a.key, b.key) })
	var frames []unit
	for _, u := range units {
		if u.group >= 0 {
			frames = append(frames, u)
		}
	}
	slices.SortStableFunc(frames, func(a, b unit) int {
		return cmp.Or(cmp.Compare(l.frames[a.group].order, l.frames[b.group].order), cmp.Compare(a.group, b.group))
	})
	var out []int
	for _, u := range units {
		if u.group >= 0 {
			u, frames = frames[0], frames[1:]
		}
		out = append(out, u.items...)
	}
	l.ranks[rank] = out
	for order, i := range out {
		l.items[i].order = order
	}
}

func (l *layout) units(rank int, key func(i int) float64) []unit {
	var units []unit
	where := map[int]int{}
	keys := map[int]float64{}
	for _, i := range l.ranks[rank] {
		group := l.items[i].group
		keys[i] = key(i)
		at, known := where[group]
		if group < 0 || !known {
			at = len(units)
			where[group] = at
			units = append(units, unit{group: group})
		}
		units[at].items = append(units[at].items, i)
		units[at].key += keys[i]
	}
	for u := range units {
		units[u].key /= float64(len(units[u].items))
		slices.SortStableFunc(units[u].items, func(a, b int) int { return cmp.Compare(keys[a], keys[b]) })
	}
	return units
}

func (l *layout) snapshot() [][]int {
	out := make([][]int, len(l.ranks))
	for i := range l.ranks {
		out[i] = slices.Clone(l.ranks[i])
	}
	return out
}

func (l *layout) restore(ranks [][]int) {
	l.ranks = ranks
	for _, rank := range ranks {
		for order, i := range rank {
			l.items[i].order = order
		}
	}
}

// crossings counts pairs of edges that cross.
func (l *layout) crossings() int {
	sum := 0
	for _, rank := range l.ranks {
		var ends []int // of the pieces below this rank, in the order of their beginnings
		for _, i := range rank {
			from := len(ends)
			for _, t := range l.items[i].down {
				ends = append(ends, l.items[t.to].order)
			}
			slices.Sort(ends[from:])
		}
		sum += inversions(ends)
	}
	return sum
}

// inversions counts pairs that stand in the wrong order, and sorts.
func inversions(list []int) int {
	if len(list) < 2 {
		return 0
	}
	left, right := slices.Clone(list[:len(list)/2]), slices.Clone(list[len(list)/2:])
	sum := inversions(left) + inversions(right)
	for i := range list {
		if len(right) == 0 || len(left) > 0 && left[0] <= right[0] {
			list[i], left = left[0], left[1:]
			continue
		}
		sum += len(left)
		list[i], right = right[0], right[1:]
	}
	return sum
}
