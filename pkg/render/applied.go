package render

import (
	"io"
	"strings"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Applied writes what became of a plan: the plan's lines with what was done of each, why the rest was not, what to do next, and as the last
// line the sentence that sums it up.
func (p *Printer) Applied(w io.Writer, pl *plan.Plan, r *apply.Result) error {
	s := p.sheet()
	a := newAftermath(pl, r)
	s.run(&r.Run)
	if a.begun() {
		if err := s.outcomes(a); err != nil {
			return err
		}
		s.gap()
		s.failures(a)
		s.people(a)
	}
	s.next(a)
	s.gap()
	s.put(0, p.paint(strong, a.sentence()))
	return s.writeTo(w)
}

// run names a run that has begun.
func (s *sheet) run(r *state.Run) {
	if r.ID == "" || s.Concise {
		return
	}
	text := clean(r.ID)
	if !r.Started.IsZero() && !r.Finished.IsZero() {
		text = points(text, string(r.Status), took(r.Finished.Sub(r.Started)))
	}
	s.about(plain, "Run", text)
	s.gap()
}

// statuses are the ways an operation can end, in the order of the table's columns.
func statuses() []apply.Status {
	return []apply.Status{apply.Done, apply.Already, apply.Failed, apply.InDoubt, apply.Later, apply.Skipped}
}

// outcomes is the table of the plan's lines. Columns in which nothing stands are left out, done excepted.
func (s *sheet) outcomes(a *aftermath) error {
	if len(a.groups) == 0 {
		return nil
	}
	var t table
	t.column("step")
	t.column("does")
	var columns []apply.Status
	for _, status := range statuses() {
		if status == apply.Done || a.result.Count(status) > 0 {
			columns = append(columns, status)
			t.numbers(string(status))
		}
	}
	t.column("of")
	for _, g := range a.groups {
		glyph, i := g.glyph()
		row := []string{clean(stepOf(g.play, g.step)), s.paint(i, glyph+" "+g.verb) + " " + clean(g.place.Title()) + s.taskTitle(g)}
		for _, status := range columns {
			row = append(row, s.figure(status, a.count(g, status)))
		}
		of := s.records(len(g.operations), g.entity)
		if g.any {
			of = number(len(g.operations)) + " " + s.unit(g, len(g.operations))
		}
		t.add(append(row, of)...)
	}
	return s.table(0, &t)
}

// figure writes a number of a column: loud where it is bad news.
func (s *sheet) figure(status apply.Status, n int) string {
	switch {
	case n == 0:
		return s.paint(faint, "0")
	case status == apply.Failed || status == apply.InDoubt:
		return s.paint(loud, number(n))
	case status == apply.Later || status == apply.Skipped:
		return s.paint(changed, number(n))
	}
	return number(n)
}

func stepOf(play, step string) string { return strings.TrimPrefix(play+"."+step, ".") }

// failures tells why operations were not done: one line for each line of the plan and reason.
func (s *sheet) failures(a *aftermath) {
	labels := map[apply.Status]string{apply.Failed: "Failed", apply.InDoubt: "In doubt", apply.Later: "Later", apply.Skipped: "Skipped"}
	for _, status := range statuses() {
		if labels[status] == "" {
			continue
		}
		i := changed
		if status == apply.Failed || status == apply.InDoubt {
			i = loud
		}
		var texts []string
		for _, f := range a.failures(status) {
			texts = append(texts, s.failure(&f))
		}
		if n := a.cut(); n > 0 && status == apply.Skipped {
			texts = append(texts, counted(n, "operation")+": "+a.ending())
		}
		s.remark(i, labels[status], texts)
	}
}

// failure words what ended the same way for the same reason.
func (s *sheet) failure(f *failure) string {
	text := s.records(len(f.keys), f.entity) + " at " + stepOf(f.play, f.step)
	if f.why != "" {
		text += ": " + f.why
	}
	return text + " (" + s.keys(f.keys, len(f.keys)) + ")"
}

// people tells who entered and left. Most did when the run began, whatever became of the operations; who is enrolled by a step enters with
// it, and who leaves by a step leaves with it.
func (s *sheet) people(a *aftermath) {
	entered, heldOut, left := 0, 0, 0
	for i := range a.plan.Members {
		m := &a.plan.Members[i]
		in := !m.Enters || m.Needs == nil || a.reached(m.Needs)
		switch {
		case m.Enters && !in:
		case m.Enters && m.After.HeldOut:
			heldOut++
		case m.Enters:
			entered++
		case m.Leaves:
			left++
		}
		if m.End != nil && m.End.Outcome != "" && in && a.succeeded(m.Moves) {
			left++
		}
	}
	if text := points(stage(entered, "entered"), stage(heldOut, "held out"), stage(left, "left")); text != "" {
		s.about(plain, "Members", text)
	}
}

// next tells what to do about what is not done.
func (s *sheet) next(a *aftermath) {
	r := a.result
	var texts []string
	if r.Err != nil {
		texts = append(texts, "the run ended early: "+r.Err.Error())
	}
	if !a.begun() {
		texts = append(texts, "nothing was done. Mend this and run playctl apply again")
	} else if !r.Complete() {
		texts = append(texts, a.advice()...)
	}
	if len(texts) > 0 {
		s.remark(loud, "Next", texts)
	}
}
