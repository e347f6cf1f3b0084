package plan

import "fmt"

// Verdict is what a guard says to a plan.
type Verdict struct {
	Guard   string `json:"guard"`
	Holds   bool   `json:"holds"`
	Allowed bool   `json:"allowed,omitempty"` // it does not hold, and the run said that it may be passed
	Message string `json:"message"`
}

// Refused gives the guards that refuse the plan.
func (p *Plan) Refused() []Verdict {
	var out []Verdict
	for _, v := range p.Verdicts {
		if !v.Holds && !v.Allowed {
			out = append(out, v)
		}
	}
	return out
}

// A plan may remove this many members of collections without being asked, or this share of what playctl holds, whichever is more.
const (
	freeRemovals  = 100
	shareRemovals = 0.2
)

// judge holds the plan against the guards that are always on.
func judge(p *Plan, allowed []string) []Verdict {
	s := p.Summary()
	v := Verdict{Guard: "removals", Holds: s.Remove <= freeRemovals || float64(s.Remove) <= shareRemovals*float64(p.HeldTotal)}
	v.Message = fmt.Sprintf("%d removals of %d members held; more than %d and more than %.0f%% need --allow removals", s.Remove, p.HeldTotal, freeRemovals, shareRemovals*100)
	for _, name := range allowed {
		v.Allowed = v.Allowed || !v.Holds && name == v.Guard
	}
	return []Verdict{v}
}

// Lateness is what lets effects be done that are later than the playbook allows. The journey holds them back, so that there is no verdict.
const Lateness = "lateness"

// Guards are the names of what --allow lets pass.
func Guards() []string { return []string{"removals", Lateness} }
