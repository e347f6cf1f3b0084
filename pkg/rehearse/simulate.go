package rehearse

import (
	"context"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
)

// Simulation says what to simulate.
type Simulation struct {
	World   *flow.World
	Program *flow.Program
	State   *state.Snapshot // to begin with; of the zero value an empty one. It is not changed
	From    time.Time       // of the first run
	To      time.Time       // no run is later
	Every   time.Duration   // between runs; whole days keep the local time of day
	Tasks   Habit
	Options flow.Options
	// Progress is told before each run; may be nil.
	Progress func(done, total int)
}

// Habit is what people do about their tasks.
type Habit uint8

// The habits.
const (
	Idle     Habit = iota // nobody does them
	Diligent              // they are done when they are due, with their first outcome
)

// Simulate plans and applies over and over, and gives what happened. Records are read once; events exist from their time on. Systems are copies
// in memory of what the real ones hold, which are only read from. When the context ends it gives what happened so far, and its error.
func Simulate(ctx context.Context, in *Simulation) (*Report, error) {
	times := in.times()
	report := NewReport(in.Program.Book)
	all, lists, err := in.read(ctx)
	if err != nil {
		return report, err
	}
	s, err := in.stage(ctx)
	if err != nil {
		return report, err
	}
	for i, now := range times {
		if in.Progress != nil {
			in.Progress(i, len(times))
		}
		if err := in.turn(ctx, s, now, all.Until(now), lists, report); err != nil {
			report.Interrupted = ctx.Err() != nil
			report.Finish()
			return report, err
		}
	}
	report.Finish()
	return report, nil
}

// turn is one run with what people did before it.
func (in *Simulation) turn(ctx context.Context, s *stage, now time.Time, f *frame.Frame, lists map[string][]string, report *Report) error {
	snapshot, err := s.store.Read(ctx)
	if err != nil {
		return err
	}
	if in.Tasks == Diligent {
		in.finishTasks(s, snapshot, now)
	}
	x, err := s.run(ctx, now, &source.Result{Frame: f}, lists, in.Options)
	if err != nil {
		return err
	}
	report.Add(now, x.planned, x.result)
	return nil
}

// times gives when the runs are.
func (in *Simulation) times() []time.Time {
	var out []time.Time
	zone, day := in.Program.Book.Zone, 24*time.Hour
	for i := 0; ; i++ {
		t := in.From.Add(time.Duration(i) * in.Every)
		if in.Every%day == 0 {
			t = in.From.In(zone).AddDate(0, 0, i*int(in.Every/day)).UTC()
		}
		if t.After(in.To) {
			return out
		}
		out = append(out, t)
	}
}

// Runs gives how many runs the simulation has.
func (in *Simulation) Runs() int { return len(in.times()) }

// read reads every record, with the events up to the end, and the segments that are lists. How old a file is does not matter.
func (in *Simulation) read(ctx context.Context) (*frame.Frame, map[string][]string, error) {
	var entities []*playbook.Entity
	for _, e := range in.Program.Book.Entities {
		copied := *e
		copied.Fresh = playbook.Fresh{}
		entities = append(entities, &copied)
	}
	w := in.World
	origins, err := flow.Origins(ctx, w, in.Program)
	if err != nil {
		return nil, nil, err
	}
	read, err := source.Read(ctx, source.Request{Dir: w.Dir, Entities: entities, Zone: in.Program.Book.Zone, Now: in.To, Clock: w.Clock, Progress: w.Reading, Connectors: origins})
	if err != nil {
		return nil, nil, err
	}
	lists, err := flow.Lists(ctx, w, in.Program)
	return read.Frame, lists, err
}

// stage furnishes a stage with copies of the real systems and of the real state.
func (in *Simulation) stage(ctx context.Context) (*stage, error) {
	real, err := flow.Connectors(ctx, in.World, in.Program)
	if err != nil {
		return nil, err
	}
	s := bareStage(in.World, in.Program)
	for name, m := range s.systems {
		s.open[name] = newMirror(m, real[name])
	}
	from := in.State
	if from == nil || from.Meta.Lineage == "" {
		from = emptyState(in.Program.Book.Name)
	}
	return s, s.begin(ctx, from)
}

// finishTasks does the tasks that are due: at that time and with the first of their outcomes. One that has no due date is done by its SLA,
// else a day after it was given.
func (in *Simulation) finishTasks(s *stage, snapshot *state.Snapshot, now time.Time) {
	for i := range snapshot.Tasks {
		t := &snapshot.Tasks[i]
		due := t.Assigned.Add(24 * time.Hour)
		switch {
		case t.Status != state.TaskOpen:
			continue
		case !t.DueAt.IsZero():
			due = t.DueAt
		case !t.SLAAt.IsZero():
			due = t.SLAAt
		}
		if due.After(now) {
			continue
		}
		if m, ok := s.open[t.Connector].(worker); ok {
			m.finish(t.Receipt, in.firstOutcome(t), due)
		}
	}
}

// worker is a system in which people do tasks.
type worker interface {
	finish(receipt, outcome string, at time.Time)
}

// firstOutcome gives the first outcome that a task can have.
func (in *Simulation) firstOutcome(t *state.Task) string {
	p := in.Program.Book.Play(t.Play)
	if p == nil {
		return "done"
	}
	i := slices.IndexFunc(p.AllSteps(), func(s *playbook.Step) bool { return s.ID == t.Step && len(s.Outcomes) > 0 })
	if i < 0 {
		return "done"
	}
	return p.AllSteps()[i].Outcomes[0]
}
