package render

import (
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
)

// notKnown names the records that systems don't know by what the playbook knows them by, with what comes of it.
func (s *sheet) notKnown(p *plan.Plan) []string {
	var out []string
	for i := range p.Plays {
		r := &p.Plays[i]
		for _, x := range r.NotKnown {
			who := s.records(x.Count, x.Entity)
			if x.Step == "" {
				out = append(out, r.Name+": "+who+" "+verbal(x.Count, "wait")+" to enter, not addressable in "+whyNotKnown(&x)+" ("+s.keys(x.Sample, x.Count)+")")
				continue
			}
			out = append(out, stepOf(r.Name, x.Step)+": "+who+" not addressable in "+whyNotKnown(&x)+" ("+s.keys(x.Sample, x.Count)+")")
		}
	}
	return out
}

// notReached words where the one record that a run is about is not known.
func notReached(r *journey.PlayRun) []string {
	var out []string
	for _, x := range r.NotKnown {
		text := x.Entity + " not addressable in " + whyNotKnown(&x)
		if x.Step != "" {
			text = "step " + x.Step + ": " + text
		}
		out = append(out, text)
	}
	return out
}

// whyNotKnown words where a record is not addressable, and why.
func whyNotKnown(x *journey.NotKnown) string { return x.Connector + ": " + oneLine(x.Why) }
