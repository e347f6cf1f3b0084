package render

import (
	"io"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
)

// RunChecked writes what became of holding a run against its journal.
func (p *Printer) RunChecked(w io.Writer, r *state.Run, report *audit.Report) error {
	s := p.sheet()
	s.put(0, s.paint(strong, "run "+clean(r.ID))+", "+clean(string(r.Status))+": "+counted(report.Operations, "operation"))
	if len(report.Outcomes) > 0 {
		s.put(4, s.numbered(report.Outcomes))
	}
	s.findings(report.Findings)
	if len(report.Findings) == 0 {
		s.put(0, "Everything done was planned, and everything planned is accounted for.")
	}
	return s.writeTo(w)
}

// StateChecked writes what became of checking a whole state, and its backups.
func (p *Printer) StateChecked(w io.Writer, m *state.Meta, findings []audit.Finding, backups []BackupChecked) error {
	s := p.sheet()
	s.put(0, s.paint(strong, points("state of "+clean(m.Playbook), "lineage "+clean(m.Lineage), "serial "+digits(m.Serial))))
	bad := 0
	for _, b := range backups {
		if b.Error != "" {
			bad++
			s.put(4, s.paint(loud, "backup "+clean(b.Name)+": "+clean(b.Error)))
		}
	}
	s.findings(findings)
	if len(findings)+bad == 0 {
		s.put(0, "The state is whole, and so "+map[bool]string{true: "is", false: "are"}[len(backups) == 1]+" its "+counted(len(backups), "backup")+".")
	}
	return s.writeTo(w)
}

// findings lists what does not hold.
func (s *sheet) findings(list []audit.Finding) {
	for _, f := range list {
		text := f.Text
		if f.Kind == audit.Gap && f.Run != "" {
			text = "run " + f.Run + ": " + text
		}
		s.say(4, 2, s.paint(loud, clean(f.Kind))+": "+clean(text))
	}
}
