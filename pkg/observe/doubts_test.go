package observe_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/state"
)

// TestDoubts_whatMayNotBeSeenYetIsNotMissing: a search lags behind; whoever believed it that nothing is there would send again.
func TestDoubts_whatMayNotBeSeenYetIsNotMissing(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	m := &memory.System{Spec: memory.Spec()}
	m.Spec.Actions = []connector.ActionKind{{Name: "message", Retry: connector.Lookup, Settle: time.Minute}}
	for after, known := range map[time.Duration]bool{time.Second: false, time.Minute: true} {
		s := effects(state.InDoubt, "desk", "k1")
		s.Effects[0].At = now.Add(-after)
		found, _ := observe.Doubts(t.Context(), s, observe.Connectors{"desk": m}, now)
		if _, ok := found["k1"]; ok != known {
			t.Errorf("%s after it was sent: %v", after, found)
		}
	}
	send(m, "k1")
	if found, _ := observe.Doubts(t.Context(), effects(state.InDoubt, "desk", "k1"), observe.Connectors{"desk": m}, time.Time{}.Add(time.Second)); !found["k1"].Happened {
		t.Error("what is found was not sent")
	}
}

// TestDoubts_areLookedUpByTheMarkOfTheirState: two environments with the same play and record have effects of the same key.
func TestDoubts_areLookedUpByTheMarkOfTheirState(t *testing.T) {
	m := &memory.System{Spec: memory.Spec()}
	m.Spec.Shared = true
	ours, theirs := effects(state.InDoubt, "crm", "k1"), effects(state.InDoubt, "crm", "k1")
	ours.Meta.Lineage, theirs.Meta.Lineage = "ours", "theirs"
	send(m, m.Spec.Mark("theirs", "k1"))
	for s, want := range map[*state.Snapshot]bool{ours: false, theirs: true} {
		found, _ := observe.Doubts(t.Context(), s, observe.Connectors{"crm": m}, time.Time{})
		if f, ok := found["k1"]; !ok || f.Happened != want {
			t.Errorf("state %s: %v", s.Meta.Lineage, found)
		}
	}
	if key := m.Spec.Mark("", "k1"); key != "k1" {
		t.Errorf("without a state the key is %q", key)
	}
}
