// Package apply carries out a Plan: state transitions of entries first, then batches for each connector, every outcome recorded before the
// next batch. It never sees the playbook and never plans.
package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// Input is what an apply is made from.
type Input struct {
	Plan       *plan.Plan
	Session    state.Session
	State      *state.Snapshot // that the plan was made from
	Connectors map[string]connector.Connector
	Run        state.Run // ID, By, Plan
	Now        func() time.Time
	// Redact takes out of what a system says what may not be kept: secrets, addresses. nil takes nothing out.
	Redact func(string) string
	// Stop ends the run early when it is closed: no new batch is begun, those in flight end. The context ends those too.
	Stop <-chan struct{}
	// Progress is told after every batch; may be nil.
	Progress func(done, total int)
}

// Status is what became of an operation.
type Status string

// The ends of an operation.
const (
	Done    Status = "done"
	Already Status = "already so"
	Failed  Status = "failed"
	Skipped Status = "skipped" // never tried: an earlier step of its member failed, or the run ended
	InDoubt Status = "in doubt"
	Later   Status = "later" // the system asks to come again
)

// Outcome is what became of one operation of the plan.
type Outcome struct {
	Status  Status
	Reason  string
	Receipt string
	// Unasked says of one that Failed that the system was never asked, so that the next run tries again whatever `on_error` says.
	Unasked bool
}

// Result is what became of a plan.
type Result struct {
	Run         state.Run
	Outcomes    []Outcome // one for each operation of the plan
	Interrupted bool
	// Err is what ended the run early: a failed write to the state. What was recorded is kept.
	Err error
}

// Count gives how many operations ended so.
func (r *Result) Count(s Status) int {
	n := 0
	for _, o := range r.Outcomes {
		if o.Status == s {
			n++
		}
	}
	return n
}

// Complete reports whether everything that the plan held was done.
func (r *Result) Complete() bool {
	return r.Err == nil && !r.Interrupted && r.Count(Done)+r.Count(Already) == len(r.Outcomes)
}

// runner is an apply at work.
type runner struct {
	*Input
	result  *Result
	held    map[heldKey]*state.Held
	effects map[string]int      // attempts so far, by effect key
	doubted map[string]bool     // effects that may have happened before the run
	before  map[int]*state.Held // what was held before somebody was meant to be added, by operation
	members []*memberState
	enrolls map[step][]int // members that need a move of another member
	// announced are the members about whom something is sent before they move: escalations, which no later run would send.
	announced map[string]bool
	total     int
	done      int
	pages     int                       // of the journal, so far
	intended  []bool                    // operations whose intent is in the journal
	closed    []bool                    // those whose end is
	unkept    transaction               // outcomes that could not be kept
	failures  map[string]*state.Failure // earlier refusals, by the operation's key
	goesOn    map[int]bool              // operations without which their step goes on
}

// Run carries out a plan.
func Run(ctx context.Context, in *Input) *Result {
	r := &runner{Input: in, result: &Result{Outcomes: make([]Outcome, len(in.Plan.Operations))}, held: map[heldKey]*state.Held{},
		enrolls: map[step][]int{}, effects: map[string]int{}, doubted: map[string]bool{}, before: map[int]*state.Held{}, total: len(in.Plan.Operations), intended: make([]bool, len(in.Plan.Operations)), closed: make([]bool, len(in.Plan.Operations)), failures: map[string]*state.Failure{}}
	r.goesOn = r.going()
	for i := range in.State.Failures {
		r.failures[in.State.Failures[i].Key] = &in.State.Failures[i]
	}
	for _, list := range [][]state.Held{in.State.Held, in.Plan.Transitions.Held} {
		for i := range list {
			h := list[i]
			r.held[keyOf(&h)] = &h
		}
	}
	for _, list := range [][]state.Effect{in.State.Effects, in.Plan.Transitions.Effects} {
		for i := range list {
			e := &list[i]
			r.effects[e.Key], r.doubted[e.Key] = e.Attempts, e.Status == state.InDoubt || e.Status == state.Intended
		}
	}
	for i := range r.result.Outcomes {
		r.result.Outcomes[i] = Outcome{Status: Skipped, Reason: "not begun"}
	}
	ctx, cancel := whileLocked(ctx, in.Session)
	defer cancel()
	if err := r.begin(ctx); err != nil {
		r.result.Err = err
		return r.result
	}
	r.result.Err = r.waves(ctx)
	r.finish(ctx)
	return r.result
}

// whileLocked gives a context that ends when the session loses its lock: whoever takes it next asks the systems what became of a batch that is
// still being written, and does the rest of it.
func whileLocked(ctx context.Context, session state.Session) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if lost := session.Lost(); lost != nil {
		go func() {
			select {
			case <-lost:
				cancel()
			case <-ctx.Done():
			}
		}()
	}
	return ctx, cancel
}

// begin records the run and every transition that goes with no operation, in one transaction before the first effect.
func (r *runner) begin(ctx context.Context) error {
	r.Input.Run.Started, r.Input.Run.Status, r.Input.Run.Serial = r.Now(), state.Running, r.Plan.Serial+1
	r.Input.Run.Playbook, r.Input.Run.Digest, r.Input.Run.Planned = r.Plan.Files, r.Plan.Digest(), r.Plan.Verbs()
	changes := transaction{Changes: r.Plan.Transitions}
	run := r.Input.Run
	changes.Run = &run
	r.journalPlan(&changes)
	for i := range r.Plan.Members {
		r.meet(&changes, i)
	}
	for i := range r.Plan.Releases {
		r.release(&changes, &r.Plan.Releases[i])
	}
	for i := range r.Plan.Standing {
		r.hold(&changes, &r.Plan.Standing[i])
	}
	r.announced = r.announcements()
	r.settleAll(&changes, r.atOnce())
	r.announced = nil
	if err := r.commit(ctx, &changes); err != nil {
		return fmt.Errorf("recording the start of the run: %w", err)
	}
	return nil
}

// stopping reports whether the run is to end.
func (r *runner) stopping(ctx context.Context) bool {
	select {
	case <-r.Stop:
		return true
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

var errStopped = errors.New("stopped")
