package graph

import (
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/playbook"
)

// board is a drawing of one play in the making.
type board struct {
	*Graph
	book    *playbook.Book
	play    *playbook.Play
	anytime string // group of goal and exits
	lanes   string // group of the lanes that are being drawn; "" outside
}

// port is a loose end: the next step hangs on it.
type port struct {
	from  string
	kind  EdgeKind
	label string
}

// Play draws a play from the top down: who enters, its steps in order with what they wait for and how they branch, and its ends. It is nil where the
// playbook has no such play.
func Play(b *playbook.Book, name string) *Graph {
	p := b.Play(name)
	if p == nil {
		return nil
	}
	d := &board{Graph: newGraph(joined(": ", p.Name, p.Title), subtitle(p), true), book: b, play: p}
	entry := d.node(d.entry())
	d.finish(d.chain(p.Steps, []port{{from: entry, kind: Flow}}))
	d.ends(entry)
	return d.Graph
}

// subtitle says what is to be known of a play beside its steps.
func subtitle(p *playbook.Play) string {
	return joined(" · ", labelled("play of ", p.Of), p.Category, labelled("owner ", p.Owner), priority(p.Priority), labelled("group ", p.Group), mutesOf(p),
		holdout(p.Holdout), standing(p.Status))
}

func mutesOf(p *playbook.Play) string {
	var channels []string
	for _, m := range p.Mute {
		channels = append(channels, m.Channel)
	}
	return labelled("mutes ", strings.Join(channels, ", "))
}

func holdout(share float64) string {
	if share == 0 {
		return ""
	}
	return "holdout " + strconv.FormatFloat(100*share, 'f', -1, 64) + "%"
}

// entry says who enters, when and how often.
func (d *board) entry() Node {
	p := d.play
	n := Node{Kind: Entry, Caption: "enters · " + launch(p.Trigger, longCondition), Title: p.Named, Note: p.Segment.Text}
	if n.Title == "" {
		n.Title = shorten(p.Segment.Text, longCondition)
	} else {
		n.Title = "segment " + n.Title
	}
	if p.Trigger.Kind == playbook.OnEntry && p.Backfill {
		n.Details = append(n.Details, "those already in it too (backfill)")
	}
	if p.Limit > 0 {
		n.Details = append(n.Details, "at most "+strconv.Itoa(p.Limit)+" per launch"+labelled(", by ", shorten(p.Order.Text, longLabel)))
	}
	n.Details = append(n.Details, "re-entry: "+reentry(p.Reentry))
	return n
}

func reentry(r playbook.Reentry) string {
	most := ""
	if r.Max > 0 {
		most = ", at most " + strconv.Itoa(r.Max) + " entries"
	}
	switch r.Mode {
	case playbook.Always:
		return "always" + most
	case playbook.After:
		return span(r.After) + " after the last entry" + most
	case playbook.Per:
		return "once per " + shorten(r.Per.Text, longLabel) + most
	default:
		return "never"
	}
}

// finish ends the main way.
func (d *board) finish(ports []port) {
	if len(ports) == 0 {
		return
	}
	n := Node{Kind: Done, Caption: "end", Title: "completed"}
	if d.play.Keeps() {
		n.Details = []string{"who is still kept stays until the goal or an exit"}
	}
	d.hang(ports, d.node(n))
}

// hang draws edges from loose ends to a node.
func (d *board) hang(ports []port, to string) {
	for _, p := range ports {
		d.edge(p.from, to, p.kind, p.label)
	}
}

// ends draws what ends a membership whatever the step: the goal, the exits, leaving the segment.
func (d *board) ends(entry string) {
	p := d.play
	if !p.Goal.Exists() && len(p.Exits) == 0 && p.OnLeave != playbook.Leave {
		return
	}
	d.anytime = d.group("At any time, whatever the step")
	if p.Goal.Exists() {
		goal := Node{Kind: Goal, Caption: "goal", Title: "converted", Details: []string{shorten("when "+p.Goal.Text, longCondition)}, Note: p.Goal.Text}
		d.leaving(entry, goal, p.GoalThen)
	}
	for i := range p.Exits {
		e := &p.Exits[i]
		n := Node{Kind: Exit, Caption: "exit", Title: e.Reason, Details: []string{shorten(ruleOf(e), longCondition)}, Note: e.When.Text}
		d.leaving(entry, n, e.Then)
	}
	if p.OnLeave == playbook.Leave {
		d.leaving(entry, Node{Kind: Exit, Caption: "exit", Title: "left the segment"}, nil)
	}
}

// leaving draws one end and what follows it.
func (d *board) leaving(entry string, n Node, then []*playbook.Step) {
	n.Group = d.anytime
	id := d.node(n)
	d.edge(entry, id, Anytime, "")
	d.chain(then, []port{{from: id, kind: Flow, label: "then"}})
}
