package journey

import (
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// spot is where a member's expressions are evaluated, or those of one of its lanes. What they see is put together once one of them needs it.
type spot struct {
	pass   *pass
	row    int // of the play's record
	member *state.Member
	track  *state.Track // where it stands, as it moves
	stepAt time.Time    // when it came there, as expressions see it
	lane   *state.Lane  // nil for the member's own way
	own    *spot        // of a lane in which something is done: that of its member
	made   bool
	seen   expr.At
}

// at puts together what expressions see.
func (s *spot) at() expr.At {
	if s.made {
		return s.seen
	}
	s.made, s.seen = true, expr.Row(s.pass.p.Of, s.row)
	v := &expr.Member{Data: s.pass.data, EnteredAt: s.member.EnteredAt, StepAt: s.stepAt, Event: s.member.Event, Steps: map[string]*expr.Step{}}
	s.seen.Member = v
	if s.lane == nil {
		s.seeAll(s.track.Done, "")
		return s.seen
	}
	s.seeAll(s.member.Done, "")
	s.seeAll(s.track.Done, s.lane.Key())
	if row, ok := s.pass.rowOf(s.lane.Record); ok {
		s.seen = s.seen.With(s.lane.Record.Entity, row)
	}
	if s.own != nil {
		s.inherit(s.own.at().Member)
	}
	return s.seen
}

// inherit has a lane's expressions see the steps that its member has done in this run.
func (s *spot) inherit(own *expr.Member) {
	v := s.seen.Member
	for id, step := range own.Steps {
		if _, seen := v.Steps[id]; !seen {
			v.Steps[id] = step
		}
	}
	if v.Variant == "" {
		v.Variant = own.Variant
	}
}

func (s *spot) seeAll(list []state.StepDone, lane string) {
	for i := range list {
		s.see(&list[i], lane)
	}
}

// see adds a finished step to what expressions see. A task that nobody waits for is finished once somebody has done it.
func (s *spot) see(d *state.StepDone, lane string) {
	t, v := s.pass, s.seen.Member
	step := t.p.steps[d.ID]
	out := &expr.Step{Data: t.data, Outcome: d.Outcome, Records: d.Records, Event: d.Event, Entity: t.p.Of}
	if step != nil && len(step.targets) > 0 {
		out.Entity = step.targets[0].entity
	}
	answers := d.Answers
	if step != nil && step.Verb == playbook.Task && step.Await == playbook.AwaitNone && d.Outcome != skipped {
		task := t.taskOf(s.member.Key, lane, d.ID)
		if task == nil || task.Status == state.TaskOpen {
			return
		}
		out.Outcome, answers = task.Outcome, task.Answers
	}
	if step != nil {
		out.Answers = typedAnswers(step.Asks, answers)
	}
	if step != nil && step.Verb == playbook.Split {
		v.Variant = d.Outcome
	}
	v.Steps[d.ID] = out
}

// moved has expressions see a step that was done just now, and since when the next is stood on.
func (s *spot) moved(d *state.StepDone, at time.Time) {
	s.stepAt = at
	if !s.made {
		return
	}
	lane := ""
	if s.lane != nil {
		lane = s.lane.Key()
	}
	s.see(d, lane)
	s.seen.Member.StepAt = at
}
