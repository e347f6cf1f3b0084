package graph

import "slices"

// layout is a drawing in layers (Sugiyama's method): nodes stand on even ranks, labels of edges on odd ones, and an edge bends on every rank that
// it crosses, so that nothing lies on anything. It works along an axis, that of the ranks, and across it; only the SVG knows which is which.
type layout struct {
	items  []item
	ranks  [][]int // items by rank, in order across
	routes []route
	frames []border // by group
	size   sizes
}

// item is what takes up place: a node, or a bend of an edge, maybe with its label.
type item struct {
	node    int // of [Graph.Nodes]; -1 for a bend
	edge    int // whose label it holds; -1
	group   int // of [Graph.Groups]; -1
	rank    int
	order   int // across, within its rank
	wide    float64
	deep    float64 // along
	at      float64 // its middle, across
	along   float64 // its middle, along
	up      []tie
	down    []tie
	visited bool
}

// tie is a piece of an edge to an item on a neighbouring rank. mine and theirs are where it ends, as seen from the items' middles.
type tie struct {
	to           int
	mine, theirs float64
	weight       float64
	route, piece int
}

// route is the way of an edge through items, from the lower rank to the higher; back tells that the edge points the other way.
type route struct {
	edge  int
	back  bool
	items []int
}

// border is the frame of a group.
type border struct {
	first, last int     // ranks; first > last for an empty group
	from, to    float64 // across
	least       float64 // for its title
	order       float64
}

// sizes are what the writer says of sizes: of nodes, of labels of edges, of titles of groups (across), and what frames need around their nodes.
type sizes struct {
	node, label func(i int) (wide, deep float64)
	title       func(i int) float64
	before      float64 // across, before the first node of a frame
	after       float64 // across, behind the last
	above       float64 // along
	below       float64
}

// The gaps between neighbours across, and between ranks.
const (
	gapAcross = 22.0
	gapAlong  = 17.0
)

// weights say how much an edge wants to be straight.
var weights = map[EdgeKind]float64{Uses: 1, Trigger: 2, Flow: 6, Timeout: 1, Anytime: 0.5, Enroll: 2, Mute: 0.5}

// arrange lays a graph out.
func arrange(g *Graph, s sizes) *layout {
	l := &layout{size: s}
	index := map[string]int{}
	groups := map[string]int{"": -1}
	for i, group := range g.Groups {
		groups[group.ID] = i
		l.frames = append(l.frames, border{first: 1, least: s.title(i)})
	}
	for i, n := range g.Nodes {
		index[n.ID] = i
		w, d := s.node(i)
		l.items = append(l.items, item{node: i, edge: -1, group: groups[n.Group], wide: w, deep: d})
	}
	for i, e := range g.Edges {
		if from, to := index[e.From], index[e.To]; from != to { // the writer draws loops
			l.routes = append(l.routes, route{edge: i, items: []int{from, to}})
		}
	}
	l.turn()
	l.rank()
	l.bend(g)
	l.sort()
	l.ports()
	l.place()
	l.stack()
	return l
}

// turn reverses edges that close a circle.
func (l *layout) turn() {
	const open, closed = 1, 2
	state := make([]int, len(l.items))
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		for r := range l.routes {
			route := &l.routes[r]
			if route.items[0] != i || route.back {
				continue
			}
			switch to := route.items[1]; state[to] {
			case open:
				route.back = true
				route.items[0], route.items[1] = to, i
			case 0:
				visit(to)
			}
		}
		state[i] = closed
	}
	for _, roots := range []bool{true, false} { // what nothing leads to comes first
		for i := range l.items {
			if state[i] == 0 && (!roots || !slices.ContainsFunc(l.routes, func(r route) bool { return r.items[1] == i && !r.back })) {
				visit(i)
			}
		}
	}
}

// rank gives every node the longest way to it, and draws what nothing leads to near to what it leads to.
func (l *layout) rank() {
	for more := true; more; {
		more = false
		for _, r := range l.routes {
			if from, to := &l.items[r.items[0]], &l.items[r.items[1]]; to.rank < from.rank+2 {
				to.rank, more = from.rank+2, true
			}
		}
	}
	for i := range l.items {
		near, root := -1, true
		for _, r := range l.routes {
			switch i {
			case r.items[1]:
				root = false
			case r.items[0]:
				if to := l.items[r.items[1]].rank; near < 0 || to < near {
					near = to
				}
			}
		}
		if root && near > 0 {
			l.items[i].rank = near - 2
		}
	}
}

// bend puts an item on every rank that an edge crosses, one of them with its label, and ties them together.
func (l *layout) bend(g *Graph) {
	for r := range l.routes {
		route := &l.routes[r]
		from, to := route.items[0], route.items[1]
		group := -1
		if l.items[from].group == l.items[to].group {
			group = l.items[from].group
		}
		way := []int{from}
		for rank := l.items[from].rank + 1; rank < l.items[to].rank; rank++ {
			way = append(way, len(l.items))
			l.items = append(l.items, item{node: -1, edge: -1, group: group, rank: rank, wide: 6})
		}
		if g.Edges[route.edge].Label != "" {
			first := way[1]
			if route.back {
				first = way[len(way)-1]
			}
			l.items[first].edge = route.edge
			l.items[first].wide, l.items[first].deep = l.size.label(route.edge)
		}
		route.items = append(way, to)
		l.tie(r, weights[g.Edges[route.edge].Kind])
	}
	l.hold()
}

func (l *layout) tie(r int, weight float64) {
	way := l.routes[r].items
	for i := 1; i < len(way); i++ {
		w := weight
		if l.items[way[i-1]].node < 0 && l.items[way[i]].node < 0 {
			w *= 4 // long edges are straight
		}
		l.items[way[i-1]].down = append(l.items[way[i-1]].down, tie{to: way[i], weight: w, route: r, piece: i - 1})
		l.items[way[i]].up = append(l.items[way[i]].up, tie{to: way[i-1], weight: w, route: r, piece: i - 1})
	}
}

// hold finds the ranks of the frames and puts an item on those where a frame has none, so that nothing else gets in.
func (l *layout) hold() {
	present := make([]map[int]bool, len(l.frames))
	for i := range l.frames {
		present[i] = map[int]bool{}
	}
	for _, it := range l.items {
		if it.group < 0 {
			continue
		}
		f := &l.frames[it.group]
		if len(present[it.group]) == 0 {
			f.first, f.last = it.rank, it.rank
		}
		f.first, f.last = min(f.first, it.rank), max(f.last, it.rank)
		present[it.group][it.rank] = true
	}
	for i, f := range l.frames {
		for rank := f.first; rank <= f.last; rank++ {
			if !present[i][rank] {
				l.items = append(l.items, item{node: -1, edge: -1, group: i, rank: rank})
			}
		}
	}
}
