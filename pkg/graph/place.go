package graph

import (
	"cmp"
	"math"
	"slices"
)

// ports spreads the ends of edges along the sides of nodes, in the order of where they go.
func (l *layout) ports() {
	for i := range l.items {
		it := &l.items[i]
		if it.node < 0 {
			continue
		}
		for _, ties := range [][]tie{it.up, it.down} {
			slices.SortStableFunc(ties, func(a, b tie) int { return cmp.Compare(l.items[a.to].order, l.items[b.to].order) })
			spread(ties, it.wide)
		}
	}
	for i := range l.items {
		for k, t := range l.items[i].down {
			for u, back := range l.items[t.to].up {
				if back.route == t.route && back.piece == t.piece {
					l.items[i].down[k].theirs, l.items[t.to].up[u].theirs = back.mine, t.mine
				}
			}
		}
	}
}

// spread gives every tie its end on a side that is so wide. Where one weighs more than all others it ends in the middle, so that the main way
// is straight.
func spread(ties []tie, wide float64) {
	middle, heaviest := float64(len(ties)-1)/2, 0.0
	for k, t := range ties {
		switch {
		case t.weight > heaviest:
			middle, heaviest = float64(k), t.weight
		case t.weight == heaviest:
			middle = float64(len(ties)-1) / 2
		}
	}
	step := 0.0
	if far := math.Max(middle, float64(len(ties)-1)-middle); far > 0 {
		step = math.Min(28, math.Max(0, wide/2-12)/far)
	}
	for k := range ties {
		ties[k].mine = step * (float64(k) - middle)
	}
}

// apart is the least distance to a neighbour across.
type apart struct {
	to    int
	least float64
}

// solver places items and the two sides of frames across: each wants to be where its ties are, and none comes nearer to its neighbours than it
// must. Variables are the items, then for each frame its two sides.
type solver struct {
	*layout
	before, after [][]apart
	at            []float64
}

// place gives every item its place across.
func (l *layout) place() {
	n := len(l.items) + 2*len(l.frames)
	s := &solver{layout: l, before: make([][]apart, n), after: make([][]apart, n), at: make([]float64, n)}
	for _, rank := range l.ranks {
		s.constrain(rank)
	}
	for f := range l.frames {
		s.keep(s.side(f, 0), s.side(f, 1), l.frames[f].least)
	}
	s.start()
	const rounds = 241 // the last one comes from above: what can't be straight on both sides is so above
	for round := range rounds {
		s.round(round%2 == 0, round%4 < 2, round > rounds/2)
	}
	s.straighten()
	for i := range l.items {
		l.items[i].at = s.at[i]
	}
	for f := range l.frames {
		l.frames[f].from, l.frames[f].to = s.at[s.side(f, 0)], s.at[s.side(f, 1)]
	}
}

func (s *solver) side(frame, which int) int { return len(s.items) + 2*frame + which }

func (s *solver) keep(a, b int, least float64) {
	s.after[a] = append(s.after[a], apart{b, least})
	s.before[b] = append(s.before[b], apart{a, least})
}

// constrain keeps the neighbours of one rank apart, with the sides of frames between them.
func (s *solver) constrain(rank []int) {
	last, half, group := -1, 0.0, -1
	step := func(v int, room float64) {
		if last >= 0 {
			s.keep(last, v, half+room)
		}
		last, half = v, 0
	}
	leave := func() {
		if group >= 0 {
			half -= gapAcross
			step(s.side(group, 1), s.size.after)
			half = gapAcross
		}
		group = -1
	}
	for _, i := range rank {
		it := &s.items[i]
		if it.group != group {
			leave()
			if it.group >= 0 {
				step(s.side(it.group, 0), 0)
				half, group = s.size.before, it.group
			}
		}
		step(i, it.wide/2)
		half = it.wide/2 + gapAcross
	}
	leave()
}

// start puts everything as far to the beginning as it goes.
func (s *solver) start() {
	waiting := make([]int, len(s.at))
	var ready []int
	for v := range s.at {
		if waiting[v] = len(s.before[v]); waiting[v] == 0 {
			ready = append(ready, v)
		}
	}
	for len(ready) > 0 {
		v := ready[0]
		ready = ready[1:]
		for _, next := range s.after[v] {
			s.at[next.to] = math.Max(s.at[next.to], s.at[v]+next.least)
			if waiting[next.to]--; waiting[next.to] == 0 {
				ready = append(ready, next.to)
			}
		}
	}
}

