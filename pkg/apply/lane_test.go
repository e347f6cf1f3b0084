package apply_test

import (
	"slices"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// fans is a play that sends, then has a lane for each of x and y, which send twice, waits for both, and sends once more.
func fans(st *state.Snapshot) *script {
	j := newScript()
	m := j.goesOn(st, "m-a")
	if !m.After.Active() {
		j.Members = nil
		return j
	}
	for i := range m.After.Lanes {
		if l := &m.After.Lanes[i]; l.EndedAt.IsZero() {
			m.Lanes = append(m.Lanes, j.lane(l))
		}
	}
	if m.After.Step == "s1" {
		m.Moves = append(m.Moves, j.move("s1", "each", sends("m-a", "s1")))
		for _, key := range []string{"x", "y"} {
			l := state.Lane{Of: "each", Record: person(key), Since: now, Track: state.Track{Step: "l1", StepAt: now}}
			moving := j.lane(&l)
			moving.New, moving.Behind = &l, "s1"
			m.Lanes = append(m.Lanes, moving)
		}
	}
	if m.After.Step != "s4" {
		own := j.move("each", "s4")
		own.Needs = []string{"person:x", "person:y"}
		m.Moves = append(m.Moves, own)
	}
	m.Moves = append(m.Moves, j.move("s4", "", sends("m-a", "s4")))
	m.End = &journey.End{Outcome: state.Completed, At: now}
	return j
}

// lane makes the moves of a lane from where it stands.
func (j *script) lane(l *state.Lane) journey.LaneMoving {
	out := journey.LaneMoving{Lane: l.Key(), Of: l.Of, End: &journey.End{Outcome: state.Completed, At: now}}
	for _, s := range [][2]string{{"l1", "l2"}, {"l2", ""}} {
		if l.Step == "l2" && s[0] == "l1" {
			continue
		}
		w := of("m-a", sends("m-a", s[0]))
		w.Record, w.ID, w.Lane = l.Record, l.Record.Key, l.Key()
		w.Key = state.EffectKey("m-a", s[0], w.Record)
		out.Moves = append(out.Moves, j.move(s[0], s[1], w))
	}
	return out
}

func (s *scene) fanned(door int) {
	s.Helper()
	m := s.member("m-a")
	if m.Outcome != state.Completed || done(m.Track) != "s1=done each=done s4=done" || len(m.Lanes) != 2 {
		s.Fatalf("door %d: the member is %+v", door, m)
	}
	for _, l := range m.Lanes {
		if done(l.Track) != "l1=done l2=done" || l.Outcome != state.Completed || l.Step != "" {
			s.Errorf("door %d: a lane is %+v", door, l)
		}
	}
	if n := len(s.desk.Sent("message")); n != 6 {
		s.Errorf("door %d: %d sent", door, n)
	}
	s.mustBeSettled(fans)
}

// TestLanes_whateverEndsTheRun kills the run before and after every commit and write.
func TestLanes_whateverEndsTheRun(t *testing.T) {
	everywhere(func() *scene { return newScene(t) }, fans, func(s *scene, door int) {
		if m := s.member("m-a"); m != nil && (len(m.Lanes) > 0) != (done(m.Track) != "") {
			s.Errorf("door %d: it has done %q and has %d lanes", door, done(m.Track), len(m.Lanes))
		}
		s.apply(fans)
		s.fanned(door)
	})
}

// TestLanes_goAtTheirOwnPace has one lane fail at its first step: the other ends, the member waits.
func TestLanes_goAtTheirOwnPace(t *testing.T) {
	s := newScene(t)
	s.desk.Script("x", memory.Reject("no"))
	if r := s.attempt(fans); r.Complete() {
		t.Errorf("%+v", r.Outcomes)
	}
	m := s.member("m-a")
	if done(m.Track) != "s1=done" || m.Step != "each" || done(m.Lanes[0].Track) != "" || m.Lanes[0].Step != "l1" || done(m.Lanes[1].Track) != "l1=done l2=done" ||
		m.Lanes[1].Outcome != state.Completed || !m.Lanes[0].EndedAt.IsZero() {
		t.Errorf("the member is %+v", m)
	}
	if n := len(s.desk.Sent("message")); n != 3 {
		t.Errorf("%d sent", n)
	}
	s.apply(fans)
	s.fanned(0)
}

// TestLanes_ofAStepThatIsNotReachedDoNotBegin has the member's own step fail.
func TestLanes_ofAStepThatIsNotReachedDoNotBegin(t *testing.T) {
	s := newScene(t)
	s.desk.Script("a", memory.Reject("no"))
	if r := s.attempt(fans); r.Complete() {
		t.Errorf("%+v", r.Outcomes)
	}
	if m := s.member("m-a"); len(m.Lanes) > 0 || len(s.desk.Sent("message")) > 0 {
		t.Errorf("the member is %+v", m)
	}
	s.desk.Spec = memory.Spec()
	s.desk.Spec.AnyRetry = 0 // never
	s.desk.Script("a", memory.Doubt(false))
	s.attempt(fans)
	s.apply(fans) // which is blocked now
	if m := s.member("m-a"); len(m.Lanes) > 0 || len(s.plan.Operations) > 0 || len(s.plan.Blocked) != 1 {
		t.Errorf("the member is %+v, operations %v", m, operations(s.plan))
	}
}

// TestLanes_oneThatIsBlockedHoldsUpNoOther has one lane's effect in doubt.
func TestLanes_oneThatIsBlockedHoldsUpNoOther(t *testing.T) {
	s := newScene(t)
	s.desk.Spec = memory.Spec()
	s.desk.Spec.AnyRetry = 0 // never
	s.desk.Script("x", memory.Doubt(false))
	s.desk.Script("y", memory.Defer())
	s.attempt(fans)
	s.apply(fans)
	m := s.member("m-a")
	if done(m.Track) != "s1=done" || done(m.Lanes[0].Track) != "" || done(m.Lanes[1].Track) != "l1=done l2=done" || !m.Active() {
		t.Errorf("the member is %+v", m)
	}
	if len(s.plan.Blocked) != 1 || s.plan.Blocked[0].Step != "l1" || s.plan.Blocked[0].Count != 1 {
		t.Errorf("blocked %+v", s.plan.Blocked)
	}
}

// TestLanes_thatEndedBeforeCount has the member wait for one that ended in an earlier run, and then for one of a record that came again.
func TestLanes_thatEndedBeforeCount(t *testing.T) {
	s := newScene(t)
	s.desk.Script("a", memory.Defer()) // at s1, then at s4
	s.attempt(fans)
	s.desk.Script("x", memory.Defer())
	s.attempt(fans) // lane y ends
	again := func(st *state.Snapshot) *script {
		j := fans(st)
		m := j.Members[0]
		if m.After.Lanes = append(slices.Clone(m.After.Lanes), m.After.Lanes[1]); m.After.Lanes[2].EndedAt.IsZero() {
			t.Fatal("lane y goes on")
		}
		came := &m.After.Lanes[2]
		came.EndedAt, came.Since, came.Outcome, came.Track, m.Record = time.Time{}, now.Add(time.Hour), "", state.Track{Step: "l1"}, true
		return j
	}
	s.apply(again) // which has no moves for it
	if m := s.member("m-a"); done(m.Track) != "s1=done" || len(m.Lanes) != 3 || done(m.Lanes[0].Track) != "l1=done l2=done" || !m.Active() {
		t.Errorf("the member is %+v", m)
	}
}

// TestLanes_endWithTheirMember has a member end while a lane of it has moves left.
func TestLanes_endWithTheirMember(t *testing.T) {
	s := newScene(t)
	r := s.attempt(func(st *state.Snapshot) *script {
		j := fans(st)
		m := j.Members[0]
		m.Moves, j.Wants = m.Moves[:1], j.Wants[:len(j.Wants)-1]
		return j
	})
	m := s.member("m-a")
	if n := len(s.desk.Sent("message")); m.Active() || n != 1 || r.Complete() {
		t.Errorf("%d sent, the member is %+v", n, m)
	}
}

// TestLanes_keepAndLetGoByLane has two lanes keep the same record's place, and one end.
func TestLanes_keepAndLetGoByLane(t *testing.T) {
	s := newScene(t)
	keep := func(lanes ...string) journeyer {
		return func(st *state.Snapshot) *script {
			j := newScript()
			m := j.goesOn(st, "m-a")
			for _, key := range lanes {
				w := keeps("m-a", "A")
				w.Step, w.Lane, w.Standing = "l1", "person:"+key, true
				j.wants(w)
			}
			if !m.Enters {
				j.Members = nil
			}
			return j
		}
	}
	s.apply(keep("y", "x"))
	if h := s.state().Held; len(h) != 1 || len(h[0].Keepers) != 2 || h[0].Keepers[0].Lane != "person:x" || h[0].Keepers[1].Lane != "person:y" {
		t.Errorf("held %+v", h)
	}
	s.mustBeSettled(keep("x", "y"))
	s.apply(keep("y"))
	if h := s.state().Held; len(h) != 1 || len(h[0].Keepers) != 1 || h[0].Keepers[0].Lane != "person:y" {
		t.Errorf("held %+v", h)
	}
	s.in("A", "a")
	s.apply(keep())
	s.in("A")
}

func TestStays_recordsWhomItReachesAndGoesNoFurther(t *testing.T) {
	s := newScene(t)
	stays := func(st *state.Snapshot) *script {
		j := newScript()
		m := j.goesOn(st, "m-a")
		move := j.move("s1", "s1", sends("m-a", "s1"))
		move.Stays, move.To.Reached, move.To.StepAt = true, []string{"a", "b"}, now
		m.Moves, m.End = []journey.Move{move}, &journey.End{Outcome: state.Completed, At: now}
		return j
	}
	s.apply(stays)
	m := s.member("m-a")
	if !m.Active() || m.Step != "s1" || done(m.Track) != "" || len(m.Reached) != 2 || len(s.desk.Sent("message")) != 1 {
		t.Errorf("the member is %+v", m)
	}
	s.mustBeSettled(stays)
}

func TestEnd_ofOneThatIsLeavingKeepsItsOutcome(t *testing.T) {
	for name, c := range map[string]struct {
		end  journey.End
		want state.Outcome
	}{"as settled": {journey.End{At: now.Add(-time.Minute)}, state.Converted}, "as its exit says": {journey.End{Outcome: state.Exited, Reason: "x", At: now.Add(-time.Minute)}, state.Exited}} {
		s := newScene(t)
		s.apply(func(st *state.Snapshot) *script {
			j := newScript()
			m := j.goesOn(st, "m-a")
			m.After.Step, m.After.Outcome, m.After.Reason = "s3", state.Converted, "bought"
			return j
		})
		if m := s.member("m-a"); !m.Leaving() {
			t.Fatalf("%s: it is %+v", name, m)
		}
		s.apply(func(st *state.Snapshot) *script {
			j := newScript()
			m := j.goesOn(st, "m-a")
			m.Moves, m.End = []journey.Move{j.move("s3", "", sends("m-a", "s3"))}, &c.end
			return j
		})
		if m := s.member("m-a"); m.Outcome != c.want || !m.EndedAt.Equal(c.end.At) || done(m.Track) != "s3=done" || (m.Reason == "bought") != (c.want == state.Converted) {
			t.Errorf("%s: it is %+v", name, m)
		}
	}
}

// TestLeaves_andDoesWhatFollows settles a member and has it take its next steps in the same run.
func TestLeaves_andDoesWhatFollows(t *testing.T) {
	leaves := func(st *state.Snapshot) *script {
		j := newScript()
		m := j.goesOn(st, "m-a")
		if !m.After.Active() {
			j.Members = nil
			return j
		}
		if m.After.Outcome == "" {
			m.Leaves, m.Record = true, true
			m.After.Outcome, m.After.Step = state.Converted, "s3"
		}
		m.Moves, m.End = []journey.Move{j.move("s3", "", sends("m-a", "s3"))}, &journey.End{At: now}
		return j
	}
	everywhere(func() *scene { return newScene(t) }, leaves, func(s *scene, door int) {
		s.apply(leaves)
		if m := s.member("m-a"); m.Outcome != state.Converted || m.Active() || len(s.desk.Sent("message")) != 1 {
			s.Errorf("door %d: it is %+v", door, m)
		}
	})
}
