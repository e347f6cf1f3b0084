package apply_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
	statememory "github.com/playctl/playctl/pkg/state/memory"
)

// unhearing is a connector whose system does not answer, and that hears of no context: a file on a server that is gone.
type unhearing struct {
	connector.Connector
	back chan struct{} // closed when the server is back
}

func (d unhearing) Write(_ context.Context, b connector.Batch) ([]connector.Outcome, error) {
	<-d.back
	return make([]connector.Outcome, len(b.Items)), nil
}

// send is one message.
func send(id string) plan.Operation {
	o := add(id, 0)
	o.Verb, o.Target, o.EffectKey = connector.Send, connector.Collection{Kind: "message"}, "effect-"+id
	return o
}

// TestRun_leavesACallThatHearsOfNoInterrupt holds that a run that is called off ends soon, whatever it waits for: what it waited for is in doubt.
func TestRun_leavesACallThatHearsOfNoInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, session, s := begun(t)
		ctx, cancel := context.WithCancelCause(t.Context())
		c := unhearing{desk(), make(chan struct{})}
		defer close(c.back)
		from := time.Now()
		time.AfterFunc(time.Minute, func() { cancel(errors.New("interrupted")) })
		r := apply.Run(ctx, &apply.Input{Plan: &plan.Plan{Operations: []plan.Operation{send("a")}}, Session: session, State: s, Now: clockAt,
			Connectors: map[string]connector.Connector{"desk": c}, Run: state.Run{ID: "r"}})
		if took := time.Since(from); took > time.Minute+5*time.Second {
			t.Errorf("it ended %s after it was called off", took-time.Minute)
		}
		out := r.Outcomes[0]
		if out.Status != apply.InDoubt || !strings.Contains(out.Reason, "did not answer for 3s after it was called off: interrupted") || !r.Interrupted {
			t.Errorf("%+v, interrupted %v", out, r.Interrupted)
		}
		s, err := session.Read(t.Context())
		if err != nil || len(s.Effects) != 1 || s.Effects[0].Status != state.InDoubt {
			t.Errorf("the state has %+v, %v", s.Effects, err)
		}
	})
}

// broken is a connector that breaks the lock of the run that uses it, and says then that it did not begin.
type broken struct {
	connector.Connector
	store *statememory.Store
}

func (b broken) Write(ctx context.Context, _ connector.Batch) ([]connector.Outcome, error) {
	if err := b.store.Break(ctx, "r"); err != nil {
		return nil, err
	}
	<-ctx.Done()
	return nil, &connector.NotBegunError{Err: ctx.Err()}
}

// TestRun_whatCouldNotBeRecordedAsNotBegunIsToldInDoubt holds that nobody is told more than the state says, which has the intents and nothing else.
func TestRun_whatCouldNotBeRecordedAsNotBegunIsToldInDoubt(t *testing.T) {
	store, session, s := begun(t)
	p := &plan.Plan{Operations: []plan.Operation{send("a"), add("b", 0)}}
	r := apply.Run(t.Context(), &apply.Input{Plan: p, Session: session, State: s, Now: clockAt, Connectors: map[string]connector.Connector{"desk": broken{desk(), store}},
		Run: state.Run{ID: "r"}})
	if r.Outcomes[0].Status != apply.InDoubt || r.Outcomes[1].Status != apply.Skipped {
		t.Errorf("%+v", r.Outcomes)
	}
	if r.Run.Counts[string(apply.InDoubt)] != 1 || r.Err == nil {
		t.Errorf("counted %v, %v", r.Run.Counts, r.Err)
	}
}

// falls is a connector with a fault in it.
type falls struct{ connector.Connector }

func (falls) Write(context.Context, connector.Batch) ([]connector.Outcome, error) {
	panic("a fault of the connector")
}

// TestRun_aFaultOfAConnectorIsToldWhereTheRunWasCalled holds that it does not end the process by itself.
func TestRun_aFaultOfAConnectorIsToldWhereTheRunWasCalled(t *testing.T) {
	_, session, s := begun(t)
	defer func() {
		if got := recover(); got != "a fault of the connector" {
			t.Errorf("recovered %v", got)
		}
	}()
	apply.Run(t.Context(), &apply.Input{Plan: &plan.Plan{Operations: []plan.Operation{add("a", 0)}}, Session: session, State: s, Now: clockAt,
		Connectors: map[string]connector.Connector{"desk": falls{desk()}}, Run: state.Run{ID: "r"}})
}

// replying is a connector that gives the same answer to everything.
type replying struct {
	connector.Connector
	outcome connector.Outcome
	err     error
}

func (a replying) Write(_ context.Context, b connector.Batch) ([]connector.Outcome, error) {
	out := make([]connector.Outcome, len(b.Items))
	for i := range out {
		out[i] = a.outcome
	}
	return out, a.err
}

// TestRun_whatWasInDoubtStaysSoWhenItIsTriedAgainForNothing holds that a refusal says nothing of the try before it: that may have done it.
func TestRun_whatWasInDoubtStaysSoWhenItIsTriedAgainForNothing(t *testing.T) {
	for name, c := range map[string]replying{
		"refused":    {outcome: connector.Outcome{Status: connector.Rejected, Reason: "not now"}},
		"come later": {outcome: connector.Outcome{Status: connector.Later, Reason: "not now"}},
		"not begun":  {err: &connector.NotBegunError{Err: errors.New("not now")}},
	} {
		t.Run(name, func(t *testing.T) {
			_, session, s := begun(t)
			before := state.Effect{Key: "effect-a", Connector: "desk", Action: "message", Record: state.Record{Entity: "account", Key: "a"}, Status: state.InDoubt, Attempts: 1}
			if err := session.Commit(t.Context(), &state.Changes{Effects: []state.Effect{before}}); err != nil {
				t.Fatal(err)
			}
			s.Effects = []state.Effect{before}
			c.Connector = desk()
			r := apply.Run(t.Context(), &apply.Input{Plan: &plan.Plan{Operations: []plan.Operation{send("a")}}, Session: session, State: s, Now: clockAt,
				Connectors: map[string]connector.Connector{"desk": c}, Run: state.Run{ID: "r"}})
			if out := r.Outcomes[0]; out.Status != apply.InDoubt || out.Reason != "an earlier try may have done it, and this one did not: not now" {
				t.Errorf("%+v", out)
			}
			now, err := session.Read(t.Context())
			if err != nil || now.Effects[0].Status != state.InDoubt || now.Effects[0].Attempts != 2 || len(now.Failures) != 0 {
				t.Errorf("%+v, %+v, %v", now.Effects, now.Failures, err)
			}
		})
	}
}
