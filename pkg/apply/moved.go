package apply

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
)

// unmoved asks anew what stands in the fields that a batch is about to set, and gives the operations whose fields stand as the plan saw them.
// Between plan and write lies an approval, or an hour of other batches: what somebody wrote meanwhile is not overwritten unseen, but skipped
// with the reason, for the next plan to show. Members need no such look: to add who is there and to remove who is gone changes nothing.
func (r *runner) unmoved(ctx context.Context, group []int) []int {
	reader, ids, fields := r.setting(group)
	if reader == nil {
		return group
	}
	first := &r.Plan.Operations[group[0]]
	now, err := leaving(ctx, func() (map[string]map[string]string, error) {
		return reader.Fields(ctx, first.Target.Kind, ids, fields)
	})
	if err != nil {
		for _, i := range group {
			r.result.Outcomes[i] = Outcome{Status: Skipped, Reason: "it can't be read again before it is written: " + r.redact(err.Error())}
		}
		return nil
	}
	values := make(map[string]map[string]string, len(now))
	for id, v := range now {
		values[connector.Normalize(r.Connectors[first.Connector], first.Target.Kind, id)] = v
	}
	var still []int
	for _, i := range group {
		o := &r.Plan.Operations[i]
		switch have := values[connector.Normalize(r.Connectors[o.Connector], o.Target.Kind, o.ID)]; {
		case stands(have, o.Before):
			still = append(still, i)
		case stands(have, texts(o.Fields)):
			r.result.Outcomes[i] = Outcome{Status: Already, Reason: "somebody else set it since the plan"}
		default:
			r.result.Outcomes[i] = Outcome{Status: Skipped, Reason: difference(o, have)}
		}
	}
	return still
}

// setting gives what to ask, and whom, before a batch sets fields of records; nil where there is nothing to ask: the connector can't tell, or
// could not when the plan was made.
func (r *runner) setting(group []int) (reader connector.FieldReader, ids, fields []string) {
	first := &r.Plan.Operations[group[0]]
	reader, _ = connector.As[connector.FieldReader](r.Connectors[first.Connector])
	if first.Verb != connector.Set || first.Target.Name != "" || first.Certainty != plan.Known || reader == nil {
		return nil, nil, nil
	}
	names := map[string]bool{}
	for _, i := range group {
		ids = append(ids, r.Plan.Operations[i].ID)
		for name := range r.Plan.Operations[i].Fields {
			names[name] = true
		}
	}
	return reader, ids, slices.Sorted(maps.Keys(names))
}

// stands reports whether fields have these values; one without a value is empty.
func stands(have, want map[string]string) bool {
	for name, value := range want {
		if have[name] != value {
			return false
		}
	}
	return true
}

func texts(fields map[string]any) map[string]string {
	out := make(map[string]string, len(fields))
	for name, value := range fields {
		out[name] = connector.Text(value)
	}
	return out
}

// difference says which field changed since the plan. Values are not told: outcomes are kept.
func difference(o *plan.Operation, have map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(o.Before)) {
		if have[name] != o.Before[name] {
			return fmt.Sprintf("%s changed since the plan", name)
		}
	}
	return "it changed since the plan"
}
