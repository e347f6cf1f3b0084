package flow

import (
	"context"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// Revert plans to undo what can be undone of a run: whom it let in leaves, with what is kept for them and their open tasks, and whom it
// added to collections for good is taken out again. The plan's warnings tell what can't be undone, what is left alone, and why. Nobody enters
// or moves.
func Revert(ctx context.Context, w *World, p *Program, s *state.Whole, run *state.Run, o Options) (*Planned, error) {
	r := &reverting{program: p, state: s, run: run, left: map[string]*tally{}, again: map[string]bool{}, others: adders{}, journal: map[string][]state.Page{}}
	for pages := range audit.ByRun(s.Journal) {
		r.journal[pages[0].Run] = pages
	}
	r.eject()
	altered := r.letGo()
	o.Eject = r.out
	o.Allowed = append(slices.Clone(o.Allowed), RemovalsGuard)
	out, err := Plan(ctx, w, p, altered, o)
	if err != nil {
		return nil, err
	}
	done := map[deed]*tally{}
	for i := range r.operations {
		if d, lasts := deedOf(&r.operations[i]); lasts {
			if done[d] == nil {
				done[d] = &tally{}
			}
			done[d].add(r.operations[i].Record.Key)
		}
	}
	out.Plan.Warnings = append(out.Plan.Warnings, wordDeeds(done)...)
	for _, why := range slices.Sorted(maps.Keys(r.left)) {
		out.Plan.Warnings = append(out.Plan.Warnings, "left alone: "+r.left[why].String()+" "+why)
	}
	return out, nil
}

// reverting is the undoing of one run.
type reverting struct {
	program    *Program
	state      *state.Whole
	run        *state.Run
	journal    map[string][]state.Page
	operations []audit.Operation // of the run
	again      map[string]bool   // the operations that the runs after it did
	others     adders            // by members that did not enter with it
	out        map[string]journey.Ejection
	left       map[string]*tally // what is left alone, by why
}

// leave notes something that is left alone.
func (r *reverting) leave(why string, record state.Record) {
	if r.left[why] == nil {
		r.left[why] = &tally{}
	}
	r.left[why].add(record.Key)
}

// eject has those leave whom the run let in, and notes what came after it: what others did before it, it did anew.
func (r *reverting) eject() {
	r.out = map[string]journey.Ejection{}
	after := r.after()
	for i := range r.state.Members {
		m := &r.state.Members[i]
		switch {
		case m.Run != r.run.ID:
		case m.Active():
			r.out[m.Key] = journey.Ejection{Outcome: state.Reverted, Reason: "run " + r.run.ID + " was reverted"}
		default:
			r.leave("entered with the run and have left since", m.Record)
		}
		if m.Run != r.run.ID && (after[m.Run] || m.EndedAt.IsZero() || m.EndedAt.After(r.run.Started)) {
			r.others.note(r.program.Book.Play(m.Play), m)
		}
	}
	r.operations = audit.Known(audit.Operations(r.journal[r.run.ID]), r.state.Effects)
}

// after gives the runs after it, and notes what they did.
func (r *reverting) after() map[string]bool {
	out := map[string]bool{}
	at := slices.IndexFunc(r.state.Runs, func(x state.Run) bool { return x.ID == r.run.ID })
	for _, run := range r.state.Runs[at+1:] {
		out[run.ID] = true
		r.done(audit.Operations(r.journal[run.ID]))
	}
	return out
}

// done notes what a later run did.
func (r *reverting) done(operations []audit.Operation) {
	for i := range operations {
		if o := &operations[i]; o.Outcome == string(apply.Done) {
			r.again[o.Key] = true
		}
	}
}

// letGo gives the state in which nobody holds any more whom the run added for good, so that they are taken out unless others keep them.
func (r *reverting) letGo() *state.Snapshot {
	out := r.state.Snapshot
	out.Held = slices.Clone(out.Held)
	held := make(map[string]*state.Held, len(out.Held)) // by the key of the operation that adds it
	for i := range out.Held {
		h := &out.Held[i]
		held[plan.OperationKey(connector.Add, placeOf(h), h.Record, h.Token)] = h
	}
	open := map[string]*state.Task{}
	for i := range r.state.Tasks {
		if t := &r.state.Tasks[i]; t.Status == state.TaskOpen {
			open[t.Key] = t
		}
	}
	for i := range r.operations {
		o := &r.operations[i]
		if o.Outcome != string(apply.Done) {
			r.unsettled(o)
			continue
		}
		switch o.Verb {
		case connector.Add.String():
			r.unAdd(o, held[o.Key])
		case connector.Remove.String():
			r.leave("taken out of "+title(o)+": nobody is put in again by a revert, since that is an act of its own; the next apply puts in again whom a play keeps", o.Record)
		case connector.Cancel.String():
			r.leave("whose task in "+title(o)+" was taken back: it is not given out again", o.Record)
		case connector.Task.String():
			r.openTask(o, open[o.Effect])
		}
	}
	return &out
}

// unsettled notes an operation of which nobody knows whether it happened.
func (r *reverting) unsettled(o *audit.Operation) {
	if o.Outcome == audit.InDoubt || o.Outcome == string(apply.InDoubt) {
		r.leave("in doubt at "+title(o)+": find out first, with playctl resolve", o.Record)
	}
}

// title words what an operation was about.
func title(o *audit.Operation) string { return placeOfOperation(o).Title() }

// unAdd lets go of one whom the run put into a collection.
func (r *reverting) unAdd(o *audit.Operation, h *state.Held) {
	switch {
	case h == nil:
		r.leave("added to "+title(o)+" are held there no more", o.Record)
		return
	case r.again[o.Key]:
		r.leave("added to "+title(o)+" again by a later run", o.Record)
	case h.Added && !r.keepStep(o) && r.others.may(o):
		r.leave("added to "+title(o)+" by members too who did not enter with the run", o.Record)
	case h.Added && !r.keepStep(o):
		h.Added, h.Keepers = false, append(slices.Clone(h.Keepers), state.Keeper{Member: revertedKeeper, Step: o.Step})
	}
	for _, k := range h.Keepers {
		if _, out := r.out[k.Member]; !out && k.Member != revertedKeeper {
			r.leave("added to "+title(o)+" are kept there by members who did not enter with the run: the next apply would put them in again", o.Record)
			return
		}
	}
}

// revertedKeeper holds what a run added for good while it is undone: nobody wants it.
const revertedKeeper = "(reverted)"

// keepStep reports whether an operation is a keep's.
func (r *reverting) keepStep(o *audit.Operation) bool {
	play := r.program.Book.Play(o.Play)
	if play == nil {
		return false
	}
	return slices.ContainsFunc(play.AllSteps(), func(s *playbook.Step) bool { return s.ID == o.Step && s.Verb == playbook.Keep })
}

// openTask notes a task that stays: to take it back would move its member on.
func (r *reverting) openTask(o *audit.Operation, open *state.Task) {
	if open == nil {
		return
	}
	if _, out := r.out[open.Member]; !out {
		r.leave("with an open task in "+title(o)+" did not enter with the run: close it there, and the play goes on as after one that was cancelled", o.Record)
	}
}
