package rehearse

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// launchOf gives a manual launch to the journey.
func launchOf(l *Launch) *journey.Launch { return &journey.Launch{Play: l.Play, Keys: l.Keys} }

// identify finds the id of every record in every system. Those of records that have gone stay known.
func (a *act) identify(ctx context.Context) {
	d := &expr.Data{Frame: a.records.read(a.now).Frame, Now: a.now, Vars: map[string]any{}}
	for _, v := range a.program.Book.Variables {
		d.Vars[v.Name] = v.Value
	}
	for _, name := range a.systemNames() {
		if a.ids[name] == nil {
			a.ids[name] = map[string]string{}
		}
		for _, t := range d.Frame.Tables {
			for row := 0; t.HasKey() && row < t.Rows; row++ {
				if id, ok := a.program.Plays.Identity(ctx, d, name, t.Entity, row); ok {
					a.ids[name][t.Entity+":"+t.Key(row)] = id
				}
			}
		}
	}
}

// id gives the id under which a system knows a record; the text itself where it is no record that the system knows.
func (a *act) id(system string, k Key) string {
	for _, e := range a.program.Book.Entities {
		if k.Entity != "" && k.Entity != e.Name {
			continue
		}
		if id, ok := a.ids[system][e.Name+":"+k.Key]; ok {
			return id
		}
	}
	return k.Key
}

// hold makes records members of a collection.
func (a *act) hold(ctx context.Context, h *Holding) error {
	m, at := a.systems[h.Target.Connector], connector.Collection{Kind: h.Target.Kind, Name: h.Name}
	if err := m.Create(ctx, at); err != nil {
		return fmt.Errorf("giving members: %w", err)
	}
	for _, k := range h.Members {
		m.Put(at, a.id(h.Target.Connector, k))
	}
	return nil
}

// fieldsBatch gives a record fields, as somebody would who works in the system.
func fieldsBatch(f FieldValues, id string) connector.Batch {
	return connector.Batch{Verb: connector.Set, Target: connector.Collection{Kind: f.Target.Kind}, Items: []connector.Item{{ID: id, Fields: f.Values}}}
}

// work does what people do about their tasks.
func (a *act) work(ctx context.Context, s *Step) {
	if len(s.Tasks) == 0 {
		return
	}
	snapshot, err := a.store.Read(ctx)
	if err != nil {
		a.out.fail(s.Place, nil, "%s", err)
		return
	}
	for _, w := range s.Tasks {
		t := openTask(snapshot, &w)
		if t == nil {
			a.out.fail(w.Place, openTasks(snapshot), "nobody has an open task of step %s for %s", w.Step, w.Record.Key)
			continue
		}
		if err := a.answer(t, &w, s); err != nil {
			a.out.fail(w.Place, nil, "%s", err)
		}
	}
}

// openTask finds the open task of a step about a record, or for a member whose record it is.
func openTask(s *state.Snapshot, w *TaskWork) *state.Task {
	members := map[string]state.Record{}
	for _, m := range s.Members {
		members[m.Key] = m.Record
	}
	for i := range s.Tasks {
		t := &s.Tasks[i]
		about := w.Record.is(t.Record) || w.Record.is(members[t.Member])
		if t.Status == state.TaskOpen && t.Step == w.Step && (w.Play == "" || w.Play == t.Play) && about {
			return t
		}
	}
	return nil
}

// is reports whether a key names a record.
func (k Key) is(r state.Record) bool {
	return k.Key == r.Key && (k.Entity == "" || k.Entity == r.Entity)
}

// openTasks lists the open tasks, in words.
func openTasks(s *state.Snapshot) []string {
	var out []string
	for _, t := range s.Tasks {
		if t.Status == state.TaskOpen {
			out = append(out, fmt.Sprintf("open: %s.%s for %s", t.Play, t.Step, t.Record.Key))
		}
	}
	if len(out) == 0 {
		out = append(out, "no task is open")
	}
	return out
}

// answer does one thing about one task.
func (a *act) answer(t *state.Task, w *TaskWork, s *Step) error {
	m, at := a.systems[t.Connector], w.At
	if at.IsZero() {
		at = s.When
	}
	switch w.Do {
	case Cancel:
		return m.CancelTask(t.Receipt)
	case Delete:
		return m.DeleteTask(t.Receipt)
	case Touch:
		return m.TouchTask(t.Receipt, at)
	}
	return m.CompleteTask(t.Receipt, w.Outcome, w.Answers, at)
}
