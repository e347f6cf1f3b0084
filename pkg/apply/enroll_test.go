package apply_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// chain is a member a that sends and then enrolls b, which sends and then enrolls c, which sends: each in its own play, all in one run.
func chain(st *state.Snapshot) *script {
	j := newScript()
	var need *journey.Ref
	for _, key := range []string{"m-a", "m-b", "m-c"} {
		if need != nil && memberOf(st, key) == nil && need.Member == "" {
			continue
		}
		m := j.goesOn(st, key)
		if m.Enters {
			m.Needs = need
		}
		need = &journey.Ref{} // whoever comes next was enrolled before
		if m.After.Step == "s1" {
			m.Moves = append(m.Moves, j.move("s1", "s2", sends(key, "s1")))
			m.After.Step = "s1"
		}
		if len(m.Moves) > 0 || m.After.Step == "s2" {
			m.Moves = append(m.Moves, j.move("s2", "s3"))
			need = &journey.Ref{Member: key, Step: "s2"}
		}
		if m.After.Step == "s3" {
			j.Members = j.Members[:len(j.Members)-1]
		}
	}
	return j
}

// chained holds that everybody came in whose enrolling step was done, and nobody else.
func (s *scene) chained(door int) {
	s.Helper()
	for by, key := range map[string]string{"m-a": "m-b", "m-b": "m-c"} {
		m := s.member(by)
		enrolled := m != nil && done(m.Track) == "s1=done s2=done"
		if is := s.member(key) != nil; is != enrolled {
			s.Errorf("door %d: %s is in: %v; the step that enrolls it was done: %v", door, key, is, enrolled)
		}
	}
}

// TestNeeds_enterWithTheMoveThatEnrollsThem kills the run before and after every commit and write.
func TestNeeds_enterWithTheMoveThatEnrollsThem(t *testing.T) {
	everywhere(func() *scene { return newScene(t) }, chain, func(s *scene, door int) {
		s.chained(door)
		s.apply(chain)
		s.chained(door)
		if n := len(s.desk.Sent("message")); n != 3 || s.member("m-c") == nil || done(s.member("m-c").Track) != "s1=done s2=done" {
			s.Errorf("door %d: %d sent, the last member %+v", door, n, s.member("m-c"))
		}
		s.mustBeSettled(chain)
	})
}

func TestNeeds_nothingHappensToWhoIsNotEnrolled(t *testing.T) {
	s := newScene(t)
	s.desk.Script("a", memory.Reject("no"))
	if r := s.attempt(chain); r.Complete() {
		t.Errorf("%+v", r.Outcomes)
	}
	if len(s.state().Members) != 1 || len(s.desk.Sent("message")) != 0 || s.member("m-a").Step != "s1" {
		t.Errorf("members %+v, sent %v", s.state().Members, s.desk.Sent("message"))
	}
	s.desk.Script("b", memory.Defer())
	if r := s.attempt(chain); r.Complete() {
		t.Errorf("%+v", r.Outcomes)
	}
	if s.member("m-b") == nil || s.member("m-c") != nil {
		t.Errorf("members %+v", s.state().Members)
	}
	s.apply(chain)
	s.chained(0)
	if len(s.desk.Sent("message")) != 3 {
		t.Errorf("sent %v", s.desk.Sent("message"))
	}
}

// TestNeeds_aBlockedMoveEnrollsNobody has the first member's effect in doubt.
func TestNeeds_aBlockedMoveEnrollsNobody(t *testing.T) {
	s := newScene(t)
	s.desk.Spec = memory.Spec()
	s.desk.Spec.AnyRetry = 0 // never
	s.desk.Script("a", memory.Doubt(false))
	if r := s.attempt(chain); r.Complete() {
		t.Errorf("%+v", r.Outcomes)
	}
	blocked := func(st *state.Snapshot) *script {
		j := chain(st)
		j.Plays = []journey.PlayRun{{Name: "p", Funnel: journey.Funnel{Enrolled: 2, Enters: 2}, Enters: []journey.Reason{{Key: "b"}, {Key: "x"}},
			Waiting: []journey.Waiting{{Step: "s3", Kind: journey.ForTime, Count: 4}, {Step: "s4", Count: 1}}}}
		for _, key := range []string{"m-a", "m-b", "m-c", "m-z"} {
			j.Waits = append(j.Waits, journey.Wait{Member: key, Play: "p", Step: "s3", Kind: journey.ForTime})
		}
		j.Waits = append(j.Waits, journey.Wait{Member: "m-a", Play: "p", Step: "s4"})
		return j
	}
	s.apply(blocked)
	if len(s.state().Members) != 1 || len(s.plan.Operations) > 0 || len(s.plan.Blocked) != 1 || s.plan.Blocked[0].Count != 1 {
		t.Errorf("members %+v, operations %v, blocked %+v", s.state().Members, operations(s.plan), s.plan.Blocked)
	}
	run := s.plan.Plays[0]
	if run.Funnel.Enters != 0 || run.Funnel.Enrolled != 0 || len(run.Enters) != 1 || len(run.Waiting) != 1 || run.Waiting[0].Count != 1 || len(s.plan.Waits) != 1 {
		t.Errorf("of those who wait or enter are told %+v, %+v", run, s.plan.Waits)
	}
	if sum := s.plan.Summary(); sum.Wait != 2 || sum.Enter != 0 {
		t.Errorf("summary %+v", sum)
	}
}
