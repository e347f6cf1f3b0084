package observe_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/state"
)

// give makes tasks of a kind, with their effects' keys.
func give(t *testing.T, m *memory.System, keys ...string) {
	t.Helper()
	b := connector.Batch{Verb: connector.Task, Target: connector.Collection{Kind: "task"}}
	for _, key := range keys {
		b.Items = append(b.Items, connector.Item{ID: "a", Key: key})
	}
	if _, err := m.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func TestTasks_areAskedAboutWhileTheyAreOpen(t *testing.T) {
	m := &memory.System{}
	give(t, m, "k1", "k2", "k3", "k4")
	done := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	for _, err := range []error{m.CompleteTask("k1", "met", map[string]string{"next": "demo"}, done), m.DeleteTask("k2"), m.CancelTask("k4")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s := &state.Snapshot{}
	for key, receipt := range map[string]string{"k1": "task#1", "k2": "task#2", "k3": "task#3", "none": ""} {
		s.Tasks = append(s.Tasks, state.Task{Key: key, Connector: "desk", Kind: "task", Receipt: receipt, Status: state.TaskOpen})
	}
	s.Tasks = append(s.Tasks, state.Task{Key: "k4", Connector: "desk", Kind: "task", Receipt: "task#4", Status: state.TaskDone})
	got, warnings := observe.Tasks(t.Context(), s, observe.Connectors{"desk": m})
	want := map[string]*connector.TaskReport{"k1": {Status: connector.TaskDone, Outcome: "met", Answers: map[string]string{"next": "demo"}, DoneAt: done}, "k2": nil,
		"k3": {Status: connector.TaskOpen}}
	if d := cmp.Diff(want, got); d != "" || len(warnings) > 0 {
		t.Errorf("%s %q", d, warnings)
	}
}

func TestTasks_whereNobodyTellsAreLeftOut(t *testing.T) {
	m, down := &memory.System{}, &memory.System{}
	down.Down(errors.New("out of order"))
	open := observe.Connectors{"blind": m.WriteOnly(), "down": down}
	for name, warning := range map[string]string{"blind": "", "down": "asking about 2 open tasks at down.task: out of order",
		"gone": "asking about 2 open tasks at gone.task: the connector is not in the playbook"} {
		s := &state.Snapshot{}
		for _, key := range []string{"k1", "k2"} {
			s.Tasks = append(s.Tasks, state.Task{Key: key, Connector: name, Kind: "task", Receipt: key, Status: state.TaskOpen})
		}
		got, warnings := observe.Tasks(t.Context(), s, open)
		if len(got) > 0 || strings.Join(warnings, "\n") != warning {
			t.Errorf("%s: %v %q", name, got, warnings)
		}
	}
}

// TestDoubts_ofTasksGoByTheirOwnRetryClass, also where an action has the same name.
func TestDoubts_ofTasksGoByTheirOwnRetryClass(t *testing.T) {
	kind := func(r connector.Retry) []connector.ActionKind {
		return []connector.ActionKind{{Name: "task", Retry: r}}
	}
	for name, c := range map[string]struct {
		spec  connector.Spec
		asked bool
	}{
		"task":               {connector.Spec{Tasks: kind(connector.Lookup)}, true},
		"never":              {connector.Spec{Tasks: kind(connector.Never)}, false},
		"any action":         {connector.Spec{Tasks: kind(connector.Lookup), AnyAction: true, AnyRetry: connector.Never}, true},
		"both":               {connector.Spec{Tasks: kind(connector.Lookup), Actions: kind(connector.ByKey)}, true},
		"both, action never": {connector.Spec{Tasks: kind(connector.Lookup), Actions: kind(connector.Never)}, false},
		"both, task never":   {connector.Spec{Tasks: kind(connector.Never), Actions: kind(connector.Lookup)}, false},
	} {
		m := &memory.System{Spec: c.spec}
		give(t, m, "k1")
		s := &state.Snapshot{Effects: []state.Effect{{Key: "k1", Status: state.Intended, Connector: "desk", Action: "task"}}}
		found, warnings := observe.Doubts(t.Context(), s, observe.Connectors{"desk": m}, time.Time{})
		if asked := len(found) == 1; asked != c.asked || asked && !found["k1"].Happened || len(warnings) > 0 {
			t.Errorf("%s: %v %q", name, found, warnings)
		}
	}
}
