package rest

import (
	"context"
	"fmt"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// first makes the requests that come before that of an item. ended says that one of them settled it, or failed.
func (w *writing) first(ctx context.Context, values mapping.Values, items []int) (_ mapping.Values, ended bool) {
	prepared := map[string]any{}
	values = values.With("prepared", prepared)
	for _, p := range w.call.Prepare {
		if p.When != nil {
			holds, err := p.When.Holds(ctx, values)
			if err != nil {
				w.settle(items, connector.Outcome{Status: connector.Rejected, Reason: w.client.redact(err.Error())})
				return nil, true
			}
			if !holds {
				continue
			}
		}
		a, err := w.client.do(ctx, &p.Call, values, connector.Safe, cursor{}, 1)
		if err != nil {
			w.failedBefore(ctx, items, err)
			return nil, true
		}
		out, err := w.ending(ctx, p.Ends, a.values)
		if err != nil || out.Status != 0 {
			if err != nil {
				out = connector.Outcome{Status: connector.Rejected, Reason: w.client.redact(err.Error())}
			}
			w.settle(items, out)
			return nil, true
		}
		for _, t := range p.Take {
			value, err := t.Value.Value(ctx, a.values)
			if err != nil {
				w.settle(items, connector.Outcome{Status: connector.Rejected, Reason: fmt.Sprintf("the answer has no %s: %s", t.Name, w.client.redact(err.Error()))})
				return nil, true
			}
			prepared[t.Name] = value
		}
	}
	return values, false
}

// failedBefore tells what became of items when a request before theirs failed: nothing was done, whatever became of that one, which only asks.
func (w *writing) failedBefore(ctx context.Context, items []int, err error) {
	w.failed(ctx, items, asked(err))
}
