package render

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
)

// mostRuns is how many runs are listed where not all are.
const mostRuns = 20

// Runs writes a table of runs, the newest first. list is oldest first, as the state keeps it.
func (p *Printer) Runs(w io.Writer, list []state.Run) error {
	s := p.sheet()
	if len(list) == 0 {
		s.put(0, "no runs yet")
		return s.writeTo(w)
	}
	var t table
	t.column("run")
	t.column("did")
	t.numbers("serial")
	t.column("started")
	t.numbers("took")
	t.column("status")
	t.column("operations")
	t.column("by")
	t.column("")
	shown := list
	if !s.Full && len(list) > mostRuns {
		shown = list[len(list)-mostRuns:]
	}
	for _, r := range slices.Backward(shown) {
		t.add(s.runCells(&r)...)
	}
	if err := s.table(0, &t); err != nil {
		return err
	}
	if more := len(list) - len(shown); more > 0 {
		s.put(0, s.paint(faint, "… "+number(more)+" earlier (--full)"))
	}
	return s.writeTo(w)
}

func (s *sheet) runCells(r *state.Run) []string {
	spent := ""
	if !r.Finished.IsZero() {
		spent = took(r.Finished.Sub(r.Started))
	}
	return []string{clean(r.ID), clean(r.Operation.String()), digits(r.Serial), s.when(r.Started), spent,
		s.paint(runInk(r.Status), clean(string(r.Status))), s.ends(r.Counts), clean(r.By), clean(oneLine(r.Message))}
}

// ends tallies how operations ended, in the order of the table of an apply.
func (s *sheet) ends(counts map[string]int) string {
	var out []string
	for _, status := range append(statuses(), audit.NotBegun) {
		if n := counts[string(status)]; n > 0 {
			out = append(out, number(n)+" "+string(status))
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

// when writes a time, and how long ago that is where now is known.
func (p *Printer) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	text := moment(t.In(p.zone()))
	if p.Now.IsZero() || t.After(p.Now) {
		return text
	}
	if ago := p.Now.Sub(t); ago >= time.Minute {
		return text + ", " + span(ago) + " ago"
	}
	return text + ", just now"
}
