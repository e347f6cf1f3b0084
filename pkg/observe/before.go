package observe

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// kind is a kind of action or task of a connector.
type kind struct{ connector, name string }

// Doubts looks up the effects that are in doubt, where their connectors can and the action says so: of one that is never to be repeated,
// not finding it would be no proof, as it is none so soon after the try that a system may not show it yet. An effect that was not looked up stays in
// doubt.
func Doubts(ctx context.Context, s *state.Snapshot, open Connectors, now time.Time) (map[string]journey.Finding, []string) {
	asked := map[kind][]string{} // → keys
	tried := map[string]time.Time{}
	for _, e := range s.Effects {
		if e.Status == state.Intended || e.Status == state.InDoubt {
			asked[kind{e.Connector, e.Action}] = append(asked[kind{e.Connector, e.Action}], e.Key)
			tried[e.Key] = e.At
		}
	}
	found := map[string]journey.Finding{}
	var warnings []string
	for target, keys := range asked {
		c := open[target.connector]
		looker, ok := connector.As[connector.Looker](c)
		if !ok || never(c.Describe(), target.name) {
			continue
		}
		spec := c.Describe()
		marked := make([]string, len(keys))
		for i, key := range keys {
			marked[i] = spec.Mark(s.Meta.Lineage, key)
		}
		receipts, err := looker.Lookup(ctx, target.name, marked)
		if err != nil {
			warnings = append(warnings, fmt.Sprintf("looking up %d effects in doubt at %s.%s: %s", len(keys), target.connector, target.name, err))
			continue
		}
		for i, key := range keys {
			receipt, happened := receipts[marked[i]]
			if wait := settle(spec, target.name); !happened && wait > 0 && now.Sub(tried[key]) < wait {
				continue
			}
			found[key] = journey.Finding{Happened: happened, Receipt: receipt}
		}
	}
	slices.Sort(warnings)
	return found, warnings
}

// settle gives how long an effect may not be found after it was sent.
func settle(spec connector.Spec, name string) time.Duration {
	task, _ := spec.Task(name)
	action, _ := spec.Action(name)
	return max(task.Settle, action.Settle)
}

// never reports whether not finding an effect proves nothing. The state does not say whether an effect was a task: where a connector has
// both an action and a task of that name, both must be such that can be looked up.
func never(spec connector.Spec, name string) bool {
	task, isTask := spec.Task(name)
	action, _ := spec.Action(name)
	named := slices.ContainsFunc(spec.Actions, func(a connector.ActionKind) bool { return a.Name == name })
	switch {
	case isTask && !named:
		return task.Retry == connector.Never
	case isTask:
		return task.Retry == connector.Never || action.Retry == connector.Never
	}
	return action.Retry == connector.Never
}

// Tasks asks what became of the open tasks, by effect key: nil for one that its connector does not know any more. One that could not be
// asked about is not in it: its connector can't tell or does not answer, or it never gave a receipt.
func Tasks(ctx context.Context, s *state.Snapshot, open Connectors) (map[string]*connector.TaskReport, []string) {
	asked := map[kind][]*state.Task{}
	for i := range s.Tasks {
		if t := &s.Tasks[i]; t.Status == state.TaskOpen && t.Receipt != "" {
			asked[kind{t.Connector, t.Kind}] = append(asked[kind{t.Connector, t.Kind}], t)
		}
	}
	reports := map[string]*connector.TaskReport{}
	var warnings []string
	for target, tasks := range asked {
		warning := fmt.Sprintf("asking about %d open tasks at %s.%s: ", len(tasks), target.connector, target.name)
		c := open[target.connector]
		source, ok := connector.As[connector.TaskReader](c)
		if !ok {
			if c == nil {
				warnings = append(warnings, warning+"the connector is not in the playbook")
			}
			continue
		}
		known, err := source.Tasks(ctx, target.name, receipts(tasks))
		if err != nil {
			warnings = append(warnings, warning+err.Error())
			continue
		}
		for _, t := range tasks {
			reports[t.Key] = nil
			if report, ok := known[t.Receipt]; ok {
				reports[t.Key] = &report
			}
		}
	}
	slices.Sort(warnings)
	return reports, warnings
}

func receipts(tasks []*state.Task) []string {
	out := make([]string, len(tasks))
	for i, t := range tasks {
		out[i] = t.Receipt
	}
	slices.Sort(out)
	return slices.Compact(out)
}
