package apply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// approved applies what a journey wants as far as a saved plan approves it.
func (s *scene) approved(saved *plan.Saved, j journeyer) *plan.Kept {
	s.Helper()
	session := s.lock()
	defer s.unlock(session)
	st := s.state()
	p, err := s.tryBuild(st, j)
	if err != nil {
		s.Fatal(err)
	}
	s.plan = p
	kept := saved.Restrict(p)
	if r := s.carryOut(p, session, st); !r.Complete() {
		s.Errorf("%v %+v", r.Err, r.Outcomes)
	}
	return kept
}

func (s *scene) save(j journeyer) *plan.Saved {
	s.Helper()
	return plan.Save(s.build(j), plan.SaveOptions{ID: "id"})
}

// TestSaved_approvesATaskAndNotWhenItIsDue: that moves with the time between plan and apply.
func TestSaved_approvesATaskAndNotWhenItIsDue(t *testing.T) {
	for _, c := range []struct {
		field string
		value any
		made  int
	}{{connector.TaskDue, now.Add(5 * time.Hour), 1}, {connector.TaskTitle, "Visit a", 0}, {connector.TaskAssignee, "bob", 0}, {connector.TaskRole, "owner", 0},
		{connector.TaskAsks, []any{"next"}, 0}, {"note", "x", 0}} {
		s := newScene(t)
		saved := s.save(calls)
		kept := s.approved(saved, func(st *state.Snapshot) *script {
			j := calls(st)
			j.Wants[0].Fields[c.field] = c.value
			return j
		})
		if made := len(s.desk.Contents().Tasks); made != c.made || kept.Unapproved != 1-c.made || len(s.state().Tasks) != c.made {
			t.Errorf("%s: %d tasks made, %q", c.field, made, kept.Samples)
		}
		if s.member("m-a") == nil {
			t.Errorf("%s: the member is not in", c.field)
		}
	}
}

// TestSaved_whoWasNotShownIsNotEnrolled: nor is the step done that would have enrolled it, which would be lost.
func TestSaved_whoWasNotShownIsNotEnrolled(t *testing.T) {
	s := newScene(t)
	saved := s.save(func(st *state.Snapshot) *script {
		j := chain(st)
		j.Members, j.Wants = j.Members[:1], j.Wants[:1]
		j.Members[0].Moves = j.Members[0].Moves[:1]
		return j
	})
	kept := s.approved(saved, chain)
	if m := s.member("m-a"); len(s.state().Members) != 1 || done(m.Track) != "s1=done" || kept.Unapproved != 4 {
		t.Errorf("members %+v, %q", s.state().Members, kept.Samples)
	}
	s.apply(chain)
	s.chained(0)
}

func TestSaved_whoIsEnrolledEntersAsShown(t *testing.T) {
	s := newScene(t)
	saved := s.save(chain)
	if kept := s.approved(saved, chain); kept.Unapproved+kept.Unwanted > 0 || s.member("m-c") == nil {
		t.Errorf("%q", kept.Samples)
	}
	s.mustBeSettled(chain)
}

// TestSaved_aLaneStopsBeforeWhatWasNotApproved and the member waits for it; the other lane goes on.
func TestSaved_aLaneStopsBeforeWhatWasNotApproved(t *testing.T) {
	s := newScene(t)
	saved := s.save(fans)
	kept := s.approved(saved, func(st *state.Snapshot) *script {
		j := fans(st)
		for i := range j.Wants {
			if w := &j.Wants[i]; w.ID == "x" && w.Step == "l2" {
				w.Fields = map[string]any{"text": "other"}
			}
		}
		return j
	})
	m := s.member("m-a")
	if done(m.Track) != "s1=done" || done(m.Lanes[0].Track) != "l1=done" || done(m.Lanes[1].Track) != "l1=done l2=done" || !m.Active() || kept.Unapproved != 1 {
		t.Errorf("the member is %+v, %q", m, kept.Samples)
	}
	s.apply(fans)
	s.fanned(0)
}

// TestSaved_theTaskOfWhoMayNotLeaveStays has a member leave otherwise than it was shown.
func TestSaved_theTaskOfWhoMayNotLeaveStays(t *testing.T) {
	s := newScene(t)
	s.apply(calls)
	saved := s.save(leaver)
	kept := s.approved(saved, func(st *state.Snapshot) *script {
		j := leaver(st)
		j.Members[0].After.Outcome = state.Converted
		return j
	})
	if !s.member("m-a").Active() || s.state().Tasks[0].Status != state.TaskOpen || !strings.Contains(kept.Samples[0], "leaves: converted") {
		t.Errorf("the member is %+v, its task %+v, %q", s.member("m-a"), s.state().Tasks[0], kept.Samples)
	}
}

// TestSaved_whatGoesWithAnEndThatWasNotApprovedStays has the step before an exit differ from what was shown.
func TestSaved_whatGoesWithAnEndThatWasNotApprovedStays(t *testing.T) {
	s := beforeExit(t)
	saved := s.save(exits)
	s.approved(saved, func(st *state.Snapshot) *script {
		j := exits(st)
		j.Wants[0].Fields = map[string]any{"text": "other"}
		return j
	})
	s.operations()
	s.parted(0, false)
}

// TestSaved_problemsStay: what can't be done is told by the new plan.
func TestSaved_problemsStay(t *testing.T) {
	s := newScene(t)
	stuck := func(st *state.Snapshot) *script {
		j := chain(st)
		j.Problems = []journey.Problem{{Play: "p", Step: "s3", Why: "nobody is owner", Count: 1}}
		return j
	}
	saved := s.save(stuck)
	s.approved(saved, stuck)
	if len(s.plan.Problems) != 1 || len(s.state().Members) != 3 {
		t.Errorf("problems %+v", s.plan.Problems)
	}
}
