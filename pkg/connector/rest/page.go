package rest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// How often reading begins anew when a vendor forgets where it was.
const restarts = 3

// batches makes a call for some keys at a time, and gives each record of the answers.
func (s *System) batches(ctx context.Context, call *manifest.Call, base mapping.Values, name string, keys []string, each func(mapping.Values) error) error {
	size := max(1, call.Batch)
	for len(keys) > 0 {
		n := min(size, len(keys))
		if err := s.pages(ctx, call, base.With(name, keys[:n]), each); err != nil && !is(err, manifest.Absent) {
			return err
		}
		keys = keys[n:]
	}
	return ctx.Err()
}

// pages makes a call page by page, and gives each record of the answers: the values that its expressions know. A vendor that forgets where it was is
// read from the first page again. No record is given twice: where that could be, the keys of those that were given are kept.
func (s *System) pages(ctx context.Context, call *manifest.Call, base mapping.Values, each func(mapping.Values) error) error {
	given := map[string]bool{}
	once := func(values mapping.Values) error {
		key, err := take(ctx, call.Key, values)
		if err != nil || key != "" && given[key] {
			return err
		}
		given[key] = true
		return each(values)
	}
	if !s.repeats(call) {
		once = each
	}
	for again := 0; ; again++ {
		w := &walk{System: s, call: call, values: base.With("cursor", nil), each: once, cursors: map[string]string{}}
		w.values["from"] = nil
		err := w.run(ctx)
		if !is(err, manifest.Restart) || again == restarts {
			return err
		}
	}
}

// repeats reports whether reading may meet a record a second time, and can tell so by its key.
func (s *System) repeats(call *manifest.Call) bool {
	restarts := func(r manifest.Rule) bool { return r.Do == manifest.Restart }
	return call.Key != nil && call.Page != nil && (call.Page.Most > 0 || slices.ContainsFunc(call.Errors, restarts) || slices.ContainsFunc(s.manifest.Errors, restarts))
}

// walk is the way through the pages of a call, once.
type walk struct {
	*System
	call    *manifest.Call
	values  mapping.Values // what the next request knows
	each    func(mapping.Values) error
	at      cursor
	seen    int               // records so far
	page    int               // pages so far
	inQuery int               // records since the query began anew
	cursors map[string]string // those that were met, with the records of a page where one was met twice
}

// run goes through them.
func (w *walk) run(ctx context.Context) error {
	for {
		w.values = w.values.With("seen", int64(w.seen))
		w.values["page"] = int64(w.page)
		a, err := w.client.do(ctx, w.call, w.values, connector.Safe, w.at, 1)
		if err != nil {
			return err
		}
		more, err := w.take(ctx, a)
		if err != nil || !more {
			return err
		}
	}
}

// take gives each record of an answer, and finds out how it goes on.
func (w *walk) take(ctx context.Context, a *answer) (more bool, err error) {
	records, err := listOf(ctx, w.call.Records, a.values)
	if err != nil {
		return false, w.client.strange(w.call, a, err)
	}
	last := a.values
	for i, record := range records {
		last = a.values.With("it", record)
		last["index"] = int64(i)
		if err := w.each(last); err != nil {
			return false, err
		}
	}
	if w.call.Page == nil {
		return false, nil
	}
	w.seen, w.inQuery = w.seen+len(records), w.inQuery+len(records)
	a.values["seen"], a.values["page"] = int64(w.seen), int64(w.page)
	w.page++
	if w.call.Page.Most > 0 && w.inQuery >= w.call.Page.Most && len(records) > 0 {
		return true, w.anew(ctx, last)
	}
	return w.next(ctx, a, records)
}

// listOf gives the records of an answer. An answer that has no such place is none: who took a page of maintenance for an empty list would take
// everybody to have left. What a vendor leaves out when there is nothing is said to be optional in the manifest.
func listOf(ctx context.Context, p *mapping.Program, values mapping.Values) ([]any, error) {
	value, err := p.Value(ctx, values)
	switch list := value.(type) {
	case []any:
		return list, nil
	case nil:
		if errors.Is(err, mapping.ErrAbsent) && !errors.Is(err, mapping.ErrNoField) {
			err = nil
		}
		return nil, err
	}
	return nil, fmt.Errorf("%s: expected a list", p)
}

// keyOf gives what a record is known by, which it has to have.
func keyOf(ctx context.Context, p *mapping.Program, values mapping.Values) (string, error) {
	key, err := p.Value(ctx, values)
	if err != nil {
		return "", err
	}
	if text := connector.Text(key); text != "" {
		return text, nil
	}
	return "", fmt.Errorf("%s: a record without", p)
}

// anew begins a query behind the last record of one that gives no more.
func (w *walk) anew(ctx context.Context, last mapping.Values) error {
	from, err := w.call.Page.From.Value(ctx, last)
	if err == nil && reflect.DeepEqual(from, w.values["from"]) {
		err = fmt.Errorf("more than %d records are at %v, and the API can't tell them all", w.call.Page.Most, from)
	}
	if err != nil {
		return w.client.named(w.call, err)
	}
	w.values = w.values.With("from", from)
	w.values["cursor"], w.at, w.inQuery = nil, cursor{}, 0
	clear(w.cursors)
	return nil
}

// next finds the cursor of the next page; there is more if there is one.
func (w *walk) next(ctx context.Context, a *answer, records []any) (more bool, err error) {
	value, err := w.call.Page.Cursor.Value(ctx, a.values)
	if errors.Is(err, mapping.ErrAbsent) || err == nil && (value == nil || value == "") {
		return false, nil
	}
	if err == nil {
		err = w.met(connector.Text(value), records)
	}
	if err != nil {
		return false, w.client.named(w.call, err)
	}
	w.values = w.values.With("cursor", value)
	w.at = cursor{into: w.call.Page.Into, value: value}
	return true, nil
}

// met holds that the pages come to an end. A cursor may stay the same while the pages go on, as that of a scroll; with the same records too it would
// for ever.
func (w *walk) met(cursor string, records []any) error {
	before, again := w.cursors[cursor]
	if !again {
		w.cursors[cursor] = ""
		return nil
	}
	text, err := mapping.Encode(records)
	if err != nil {
		return err
	}
	if before == string(text) {
		return fmt.Errorf("the next page is the same one again (%s)", w.call.Page.Cursor)
	}
	w.cursors[cursor] = string(text)
	return nil
}
