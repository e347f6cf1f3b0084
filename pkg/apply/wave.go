package apply

import (
	"context"
	"errors"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
)

// waves works through the plan: collections to make, then withdrawals and drift, then wave by wave the next step of every member, until
// nobody can go further. A failed operation stops its member and nobody else.
func (r *runner) waves(ctx context.Context) error {
	if err := r.create(ctx); err != nil {
		return r.unlessStopped(err)
	}
	if err := r.carryOut(ctx, r.free()); err != nil {
		return r.unlessStopped(err)
	}
	for {
		operations, waiting := r.nextMoves()
		if !waiting {
			return nil
		}
		stopped := r.carryOut(ctx, operations)
		if stopped != nil && !errors.Is(stopped, errStopped) {
			return stopped
		}
		if err := r.settleMoves(ctx); err != nil { // what was done before a stop counts
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
		maker, ok := r.Connectors[c.Place.Connector].(connector.Creator)
		if !ok {
			continue
		}
		if err := maker.Create(ctx, c.Place.Collection); err != nil && ctx.Err() != nil {
			return errStopped
		}
	}
	return nil
}

// free gives the operations that wait for no member's move: withdrawals, mended drift and what else done steps want.
func (r *runner) free() []int {
	tied := make([]bool, len(r.Plan.Operations))
	for i := range r.Plan.Members {
		for _, move := range r.Plan.Members[i].Moves {
			for _, o := range move.Operations {
				tied[o] = true
			}
		}
	}
	var out []int
	for i := range tied {
		if !tied[i] || r.Plan.Operations[i].Standing {
			out = append(out, i)
		}
	}
	return out
}

// nextMoves gives the operations of every member's next move that are still to be tried, and whether any member has a move left.
func (r *runner) nextMoves() (operations []int, waiting bool) {
	for i := range r.members {
		m := &r.members[i]
		moves := r.Plan.Members[i].Moves
		if m.stopped || m.ended {
			continue
		}
		if m.next >= len(moves) && r.Plan.Members[i].End == nil {
			continue
		}
		waiting = true
		if m.next < len(moves) {
			for _, o := range moves[m.next].Operations {
				if r.result.Outcomes[o].Status == Skipped {
					operations = append(operations, o)
				}
			}
		}
	}
	slices.Sort(operations)
	return slices.Compact(operations), waiting
}

// settleMoves records the moves whose operations have all succeeded, and stops the members whose have not.
func (r *runner) settleMoves(ctx context.Context) error {
	var changes transaction
	for i := range r.members {
		m := &r.members[i]
		planned := &r.Plan.Members[i]
		if m.stopped || m.ended {
			continue
		}
		moved := false
		if m.next < len(planned.Moves) {
			if moved = r.settleMove(&changes, m, &planned.Moves[m.next]); !moved {
				m.stopped = true
				continue
			}
		}
		if m.next >= len(planned.Moves) && planned.End != nil {
			m.member.EndedAt, m.member.Outcome, m.member.Reason, m.ended = planned.End.At, planned.End.Outcome, planned.End.Reason, true
			moved = true
		}
		if moved {
			changes.Members = append(changes.Members, m.member)
		}
	}
	return r.commit(ctx, &changes)
}

// settleMove moves a member past a step if everything it did there succeeded.
func (r *runner) settleMove(changes *transaction, m *memberState, move *plan.Move) bool {
	done := move.Done
	for _, o := range move.Operations {
		switch r.result.Outcomes[o].Status {
		case Done, Already:
		case Failed:
			if !move.Continue || r.result.Outcomes[o].Unasked {
				return false
			}
			done.Outcome = "failed"
		default:
			return false
		}
	}
	m.member.Done = append(slices.Clone(m.member.Done), done)
	m.member.Step, m.member.StepAt, m.member.Due, m.member.Reached = move.To.Step, move.To.StepAt, move.To.Due, move.To.Reached
	m.next++
	for i := range move.Holds {
		r.hold(changes, &move.Holds[i])
	}
	return true
}
