package apply

import (
	"context"
	"fmt"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// pageLines is how many operations of the plan go on one page of the journal.
const pageLines = 1000

// page begins the next page of the run's journal.
func (r *runner) page(kind state.PageKind, lines int) state.Page {
	p := state.Page{Run: r.Input.Run.ID, Seq: r.pages, At: r.Now(), Kind: kind, Lines: make([]state.Line, 0, lines)}
	r.pages++
	return p
}

// journalPlan writes down what the run is about to do, before the first of it.
func (r *runner) journalPlan(changes *transaction) {
	for from := 0; from < len(r.Plan.Operations); from += pageLines {
		p := r.page(state.PlannedPage, pageLines)
		for n := from; n < min(from+pageLines, len(r.Plan.Operations)); n++ {
			p.Lines = append(p.Lines, r.planned(n))
		}
		changes.Pages = append(changes.Pages, p)
	}
}

// planned gives what an operation is.
func (r *runner) planned(n int) state.Line {
	o := &r.Plan.Operations[n]
	return state.Line{N: n, Key: o.Key, Digest: o.Digest, Verb: o.Verb.String(), Connector: o.Connector, Kind: o.Target.Kind, Name: o.Target.Name, Record: o.Record,
		Play: o.Play, Step: o.Step, Lane: o.Lane, Member: o.Member, Effect: o.EffectKey}
}

// journalIntent writes down which operations are about to be done.
func (r *runner) journalIntent(changes *transaction, group []int) {
	p := r.page(state.IntendedPage, len(group))
	for _, n := range group {
		p.Lines = append(p.Lines, state.Line{N: n})
	}
	changes.Pages = append(changes.Pages, p)
}

// journalEnd writes down what became of operations.
func (r *runner) journalEnd(changes *transaction, group []int) {
	p := r.page(state.EndedPage, len(group))
	for _, n := range group {
		out := &r.result.Outcomes[n]
		p.Lines = append(p.Lines, state.Line{N: n, Status: string(out.Status), Reason: out.Reason, Receipt: out.Receipt})
		r.closed[n] = true
	}
	changes.Pages = append(changes.Pages, p)
}

// journalRest writes down what was planned and never begun, and why.
func (r *runner) journalRest(changes *transaction) {
	var rest []int
	for n := range r.closed {
		if !r.closed[n] {
			rest = append(rest, n)
		}
	}
	for len(rest) > 0 {
		n := min(pageLines, len(rest))
		r.journalEnd(changes, rest[:n])
		rest = rest[n:]
	}
}

// missed takes in that a transaction was not kept. The run ends; should its end be kept after all, its journal must have no gap, and what was
// done is known: outcomes go with the end. What was only intended was never begun, and its page's number is free again.
func (r *runner) missed(t *transaction) {
	if len(t.Pages) == 1 && t.Pages[0].Kind == state.IntendedPage {
		r.pages--
		return
	}
	r.unkept = *t
}

// doubt takes in that outcomes were not kept in the end either: the journal says of those operations that they were about to be done, and
// nothing else, so that nobody may be told more.
func (r *runner) doubt() {
	for i := range r.unkept.Pages {
		if r.unkept.Pages[i].Kind != state.EndedPage {
			continue
		}
		for _, l := range r.unkept.Pages[i].Lines {
			if out := &r.result.Outcomes[l.N]; r.intended[l.N] {
				out.Reason = strings.TrimSuffix("it ended as "+string(out.Status)+", which could not be recorded: "+out.Reason, ": ")
				out.Status = InDoubt
			}
		}
	}
	r.count(&r.result.Run)
}

// count puts the run's figures into its record.
func (r *runner) count(run *state.Run) {
	run.Counts = map[string]int{}
	for _, s := range []Status{Done, Already, Failed, Skipped, InDoubt, Later} {
		if n := r.result.Count(s); n > 0 {
			run.Counts[string(s)] = n
		}
	}
}

// finish records how the run ended. It is recorded even when the context has ended.
func (r *runner) finish(ctx context.Context) {
	run := r.Input.Run
	run.Finished = r.Now()
	r.count(&run)
	r.result.Interrupted = r.result.Interrupted || r.result.Err == nil && r.stopping(ctx) && !r.result.Complete()
	switch {
	case r.result.Err != nil:
		run.Status, run.Message = state.Failed, r.redact(r.result.Err.Error())
	case r.result.Interrupted:
		run.Status = state.Interrupted
	case r.result.Complete() && len(r.Plan.Unread)+len(r.Plan.Problems) == 0:
		run.Status = state.Succeeded
	default:
		run.Status = state.Partly
	}
	r.result.Run = run
	changes := r.unkept
	changes.Run = &run
	r.journalRest(&changes)
	err := r.commit(ctx, &changes)
	if err != nil && r.result.Err == nil {
		r.result.Err = fmt.Errorf("recording the end of the run: %w", err)
	}
	if err != nil && !kept(err) {
		r.doubt()
	}
}
