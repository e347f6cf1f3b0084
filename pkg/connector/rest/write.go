package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Write implements [connector.Writer].
func (s *System) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	w := &writing{System: s, batch: b, out: make([]connector.Outcome, len(b.Items)), membership: make([]string, len(b.Items))}
	for i := range b.Items {
		w.rejectsAlone(i)
	}
	if err := w.prepare(ctx); err != nil {
		return w.out, notBegun(err)
	}
	for _, round := range w.rounds() {
		if err := w.round(ctx, round); err != nil {
			return w.out, err
		}
	}
	return w.out, nil
}

// notBegun says that an error came before the vendor was asked to write anything.
func notBegun(err error) error {
	if errors.As(err, new(*connector.NotBegunError)) {
		return err
	}
	return &connector.NotBegunError{Err: err}
}

// writing is one batch being written.
type writing struct {
	*System
	batch      connector.Batch
	call       *manifest.Call
	base       mapping.Values
	membership []string         // the ids of memberships, where a removal wants those
	people     []map[string]any // the fields of payloads that name records, by the keys of those; nil: none

	mu     sync.Mutex
	out    []connector.Outcome
	undone error // why some were not begun
}

// prepare finds the call, and what it must know first.
func (w *writing) prepare(ctx context.Context) error {
	b, m := w.batch, w.manifest
	w.base = w.values
	var people []manifest.Person
	switch {
	case b.Verb.Membership(), b.Verb == connector.Set && b.Target.Name != "":
		return w.prepareMembers(ctx)
	case b.Verb == connector.Set:
		if o := m.Object(b.Target.Kind); o != nil {
			w.call, w.base = o.Update, w.base.With("object", o.Name)
		}
	case b.Verb == connector.Send:
		if i := slices.IndexFunc(m.Actions, func(a *manifest.Action) bool { return a.Name == b.Target.Kind }); i >= 0 {
			w.call, people = m.Actions[i].Send, m.Actions[i].People
		}
	default:
		if i := slices.IndexFunc(m.Tasks, func(t *manifest.Task) bool { return t.Name == b.Target.Kind }); i >= 0 {
			w.call, people = m.Tasks[i].Create, m.Tasks[i].People
			if b.Verb == connector.Cancel {
				return w.prepareCancel(ctx, m.Tasks[i])
			}
		}
	}
	if w.call == nil {
		return fmt.Errorf("%s can't %s a %s", m.Title, b.Verb, b.Target.Kind)
	}
	return w.resolvePeople(ctx, people)
}

// prepareCancel finds which tasks are still open: what is done, closed or gone has nothing to be taken back.
func (w *writing) prepareCancel(ctx context.Context, t *manifest.Task) error {
	w.call = t.Cancel
	if w.call == nil {
		return fmt.Errorf("%s can't cancel a %s", w.manifest.Title, t.Name)
	}
	if t.Poll == nil {
		return nil
	}
	reports, err := w.Tasks(ctx, t.Name, w.receipts())
	if err != nil {
		return err
	}
	for i, item := range w.batch.Items {
		if w.out[i].Status == 0 && reports[item.ID].Status != connector.TaskOpen {
			w.out[i] = connector.Outcome{Status: connector.Already}
		}
	}
	return nil
}

func (w *writing) prepareMembers(ctx context.Context) error {
	c := w.batch.Target
	kind, p, err := w.writable(ctx, c)
	if err != nil {
		return err
	}
	w.call = map[connector.Verb]*manifest.Call{connector.Add: kind.Add, connector.Remove: kind.Remove, connector.Set: kind.Update}[w.batch.Verb]
	if w.call == nil {
		return fmt.Errorf("%s can't %s members of a %s", w.manifest.Title, w.batch.Verb, c.Kind)
	}
	w.base = w.naming(c).With("id", p.id)
	if kind.Lookup == nil || w.batch.Verb == connector.Add {
		return nil
	}
	return w.lookMembers(ctx, kind)
}

