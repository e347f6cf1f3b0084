package render

import "github.com/playctl/playctl/pkg/plan"

// limited words that a plan was cut down to some members.
func limited(p *plan.Plan) []string {
	if p.Limited == nil {
		return nil
	}
	return []string{"limited to " + number(p.Limited.Members) + " of " + counted(p.Limited.Of, "member") + " (--limit); the others wait for the next run"}
}

// heldBack words what can't be undone and was not approved.
func heldBack(p *plan.Plan) []string {
	out := make([]string, 0, len(p.HeldBack))
	for _, o := range p.HeldBack {
		out = append(out, number(o.Count)+" of "+clean(o.Kind)+" "+map[bool]string{true: "is", false: "are"}[o.Count == 1]+" not approved, and stay wanted")
	}
	return out
}
