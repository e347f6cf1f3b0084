package apply

import (
	"context"
	"errors"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// waves works through the plan: collections to make, then what waits for nobody's move, then wave by wave the next step of every member
// and lane, until nobody can go further. A failed operation stops its member, or its lane, and nobody else.
func (r *runner) waves(ctx context.Context) error {
	if err := r.create(ctx); err != nil {
		return r.unlessStopped(err)
	}
	if err := r.carryOut(ctx, r.free()); err != nil {
		return r.unlessStopped(err)
	}
	r.holdUnsaid()
	for {
		ready := r.ready()
		if len(ready) == 0 {
			return r.unlessStopped(r.carryOut(ctx, r.parting()))
		}
		stopped := r.carryOut(ctx, r.operations(ready))
		if stopped != nil && !errors.Is(stopped, errStopped) {
			return stopped
		}
		if err := r.settleMoves(ctx, ready); err != nil { // what was done before a stop counts
			return err
		}
		if stopped != nil {
			return r.unlessStopped(stopped)
		}
	}
}

func (r *runner) unlessStopped(err error) error {
	if errors.Is(err, errStopped) {
		r.result.Interrupted = true
		return nil
	}
	return err
}

// create makes the collections that steps may create. If one can't be made, its operations fail on their own.
func (r *runner) create(ctx context.Context) error {
	for _, c := range r.Plan.Creates {
		if r.stopping(ctx) {
			return errStopped
		}
		maker, ok := connector.As[connector.Creator](r.Connectors[c.Place.Connector])
		if !ok {
			continue
		}
		_, err := leaving(ctx, func() (struct{}, error) { return struct{}{}, maker.Create(ctx, c.Place.Collection) })
		if err != nil && ctx.Err() != nil {
			return errStopped
		}
	}
	return nil
}

// free gives the operations that wait for nobody's move: withdrawals, mended drift and what else done steps want, escalations, tasks to be
// taken back.
func (r *runner) free() []int {
	tied := make([]bool, len(r.Plan.Operations))
	for move := range r.Plan.Moves() {
		for _, o := range move.Operations {
			tied[o] = true
		}
	}
	var out []int
	for i := range tied {
		if o := &r.Plan.Operations[i]; len(o.Parting) == 0 && !tied[i] || o.Standing {
			out = append(out, i)
		}
	}
	return out
}

// holdUnsaid has members stay where they are about whom an escalation was to be sent and was not: the next run sends it, which none would once
// they have moved on.
func (r *runner) holdUnsaid() {
	unsaid := map[string]bool{}
	for i := range r.Plan.Operations {
		switch r.result.Outcomes[i].Status {
		case Done, Already, InDoubt:
		default:
			if o := &r.Plan.Operations[i]; o.Attached {
				unsaid[o.Member] = true
			}
		}
	}
	for _, m := range r.members {
		for i := range m.walkers {
			m.walkers[i].stopped = m.walkers[i].stopped || unsaid[m.member.Key]
		}
	}
}

// parting gives the operations that go with members' ends, of those who have ended.
func (r *runner) parting() []int {
	ended := map[string]bool{}
	for _, m := range r.members {
		ended[m.member.Key] = m.begun && !m.member.Active()
	}
	var out []int
	for i := range r.Plan.Operations {
		keys := r.Plan.Operations[i].Parting
		if len(keys) > 0 && !slices.ContainsFunc(keys, func(key string) bool { return !ended[key] }) {
			out = append(out, i)
		}
	}
	return out
}

// ready gives the members and lanes whose next move, or end, has come.
func (r *runner) ready() []*walker {
	var out []*walker
	for _, m := range r.members {
		if !m.begun {
			continue
		}
		for i := range m.walkers {
			if w := &m.walkers[i]; w.ready() {
				out = append(out, w)
			}
		}
	}
	return out
}

// operations gives what is still to be tried of the next moves of those who are ready.
func (r *runner) operations(ready []*walker) []int {
	var out []int
	for _, w := range ready {
		if w.next == len(w.moves) {
			continue
		}
		for _, o := range w.moves[w.next].Operations {
			if r.result.Outcomes[o].Status == Skipped {
				out = append(out, o)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// settleMoves records the moves whose operations have all succeeded, with the members whom they enroll, and stops those whose have not.
func (r *runner) settleMoves(ctx context.Context, ready []*walker) error {
	var changes transaction
	r.settleAll(&changes, ready)
	return r.commit(ctx, &changes)
}

// settleAll settles moves, and then those that come at once, as parts of one transaction: nobody is recorded on the way to where they wait. A run
// that finds somebody there takes the wait for one that has begun.
func (r *runner) settleAll(changes *transaction, ready []*walker) {
	for ; len(ready) > 0; ready = r.atOnce() {
		for _, w := range ready {
			if r.settleMove(changes, w) {
				r.touch(changes, w.of)
			}
		}
	}
	r.keep(changes)
}

// atOnce gives those whose next move, or end, has come, and of which nothing is to be done outside.
func (r *runner) atOnce() []*walker {
	return slices.DeleteFunc(r.ready(), func(w *walker) bool {
		return len(r.operations([]*walker{w})) > 0 || r.announced[w.of.member.Key]
	})
}

// announcements gives the members about whom an escalation is to be sent.
func (r *runner) announcements() map[string]bool {
	out := map[string]bool{}
	for i := range r.Plan.Operations {
		if o := &r.Plan.Operations[i]; o.Attached {
			out[o.Member] = true
		}
	}
	return out
}

// settleMove moves a member or a lane past a step if everything it did there succeeded, and to its end if that was the last. It reports
// whether anything changed.
func (r *runner) settleMove(changes *transaction, w *walker) bool {
	if w.next < len(w.moves) {
		move := &w.moves[w.next]
		done, succeeded := r.outcome(move)
		if !succeeded {
			w.stopped = true
			return false
		}
		w.pass(move, done)
		for i := range move.Holds {
			r.hold(changes, &move.Holds[i])
		}
		changes.Tasks = append(changes.Tasks, move.Tasks...)
		for _, i := range r.enrolls[step{w.of.member.Key, w.lane, move.Step}] {
			r.enter(changes, i)
		}
	}
	if w.next == len(w.moves) && !w.stopped && w.mayEnd() {
		w.end()
	}
	return true
}

// outcome gives what is recorded of a move, and whether it succeeded.
func (r *runner) outcome(move *plan.Move) (done state.StepDone, succeeded bool) {
	done = move.Done
	for _, o := range move.Operations {
		switch r.result.Outcomes[o].Status {
		case Done, Already:
		case Failed:
			if !move.Continue || r.result.Outcomes[o].Unasked {
				return done, false
			}
			done.Outcome = "failed"
		default:
			return done, false
		}
	}
	return done, true
}
