package graph

import "github.com/playctl/playctl/pkg/playbook"

// links draws which plays a play enrolls in, and where it does.
func (o *overview) links(p *playbook.Play) {
	o.enrolls(p, p.Steps, "step")
	o.enrolls(p, p.GoalThen, "goal")
	for i := range p.Exits {
		o.enrolls(p, p.Exits[i].Then, labelled("exit ", quoted(reasonOf(&p.Exits[i]))))
	}
}

// enrolls draws the links of a list of steps and of the lists within them; where says in which way of the play they are.
func (o *overview) enrolls(p *playbook.Play, steps []*playbook.Step, where string) {
	for _, s := range steps {
		if s.Verb == playbook.Enroll {
			o.edge(o.plays[p.Name], o.other(s.Play), Enroll, where)
		}
		for i := range s.Branches {
			o.enrolls(p, s.Branches[i].Steps, branchOf(s, i))
		}
		o.enrolls(p, s.OnTimeout, "timeout"+labelled(" of ", written(s)))
		o.enrolls(p, s.Steps, where)
	}
}

// branchOf says in which branch something is.
func branchOf(s *playbook.Step, i int) string {
	label := branchLabel(s, i)
	switch {
	case namedBranch(s, i):
		return "branch " + quoted(s.Branches[i].Name)
	case s.Branches[i].When.Exists():
		return "when " + label
	}
	return label
}

// other gives the node of a play that is enrolled in; one that the playbook does not have gets a bare box.
func (o *overview) other(name string) string {
	if o.plays[name] == "" {
		o.plays[name] = o.node(Node{Kind: Plays, Caption: "play", Title: name})
	}
	return o.plays[name]
}

// written gives a step's id if a person wrote it.
func written(s *playbook.Step) string {
	if s.Made {
		return ""
	}
	return s.ID
}

func quoted(text string) string { return `"` + text + `"` }

// reasonOf names an exit.
func reasonOf(e *playbook.Exit) string {
	if e.Reason != "" {
		return e.Reason
	}
	return shorten(ruleOf(e), longLabel)
}

// ruleOf words when an exit holds.
func ruleOf(e *playbook.Exit) string {
	switch {
	case e.When.Exists():
		return "when " + e.When.Text
	case e.Quiet > 0:
		return span(e.Quiet) + " of silence"
	default:
		return e.After.String() + " after entry"
	}
}
