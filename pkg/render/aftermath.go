package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
)

// aftermath is a plan with what became of it.
type aftermath struct {
	plan   *plan.Plan
	result *apply.Result
	groups []*group
	// halted is, for each operation that was skipped because of an earlier step of its member, that step.
	halted map[int]string
}

func newAftermath(p *plan.Plan, r *apply.Result) *aftermath {
	a := &aftermath{plan: p, result: r, groups: groupOperations(p.Operations), halted: map[int]string{}}
	for i := range p.Members {
		a.follow(&p.Members[i])
	}
	return a
}

// follow finds the step that stopped a member, and what it kept from being done.
func (a *aftermath) follow(m *plan.Member) {
	a.followMoves(m.Moves)
	for i := range m.Lanes {
		a.followMoves(m.Lanes[i].Moves)
	}
}

func (a *aftermath) followMoves(moves []plan.Move) {
	stopped := ""
	for i := range moves {
		move := &moves[i]
		for _, o := range move.Operations {
			if stopped != "" && a.result.Outcomes[o].Status == apply.Skipped {
				a.halted[o] = stopped
			}
		}
		if stopped == "" && a.stops(move) {
			stopped = move.Step
		}
	}
}

// stops reports whether something that was tried in a move stopped its member. A move that was not begun did not: the run had ended.
func (a *aftermath) stops(move *plan.Move) bool {
	for _, o := range move.Operations {
		switch a.result.Outcomes[o].Status {
		case apply.InDoubt, apply.Later:
			return true
		case apply.Failed:
			if !move.Continue {
				return true
			}
		}
	}
	return false
}

// reached reports whether a move that enrolls somebody was made.
func (a *aftermath) reached(ref *journey.Ref) bool {
	for i := range a.plan.Members {
		m := &a.plan.Members[i]
		if m.After.Key != ref.Member {
			continue
		}
		moves := m.Moves
		for l := range m.Lanes {
			if m.Lanes[l].Lane == ref.Lane {
				moves = m.Lanes[l].Moves
			}
		}
		n := slices.IndexFunc(moves, func(move plan.Move) bool { return move.Step == ref.Step })
		return a.succeeded(moves[:n+1])
	}
	return true
}

// succeeded reports whether nothing stopped some moves, and the run came so far.
func (a *aftermath) succeeded(moves []plan.Move) bool {
	for i := range moves {
		if a.stops(&moves[i]) || slices.ContainsFunc(moves[i].Operations, func(o int) bool { return a.result.Outcomes[o].Status == apply.Skipped }) {
			return false
		}
	}
	return true
}

// begun reports whether the start of the run was recorded: nothing is done before.
func (a *aftermath) begun() bool { return a.result.Err == nil || a.result.Run.Status != "" }

// count gives how many operations of a group ended one way.
func (a *aftermath) count(g *group, status apply.Status) int {
	n := 0
	for _, at := range g.indexes {
		if a.result.Outcomes[at].Status == status {
			n++
		}
	}
	return n
}

// why words why an operation was not done.
func (a *aftermath) why(at int) string {
	outcome := a.result.Outcomes[at]
	if outcome.Status != apply.Skipped {
		return withoutID(outcome.Reason, a.plan.Operations[at].ID)
	}
	switch {
	case a.halted[at] != "":
		return "step " + a.halted[at] + " of the same member did not succeed"
	case a.ending() != "":
		return a.ending()
	}
	return outcome.Reason
}

// ending words how the run came to end before its plan did, or is empty.
func (a *aftermath) ending() string {
	switch {
	case a.result.Interrupted:
		return "the run was interrupted before them"
	case a.result.Err != nil:
		return "the run ended before them"
	}
	return ""
}

// ended reports whether an operation was skipped because the run ended.
func (a *aftermath) ended(at int) bool {
	return a.result.Outcomes[at].Status == apply.Skipped && a.halted[at] == "" && a.ending() != ""
}

// cut counts what was skipped because the run ended.
func (a *aftermath) cut() int {
	n := 0
	for at := range a.result.Outcomes {
		if a.ended(at) {
			n++
		}
	}
	return n
}

// advice words the way on from a run that began and is not complete.
func (a *aftermath) advice() []string {
	var out []string
	if doubts := a.failures(apply.InDoubt); len(doubts) > 0 {
		text := "what is in doubt may have happened and is never repeated unasked: the next run asks the system where it can be asked"
		if doubts[0].member != "" {
			text += "; see playctl state show " + doubts[0].member
		}
		out = append(out, text)
	}
	switch {
	case a.result.Err != nil && a.result.Count(apply.InDoubt) > 0:
		out = append(out, "run playctl apply again to go on; what is counted as done is recorded and not done twice, and what could not be recorded is in doubt")
	case a.result.Interrupted || a.result.Err != nil:
		out = append(out, "run playctl apply again to go on; what is done is recorded and not done twice")
	case a.result.Count(apply.Failed) > 0:
		out = append(out, "mend what failed and run playctl apply again; what is done is recorded and not done twice")
	default:
		out = append(out, "run playctl apply again later; what is done is recorded and not done twice")
	}
	return out
}

// sentence sums an apply up. What is to be tried again later and what was so already are named only where there is any.
func (a *aftermath) sentence() string {
	done := map[connector.Verb]int{}
	for i, o := range a.result.Outcomes {
		if o.Status == apply.Done {
			done[a.plan.Operations[i].Verb]++
		}
	}
	cancelled := ""
	if n := done[connector.Cancel]; n > 0 {
		cancelled = ", " + number(n) + " cancelled"
	}
	text := fmt.Sprintf("Applied: %s added, %s removed, %s changed, %s done once%s; %s failed, %s in doubt, %s skipped",
		number(done[connector.Add]), number(done[connector.Remove]), number(done[connector.Set]), number(done[connector.Send]+done[connector.Task]), cancelled,
		number(a.result.Count(apply.Failed)), number(a.result.Count(apply.InDoubt)), number(a.result.Count(apply.Skipped)))
	for _, status := range []apply.Status{apply.Later, apply.Already} {
		if n := a.result.Count(status); n > 0 {
			text += ", " + number(n) + " " + string(status)
		}
	}
	return text + "."
}

// failure is operations of one line of the plan that ended the same way for the same reason.
type failure struct {
	play, step, entity string
	why                string
	keys               []string
	member             string // of the first, for effects
}

// failures gathers what ended one way, but for what was skipped because the run ended; the most frequent first within a line of the plan.
func (a *aftermath) failures(status apply.Status) []failure {
	var out []failure
	for _, g := range a.groups {
		var of []failure
		for n, at := range g.indexes {
			if a.result.Outcomes[at].Status != status || a.ended(at) {
				continue
			}
			o := g.operations[n]
			why := a.why(at)
			i := slices.IndexFunc(of, func(f failure) bool { return f.why == why })
			if i < 0 {
				i, of = len(of), append(of, failure{play: g.play, step: g.step, entity: g.entity, why: why, member: o.Member})
			}
			of[i].keys = append(of[i].keys, o.Record.Key)
		}
		slices.SortStableFunc(of, func(x, y failure) int { return cmp.Or(len(y.keys)-len(x.keys), strings.Compare(x.why, y.why)) })
		out = append(out, of...)
	}
	return out
}

// withoutID takes the id by which a system knows a record out of what the system says: it may be an address, and without it records that
// failed for the same reason come together.
func withoutID(reason, id string) string {
	if len(id) < 6 && !strings.Contains(id, "@") || id == "" {
		return reason
	}
	return strings.ReplaceAll(reason, id, "<id>")
}
