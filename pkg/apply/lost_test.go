package apply_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// losing is a session that keeps nothing any more after some commits.
type losing struct {
	state.Session
	left int
}

func (l *losing) Commit(ctx context.Context, c *state.Changes) error {
	if l.left--; l.left < 0 {
		return &state.LostError{Where: "memory"}
	}
	return l.Session.Commit(ctx, c)
}

func TestRun_whatCouldNotBeRecordedIsToldAsInDoubt(t *testing.T) {
	store, session, s := begun(t)
	m := desk()
	p := &plan.Plan{Operations: []plan.Operation{add("a", 1), add("b", 1), add("c", 1)}}
	for i := range p.Operations {
		p.Operations[i].Key = p.Operations[i].ID
	}
	// begin, the first intent and its outcome, the second intent; its outcome is lost.
	r := apply.Run(t.Context(), &apply.Input{Plan: p, Session: &losing{session, 4}, State: s, Connectors: map[string]connector.Connector{"desk": m}, Run: state.Run{ID: "r"}, Now: clockAt})
	var lost *state.LostError
	if !errors.As(r.Err, &lost) {
		t.Errorf("ended with %v", r.Err)
	}
	for i, want := range []apply.Status{apply.Done, apply.InDoubt, apply.Skipped} {
		if r.Outcomes[i].Status != want || want == apply.InDoubt && !strings.Contains(r.Outcomes[i].Reason, "could not be recorded") {
			t.Errorf("operation %d: %+v, want %s", i, r.Outcomes[i], want)
		}
	}
	if r.Run.Counts[string(apply.Done)] != 1 || r.Run.Counts[string(apply.InDoubt)] != 1 {
		t.Errorf("the run counts %v", r.Run.Counts)
	}
	pages, err := store.Journal(t.Context(), "r")
	if err != nil {
		t.Fatal(err)
	}
	// What is told is what the journal says.
	if kept := audit.Operations(pages); kept[0].Outcome != string(apply.Done) || kept[1].Outcome != audit.InDoubt {
		t.Errorf("the journal says %q and %q", kept[0].Outcome, kept[1].Outcome)
	}
}

// stopped is a connector whose write is called off before it began.
type stopped struct {
	connector.Connector
	cancel func()
}

func (s stopped) Write(ctx context.Context, _ connector.Batch) ([]connector.Outcome, error) {
	s.cancel()
	<-ctx.Done()
	return nil, &connector.NotBegunError{Err: ctx.Err()}
}

func TestRun_whatWasCalledOffBeforeItBeganIsSkippedAndTheRunInterrupted(t *testing.T) {
	_, session, kept := begun(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := apply.Run(ctx, &apply.Input{Plan: &plan.Plan{Operations: []plan.Operation{add("a", 0)}}, Session: session, State: kept, Now: clockAt,
		Connectors: map[string]connector.Connector{"desk": stopped{desk(), cancel}}, Run: state.Run{ID: "r"}})
	if r.Outcomes[0].Status != apply.Skipped || !r.Interrupted || r.Run.Status != state.Interrupted || r.Err != nil {
		t.Errorf("%+v, interrupted %v, run %s, %v", r.Outcomes[0], r.Interrupted, r.Run.Status, r.Err)
	}
	s, err := session.Read(t.Context())
	if err != nil || len(s.Failures)+len(s.Held) != 0 {
		t.Errorf("%d failures and %d held, %v", len(s.Failures), len(s.Held), err)
	}
}

// slow is a connector that works through a batch item by item until it is called off, like one that is called over a network.
type slow struct {
	connector.Connector
	begun chan struct{}
	items int
}

func (s *slow) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	close(s.begun)
	var out []connector.Outcome
	for range b.Items {
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-time.After(time.Millisecond):
			out = append(out, connector.Outcome{Status: connector.Done})
			s.items++
		}
	}
	return out, nil
}

func TestRun_aLostLockCallsOffTheBatchThatIsBeingWritten(t *testing.T) {
	store, session, s := begun(t)
	p := &plan.Plan{}
	const items = 60_000 // a minute of them
	for i := range items {
		p.Operations = append(p.Operations, add(fmt.Sprint("k", i), items))
	}
	c := &slow{Connector: desk(), begun: make(chan struct{})}
	go func() {
		<-c.begun
		_ = store.Break(context.Background(), "r")
	}()
	r := apply.Run(t.Context(), &apply.Input{Plan: p, Session: session, State: s, Now: clockAt, Connectors: map[string]connector.Connector{"desk": c}, Run: state.Run{ID: "r"}})
	var lost *state.LostError
	if !errors.As(r.Err, &lost) || c.items > items/10 || r.Count(apply.InDoubt) != items {
		t.Errorf("%d of %d items were written after the lock was lost, %d in doubt, %v", c.items, items, r.Count(apply.InDoubt), r.Err)
	}
}
