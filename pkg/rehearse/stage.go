package rehearse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
	statememory "github.com/playctl/playctl/pkg/state/memory"
)

// stage is a playbook with systems and state that are kept in memory, and a clock that only the rehearsal moves.
type stage struct {
	world   flow.World
	program *flow.Program
	systems map[string]*memory.System
	open    map[string]connector.Connector // what the flow is given of the systems
	store   *statememory.Store
	runs    int
	now     time.Time // of the last run

	mu       sync.Mutex
	effects  map[string]string // where each effect's key was written
	repeated []string          // those written twice
}

// newStage furnishes a stage with empty systems that imitate the drivers of the playbook's connectors.
func newStage(ctx context.Context, w *flow.World, p *flow.Program) (*stage, error) {
	s := bareStage(w, p)
	for name, m := range s.systems {
		s.open[name] = obliging{m}
	}
	return s, s.begin(ctx, emptyState(p.Book.Name))
}

// emptyState is the state of a playbook that was never applied.
func emptyState(playbook string) *state.Snapshot {
	return &state.Snapshot{Meta: state.Meta{Version: state.Version, Lineage: "rehearsal", Salt: "rehearsal", Playbook: playbook}}
}

// bareStage gives a stage whose systems nobody has opened, and without a state.
func bareStage(w *flow.World, p *flow.Program) *stage {
	s := &stage{world: *w, program: p, systems: map[string]*memory.System{}, open: map[string]connector.Connector{}, store: statememory.New(),
		effects: map[string]string{}}
	s.world.Reading = nil
	s.world.Clock = func() time.Time { return s.now }
	for i := range p.Book.Connectors {
		c := &p.Book.Connectors[i]
		m := &memory.System{}
		if d, ok := p.Driver(c.Name); ok {
			m.Spec = d.Spec
		}
		m.OnWrite = func(b connector.Batch) { s.watch(c.Name, b) }
		s.systems[c.Name] = m
	}
	return s
}

// begin makes the state, with what a snapshot holds.
func (s *stage) begin(ctx context.Context, from *state.Snapshot) (err error) {
	session, err := s.store.Lock(ctx, state.Holder{Who: "rehearsal"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Unlock()) }()
	return session.Replace(ctx, &state.Whole{Snapshot: *from})
}

// watch holds that no effect is written twice.
func (s *stage) watch(connectorName string, b connector.Batch) {
	if b.Verb != connector.Send && b.Verb != connector.Task {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, item := range b.Items {
		what := fmt.Sprintf("%s %s.%s for %s by step %s.%s", b.Verb, connectorName, b.Target.Kind, item.Source.Record, item.Source.Play, item.Source.Step)
		if _, again := s.effects[item.Key]; again {
			s.repeated = append(s.repeated, what)
		}
		s.effects[item.Key] = what
	}
}

// ran is one run and what became of it.
type ran struct {
	planned *flow.Planned
	result  *apply.Result
}

// plan plans, and changes nothing.
func (s *stage) plan(ctx context.Context, read *source.Result, lists map[string][]string, snapshot *state.Snapshot, o flow.Options) (*flow.Planned, error) {
	w := s.world
	w.At = s.now
	return flow.PlanGiven(ctx, &w, s.program, snapshot, o, &flow.Given{Read: read, Lists: lists, Connectors: s.open})
}

// run plans and applies at a time. A plan that a guard refuses is not applied: the result is nil then.
func (s *stage) run(ctx context.Context, now time.Time, read *source.Result, lists map[string][]string, o flow.Options) (_ *ran, err error) {
	s.now = now
	session, err := s.store.Lock(ctx, state.Holder{Who: "rehearsal"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, session.Unlock()) }()
	snapshot, err := session.Read(ctx)
	if err != nil {
		return nil, err
	}
	planned, err := s.plan(ctx, read, lists, snapshot, o)
	if err != nil {
		return nil, err
	}
	if len(planned.Plan.Refused()) > 0 {
		return &ran{planned: planned}, nil
	}
	s.runs++
	w := s.world
	w.At = now
	id := fmt.Sprintf("run-%d", snapshot.Meta.Serial+1) // another than those of the runs that it goes on from
	result := flow.Apply(ctx, &w, planned, session, state.Run{ID: id, By: "rehearsal"}, flow.ApplyOptions{})
	return &ran{planned: planned, result: result}, result.Err
}

// obliging is a system that has every collection of its kinds that somebody asks for: a rehearsal is not about which there are.
type obliging struct{ *memory.System }

// Members makes the collection if it is not there.
func (o obliging) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	if err := o.Create(ctx, c); err != nil {
		return nil, err
	}
	return o.System.Members(ctx, c)
}

// MembershipFields makes the collection if it is not there.
func (o obliging) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (map[string]map[string]string, error) {
	if err := o.Create(ctx, c); err != nil {
		return nil, err
	}
	return o.System.MembershipFields(ctx, c, ids, fields)
}

// systemNames gives the names of the systems, sorted.
func (s *stage) systemNames() []string { return slices.Sorted(maps.Keys(s.systems)) }
