package apply_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// gives is a want that somebody is given a task.
func gives(member, step string) journey.Want {
	w := of(member, journey.Want{Verb: connector.Task, Step: step, Target: connector.Collection{Kind: "task"}})
	w.Key = state.EffectKey(member, step, w.Record)
	w.Fields = map[string]any{connector.TaskTitle: "Call " + w.Record.Key, connector.TaskAssignee: "ann", connector.TaskDue: now.Add(time.Hour)}
	w.Task = &state.Task{Key: w.Key, Member: member, Play: "p", Step: step, Connector: "desk", Kind: "task", Record: w.Record, Assigned: now}
	return w
}

// calls is a play whose only step gives a task and does not wait for it.
func calls(st *state.Snapshot) *script {
	j := newScript()
	if m := j.goesOn(st, "m-a"); m.After.Step == "s1" {
		m.Moves = []journey.Move{j.move("s1", "s2", gives("m-a", "s1"))}
	}
	return j
}

// one holds that there is one task, open at desk and kept under its receipt.
func (s *scene) one(door int) {
	s.Helper()
	kept, made := s.state().Tasks, s.desk.Contents().Tasks
	if len(made) != 1 || len(kept) != 1 || kept[0].Receipt != made[0].Receipt || kept[0].Status != state.TaskOpen || kept[0].Key != made[0].Item.Key {
		s.Errorf("door %d: kept %+v of %+v", door, kept, made)
	}
	if m := s.member("m-a"); m == nil || done(m.Track) != "s1=done" || m.Step != "s2" {
		s.Errorf("door %d: the member is %+v", door, m)
	}
}

func TestTask_isMadeOnce(t *testing.T) {
	s := newScene(t)
	s.apply(calls)
	s.operations(`task desk.task "Call a" a`)
	s.one(0)
	again := func(st *state.Snapshot) *script { // a step that is asked for again, as after an edit
		j := newScript()
		m := j.goesOn(st, "m-a")
		m.Moves = []journey.Move{j.move("s2", "s3", gives("m-a", "s1"))}
		return j
	}
	s.apply(again)
	s.operations()
	if n := len(s.desk.Contents().Tasks); n != 1 || len(s.state().Tasks) != 1 {
		t.Errorf("%d tasks were made", n)
	}
	if sum := s.plan.Summary(); sum.Once != 0 || sum.NoOps != 1 {
		t.Errorf("summary: %+v", sum)
	}
}

// TestTask_isMadeOnceWhateverEndsTheRun kills the run before and after every commit and write.
func TestTask_isMadeOnceWhateverEndsTheRun(t *testing.T) {
	for _, class := range []connector.Retry{connector.Lookup, connector.ByKey} {
		make := func() *scene {
			s := newScene(t)
			s.desk.Spec = memory.Spec()
			s.desk.Spec.Tasks[0].Retry = class
			return s
		}
		everywhere(make, calls, func(s *scene, door int) {
			s.apply(calls)
			s.one(door)
		})
	}
}

func TestTask_inDoubtWaitsWhereNobodyCanTell(t *testing.T) {
	s := newScene(t)
	s.desk.Spec = memory.Spec()
	s.desk.Spec.Tasks[0].Retry = connector.Never
	s.desk.Script("a", memory.Doubt(true))
	if r := s.attempt(calls); r.Outcomes[0].Status != apply.InDoubt {
		t.Errorf("%+v", r.Outcomes)
	}
	s.apply(calls)
	s.operations()
	if len(s.plan.Blocked) != 1 || len(s.desk.Contents().Tasks) != 1 || len(s.state().Tasks) != 0 {
		t.Errorf("blocked %+v, tasks %+v", s.plan.Blocked, s.state().Tasks)
	}
}

func TestTask_failedIsTriedAgain(t *testing.T) {
	s := newScene(t)
	s.desk.Script("a", memory.Reject("no"), memory.Defer())
	for range 2 {
		if r := s.attempt(calls); r.Complete() || len(s.state().Tasks) > 0 {
			t.Errorf("%+v", r.Outcomes)
		}
	}
	s.apply(calls)
	s.one(0)
}

