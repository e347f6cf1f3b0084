package amend

import (
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// Resolve settles an effect in doubt as somebody (by) says: it happened, with the receipt that its system gave for it, or it never did. It gives
// the journal's line with it.
func Resolve(e state.Effect, happened bool, receipt, by string, at time.Time) (state.Effect, state.Line) {
	e.At, e.Status, e.Receipt, e.Reason = at, state.Refused, "", "resolved by "+by+": it never happened"
	if happened {
		e.Status, e.Receipt, e.Reason = state.Happened, receipt, "resolved by "+by+": it happened"
	}
	return e, state.Line{Key: e.Key, Verb: "resolve", Connector: e.Connector, Kind: e.Action, Record: e.Record, Play: e.Play, Step: e.Step, Member: e.Member,
		Effect: e.Key, Receipt: e.Receipt, Reason: e.Reason}
}

// Unwanted tells why no plan wants an effect any more, since whoever it was for is not in its play, or not on its way there; "" where they are.
func Unwanted(s *state.Snapshot, e *state.Effect) string {
	at := slices.IndexFunc(s.Members, func(m state.Member) bool { return m.Key == e.Member })
	if at < 0 {
		return "its member is not known any more"
	}
	m := &s.Members[at]
	if !m.Active() {
		return fmt.Sprintf("%s has left play %s (%s)", m.Record, m.Play, m.Outcome)
	}
	for i := range m.Lanes {
		if l := &m.Lanes[i]; !l.EndedAt.IsZero() && ofLane(e, l) {
			return fmt.Sprintf("%s is past step %s of play %s (%s)", l.Record, l.Of, m.Play, l.Outcome)
		}
	}
	return ""
}

// ofLane reports whether an effect is one of a lane's.
func ofLane(e *state.Effect, l *state.Lane) bool {
	if e.Key == state.LaneEffectKey(e.Member, l.Key(), e.Step, e.Record) {
		return true
	}
	stands := l.Step == e.Step || slices.ContainsFunc(l.Done, func(d state.StepDone) bool { return d.ID == e.Step })
	return stands && e.Record == l.Record
}

// Retry makes operations due that their systems refused, and counts their refusals anew. It gives the journal's lines with them.
func Retry(failures []state.Failure, at time.Time) ([]state.Failure, []state.Line) {
	out := slices.Clone(failures)
	lines := make([]state.Line, 0, len(out))
	for i := range out {
		f := &out[i]
		lines = append(lines, state.Line{Key: f.Key, Verb: "retry", Connector: f.Connector, Kind: f.Kind, Name: f.Name, Record: f.Record, Play: f.Play, Step: f.Step,
			Lane: f.Lane, Member: f.Member, Reason: fmt.Sprintf("after %d refusals: %s", f.Attempts, f.Reason)})
		f.Attempts, f.NotBefore = 0, at
	}
	return out, lines
}
