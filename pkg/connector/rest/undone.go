package rest

import (
	"context"
	"errors"
	"net/http"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
)

// settle gives items an outcome.
func (w *writing) settle(items []int, out connector.Outcome) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range items {
		w.out[i] = out
	}
}

// failed tells what became of items whose request failed.
func (w *writing) failed(ctx context.Context, items []int, err error) {
	f := (*failure)(nil)
	if !errors.As(err, &f) {
		f = &failure{call: w.call.URL.String(), err: err}
	}
	reason := f.why
	if reason == "" {
		reason = f.Error()
	}
	switch {
	case f.sent || f.do == manifest.Doubt:
		w.settle(items, connector.Outcome{Status: connector.InDoubt, Reason: f.Error()})
	case f.do == manifest.StopRun, f.do == manifest.Retry && f.status != 0:
		w.settle(items, connector.Outcome{Status: connector.Later, Reason: reason})
	case f.unbuilt && len(items) > 1:
		w.halves(ctx, items)
	case f.unbuilt:
		w.settle(items, connector.Outcome{Status: connector.Rejected, Reason: f.err.Error()})
	case f.status == 0, f.status == http.StatusUnauthorized, f.do == manifest.RefreshAuth:
		w.leave(err)
	case f.do == manifest.Absent && (w.batch.Verb == connector.Remove || w.batch.Verb == connector.Cancel):
		w.settle(items, connector.Outcome{Status: connector.Already})
	case f.do == manifest.Split && len(items) > 1, f.do == manifest.Fail && len(items) > 1 && w.splits(ctx, f):
		w.halves(ctx, items)
	default:
		w.settle(items, connector.Outcome{Status: connector.Rejected, Reason: reason})
	}
}

// splits reports whether the call says that such an answer is about some of its items only.
func (w *writing) splits(ctx context.Context, f *failure) bool {
	if w.call.Split == nil || f.values == nil {
		return false
	}
	split, err := w.call.Split.Holds(ctx, f.values)
	return split && err == nil
}

// left reports whether items were not begun, for a reason that others would meet too.
func (w *writing) left() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.undone != nil
}

// leave notes that items were not begun.
func (w *writing) leave(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.undone == nil {
		w.undone = err
	}
}
