package plan

import (
	"iter"
	"slices"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Member is somebody who enters, moves or leaves.
type Member struct {
	Before *state.Member // nil for one that enters
	// After is how it is recorded before anything is done for it; Record says that it differs from Before.
	After  state.Member
	Record bool
	Enters bool
	Leaves bool         // its outcome is settled before any move of it
	Moves  []Move       // its own
	End    *journey.End // once its last move has succeeded; nil if it stays
	Lanes  []LaneMoves  // each at its own pace
	Needs  *journey.Ref // the move of another member that enrolls it: nothing of it happens before that has succeeded
}

// LaneMoves is one lane's moves.
type LaneMoves struct {
	Lane string // [state.Lane.Key]
	Of   string // the step that has the lanes
	// New is the lane as it begins once the member's own move at the step Behind has succeeded; nil for one that is in After already.
	New    *state.Lane
	Behind string
	Moves  []Move
	End    *journey.End // once its last move has succeeded; nil if it stays
}

// Move is one step of a member or a lane: done when all its operations are.
type Move struct {
	Step       string
	Continue   bool           // on_error: continue
	Done       state.StepDone // what is recorded of the step; its outcome is "failed" where an operation failed and Continue says to go on
	To         state.Track    // where it stands then; its Done is not used
	Stays      bool           // not done with the step, so that nothing is added to what is done, and nothing follows
	Needs      []string       // lanes of this step that must have ended first, where they end in this run
	Operations []int          // of Plan.Operations
	Holds      []Hold         // what is held once the move is done, beside its operations
	Tasks      []state.Task   // what is kept of tasks that an earlier run made and did not record
}

// moves reports whether the member, or a lane of it, takes a step, begins or ends.
func (m *Member) moves() bool {
	walks := func(l LaneMoves) bool { return l.New != nil || len(l.Moves) > 0 || l.End != nil }
	if len(m.Moves) > 0 || m.End != nil || slices.ContainsFunc(m.Lanes, walks) {
		return true
	}
	return m.Before != nil && (len(m.Before.Lanes) != len(m.After.Lanes) || activeLanes(m.Before) != activeLanes(&m.After))
}

// dropStill takes away moves that stay where they are and do nothing: what they could do was done by an earlier run. When the wait for the
// rest is over at the latest is kept all the same, and is no move.
func (m *Member) dropStill() {
	if still(m.Moves, &m.After.Track) {
		m.Record = keepDue(m.Moves, &m.After.Track) || m.Record
		m.Moves, m.End = m.Moves[:len(m.Moves)-1], nil
	}
	for i := range m.Lanes {
		l := &m.Lanes[i]
		for j := range m.After.Lanes {
			if at := &m.After.Lanes[j]; at.Of == l.Of && at.Key() == l.Lane && at.EndedAt.IsZero() && still(l.Moves, &at.Track) {
				m.Record = keepDue(l.Moves, &at.Track) || m.Record
				l.Moves, l.End = l.Moves[:len(l.Moves)-1], nil
			}
		}
	}
}

// still reports whether the last of some moves stays where it is and does nothing. Nothing follows a move that stays.
func still(moves []Move, from *state.Track) bool {
	n := len(moves)
	if n > 1 {
		from = &moves[n-2].To
	}
	if n == 0 || !moves[n-1].Stays || len(moves[n-1].Operations)+len(moves[n-1].Holds)+len(moves[n-1].Tasks) > 0 {
		return false
	}
	to := &moves[n-1].To
	return to.Step == from.Step && to.StepAt.Equal(from.StepAt) && slices.Equal(to.Reached, from.Reached)
}

// keepDue keeps the due time of the last move with the one before it, or with the track that it set out from, and reports whether that changes
// what is kept of that.
func keepDue(moves []Move, from *state.Track) bool {
	n := len(moves)
	due := moves[n-1].To.Due
	if n > 1 {
		moves[n-2].To.Due = due
		return false
	}
	changed := !from.Due.Equal(due)
	from.Due = due
	return changed
}

func activeLanes(m *state.Member) int {
	n := 0
	for i := range m.Lanes {
		if m.Lanes[i].EndedAt.IsZero() {
			n++
		}
	}
	return n
}

// Gate gives the own move behind which a lane begins, or -1 for one that runs already.
func (m *Member) Gate(l *LaneMoves) int {
	if l.New == nil {
		return -1
	}
	if at := slices.IndexFunc(m.Moves, func(move Move) bool { return move.Step == l.Behind }); at >= 0 {
		return at
	}
	return len(m.Moves) // behind a move that is not made
}

// Moves gives every move of every member and lane.
func (p *Plan) Moves() iter.Seq[*Move] {
	return func(yield func(*Move) bool) {
		for i := range p.Members {
			for move := range p.Members[i].all() {
				if !yield(move) {
					return
				}
			}
		}
	}
}

// all gives a member's moves and those of its lanes.
func (m *Member) all() iter.Seq[*Move] {
	return func(yield func(*Move) bool) {
		for j := range m.Moves {
			if !yield(&m.Moves[j]) {
				return
			}
		}
		for l := range m.Lanes {
			for j := range m.Lanes[l].Moves {
				if !yield(&m.Lanes[l].Moves[j]) {
					return
				}
			}
		}
	}
}
