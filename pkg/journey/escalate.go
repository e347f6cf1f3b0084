package journey

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// escalate sends what is due about a member's open tasks.
func (t *pass) escalate(ctx context.Context, m *turn) error {
	for _, task := range t.taskList[m.now.Key] {
		s := t.p.steps[task.Step]
		if task.Status != state.TaskOpen || s == nil || s.Verb != playbook.Task {
			continue
		}
		for i, e := range s.escalate {
			at := t.p.calendar.Add(task.Assigned, s.Escalate[i].After)
			if at.After(t.in.Now) {
				t.bound(m.now, at)
				continue
			}
			if err := t.escalation(ctx, m, task, s, i, e, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// escalation sends one, once. What is due long since, because no run came, is left: whoever is asked to look finds the task open.
func (t *pass) escalation(ctx context.Context, m *turn, task *state.Task, s *step, i int, e *step, at time.Time) error {
	w := t.own(m)
	for n := range m.now.Lanes {
		if lane := &m.now.Lanes[n]; lane.Key() == task.Lane {
			w = t.lane(m, lane, nil)
		}
	}
	defer t.back(w)
	w.clock, w.arrived = at, true
	row, ok := t.rowOf(task.Record)
	name := s.ID + ".escalate." + strconv.Itoa(i+1)
	key := state.EffectKey(m.now.Key, name, task.Record)
	if late := w.lateness(); late > t.plays.book.MaxLateness && !t.in.Late && !t.happened(key) {
		t.about.Unknowns["step "+s.ID+": escalation "+inDays(late)+" late, not sent"]++
		return nil
	}
	if !ok || t.happened(key) {
		return nil
	}
	target := e.targets[0]
	target.entity, target.identity = task.Record.Entity, t.plays.identities[task.Record.Entity][e.Connector]
	wants, err := w.want(ctx, e, reach{&target, row}, nil)
	if err == nil && len(wants) > 0 {
		err = w.addressed(ctx, e, reach{&target, row}, &wants[0])
	}
	if unknown, err := unknownWaits(err); err != nil || unknown != "" || len(wants) == 0 {
		if unknown != "" {
			t.about.Unknowns["step "+name+": "+unknown]++
		}
		return err
	}
	wants[0].Step, wants[0].Key, wants[0].Attached = name, key, true
	t.emit(wants)
	return nil
}

// addressed fills in whom a send goes to, where the step names roles.
func (w *walker) addressed(ctx context.Context, s *step, r reach, x *Want) error {
	if len(s.to) == 0 {
		return nil
	}
	var to []any
	var missing []string
	for _, a := range s.to {
		who, ok, why, err := w.resolve(ctx, []assignee{a}, w.there(r))
		if err != nil {
			return err
		}
		if !ok {
			missing = append(missing, why)
			continue
		}
		if !slices.Contains(to, any(who.who)) {
			to = append(to, who.who)
		}
	}
	if len(to) == 0 {
		return &nobodyError{strings.Join(slices.Compact(missing), "; ")}
	}
	for _, why := range missing {
		w.about.Unknowns["step "+s.ID+": "+why]++
	}
	x.Fields = maps.Clone(x.Fields)
	if x.Fields["to"] = any(to); len(to) == 1 {
		x.Fields["to"] = to[0]
	}
	return nil
}

// nobodyError says that nobody has any of the roles that a send goes to.
type nobodyError struct{ why string }

// Error gives the reasons.
func (e *nobodyError) Error() string { return e.why }
