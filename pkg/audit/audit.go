// Package audit holds what was done against what was planned, and a state against itself. It reads the journal that every run writes, page by
// page, as one account of each operation; it touches nothing.
package audit

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// The outcomes of operations of which the journal tells no end.
const (
	InDoubt  = "in doubt"    // intended, and nothing says what became of it
	NotBegun = "never begun" // planned, and the run was cut off before it
)

// Operation is everything that the journal says of one operation of a run.
type Operation struct {
	// Line is what was planned, with the status, the reason and the receipt that it ended with.
	state.Line
	PlannedAt  time.Time `json:"planned_at,omitzero"`
	IntendedAt time.Time `json:"intended_at,omitzero"` // zero where it was never tried
	EndedAt    time.Time `json:"ended_at,omitzero"`    // zero where nothing says how it ended
	Outcome    string    `json:"outcome"`              // Status, or [InDoubt], or [NotBegun]
}

// Operations puts the pages of one run together, by the operations' positions in its plan.
func Operations(pages []state.Page) []Operation {
	byN := map[int]*Operation{}
	for i := range pages {
		p := &pages[i]
		for _, l := range p.Lines {
			if byN[l.N] == nil {
				byN[l.N] = &Operation{Line: state.Line{N: l.N}}
			}
			byN[l.N].read(p, l)
		}
	}
	out := make([]Operation, 0, len(byN))
	for _, o := range byN {
		switch {
		case o.Status != "":
			o.Outcome = o.Status
		case !o.IntendedAt.IsZero():
			o.Outcome = InDoubt
		default:
			o.Outcome = NotBegun
		}
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b Operation) int { return cmp.Compare(a.N, b.N) })
	return out
}

// Known gives operations as the state knows of them by now: an effect that the journal of its run leaves in doubt may have been found out about since,
// by asking its system or by resolve.
func Known(operations []Operation, effects []state.Effect) []Operation {
	status := make(map[string]state.EffectStatus, len(effects))
	for i := range effects {
		status[effects[i].Key] = effects[i].Status
	}
	for i := range operations {
		o := &operations[i]
		if o.Outcome != InDoubt || o.Effect == "" {
			continue
		}
		switch status[o.Effect] {
		case state.Happened:
			o.Outcome = "done"
		case state.Refused:
			o.Outcome = "failed"
		}
	}
	return operations
}

// ByRun gives the pages of each run in a journal, which are by run.
func ByRun(journal []state.Page) iter.Seq[[]state.Page] {
	return func(yield func([]state.Page) bool) {
		for from := 0; from < len(journal); {
			to := from + 1
			for to < len(journal) && journal[to].Run == journal[from].Run {
				to++
			}
			if !yield(journal[from:to]) {
				return
			}
			from = to
		}
	}
}

// read takes over what one page says.
func (o *Operation) read(p *state.Page, l state.Line) {
	switch p.Kind {
	case state.PlannedPage:
		l.Status, l.Reason, l.Receipt = o.Status, o.Reason, o.Receipt
		o.Line, o.PlannedAt = l, p.At
	case state.IntendedPage:
		o.IntendedAt = p.At
	case state.EndedPage:
		o.Status, o.Reason, o.Receipt, o.EndedAt = l.Status, l.Reason, l.Receipt, p.At
	}
}

// String names an operation in words: send desk.message for account a-01 (welcome.hello).
func (o *Operation) String() string {
	place := o.Connector + "." + o.Kind
	if o.Name != "" {
		place += fmt.Sprintf(" %q", o.Name)
	}
	text := strings.TrimSpace(o.Verb + " " + place)
	if o.Record != (state.Record{}) {
		text += " for " + o.Record.String()
	}
	if step := strings.TrimPrefix(o.Play+"."+o.Step, "."); step != "" {
		text += " (" + step + ")"
	}
	return text
}

// Interrupted reports whether a run was cut off: it never recorded its end, and it is not the one that has the lock.
func Interrupted(r *state.Run, holder *state.Holder) bool {
	return r.Status == state.Running && (holder == nil || holder.ID != r.ID)
}
