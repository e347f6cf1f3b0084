package graph

import (
	"strconv"

	"github.com/playctl/playctl/pkg/playbook"
)

// chain draws steps one after another behind loose ends, and gives the loose ends behind the last one: none where no way leads on.
func (d *board) chain(steps []*playbook.Step, ports []port) []port {
	for _, s := range steps {
		ports = d.step(s, ports)
	}
	return ports
}

// step draws one step with what is within it.
func (d *board) step(s *playbook.Step, ports []port) []port {
	if s.Verb == playbook.Each {
		return d.each(s, ports)
	}
	n := d.box(s)
	n.Group = d.lanes
	id := d.node(n)
	d.hang(ports, id)
	var out []port
	switch s.Verb {
	case playbook.Leaves:
		return nil
	case playbook.Choose, playbook.Split:
		out = d.branches(s, id)
	default:
		out = []port{{from: id, kind: Flow, label: passed(s)}}
	}
	return append(out, d.timeout(s, id)...)
}

// passed labels the way on from a wait that has another way too.
func passed(s *playbook.Step) string {
	if s.Verb != playbook.Task && s.Verb != playbook.WaitFor || !late(s) {
		return ""
	}
	if s.Verb == playbook.Task {
		return "done"
	}
	return "happened"
}

// late reports whether a step has a way out for when it takes too long.
func late(s *playbook.Step) bool { return s.Timeout.Exists() || len(s.OnTimeout) > 0 || s.Resume }

// timeout draws what follows when a step takes too long.
func (d *board) timeout(s *playbook.Step, id string) []port {
	if !late(s) {
		return nil
	}
	way := port{from: id, kind: Timeout, label: bound(s.Timeout)}
	if s.Resume {
		return []port{way}
	}
	ports := d.chain(s.OnTimeout, []port{way})
	if len(ports) > 0 {
		n := Node{Kind: Exit, Group: d.lanes, Caption: "end", Title: "timed out"}
		if d.lanes != "" {
			n.Caption = "its lane ends"
		}
		d.hang(ports, d.node(n))
	}
	return nil
}

// bound words what a step's time is limited by.
func bound(t playbook.Timeout) string {
	switch {
	case !t.After.IsZero():
		return "after " + t.After.String()
	case t.Quiet > 0 && t.Of.Exists():
		return span(t.Quiet) + " without " + shorten(t.Of.Text, longLabel)
	case t.Quiet > 0:
		return span(t.Quiet) + " of silence"
	default:
		return "cancelled"
	}
}

// branches draws the ways of a choose or a split; a choose without else goes on where none holds.
func (d *board) branches(s *playbook.Step, id string) []port {
	var out []port
	otherwise := s.Verb == playbook.Choose
	for i := range s.Branches {
		b := &s.Branches[i]
		otherwise = otherwise && b.When.Exists()
		out = append(out, d.chain(b.Steps, []port{{from: id, kind: Flow, label: branchLabel(s, i)}})...)
	}
	if otherwise {
		out = append(out, port{from: id, kind: Flow, label: "none holds"})
	}
	return out
}

// branchLabel names a branch: its name, its condition or its share.
func branchLabel(s *playbook.Step, i int) string {
	b := &s.Branches[i]
	switch {
	case s.Verb == playbook.Split:
		return joined(" ", b.Name, share(s, b.Weight))
	case namedBranch(s, i):
		return b.Name
	case b.When.Exists():
		return shorten(b.When.Text, longLabel)
	default:
		return "else"
	}
}

// namedBranch reports whether a person gave a branch its name: one of a choose is else, or called by its number.
func namedBranch(s *playbook.Step, i int) bool {
	name := s.Branches[i].Name
	return name != "" && (s.Verb == playbook.Split || name != "else" && name != strconv.Itoa(i+1))
}

// share gives a weight as a share of all weights.
func share(s *playbook.Step, weight int) string {
	sum := 0
	for i := range s.Branches {
		sum += s.Branches[i].Weight
	}
	if sum == 0 {
		return ""
	}
	return strconv.Itoa((200*weight+sum)/(2*sum)) + "%"
}

// each draws lanes: a frame round the steps that each related record walks at its own pace.
func (d *board) each(s *playbook.Step, ports []port) []port {
	n := d.box(s)
	n.Group = d.lanes
	id := d.node(n)
	d.hang(ports, id)
	outside := d.lanes
	d.lanes = d.group("Lanes: each record at its own pace")
	ends := d.chain(s.Steps, []port{{from: id, kind: Flow, label: "each"}})
	d.lanes = outside
	if s.Await == playbook.AwaitNone {
		return append(d.timeout(s, id), port{from: id, kind: Flow, label: "meanwhile"})
	}
	word := map[playbook.Await]string{playbook.AwaitAll: "all have ended", playbook.AwaitFirst: "one has ended"}[s.Await]
	for i := range ends {
		ends[i].label = joined(separator, ends[i].label, word)
	}
	if len(ends) == 0 {
		ends = []port{{from: id, kind: Flow, label: word}}
	}
	return append(ends, d.timeout(s, id)...)
}
