package render

import (
	"io"
	"strings"
)

// ClaimsDocument is how a connector did in the suite that every connector must pass.
type ClaimsDocument struct {
	Head
	Held    int     `json:"held"`
	Failed  int     `json:"failed"`
	Skipped int     `json:"skipped"`
	Claims  []Claim `json:"claims"`
}

// Claim is how one claim ended: held, failed or skipped.
type Claim struct {
	Claim   string   `json:"claim"`
	Status  string   `json:"status"`
	Reasons []string `json:"reasons,omitempty"`
}

// Add notes how a claim ended.
func (d *ClaimsDocument) Add(claim, skipped string, failures []string) {
	c := Claim{Claim: claim, Status: "held"}
	switch {
	case len(failures) > 0:
		c.Status, c.Reasons = "failed", failures
		d.Failed++
	case skipped != "":
		c.Status, c.Reasons = "skipped", []string{skipped}
		d.Skipped++
	default:
		d.Held++
	}
	d.Claims = append(d.Claims, c)
}

// Claims writes the claims that failed with the reasons, and with Full also the others; the last line counts them.
func (p *Printer) Claims(w io.Writer, d *ClaimsDocument) error {
	s := p.sheet()
	for _, c := range d.Claims {
		switch {
		case c.Status == "failed":
			s.put(0, s.paint(loud, "failed")+"   "+clean(c.Claim))
			for _, reason := range c.Reasons {
				s.say(9, 2, clean(strings.TrimSpace(reason)))
			}
		case !p.Full:
		case c.Status == "skipped":
			s.put(0, "skipped  "+clean(c.Claim)+": "+clean(strings.Join(c.Reasons, "; ")))
		default:
			s.put(0, "held     "+clean(c.Claim))
		}
	}
	s.gap()
	s.put(0, number(d.Held)+" of "+counted(d.Held+d.Failed, "claim")+" held, "+number(d.Failed)+" failed, "+number(d.Skipped)+" did not apply.")
	return s.writeTo(w)
}