// limits gives between what a variable may be.
func (s *solver) limits(v int) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	for _, b := range s.before[v] {
		low = math.Max(low, s.at[b.to]+b.least)
	}
	for _, a := range s.after[v] {
		high = math.Min(high, s.at[a.to]-a.least)
	}
	return low, high
}

// round moves every item once. Where frames are loose they first give way to what is in them, else to what is around them.
func (s *solver) round(forward, loose, fine bool) {
	if loose {
		s.stretch(forward)
	}
	for i := range s.ranks {
		rank := s.ranks[i]
		if !forward {
			rank = s.ranks[len(s.ranks)-1-i]
		}
		for k := range rank {
			v := rank[k]
			if forward {
				v = rank[len(rank)-1-k]
			}
			s.move(v, forward, fine)
		}
	}
	for f := range s.frames {
		if low, high := s.limits(s.side(f, 0)); high > low {
			s.at[s.side(f, 0)] = high
		}
		if low, high := s.limits(s.side(f, 1)); low < high {
			s.at[s.side(f, 1)] = low
		}
	}
}

// straighten moves bends to what is behind them, for an arrow's last piece to be straight.
func (s *solver) straighten() {
	for i := range s.ranks {
		for _, v := range s.ranks[len(s.ranks)-1-i] {
			if s.items[v].node < 0 {
				s.move(v, false, true)
			}
		}
	}
}

// stretch moves the sides of frames out as far as their neighbours let them.
func (s *solver) stretch(forward bool) {
	const far = 4000
	for i := range s.frames {
		f := i
		if !forward {
			f = len(s.frames) - 1 - i
		}
		for _, which := range []int{0, 1} {
			v := s.side(f, which)
			low, high := s.limits(v)
			if which == 0 {
				s.at[v] = math.Max(low, s.at[v]-far)
			} else {
				s.at[v] = math.Min(high, s.at[v]+far)
			}
		}
	}
}

// move puts an item where its ties want it: at their mean first, at their median in the end, which makes straight lines.
func (s *solver) move(v int, forward, fine bool) {
	it := &s.items[v]
	ties := slices.Concat(it.up, it.down)
	if len(ties) == 0 {
		return
	}
	slices.SortStableFunc(ties, func(a, b tie) int { return cmp.Compare(s.want(a), s.want(b)) })
	goal := 0.0
	if fine {
		goal = s.median(ties, it.rank, forward)
	} else {
		sum := 0.0
		for _, t := range ties {
			goal += t.weight * s.want(t)
			sum += t.weight
		}
		goal /= sum
	}
	low, high := s.limits(v)
	s.at[v] = math.Max(low, math.Min(high, goal))
}

func (s *solver) want(t tie) float64 { return s.at[t.to] + t.theirs - t.mine }

// median gives the weighted median of sorted ties; of two middle ones that weigh the same, where the one wants it that the round comes from:
// what follows alone stands straight behind, whichever end of the line can't move.
func (s *solver) median(ties []tie, rank int, forward bool) float64 {
	all := 0.0
	for _, t := range ties {
		all += t.weight
	}
	sum := 0.0
	for i, t := range ties {
		sum += t.weight
		switch {
		case sum == all/2 && i+1 < len(ties):
			next := ties[i+1]
			switch known, other := (s.items[t.to].rank < rank) == forward, (s.items[next.to].rank < rank) == forward; {
			case known && !other:
				return s.want(t)
			case other && !known:
				return s.want(next)
			}
			return (s.want(t) + s.want(next)) / 2
		case sum > all/2:
			return s.want(t)
		}
	}
	return s.want(ties[len(ties)-1])
}

// stack gives every item its place along: rank behind rank, with room for frames.
func (l *layout) stack() {
	at := 0.0
	for r, rank := range l.ranks {
		deep, before, after := 0.0, 0.0, 0.0
		for _, i := range rank {
			deep = math.Max(deep, l.items[i].deep)
		}
		for _, f := range l.frames {
			if f.first == r && f.last >= f.first {
				before = l.size.above
			}
			if f.last == r && f.last >= f.first {
				after = l.size.below
			}
		}
		for _, i := range rank {
			l.items[i].along = at + before + deep/2
		}
		at += before + deep + after + gapAlong
	}
}

// depth gives where a rank begins and ends along.
func (l *layout) depth(rank int) (from, to float64) {
	from, to = math.Inf(1), math.Inf(-1)
	for _, i := range l.ranks[rank] {
		it := &l.items[i]
		from, to = math.Min(from, it.along-it.deep/2), math.Max(to, it.along+it.deep/2)
	}
	return from, to
}
