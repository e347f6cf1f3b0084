package rehearse

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// seen is what happened in the runs of a step.
type seen struct {
	*act
	step       *Step
	entered    []plan.Member
	operations []plan.Operation
	last       *ran
	state      *state.Snapshot
}

// add takes in a run.
func (s *seen) add(x *ran) {
	for _, m := range x.planned.Plan.Members {
		if m.Enters {
			s.entered = append(s.entered, m)
		}
	}
	s.operations = append(s.operations, x.planned.Plan.Operations...)
	s.last = x
}

// check holds what was seen against what is expected.
func (s *seen) check(ctx context.Context) (err error) {
	if s.state, err = s.store.Read(ctx); err != nil {
		return err
	}
	s.identify(ctx)
	e := &s.step.Expect
	for _, x := range e.Enters {
		s.checkEnters(&x)
	}
	s.checkOperations(e)
	s.checkProblems(e)
	for _, x := range e.Enrolled {
		s.checkEnrolled(&x)
	}
	for _, x := range e.Members {
		s.checkMembers(&x)
	}
	for _, x := range e.Waits {
		s.checkWaits(&x)
	}
	for _, x := range e.Finished {
		s.checkFinished(&x)
	}
	for _, x := range e.Holds {
		if err := s.checkHolds(ctx, &x); err != nil {
			return err
		}
	}
	for _, x := range e.Sent {
		s.checkSent(&x)
	}
	return nil
}

// fail reports something of the last run.
func (s *seen) fail(at document.Node, found []string, format string, args ...any) {
	s.out.fail(at, found, "after the run of %s: %s", clock(s.now, s.program.Book.Zone), fmt.Sprintf(format, args...))
}

// checkEnters holds who entered a play in this step against who should have, and nobody else.
func (s *seen) checkEnters(x *InPlay) {
	var got []string
	for _, m := range s.entered {
		if m.After.Play == x.Play {
			got = append(got, m.After.Record.Key)
		}
	}
	if want := plainKeys(x.Keys); !same(want, got) {
		s.fail(x.At, s.standings(x.Play, x.Keys, got), "expected %s to enter %s, found %s", listed(want), x.Play, listed(got))
	}
}

// checkMembers holds who is in a play now against who should be, and nobody else.
func (s *seen) checkMembers(x *InPlay) {
	var got []string
	for _, m := range s.state.Members {
		if m.Play == x.Play && m.Active() {
			got = append(got, m.Record.Key)
		}
	}
	if want := plainKeys(x.Keys); !same(want, got) {
		s.fail(x.At, s.standings(x.Play, x.Keys, got), "expected %s to be in %s, found %s", listed(want), x.Play, listed(got))
	}
}

// checkEnrolled holds that records are in a play because another play enrolled them.
func (s *seen) checkEnrolled(x *InPlay) {
	for _, k := range x.Keys {
		if m := s.member(x.Play, k); m == nil || !m.Active() || m.By != state.ByPlay {
			s.fail(k.At, []string{s.standing(x.Play, k)}, "expected another play to have enrolled %s in %s", k.Key, x.Play)
		}
	}
}

// checkWaits holds that a record's member, or lane, stands on a step.
func (s *seen) checkWaits(x *Waits) {
	for i := range s.state.Members {
		m := &s.state.Members[i]
		if m.Play != x.Play || !m.Active() {
			continue
		}
		if x.Record.is(m.Record) && m.Step == x.Step {
			return
		}
		for _, l := range m.Lanes {
			if x.Record.is(l.Record) && l.Step == x.Step && l.EndedAt.IsZero() {
				return
			}
		}
	}
	s.fail(x.At, []string{s.standing(x.Play, x.Record)}, "expected %s to wait at step %s of %s", x.Record.Key, x.Step, x.Play)
}

// checkFinished holds how a record's last time in a play ended.
func (s *seen) checkFinished(x *Finished) {
	m := s.member(x.Play, x.Record)
	if m != nil && !m.Active() && m.Outcome == x.Outcome && (x.Reason == "" || x.Reason == m.Reason) {
		return
	}
	want := strings.TrimSpace(string(x.Outcome) + " " + x.Reason)
	s.fail(x.At, []string{s.standing(x.Play, x.Record)}, "expected %s to have left %s: %s", x.Record.Key, x.Play, want)
}

// checkHolds holds who is in a collection against who should be, and nobody else.
func (s *seen) checkHolds(ctx context.Context, x *Holding) error {
	system := x.Target.Connector
	m := s.systems[system]
	ids, err := obliging{m}.Members(ctx, connector.Collection{Kind: x.Target.Kind, Name: x.Name})
	if err != nil {
		return err
	}
	want := []string{}
	for _, k := range x.Members {
		want = append(want, m.Normalize(x.Target.Kind, s.id(system, k)))
	}
	if !same(want, ids) {
		s.fail(x.At, nil, "expected %s in %s %q, found %s", listed(s.named(system, want)), x.Target, x.Name, listed(s.named(system, ids)))
	}
	return nil
}

// named gives the keys of the records with ids, and the id of one that is nobody's.
func (s *seen) named(system string, ids []string) []string {
	keys := map[string]string{}
	for record, id := range s.ids[system] {
		id = s.systems[system].Normalize("", id)
		_, key, _ := strings.Cut(record, ":")
		if keys[id] == "" || key < keys[id] {
			keys[id] = key
		}
	}
	var out []string
	for _, id := range ids {
		if key := keys[id]; key != "" {
			id = key
		}
		out = append(out, id)
	}
	return out
}

// checkSent holds how many messages a system was sent since the test began.
func (s *seen) checkSent(x *Sent) {
	items := s.systems[x.Target.Connector].Sent(x.Target.Kind)
	if len(items) == x.Count {
		return
	}
	var found []string
	for _, item := range items {
		found = append(found, fmt.Sprintf("sent: %s by step %s.%s", item.Source.Record, item.Source.Play, item.Source.Step))
	}
	s.fail(x.At, found, "expected %s to have been sent %d so far, found %d", x.Target, x.Count, len(items))
}

// checkProblems holds that steps could be taken, except those of which the test expects that nobody could.
func (s *seen) checkProblems(e *Expect) {
	expected := slices.Clone(e.Problems)
	for _, p := range s.last.planned.Plan.Problems {
		at := slices.IndexFunc(expected, func(x Problem) bool { return x.Step == p.Step && (x.Play == "" || x.Play == p.Play) })
		if at < 0 {
			s.fail(s.step.place(), nil, "step %s.%s can't be taken for %s: %s", p.Play, p.Step, listed(p.Sample), p.Why)
			continue
		}
		expected = slices.Delete(expected, at, at+1)
	}
	for _, x := range expected {
		s.fail(x.At, nil, "expected that step %s can't be taken, and nobody is held up there", x.Step)
	}
}

// plainKeys gives keys as text.
func plainKeys(keys []Key) []string {
	out := []string{}
	for _, k := range keys {
		out = append(out, k.Key)
	}
	return out
}

// same reports whether two lists hold the same texts, in any order.
func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
