package plan

import (
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
)

// Summary is the plan in numbers. Once counts what can't be undone and is never part of Add; Cancel tasks that are taken back.
type Summary struct {
	Add     int `json:"add"`
	Remove  int `json:"remove"`
	Change  int `json:"change"`
	Once    int `json:"once"`
	Cancel  int `json:"cancel"`
	Enter   int `json:"enter"`
	Leave   int `json:"leave"`
	Move    int `json:"move"`
	Wait    int `json:"wait"`
	NoOps   int `json:"no_ops"`
	Creates int `json:"creates"`
	Plays   int `json:"plays"` // new, changed or removed
}

// Summary counts the plan.
func (p *Plan) Summary() Summary {
	s := Summary{NoOps: p.NoOps, Creates: len(p.Creates)}
	for i := range p.Operations {
		switch p.Operations[i].Verb {
		case connector.Add:
			s.Add++
		case connector.Remove:
			s.Remove++
		case connector.Set:
			s.Change++
		case connector.Send, connector.Task:
			s.Once++
		case connector.Cancel:
			s.Cancel++
		}
	}
	for i := range p.Members {
		switch m := &p.Members[i]; {
		case m.Enters:
			s.Enter++
		case m.Leaves:
			s.Leave++
		case m.moves():
			s.Move++
		}
	}
	for _, r := range p.Plays {
		for _, w := range r.Waiting {
			s.Wait += w.Count
		}
		if r.Change == journey.New || r.Change == journey.Changed || r.Change == journey.Gone {
			s.Plays++
		}
	}
	for _, b := range p.Blocked {
		s.Wait += b.Count
	}
	return s
}

// Verbs counts the operations by verb.
func (p *Plan) Verbs() map[string]int {
	out := map[string]int{}
	for i := range p.Operations {
		out[p.Operations[i].Verb.String()]++
	}
	return out
}

// Empty reports whether applying the plan would change nothing but cursors: what "no changes" means.
func (p *Plan) Empty() bool {
	s := p.Summary()
	return s.Add+s.Remove+s.Change+s.Once+s.Cancel+s.Enter+s.Leave+s.Move+s.Creates+s.Plays+len(p.Releases)+len(p.Standing) == 0
}
