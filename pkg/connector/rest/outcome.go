package rest

import (
	"context"
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// read gives items the outcomes that an answer tells. The first clause that speaks of an item decides; of an item that none speaks of, the call says
// what silence means.
func (w *writing) read(ctx context.Context, call *manifest.Call, a *answer, items []int) {
	told, err := w.told(ctx, call, a, items)
	if err != nil {
		w.settle(items, connector.Outcome{Status: connector.InDoubt, Reason: w.client.reason(w.client.named(call, err).Error())})
		return
	}
	receipt, err := w.receipt(ctx, call, a)
	silent := connector.Outcome{Status: call.Silent, Receipt: receipt}
	if call.Silent != connector.Done && call.Silent != connector.Already {
		silent.Reason = fmt.Sprintf("the answer of %s says nothing of it", w.manifest.Title)
	}
	if err != nil {
		silent = connector.Outcome{Status: connector.InDoubt, Reason: w.client.reason(err.Error())}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for n, i := range items {
		if told[n].Status == 0 {
			told[n] = silent
		}
		if a.again && told[n].Status == connector.Already { // since the try whose answer was lost: who is in would else be nobody's, and never be taken out
			told[n].Status = connector.Done
		}
		if told[n].Receipt == "" && told[n].Status == connector.Done {
			told[n].Receipt = receipt
		}
		w.out[i] = told[n]
	}
}

// receipt gives the receipt of an answer. A task has one, by which it is asked for: an answer that has no such place is none of a task that was made.
func (w *writing) receipt(ctx context.Context, call *manifest.Call, a *answer) (string, error) {
	if call.Receipt == nil || w.batch.Verb != connector.Task {
		return take(ctx, call.Receipt, a.values)
	}
	value, err := call.Receipt.Value(ctx, a.values)
	if errors.Is(err, mapping.ErrAbsent) && !errors.Is(err, mapping.ErrNoField) {
		err = nil
	}
	return connector.Text(value), err
}

// told gives, for each item, what the clauses say; the zero outcome if they say nothing.
func (w *writing) told(ctx context.Context, call *manifest.Call, a *answer, items []int) ([]connector.Outcome, error) {
	out := make([]connector.Outcome, len(items))
	at := map[string][]int{}
	for n, i := range items {
		item := w.batch.Items[i]
		for _, name := range names(item.ID, w.Normalize(w.batch.Target.Kind, item.ID), item.Key, w.membership[i]) {
			at[name] = append(at[name], n)
		}
	}
	for _, c := range call.Clauses {
		list, err := c.List.List(ctx, a.values)
		if err != nil {
			return nil, err
		}
		for index, entry := range list {
			values := a.values.With("it", entry)
			values["index"] = int64(index)
			about, err := w.about(ctx, c, values, index, at, len(items))
			if err != nil {
				return nil, err
			}
			for _, n := range about {
				if out[n].Status != 0 {
					continue
				}
				if out[n], err = w.ending(ctx, c.Cases, values.With("item", values["items"].([]any)[n])); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// names gives those by which an answer may speak of an item, each once.
func names(list ...string) []string {
	var out []string
	for _, name := range list {
		known := name == ""
		for _, x := range out {
			known = known || x == name
		}
		if !known {
			out = append(out, name)
		}
	}
	return out
}

// about gives which items an entry speaks of.
func (w *writing) about(ctx context.Context, c manifest.Clause, values mapping.Values, index int, at map[string][]int, items int) ([]int, error) {
	var keys []any
	switch {
	case c.Position:
		return within(int64(index), items), nil
	case c.Index != nil:
		value, err := c.Index.Value(ctx, values)
		if errors.Is(err, mapping.ErrAbsent) {
			return nil, nil
		}
		n, whole := value.(int64)
		if err == nil && !whole {
			err = fmt.Errorf("%s: expected the number of an item", c.Index)
		}
		return within(n, items), err
	case c.Keys != nil:
		list, err := c.Keys.List(ctx, values)
		if err != nil {
			return nil, err
		}
		keys = list
	default:
		key, err := c.Key.Text(ctx, values)
		if err != nil {
			return nil, err
		}
		keys = []any{key}
	}
	var out []int
	for _, key := range keys {
		text := connector.Text(key)
		found := at[text]
		if found == nil {
			found = at[w.Normalize(w.batch.Target.Kind, text)]
		}
		out = append(out, found...)
	}
	return out, nil
}

func within(n int64, items int) []int {
	if n < 0 || n >= int64(items) {
		return nil
	}
	return []int{int(n)}
}

// ending gives what the first case that holds says became of an item; the zero outcome if none does.
func (w *writing) ending(ctx context.Context, cases []manifest.Case, values mapping.Values) (connector.Outcome, error) {
	for _, x := range cases {
		if x.When != nil {
			if holds, err := x.When.Holds(ctx, values); err != nil || !holds {
				if err != nil {
					return connector.Outcome{}, err
				}
				continue
			}
		}
		why, err := take(ctx, x.Why, values)
		if err != nil {
			return connector.Outcome{}, err
		}
		receipt, err := take(ctx, x.Receipt, values)
		return connector.Outcome{Status: x.Is, Reason: w.client.reason(why), Receipt: receipt}, err
	}
	return connector.Outcome{}, nil
}
