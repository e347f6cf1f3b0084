package plan

import (
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/state"
)

// refusals holds back operations that their systems refused before, until they are due again, and forgets refusals of what is not wanted any
// more.
func (b *builder) refusals() {
	if len(b.State.Failures) == 0 {
		return
	}
	wanted := make(map[string]bool, len(b.plan.Operations))
	early := false
	for i := range b.plan.Operations {
		o := &b.plan.Operations[i]
		wanted[o.Key] = true
		f := b.State.Failure(o.Key)
		early = early || f != nil && !f.Due(b.At) && !b.Insist
	}
	if early {
		b.plan.narrow(b.due, func(*Member) bool { return true })
		b.sortBlocked()
	}
	for i := range b.State.Failures {
		if f := &b.State.Failures[i]; !wanted[f.Key] && b.forgotten(f) {
			b.plan.Transitions.FailuresGone = append(b.plan.Transitions.FailuresGone, f.Key)
		}
	}
}

// due reports whether an operation may be tried now, and counts it as blocked if not.
func (b *builder) due(o *Operation) bool {
	f := b.State.Failure(o.Key)
	if f == nil || f.Due(b.At) {
		return true
	}
	why := fmt.Sprintf("given up after %d refusals: %s (playctl retry %s)", f.Attempts, f.Reason, o.Record.Key)
	if !f.Quarantined() {
		why = fmt.Sprintf("refused %d times: %s; tried again from %s", f.Attempts, f.Reason, f.NotBefore.Format("2006-01-02 15:04 MST"))
	}
	b.blocks[Blocked{Play: o.Play, Step: o.Step, Why: why}]++
	return false
}

// forgotten reports whether nobody can want an operation any more that this plan does not have.
func (b *builder) forgotten(f *state.Failure) bool {
	switch f.Verb {
	case connector.Send.String(), connector.Task.String(), connector.Cancel.String():
		m := b.member(f.Member)
		return m == nil || !m.Active() || past(m, f)
	}
	place := connector.At(f.Connector, f.Kind, f.Name)
	return !b.Limited && b.Facts.Failed[place] == nil
}

// past reports whether a member, or the lane that an operation was of, is past its step: what was refused may have been done since, by a try that was in
// doubt.
func past(m *state.Member, f *state.Failure) bool {
	done := func(t *state.Track) bool {
		return slices.ContainsFunc(t.Done, func(d state.StepDone) bool { return d.ID == f.Step })
	}
	if f.Lane == "" {
		return done(&m.Track)
	}
	going := false
	for i := range m.Lanes {
		if l := &m.Lanes[i]; l.Key() == f.Lane {
			if done(&l.Track) {
				return true
			}
			going = going || l.EndedAt.IsZero()
		}
	}
	return !going
}
