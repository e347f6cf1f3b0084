package graph

// shade is a colour on a light and on a dark ground.
type shade struct{ light, dark string }

// colours are those of a kind of node.
type colours struct{ fill, stroke string }

// The colours of texts and grounds.
var (
	ground = shade{"#ffffff", "#0d1117"}
	frame  = shade{"#f6f8fa", "#151b23"}
	ink    = shade{"#1f2328", "#f0f6fc"}
	faint  = shade{"#59636e", "#9198a1"}
)

// light and dark are the colours of nodes on either ground. Texts on them are ink.
var (
	light = map[Kind]colours{Segment: {"#ddf4ff", "#0969da"}, Condition: {"#ffffff", "#0969da"}, Score: {"#d7f5f2", "#0f766e"}, Stages: {"#d7f5f2", "#0f766e"}, Plays: {"#f4ecff", "#8250df"}, Entry: {"#ddf4ff", "#0969da"},
		Machine: {"#eef1f4", "#57606a"}, Human: {"#fff1e5", "#bc4c00"}, Wait: {"#ffffff", "#818b98"}, Choice: {"#fff8c5", "#9a6700"},
		Lanes: {"#fff8c5", "#9a6700"}, Goal: {"#dafbe1", "#1a7f37"}, Exit: {"#ffebe9", "#cf222e"}, Done: {"#ffffff", "#57606a"}}
	dark = map[Kind]colours{Segment: {"#0c2d4e", "#4493f8"}, Condition: {"#0d1117", "#4493f8"}, Score: {"#0b3330", "#2dd4bf"}, Stages: {"#0b3330", "#2dd4bf"}, Plays: {"#2a1b47", "#ab7df8"}, Entry: {"#0c2d4e", "#4493f8"},
		Machine: {"#262c36", "#9198a1"}, Human: {"#42200a", "#db6d28"}, Wait: {"#0d1117", "#7d8590"}, Choice: {"#3b2e07", "#d29922"},
		Lanes: {"#3b2e07", "#d29922"}, Goal: {"#12361f", "#3fb950"}, Exit: {"#4a1518", "#f85149"}, Done: {"#0d1117", "#9198a1"}}
	dashed = map[Kind]bool{Condition: true, Wait: true}
	pill   = map[Kind]bool{Segment: true, Condition: true, Entry: true, Goal: true, Exit: true, Done: true, Wait: true}
)

// stroke is the look of a kind of edge.
type stroke struct {
	stroke shade
	dash   string
	width  string
}

var lines = map[EdgeKind]stroke{
	Uses:    {shade{"#818b98", "#7d8590"}, "2 3", "1.3"},
	Trigger: {shade{"#0969da", "#4493f8"}, "", "1.5"},
	Flow:    {shade{"#57606a", "#9198a1"}, "", "1.5"},
	Timeout: {shade{"#cf222e", "#f85149"}, "6 4", "1.5"},
	Anytime: {shade{"#818b98", "#7d8590"}, "2 3", "1.3"},
	Enroll:  {shade{"#8250df", "#ab7df8"}, "", "2.2"},
	Mute:    {shade{"#9a6700", "#d29922"}, "6 4", "1.5"},
}

// words say in a legend what a kind of node or edge is, in the order of the legend.
var words = []struct {
	kind Kind
	text string
}{{Entry, "who enters"}, {Segment, "segment"}, {Condition, "condition"}, {Score, "score"}, {Stages, "stages"}, {Plays, "play"}, {Machine, "hands-free step"}, {Human, "human step"}, {Wait, "wait"},
	{Choice, "branches"}, {Lanes, "lanes"}, {Goal, "goal"}, {Exit, "exit"}, {Done, "end"}}

var edgeWords = []struct {
	kind EdgeKind
	text string
}{{Uses, "speaks of"}, {Trigger, "enters"}, {Flow, "goes on"}, {Timeout, "too late"}, {Anytime, "at any time"}, {Enroll, "enrolls in"}, {Mute, "mutes"}}

// kinds gives the kinds of nodes that a graph has, in the order of the legend.
func (g *Graph) kinds() []Kind {
	var out []Kind
	for _, w := range words {
		for _, n := range g.Nodes {
			if n.Kind == w.kind {
				out = append(out, w.kind)
				break
			}
		}
	}
	return out
}

// edgeKinds gives the kinds of edges that a graph has, in the order of the legend.
func (g *Graph) edgeKinds() []EdgeKind {
	var out []EdgeKind
	for _, w := range edgeWords {
		for _, e := range g.Edges {
			if e.Kind == w.kind {
				out = append(out, w.kind)
				break
			}
		}
	}
	return out
}
