package rest

import (
	"context"
	"errors"
	"fmt"

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

// pages makes a call page by page, and gives each record of the answers: the values that its expressions know.
func (s *System) pages(ctx context.Context, call *manifest.Call, base mapping.Values, each func(mapping.Values) error) error {
	for again := 0; ; again++ {
		given := 0
		err := s.walk(ctx, call, base, func(values mapping.Values) error {
			given++
			return each(values)
		})
		if !is(err, manifest.Restart) || again == restarts {
			return err
		}
		if given > 0 && !repeatable(call) { // what was given would be given twice
			return err
		}
	}
}

// repeatable reports whether records may be given again: they are told apart by their keys.
func repeatable(call *manifest.Call) bool { return call.Key != nil && call.Fields == nil }

// walk follows the pages once.
func (s *System) walk(ctx context.Context, call *manifest.Call, base mapping.Values, each func(mapping.Values) error) error {
	values := base.With("cursor", nil)
	values["from"], values["seen"], values["page"] = nil, int64(0), int64(0)
	at := cursor{}
	seen, inQuery := 0, 0
	for page := 0; ; page++ {
		a, err := s.client.do(ctx, call, values, connector.Safe, at, 1)
		if err != nil {
			return err
		}
		n, last, err := s.page(ctx, call, a, each)
		if err != nil {
			return err
		}
		seen, inQuery = seen+n, inQuery+n
		a.values["seen"], a.values["page"] = int64(seen), int64(page)
		next, err := s.next(ctx, call, a, at)
		if err != nil || call.Page == nil {
			return err
		}
		if call.Page.Most > 0 && inQuery >= call.Page.Most && n > 0 { // the query gives no more; one behind its last record does
			from, err := call.Page.From.Value(ctx, last)
			if err != nil {
				return s.client.named(call, err)
			}
			if from == values["from"] {
				return s.client.named(call, fmt.Errorf("more than %d records are at %v, and the API can't tell them all", call.Page.Most, from))
			}
			values = values.With("from", from)
			values["cursor"], at, inQuery = nil, cursor{}, 0
			continue
		}
		if next == nil {
			return nil
		}
		values = values.With("cursor", next)
		values["seen"], values["page"] = int64(seen), int64(page+1)
		at = cursor{into: call.Page.Into, value: next}
	}
}

// page gives each record of an answer, and how many there were, with the values of the last one.
func (s *System) page(ctx context.Context, call *manifest.Call, a *answer, each func(mapping.Values) error) (n int, last mapping.Values, err error) {
	records, err := call.Records.List(ctx, a.values)
	if err != nil {
		return 0, nil, s.client.named(call, err)
	}
	for i, record := range records {
		last = a.values.With("it", record)
		last["index"] = int64(i)
		if err := each(last); err != nil {
			return 0, nil, err
		}
	}
	return len(records), last, nil
}

// next gives the cursor of the next page; nil: this was the last one.
func (s *System) next(ctx context.Context, call *manifest.Call, a *answer, at cursor) (any, error) {
	if call.Page == nil {
		return nil, nil
	}
	value, err := call.Page.Cursor.Value(ctx, a.values)
	if errors.Is(err, mapping.ErrAbsent) || err == nil && (value == nil || value == "") {
		return nil, nil
	}
	if err != nil {
		return nil, s.client.named(call, err)
	}
	if at.value != nil && connector.Text(value) == connector.Text(at.value) {
		return nil, s.client.named(call, fmt.Errorf("the next page is the same one again (%s)", call.Page.Cursor))
	}
	return value, nil
}
