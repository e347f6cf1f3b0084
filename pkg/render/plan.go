package render

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/segment"
)

// Plan writes a plan: where it comes from, a block for each play with something to tell, what is to be known beside, and as the last line
// the sentence that sums it up.
func (p *Printer) Plan(w io.Writer, v *View) error {
	s := p.sheet()
	if !p.Concise {
		s.origins(v)
	}
	s.plays(newAgenda(v))
	s.gap()
	s.remarks(v)
	s.gap()
	s.put(0, p.paint(strong, sentence(v.Plan)))
	return s.writeTo(w)
}

// origins tells what was read, evaluated and compared, and how long that took.
func (s *sheet) origins(v *View) {
	if e := v.Plan.Environment; e != "" {
		s.row(headerRow, 0, cell{text: "Playbook"}, cell{text: clean(v.Plan.Playbook) + " in environment " + clean(e)})
	}
	var read, from []string
	var spent time.Duration
	for _, r := range v.Read {
		read = append(read, s.records(r.Rows, r.Entity))
		spent += r.Took
		if r.From != "" && !slices.Contains(from, clean(r.From)) {
			from = append(from, clean(r.From))
		}
	}
	s.origin("Read", points(read...), strings.Join(from, ", "), spent)
	e := v.Evaluated
	s.origin("Evaluated", points(someOf(e.Segments, "segment"), someOf(e.Scores, "score"), someOf(e.Stages, "stage model")), "", e.Took)
	for _, m := range e.Moved {
		s.origin("Moved", clean(m.Name)+": "+moves(m.Moves), "", 0)
	}
	c := v.Compared
	s.origin("Compared", points(someOf(c.Collections, "collection"), someOf(c.Fields, "field")), clean(strings.Join(c.Connectors, ", ")), c.Took)
	s.gap()
}

func (s *sheet) origin(label, what, where string, spent time.Duration) {
	if what == "" {
		return
	}
	time := ""
	if spent > 0 {
		time = took(spent)
	}
	s.row(headerRow, 0, cell{text: label}, cell{text: what}, cell{text: where, ink: faint}, cell{text: time, ink: faint, right: true})
}

// moves words who moved between stages: 12 forward (2 past a stage), 1 backward.
func moves(m segment.StageMoves) string {
	forward, backward := "", ""
	if m.Forward > 0 {
		forward = number(m.Forward) + " forward"
	}
	if m.Skipped > 0 {
		forward += " (" + number(m.Skipped) + " past a stage)"
	}
	if m.Backward > 0 {
		backward = number(m.Backward) + " backward"
	}
	return points(forward, backward)
}

// someOf counts things, and is empty for none.
func someOf(n int, noun string) string {
	if n == 0 {
		return ""
	}
	return counted(n, noun)
}

// sentence sums a plan up. What happens once is never part of what is added; tasks that are taken back are told where there are any.
func sentence(p *plan.Plan) string {
	s := p.Summary()
	if p.Empty() && len(p.Unread) > 0 {
		return fmt.Sprintf("Unknown: %s could not be read; no changes in what could. %s %s already, %s waiting.", counted(len(p.Unread), "place"), counted(s.NoOps, "want"), verbal(s.NoOps, "hold"), number(s.Wait))
	}
	if p.Empty() {
		return fmt.Sprintf("No changes. %s %s already, %s waiting.", counted(s.NoOps, "want"), verbal(s.NoOps, "hold"), number(s.Wait))
	}
	cancel := ""
	if s.Cancel > 0 {
		cancel = number(s.Cancel) + " to cancel, "
	}
	return fmt.Sprintf("Plan: %s to add, %s to remove, %s to change, %s to do once, %s%s waiting.",
		number(s.Add), number(s.Remove), number(s.Change), number(s.Once), cancel, number(s.Wait))
}
