package rehearse

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// breach is a record of which an invariant's condition held.
type breach struct {
	invariant *Invariant
	record    state.Record
	at        time.Time // of the run
	touches   []string  // that are about the record, in words
}

// try runs a scene until an invariant is broken, and gives the first of those that are; nil if none is.
func (r *Runner) try(ctx context.Context, s *scene, invariants []*Invariant, out *Outcome) (*breach, error) {
	stage, err := newStage(ctx, r.World, r.Program)
	if err != nil {
		return nil, err
	}
	records := newRecords(r.Program.Book, schemasOf(r.Program.Book))
	records.put(s.records)
	changes := s.changes
	for _, now := range s.runs {
		for len(changes) > 0 && !changes[0].at.After(now) {
			records.put([]Record{changes[0].record})
			changes = changes[1:]
		}
		if err := stage.finishSome(ctx, s.people, now); err != nil {
			return nil, err
		}
		read := records.read(now)
		if _, err := stage.run(ctx, now, read, nil, flow.Options{}); err != nil {
			return nil, err
		}
		out.Runs++
		if b, err := stage.broken(ctx, read.Frame, invariants, &flow.Given{Read: read, Connectors: stage.open}); b != nil || err != nil {
			return b, err
		}
	}
	return nil, nil
}

// finishSome has people do some of their tasks: which ones, when and how is drawn for each, the same whatever else there is.
func (s *stage) finishSome(ctx context.Context, people uint64, now time.Time) error {
	snapshot, err := s.store.Read(ctx)
	if err != nil {
		return err
	}
	for i := range snapshot.Tasks {
		t := &snapshot.Tasks[i]
		if t.Status != state.TaskOpen {
			continue
		}
		h := fnv.New64a()
		fmt.Fprintf(h, "%d %s %s %s %d", people, t.Play, t.Step, t.Record, t.Assigned.Unix())
		draw := h.Sum64()
		due := t.Assigned.Add(time.Duration(draw>>8%240) * time.Hour)
		if draw%4 == 0 || due.After(now) {
			continue // never, or not yet
		}
		m := s.systems[t.Connector]
		if draw%4 == 1 {
			err = m.CancelTask(t.Receipt)
		} else {
			err = m.CompleteTask(t.Receipt, anyOutcome(s.program.Book.Play(t.Play), t.Step, draw>>20), nil, due)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// anyOutcome chooses one of a task's outcomes.
func anyOutcome(p *playbook.Play, step string, draw uint64) string {
	if p != nil {
		if s := p.Step(step); s != nil && len(s.Outcomes) > 0 {
			return s.Outcomes[draw%uint64(len(s.Outcomes))]
		}
	}
	return "done"
}

// broken evaluates invariants as things stand after a run.
func (s *stage) broken(ctx context.Context, f *frame.Frame, invariants []*Invariant, g *flow.Given) (*breach, error) {
	snapshot, err := s.store.Read(ctx)
	if err != nil {
		return nil, err
	}
	w := s.world
	w.At = s.now
	e, err := flow.EvaluateGiven(ctx, &w, s.program, snapshot, g)
	if err != nil {
		return nil, err
	}
	t := touchesOf(f, snapshot)
	e.Data.Touches = t.count
	for _, i := range invariants {
		v, err := i.program.Verdict(ctx, e.Data)
		if err != nil {
			return nil, err
		}
		for row := range v.True.Rows {
			record := state.Record{Entity: i.Of, Key: f.Table(i.Of).Key(row)}
			return &breach{invariant: i, record: record, at: s.now, touches: t.words(record, s.program.Book.Zone)}, nil
		}
	}
	return nil, nil
}

// touches are the messages and tasks about each record, those about records below it included.
type touches map[state.Record][]*state.Effect

// touchesOf gathers what was sent and given.
func touchesOf(f *frame.Frame, s *state.Snapshot) touches {
	out := touches{}
	for i := range s.Effects {
		if e := &s.Effects[i]; e.Status == state.Happened {
			out.add(f, e, e.Record, map[state.Record]bool{})
		}
	}
	return out
}

// add counts an effect for a record and, once each, those above it.
func (t touches) add(f *frame.Frame, e *state.Effect, r state.Record, seen map[state.Record]bool) {
	if seen[r] {
		return
	}
	seen[r] = true
	t[r] = append(t[r], e)
	table := f.Table(r.Entity)
	if table == nil {
		return
	}
	row, ok := table.Row(r.Key)
	if !ok {
		return
	}
	for _, up := range table.Parents() {
		if parent := up.Up[row]; parent >= 0 && up.Parent.HasKey() {
			t.add(f, e, state.Record{Entity: up.Parent.Entity, Key: up.Parent.Key(int(parent))}, seen)
		}
	}
}

// count is what the function touches gives.
func (t touches) count(entity, key string, since time.Time) int {
	n := 0
	for _, e := range t[state.Record{Entity: entity, Key: key}] {
		if e.At.After(since) {
			n++
		}
	}
	return n
}

// words lists what touched a record.
func (t touches) words(r state.Record, zone *time.Location) []string {
	var out []string
	for _, e := range t[r] {
		out = append(out, fmt.Sprintf("%s ! %s.%s %s by %s.%s", clock(e.At, zone), e.Connector, e.Action, e.Record.Key, e.Play, e.Step))
	}
	return out
}
