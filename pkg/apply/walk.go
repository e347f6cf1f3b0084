package apply

import (
	"cmp"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// step names a move.
type step struct{ member, lane, step string }

// memberState is how far a member of the plan has come.
type memberState struct {
	planned *plan.Member
	member  state.Member // its lanes aside
	lanes   []state.Lane // all, in their order; those that begin behind a move come last
	gates   []int        // for each lane: the own move behind which it begins, -1 for one that runs already
	walkers []walker     // itself, then its lanes
	begun   bool         // it is recorded, or was before
	touched bool         // it is to be recorded anew
}

// walker is a member, or a lane of one, on its way.
type walker struct {
	of      *memberState
	lane    string // "" for the member itself
	at      int    // of the member's lanes; -1 for the member itself
	nth     int    // of the plan's lanes
	moves   []plan.Move
	next    int
	stopped bool // an operation of its next move did not succeed, or it stays
	ended   bool
}

// meet takes in a member of the plan, and records it unless it needs somebody else's move.
func (r *runner) meet(changes *transaction, i int) {
	planned := &r.Plan.Members[i]
	m := &memberState{planned: planned, member: planned.After, lanes: slices.Clone(planned.After.Lanes)}
	if planned.Enters {
		m.member.Run = r.Input.Run.ID
	}
	for range m.lanes {
		m.gates = append(m.gates, -1)
	}
	m.walkers = append(m.walkers, walker{of: m, at: -1, moves: planned.Moves, ended: !planned.After.Active() || planned.End == nil && len(planned.Moves) == 0})
	for l := range planned.Lanes {
		lane := &planned.Lanes[l]
		at := m.find(lane.Of, lane.Lane)
		if lane.New != nil {
			at = len(m.lanes)
			m.lanes, m.gates = append(m.lanes, *lane.New), append(m.gates, planned.Gate(lane))
		}
		m.walkers = append(m.walkers, walker{of: m, lane: lane.Lane, at: at, nth: l, moves: lane.Moves, ended: at < 0})
	}
	r.members = append(r.members, m)
	if need := planned.Needs; need != nil {
		at := step{need.Member, need.Lane, need.Step}
		r.enrolls[at] = append(r.enrolls[at], i)
		return
	}
	if m.begun = true; planned.Enters || planned.Leaves || planned.Record {
		r.touch(changes, m)
	}
}

// find gives the position of a lane that has not ended, or -1.
func (m *memberState) find(of, key string) int {
	return slices.IndexFunc(m.lanes, func(l state.Lane) bool { return l.Of == of && l.Key() == key && l.EndedAt.IsZero() })
}

// kept gives the member as it is to be recorded: without lanes that have not begun.
func (m *memberState) kept() state.Member {
	out := m.member
	out.Lanes = nil
	for l := range m.lanes {
		if m.runs(l) {
			out.Lanes = append(out.Lanes, m.lanes[l])
		}
	}
	slices.SortStableFunc(out.Lanes, func(a, b state.Lane) int {
		return cmp.Or(strings.Compare(a.Of, b.Of), strings.Compare(a.Record.Entity, b.Record.Entity), strings.Compare(a.Record.Key, b.Record.Key))
	})
	return out
}

// runs reports whether a lane has begun.
func (m *memberState) runs(lane int) bool { return m.walkers[0].next > m.gates[lane] }

// enter has a member enter whose enrolling move was made.
func (r *runner) enter(changes *transaction, i int) {
	m := r.members[i]
	m.begun = true
	r.touch(changes, m)
}

// touch has a member recorded with the transaction.
func (r *runner) touch(changes *transaction, m *memberState) {
	if !m.touched {
		m.touched = true
		changes.touched = append(changes.touched, m)
	}
}

// keep puts the members that changed into the transaction.
func (r *runner) keep(changes *transaction) {
	changes.Members = slices.Grow(changes.Members, len(changes.touched))
	for _, m := range changes.touched {
		m.touched = false
		changes.Members = append(changes.Members, m.kept())
	}
}

// ready reports whether the next move, or the end, can be tried now.
func (w *walker) ready() bool {
	switch {
	case w.stopped || w.ended || !w.of.member.Active():
		return false
	case w.at >= 0 && !w.of.runs(w.at):
		return false
	case w.next < len(w.moves):
		return !slices.ContainsFunc(w.moves[w.next].Needs, func(key string) bool { return !w.of.laneEnded(w.moves[w.next].Step, key) })
	case w.at >= 0:
		return w.plannedLane().End != nil
	}
	return w.of.planned.End != nil && w.mayEnd()
}

// mayEnd reports whether nothing holds the end up: a member's may come after its lanes'.
func (w *walker) mayEnd() bool {
	if w.at >= 0 || w.of.planned.End == nil || !w.of.planned.End.Lanes {
		return true
	}
	return !slices.ContainsFunc(w.of.walkers, func(l walker) bool { return l.at >= 0 && l.plannedLane().End != nil && !l.ended })
}

// laneEnded reports whether the lane of a step has ended.
func (m *memberState) laneEnded(of, key string) bool {
	ended := false
	for l := range m.lanes {
		if lane := &m.lanes[l]; lane.Of == of && lane.Key() == key {
			ended = !lane.EndedAt.IsZero()
		}
	}
	return ended
}

func (w *walker) plannedLane() *plan.LaneMoves { return &w.of.planned.Lanes[w.nth] }

// track gives where it stands.
func (w *walker) track() *state.Track {
	if w.at < 0 {
		return &w.of.member.Track
	}
	return &w.of.lanes[w.at].Track
}

// pass takes it past a step, or has it stay there with what was done.
func (w *walker) pass(move *plan.Move, done state.StepDone) {
	t := w.track()
	t.Step, t.StepAt, t.Due, t.Reached = move.To.Step, move.To.StepAt, move.To.Due, move.To.Reached
	w.next++
	if move.Stays {
		w.stopped = true
		return
	}
	t.Done = append(slices.Clone(t.Done), done)
}

// end ends it, if it is to end. A member that is leaving has its outcome already, unless what follows says otherwise.
func (w *walker) end() {
	if w.at >= 0 {
		if e, l := w.plannedLane().End, &w.of.lanes[w.at]; e != nil {
			l.EndedAt, l.Outcome, l.Reason, w.ended = e.At, e.Outcome, e.Reason, true
		}
		return
	}
	e, m := w.of.planned.End, &w.of.member
	if e == nil {
		return
	}
	if m.EndedAt, w.ended = e.At, true; e.Outcome != "" {
		m.Outcome, m.Reason = e.Outcome, e.Reason
	}
}
