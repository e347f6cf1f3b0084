package apply_test

import (
	"testing"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// exits is a member with an open task and a place in list A that sends a last message and leaves by an exit step.
func exits(st *state.Snapshot) *script {
	j := newScript()
	m := j.goesOn(st, "m-a")
	if m.After.Active() {
		m.Moves = []journey.Move{j.move("s2", "s3", sends("m-a", "s2")), j.move("s3", "")}
		m.End = &journey.End{Outcome: state.Exited, Reason: "worked", At: now}
	} else {
		j.Members = nil
	}
	for _, task := range st.Tasks {
		if task.Status == state.TaskOpen {
			j.wants(of("m-a", journey.Want{Verb: connector.Cancel, Step: "s1", Target: connector.Collection{Kind: "task"}, Key: task.Key, ID: task.Receipt}))
		}
	}
	return j
}

func beforeExit(t *testing.T) *scene {
	s := newScene(t)
	s.apply(func(st *state.Snapshot) *script {
		j := newScript()
		m := j.goesOn(st, "m-a")
		m.Moves = []journey.Move{j.move("s1", "s2", gives("m-a", "s1"), keeps("m-a", "A"))}
		return j
	})
	return s
}

func (s *scene) parted(door int, want bool) {
	s.Helper()
	if want == s.member("m-a").Active() || want == (s.state().Tasks[0].Status == state.TaskOpen) || want == (len(s.state().Held) > 0) {
		s.Errorf("door %d: it is %+v, its task %s, held %v", door, s.member("m-a"), s.state().Tasks[0].Status, s.state().Held)
	}
	if want {
		s.in("A")
	} else {
		s.in("A", "a")
	}
}

// TestParting_whatGoesWithAnEndWaitsForIt: the task is taken back, and the keep let go of, once the exit step was done.
func TestParting_whatGoesWithAnEndWaitsForIt(t *testing.T) {
	s := beforeExit(t)
	s.desk.Script("a", memory.Reject("no"))
	if r := s.attempt(exits); r.Complete() {
		t.Errorf("%+v", r.Outcomes)
	}
	s.parted(0, false)
	everywhere(func() *scene { return beforeExit(t) }, exits, func(s *scene, door int) {
		s.apply(exits)
		s.parted(door, true)
		s.mustBeSettled(exits)
	})
}

// TestParting_whoIsHeldUpKeepsWhatItHas has the step before the exit in doubt.
func TestParting_whoIsHeldUpKeepsWhatItHas(t *testing.T) {
	s := beforeExit(t)
	s.desk.Spec = memory.Spec()
	s.desk.Spec.AnyRetry = connector.Never
	s.desk.Script("a", memory.Doubt(false))
	s.attempt(exits)
	s.apply(exits)
	s.operations()
	s.parted(0, false)
}

// TestMoved_holdingsGoByTheirNewNames has the step that keeps go by another name, while its member's record is missing.
func TestMoved_holdingsGoByTheirNewNames(t *testing.T) {
	for name, frozen := range map[string]bool{"missing": true, "there": false} {
		s := beforeExit(t)
		moved := func(st *state.Snapshot) *script {
			j := newScript()
			for _, h := range st.Held {
				if h.Keepers[0].Step == "s1" {
					h.Keepers = []state.Keeper{{Member: "m-a", Step: "s9"}}
					j.Transitions.Held = append(j.Transitions.Held, h)
				}
			}
			j.Frozen[state.Keeper{Member: "m-a", Step: "s9"}] = frozen
			w := keeps("m-a", "A")
			w.Step, w.Standing = "s9", true
			if !frozen {
				j.wants(w)
			}
			return j
		}
		s.apply(moved)
		s.operations()
		s.in("A", "a")
		if h := s.state().Held; len(h) != 1 || len(h[0].Keepers) != 1 || h[0].Keepers[0].Step != "s9" || !h[0].Ours {
			t.Errorf("%s: held %+v", name, h)
		}
		s.mustBeSettled(moved)
	}
}
