package playbook

import (
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
)

// way is where steps stand.
type way struct {
	bounded bool // the play ends waits there: after a silence, or after so long
	leaving bool // the member has an outcome already
	lane    bool
}

// checkWays walks over a play's steps and reports those that can't be where they are.
func (r *reader) checkWays(p *Play, n document.Node) {
	r.checkBlock(p.Steps, way{bounded: r.bounded(n)})
	r.checkBlock(p.GoalThen, way{leaving: true})
	for _, x := range p.Exits {
		r.checkBlock(x.Then, way{leaving: true})
	}
	r.checkEndless(p, n)
}

func (r *reader) checkBlock(list []*Step, w way) {
	for i, s := range list {
		r.checkPlace(s, w)
		if s.ends() && i+1 < len(list) {
			d := problem(list[i+1].At, "remove it, or move it before the exit", "this step is never reached")
			d.Related = []diag.Related{{At: s.At.Pos(), Message: "every member leaves here"}}
			r.problems.Add(d)
		}
		for _, b := range s.Branches {
			r.checkBlock(b.Steps, w)
		}
		r.checkBlock(s.OnTimeout, way{leaving: true, lane: w.lane})
		r.checkBlock(s.Steps, way{bounded: w.bounded, leaving: w.leaving, lane: true})
	}
}

// checkPlace reports what can't be where it is: a keep of who leaves, lanes in lanes, a wait without end.
func (r *reader) checkPlace(s *Step, w way) {
	switch {
	case s.Verb == Keep && w.leaving:
		r.fail(s.At, "write add:, which stays", "a member is leaving here, so this step would keep nobody")
	case s.Verb == Each && w.lane:
		r.fail(s.At, "take the inner steps out of their steps:, or make them a play and enroll in it", "steps for each record can't stand in steps for each record")
	}
	if waits := s.Verb == WaitFor || s.Verb == Task && s.Await != AwaitNone; !waits || s.Timeout.At.Exists() || w.bounded && !w.leaving {
		return
	}
	hint := "write timeout: 30d beside it, or give the play an exit rule with quiet: or after:"
	if w.leaving {
		hint = "write timeout: 30d beside it; the play's exit rules are about members that are not leaving"
	}
	if s.Verb == Task {
		hint += "; await: none goes on at once"
	}
	r.fail(s.At, hint, "nothing bounds this wait")
}

// ends reports whether every member that reaches a step leaves there.
func (s *Step) ends() bool {
	switch {
	case s.When.Exists():
	case s.Verb == Leaves:
		return true
	case s.Verb == Choose && len(s.Branches) > 1 && s.Branches[len(s.Branches)-1].At.Get("else").Exists(), s.Verb == Split && len(s.Branches) > 0:
		for _, b := range s.Branches {
			if !blockEnds(b.Steps) {
				return false
			}
		}
		return true
	}
	return false
}

func blockEnds(list []*Step) bool {
	for _, s := range list {
		if s.ends() {
			return true
		}
	}
	return false
}

// checkEndless warns of a keep in a play that members never leave. What could not be read may end it.
func (r *reader) checkEndless(p *Play, n document.Node) {
	if r.get(n, "goal").Exists() || r.get(n, "exit").Exists() || r.get(n, "on_leave").Text() != "stay" {
		return
	}
	if s := endless(p.Steps); s != nil {
		r.warn(s.At, "write goal:, exit: or on_leave: exit, or an exit step at the end", "nothing ends this keep of play %s", p.Name)
	}
}

// endless gives the first keep of a block that members do not all leave, or nil.
func endless(list []*Step) *Step {
	if blockEnds(list) {
		return nil
	}
	for _, s := range list {
		if s.Verb == Keep {
			return s
		}
		for _, b := range s.Blocks() {
			if found := endless(b); found != nil {
				return found
			}
		}
	}
	return nil
}
