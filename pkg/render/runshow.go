package render

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
)

// Run writes the record of a run, and its journal: what was planned, by how it ended and why. What is done is counted, unless Full.
func (p *Printer) Run(w io.Writer, r *state.Run, operations []audit.Operation) error {
	s := p.sheet()
	s.runRecord(r)
	s.gap()
	if len(operations) == 0 {
		s.put(0, s.paint(faint, "it has no operations in its journal"))
		return s.writeTo(w)
	}
	for _, outcome := range outcomesOf(operations) {
		s.journal(outcome, operations)
	}
	s.trim()
	return s.writeTo(w)
}

// runRecord writes what is known of a run but for its operations.
func (s *sheet) runRecord(r *state.Run) {
	s.put(0, s.paint(strong, "run "+clean(r.ID)))
	status := s.paint(runInk(r.Status), clean(string(r.Status)))
	if !r.Finished.IsZero() {
		status += ", took " + took(r.Finished.Sub(r.Started))
	}
	for _, d := range []struct{ label, text string }{
		{"did", clean(points(r.Operation.String(), s.environment(r)))},
		{"by", clean(r.By)},
		{"started", s.when(r.Started)},
		{"status", status},
		{"message", clean(r.Message)},
		{"approved", clean(r.Approved)},
		{"overrides", clean(strings.Join(r.Overrides, ", "))},
		{"limits", clean(strings.Join(r.Limits, " "))},
		{"saved plan", clean(r.Plan)},
		{"revision", clean(r.Revision)},
		{"serial", digits(r.Serial)},
		{"read", s.numbered(r.Read)},
		{"planned", s.numbered(r.Planned)},
		{"ended", s.numbered(r.Counts)},
		{"digest", clean(r.Digest)},
	} {
		if d.text != "" {
			s.detail(d.label, d.text)
		}
	}
}

func (s *sheet) environment(r *state.Run) string {
	if r.Environment == "" {
		return ""
	}
	return "environment " + r.Environment
}

func runInk(status state.RunStatus) ink {
	switch status {
	case state.Failed, state.Interrupted:
		return loud
	case state.Partly, state.Running:
		return changed
	}
	return plain
}

// numbered writes numbers of things by their names: 3 add, 2 send.
func (s *sheet) numbered(of map[string]int) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		out = append(out, number(of[name])+" "+clean(name))
	}
	return strings.Join(out, ", ")
}

// outcomesOf gives the outcomes that there are: those that ask for something first.
func outcomesOf(operations []audit.Operation) []string {
	known := []string{audit.InDoubt, "failed", "later", "skipped", audit.NotBegun, "done", "already so"}
	var out []string
	for i := range operations {
		if o := operations[i].Outcome; !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(slices.Index(known, a), slices.Index(known, b)), strings.Compare(a, b))
	})
	return out
}

// journal lists the operations that came to one end.
func (s *sheet) journal(outcome string, operations []audit.Operation) {
	var of []*audit.Operation
	for i := range operations {
		if operations[i].Outcome == outcome {
			of = append(of, &operations[i])
		}
	}
	i := plain
	switch outcome {
	case audit.InDoubt, "failed":
		i = loud
	case "later", "skipped", audit.NotBegun:
		i = changed
	}
	s.put(0, s.paint(i, outcome)+" "+number(len(of)))
	for _, o := range of[:s.listed(len(of))] {
		text := clean(o.String())
		if o.Reason != "" {
			text += ": " + clean(oneLine(o.Reason))
		}
		if o.Receipt != "" {
			text += " → " + clean(o.Receipt)
		}
		if o.Outcome == audit.InDoubt && o.Effect != "" {
			text += " (" + clean(o.Effect) + ")"
		}
		s.say(2, 2, text)
	}
	if more := len(of) - s.listed(len(of)); more > 0 {
		s.put(2, s.paint(faint, "… "+number(more)+" more (--full)"))
	}
	s.gap()
}

// listed gives how many of n lines are listed where each is one of its own.
func (p *Printer) listed(n int) int {
	if p.Full {
		return n
	}
	return min(n, mostRuns)
}
