package render

import "io"

// checkWords are the words of each status of a check.
var checkWords = map[string]string{"ok": "ok", "failed": "failed", "made": "not there yet: apply makes it", "unknown": "not known: it can't be read back"}

// ConnectorChecks writes what was found out of connectors, and as the last line how many are fine.
func (p *Printer) ConnectorChecks(w io.Writer, checks []ConnectorCheck) error {
	s := p.sheet()
	if len(checks) == 0 {
		s.put(0, "The playbook has no connectors.")
		return s.writeTo(w)
	}
	t := &table{}
	t.column("connector")
	t.column("what")
	t.column("")
	failed := 0
	for _, c := range checks {
		what, word := c.Collection, checkWords[c.Status]
		if what == "" {
			what = "connection"
		}
		if c.Status == "failed" {
			failed++
			word = s.paint(loud, word)
		}
		t.add(clean(c.Connector), clean(what), word)
	}
	if err := s.table(0, t); err != nil {
		return err
	}
	for _, c := range checks {
		if c.Status == "failed" {
			s.gap()
			s.say(0, 4, s.paint(loud, points(clean(c.Connector), clean(c.Collection))))
			s.say(4, 0, clean(c.Error))
		}
	}
	s.gap()
	if failed > 0 {
		s.put(0, number(failed)+" of "+counted(len(checks), "check")+" failed.")
	} else {
		s.put(0, "All is well: "+counted(len(checks), "check")+".")
	}
	return s.writeTo(w)
}
