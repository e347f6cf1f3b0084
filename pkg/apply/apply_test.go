package apply_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
	statememory "github.com/playctl/playctl/pkg/state/memory"
)

var now = time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)

func clockAt() time.Time { return now }

// add makes an operation that adds an id to list A and holds it for a keeper.
func add(id string, batch int) plan.Operation {
	held := state.Held{Connector: "desk", Kind: "list", Name: "A", Token: "t-" + id, Record: state.Record{Entity: "account", Key: id}, Since: now, Ours: true}
	return plan.Operation{Verb: connector.Add, Connector: "desk", Target: connector.Collection{Kind: "list", Name: "A"}, ID: id, Record: held.Record, Batch: batch,
		Holds: []plan.Hold{{Held: held, Keeper: &state.Keeper{Member: "m", Step: "s"}}}}
}

// begun gives a new state under a lock.
func begun(t *testing.T) (*statememory.Store, state.Session, *state.Snapshot) {
	t.Helper()
	store := statememory.New()
	session, err := store.Lock(t.Context(), state.Holder{ID: "r"})
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Create(t.Context(), state.Meta{Lineage: "l"}); err != nil {
		t.Fatal(err)
	}
	s, err := session.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return store, session, s
}

// run carries out a plan on a new state.
func run(t *testing.T, p *plan.Plan, c connector.Connector) (*apply.Result, *state.Snapshot) {
	t.Helper()
	_, session, s := begun(t)
	r := apply.Run(t.Context(), &apply.Input{Plan: p, Session: session, State: s, Connectors: map[string]connector.Connector{"desk": c}, Run: state.Run{ID: "r"},
		Now: func() time.Time { return now }})
	s, err := session.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

func desk() *memory.System {
	m := &memory.System{}
	m.Put(connector.Collection{Kind: "list", Name: "A"})
	return m
}

func TestRun_batchesHaveTheSizeThatTheConnectorTakes(t *testing.T) {
	for _, c := range []struct {
		batch, operations int
		want              []int
	}{{0, 7, []int{7}}, {3, 7, []int{3, 3, 1}}, {0, 2500, []int{1000, 1000, 500}}} {
		p := &plan.Plan{}
		for i := range c.operations {
			p.Operations = append(p.Operations, add(fmt.Sprint("k", i), c.batch))
		}
		m := desk()
		r, s := run(t, p, m)
		var got []int
		for _, b := range m.Batches() {
			got = append(got, len(b.Items))
		}
		if d := cmp.Diff(c.want, got); d != "" || !r.Complete() || len(s.Held) != c.operations {
			t.Errorf("batches of %d: %s; complete %v, %d held", c.batch, d, r.Complete(), len(s.Held))
		}
	}
}

// answering is a connector that gives a fixed answer.
type answering struct {
	*memory.System
	outcomes []connector.Outcome
	err      error
}

func (a answering) Write(context.Context, connector.Batch) ([]connector.Outcome, error) {
	return a.outcomes, a.err
}

func TestRun_everyAnswerHasItsEnd(t *testing.T) {
	done := connector.Outcome{Status: connector.Done}
	for name, c := range map[string]struct {
		answer answering
		want   []apply.Status
		held   int
	}{
		"all":        {answering{outcomes: []connector.Outcome{done, done}}, []apply.Status{apply.Done, apply.Done}, 2},
		"too few":    {answering{outcomes: []connector.Outcome{done}}, []apply.Status{apply.Done, apply.InDoubt}, 2},
		"none":       {answering{}, []apply.Status{apply.InDoubt, apply.InDoubt}, 2},
		"cut":        {answering{outcomes: []connector.Outcome{done, {}}, err: errors.New("cut")}, []apply.Status{apply.Done, apply.InDoubt}, 2},
		"not begun":  {answering{err: &connector.NotBegunError{Err: errors.New("busy")}}, []apply.Status{apply.Failed, apply.Failed}, 0},
		"wrapped":    {answering{err: fmt.Errorf("desk: %w", &connector.NotBegunError{Err: errors.New("busy")})}, []apply.Status{apply.Failed, apply.Failed}, 0},
		"every kind": {answering{outcomes: []connector.Outcome{{Status: connector.Rejected}, {Status: connector.Later}}}, []apply.Status{apply.Failed, apply.Later}, 0},
		"already":    {answering{outcomes: []connector.Outcome{{Status: connector.Already}, done}}, []apply.Status{apply.Already, apply.Done}, 2},
	} {
		c.answer.System = desk()
		r, s := run(t, &plan.Plan{Operations: []plan.Operation{add("a", 0), add("b", 0)}}, c.answer)
		var got []apply.Status
		for _, o := range r.Outcomes {
			got = append(got, o.Status)
		}
		if d := cmp.Diff(c.want, got); d != "" || len(s.Held) != c.held || r.Err != nil {
			t.Errorf("%s: %s; %d held, %v", name, d, len(s.Held), r.Err)
		}
		for _, h := range s.Held {
			if meant := h.Since.IsZero(); meant != (h.Token == "t-a" && got[0] == apply.InDoubt || h.Token == "t-b" && got[1] == apply.InDoubt) {
				t.Errorf("%s: %s is held since %s", name, h.Token, h.Since)
			}
			if stranger := !h.Ours; stranger != (h.Token == "t-a" && got[0] == apply.Already) {
				t.Errorf("%s: %s is ours: %v", name, h.Token, h.Ours)
			}
		}
	}
}

func TestRun_connectorThatCantWrite(t *testing.T) {
	m := desk()
	r, s := run(t, &plan.Plan{Operations: []plan.Operation{add("a", 0)}}, struct{ connector.Connector }{m})
	if r.Outcomes[0].Status != apply.Failed || r.Outcomes[0].Reason != "connector desk can't write" || len(s.Held) > 0 || r.Run.Status != state.Partly {
		t.Errorf("%+v, held %v, run %s", r.Outcomes, s.Held, r.Run.Status)
	}
}