// leaver wants the task of a member taken back that has left.
func leaver(st *state.Snapshot) *script {
	j := newScript()
	m := j.goesOn(st, "m-a")
	if m.After.Active() {
		m.After.Outcome, m.After.Reason, m.After.EndedAt, m.Leaves, m.Record = state.Exited, "bored", now, true, true
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

func (s *scene) takenBack(door int) {
	s.Helper()
	kept, made := s.state().Tasks, s.desk.Contents().Tasks
	if len(kept) != 1 || kept[0].Status != state.TaskCancelled || !kept[0].DoneAt.Equal(now) || kept[0].Receipt == "" || made[0].Report.Status != connector.TaskCancelled {
		s.Errorf("door %d: kept %+v of %+v", door, kept, made)
	}
	if m := s.member("m-a"); m.Active() {
		s.Errorf("door %d: the member has not left", door)
	}
	s.mustBeSettled(leaver)
}

func TestCancel_whateverEndsTheRun(t *testing.T) {
	make := func() *scene {
		s := newScene(t)
		s.apply(calls)
		return s
	}
	everywhere(make, leaver, func(s *scene, door int) {
		s.apply(leaver)
		s.takenBack(door)
	})
}

func TestCancel_failedIsTriedAgain(t *testing.T) {
	s := newScene(t)
	s.apply(calls)
	s.desk.Script(s.state().Tasks[0].Receipt, memory.Reject("no"))
	if r := s.attempt(leaver); r.Complete() || s.state().Tasks[0].Status != state.TaskOpen {
		t.Errorf("%+v, kept %+v", r.Outcomes, s.state().Tasks)
	}
	s.operations("cancel desk.task task#1")
	if sum := s.plan.Summary(); sum.Cancel != 1 || sum.Once != 0 || s.plan.Empty() {
		t.Errorf("summary: %+v", sum)
	}
	s.apply(leaver)
	s.takenBack(0)
}

func TestCancel_ofATaskThatIsDoneIsAlreadySo(t *testing.T) {
	s := newScene(t)
	s.apply(calls)
	if err := s.desk.CompleteTask(s.state().Tasks[0].Key, "met", nil, now); err != nil {
		t.Fatal(err)
	}
	s.apply(leaver)
	if kept := s.state().Tasks; kept[0].Status != state.TaskCancelled {
		t.Errorf("kept %+v", kept)
	}
	s.mustBeSettled(leaver)
}

func TestCancel_whereTheConnectorIsGone(t *testing.T) {
	s := newScene(t)
	s.apply(calls)
	gone := func(st *state.Snapshot) *script {
		j := leaver(st)
		for i := range j.Wants {
			j.Wants[i].Connector = "old"
		}
		return j
	}
	s.apply(gone)
	s.operations()
	if len(s.plan.Warnings) != 1 || s.plan.Warnings[0] != "1 open tasks can't be taken back: connector old is not in the playbook" {
		t.Errorf("warnings %q", s.plan.Warnings)
	}
}

// TestAttached_goesOutOnceWithNobodysMove sends an escalation while its member stands at the task.
func TestAttached_goesOutOnceWithNobodysMove(t *testing.T) {
	s := newScene(t)
	s.apply(calls)
	escalates := func(*state.Snapshot) *script {
		j := newScript()
		w := sends("m-a", "s1")
		w.Attached, w.Key = true, "escalation"
		j.wants(w)
		return j
	}
	everywhere(func() *scene { return s }, escalates, func(s *scene, door int) {
		s.apply(escalates)
		if n := len(s.desk.Sent("message")); n != 1 {
			t.Errorf("door %d: sent %d times", door, n)
		}
	})
	s.mustBeSettled(escalates)
}

func TestAttached_inDoubtIsNotSentAgain(t *testing.T) {
	s := newScene(t)
	s.desk.Spec = memory.Spec()
	s.desk.Spec.AnyRetry = connector.Never
	s.desk.Script("a", memory.Doubt(true))
	escalates := func(*state.Snapshot) *script {
		j := newScript()
		w := sends("m-a", "s1")
		w.Attached = true
		j.wants(w)
		return j
	}
	if r := s.attempt(escalates); r.Complete() {
		t.Errorf("%+v", r.Outcomes)
	}
	s.apply(escalates)
	if len(s.plan.Operations) > 0 || len(s.plan.Blocked) != 1 || len(s.desk.Sent("message")) != 1 {
		t.Errorf("operations %v, blocked %v", operations(s.plan), s.plan.Blocked)
	}
}
