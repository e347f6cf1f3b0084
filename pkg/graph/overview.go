package graph

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// overview is a drawing of a whole playbook in the making.
type overview struct {
	*Graph
	book     *playbook.Book
	env      *expr.Env
	segments map[string]string // ids of nodes by name, as below
	scores   map[string]string
	stages   map[string]string
	plays    map[string]string
	groups   map[string]string // ids of groups by name
}

// Overview draws segments, scores, stages, plays and their links from left to right: what speaks of which, whose records enter which play, which play
// enrolls in which, which mutes which; exclusive groups are frames. env finds out what conditions speak of; nil leaves that out. Names, where there are
// any, leave only those plays, the segments they stand on and the plays they have links with. A name that is no play's draws nothing.
func Overview(b *playbook.Book, env *expr.Env, names ...string) *Graph {
	o := &overview{Graph: newGraph(cmp.Or(b.Name, "playbook"), "segments, plays and links", false), book: b, env: env,
		segments: map[string]string{}, scores: map[string]string{}, stages: map[string]string{}, plays: map[string]string{}, groups: map[string]string{}}
	o.stands()
	for _, p := range b.Plays {
		o.plays[p.Name] = o.node(o.play(p))
	}
	o.stand()
	for _, p := range b.Plays {
		o.enters(p)
		o.links(p)
		o.mutes(p)
	}
	if len(names) > 0 {
		o.only(names)
	}
	return o.Graph
}

// play makes the box of a play.
func (o *overview) play(p *playbook.Play) Node {
	n := Node{Kind: Plays, Caption: joined(" · ", "play", p.Category, standing(p.Status)), Title: p.Name, Idle: p.Status != playbook.Running}
	if p.Title != "" {
		n.Details = append(n.Details, p.Title)
	}
	for _, about := range []string{joined(" · ", labelled("of ", p.Of), labelled("owner ", p.Owner)), priority(p.Priority)} {
		if about != "" {
			n.Details = append(n.Details, about)
		}
	}
	if p.Group != "" {
		if o.groups[p.Group] == "" {
			o.groups[p.Group] = o.group(exclusive(o.book, p.Group))
		}
		n.Group = o.groups[p.Group]
	}
	return n
}

// exclusive words a group of plays.
func exclusive(b *playbook.Book, name string) string {
	title := "group " + name
	if g := b.Group(name); g != nil && g.AtMost > 0 {
		title += ": at most " + strconv.Itoa(g.AtMost)
		title = joined(" ", title, labelled("per ", g.Of))
	}
	return title
}

func priority(n int) string {
	if n == 0 {
		return ""
	}
	return "priority " + strconv.Itoa(n)
}

func standing(s playbook.Status) string {
	return map[playbook.Status]string{playbook.Paused: "paused", playbook.Draining: "draining"}[s]
}

// labelled gives text behind a word, or nothing where there is no text.
func labelled(word, text string) string {
	if text == "" {
		return ""
	}
	return word + text
}

// joined joins what is not empty.
func joined(between string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), between)
}

// enters draws whose records enter a play.
func (o *overview) enters(p *playbook.Play) {
	from := o.segments[p.Named]
	if from == "" {
		if !p.Segment.Exists() {
			return
		}
		from = o.node(Node{Kind: Condition, Caption: "condition of " + p.Of, Title: shorten(p.Segment.Text, longCondition), Note: p.Segment.Text})
		o.speaks(from, p.Segment, expr.Scope{Self: p.Of}, expr.Condition)
	}
	o.edge(from, o.plays[p.Name], Trigger, launch(p.Trigger, longLabel))
}

// launch words a trigger.
func launch(t playbook.Trigger, most int) string {
	switch t.Kind {
	case playbook.OnEntry:
		return "on entry"
	case playbook.OnEvents:
		return shorten("on "+t.Expr.Text, most)
	case playbook.OnWhen:
		return shorten("when "+t.Expr.Text, most)
	case playbook.OnBatches:
		return "cron " + t.Cron
	default:
		return "by hand"
	}
}

// mutes draws which plays a play silences: those with a step on one of the channels.
func (o *overview) mutes(p *playbook.Play) {
	for _, m := range p.Mute {
		for _, other := range o.book.Plays {
			if other != p && speaksOn(other, m.Channel) {
				o.edge(o.plays[p.Name], o.plays[other.Name], Mute, "mutes "+m.Channel)
			}
		}
	}
}

// speaksOn reports whether a play has a step that muting a channel holds back: a send, a task or a keep on it.
func speaksOn(p *playbook.Play, channel string) bool {
	return slices.ContainsFunc(p.AllSteps(), func(s *playbook.Step) bool {
		return (s.Verb.Effect() || s.Verb == playbook.Keep) && s.Speaks(channel)
	})
}

// only leaves some plays, what they stand on and their direct links.
func (o *overview) only(names []string) {
	named, stay := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		named[o.plays[name]], stay[o.plays[name]] = true, true
	}
	linked := func(e Edge) bool { return named[e.From] || named[e.To] }
	for more := true; more; {
		more = false
		for _, e := range o.Edges {
			below := stay[e.To] && !named[e.From] && (e.Kind == Uses || e.Kind == Trigger && named[e.To])
			if below && !stay[e.From] {
				stay[e.From], more = true, true
			}
		}
	}
	o.Edges = slices.DeleteFunc(o.Edges, func(e Edge) bool { return !linked(e) && !(stay[e.From] && stay[e.To] && e.Kind == Uses) })
	for _, e := range o.Edges {
		stay[e.From], stay[e.To] = true, true
	}
	o.Nodes = slices.DeleteFunc(o.Nodes, func(n Node) bool { return !stay[n.ID] })
	o.Groups = slices.DeleteFunc(o.Groups, func(g Group) bool {
		return !slices.ContainsFunc(o.Nodes, func(n Node) bool { return n.Group == g.ID })
	})
	o.Subtitle = "some plays and their links"
}