// lookMembers finds the ids of memberships. Who has none is not in the collection.
func (w *writing) lookMembers(ctx context.Context, kind *manifest.Collection) error {
	at, ids := map[string][]int{}, []string(nil)
	for i, item := range w.batch.Items {
		if w.out[i].Status != 0 {
			continue
		}
		one := w.Normalize(kind.Name, item.ID)
		if at[one] == nil {
			ids = append(ids, item.ID)
		}
		at[one] = append(at[one], i)
	}
	err := w.batches(ctx, kind.Lookup, w.base, "keys", ids, func(values mapping.Values) error {
		member, err := kind.Lookup.Member.Text(ctx, values)
		if err != nil {
			return err
		}
		key, err := kind.Lookup.Key.Text(ctx, values)
		for _, i := range at[w.Normalize(kind.Name, member)] {
			w.membership[i] = key
		}
		return err
	})
	if err != nil {
		return err
	}
	for i := range w.batch.Items {
		if w.membership[i] != "" || w.out[i].Status != 0 {
			continue
		}
		w.out[i] = connector.Outcome{Status: connector.Already}
		if w.batch.Verb == connector.Set {
			w.out[i] = connector.Outcome{Status: connector.Rejected, Reason: "it is no member of " + w.batch.Target.String()}
		}
	}
	return nil
}

// round writes items, some at a time and several times at once.
func (w *writing) round(ctx context.Context, round []int) error {
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for chunk := range slices.Chunk(round, max(1, w.call.Batch)) {
		group.Go(func() error {
			w.chunk(groupCtx, chunk)
			return nil
		})
	}
	_ = group.Wait() // chunks give no errors: what became of each item is in out
	w.repeat()
	if w.undone != nil {
		return notBegun(w.undone)
	}
	return nil
}

// receipts gives those of the tasks to be taken back, each once.
func (w *writing) receipts() []string {
	var out []string
	seen := map[string]bool{}
	for i, item := range w.batch.Items {
		if w.out[i].Status == 0 && !seen[item.ID] {
			seen[item.ID] = true
			out = append(out, item.ID)
		}
	}
	return out
}

// chunk writes items with one request, or with several if the vendor does not take them together.
func (w *writing) chunk(ctx context.Context, items []int) {
	if w.left() {
		return
	}
	values, ended := w.first(ctx, w.with(items), items)
	if ended || w.tooLarge(ctx, values, items) {
		return
	}
	a, err := w.client.do(ctx, w.call, values, w.call.Retry, cursor{}, len(items))
	if err == nil && w.call.Job != nil {
		err = w.job(ctx, a, items)
		if err == nil {
			return
		}
	}
	if err != nil {
		w.failed(ctx, items, err)
		return
	}
	if w.call.Split != nil && len(items) > 1 {
		if split, err := w.call.Split.Holds(ctx, a.values); err == nil && split {
			w.halves(ctx, items)
			return
		}
	}
	w.read(ctx, w.call, a, items)
	w.rest(ctx, w.call)
}

func (w *writing) halves(ctx context.Context, items []int) {
	half := len(items) / 2
	w.chunk(ctx, items[:half])
	w.chunk(ctx, items[half:])
}

// tooLarge writes items in halves, if their request is larger than the vendor takes.
func (w *writing) tooLarge(ctx context.Context, values mapping.Values, items []int) bool {
	if w.call.Bytes == 0 {
		return false
	}
	r, err := w.client.build(ctx, w.call, values, cursor{})
	if err != nil || len(r.body) <= w.call.Bytes {
		return false // do says what is wrong
	}
	if len(items) > 1 {
		w.halves(ctx, items)
		return true
	}
	w.settle(items, connector.Outcome{Status: connector.Rejected, Reason: fmt.Sprintf("it has %d bytes, more than the %d that %s takes", len(r.body), w.call.Bytes, w.manifest.Title)})
	return true
}

// with gives what the expressions of a call know of items.
func (w *writing) with(items []int) mapping.Values {
	list, keys := make([]any, len(items)), make([]string, len(items))
	for n, i := range items {
		item := w.batch.Items[i]
		fields := item.Fields
		if fields == nil {
			fields = map[string]any{}
		}
		if w.people != nil {
			fields = w.people[i]
		}
		list[n] = map[string]any{"id": item.ID, "key": item.Key, "fields": fields, "membership": w.membership[i],
			"play": item.Source.Play, "step": item.Source.Step, "record": item.Source.Record}
		keys[n] = item.ID
	}
	values := w.base.With("items", list)
	values["item"], values["keys"] = list[0], keys
	return values
}
