package process

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// Records gives each record of an object, a page of the plug-in's at a time.
func (p *plugin) Records(ctx context.Context, object string, fields []string, since time.Time, each func([]any) error) error {
	params := map[string]any{"object": object, "fields": fields}
	if !since.IsZero() {
		params["since"] = since.UTC().Format(time.RFC3339Nano)
	}
	var page struct {
		Records [][]any `json:"records"`
		Next    string  `json:"next"`
	}
	values := make([]any, len(fields))
	err := p.pages(ctx, "records", params, &page, func() (string, error) {
		for _, record := range page.Records {
			if len(record) != len(fields) {
				return "", p.tell("records", fmt.Errorf("a record has %d values for %d fields", len(record), len(fields)))
			}
			for i := range record {
				values[i] = value(record[i])
			}
			if err := each(values); err != nil {
				return "", err
			}
			if err := ctx.Err(); err != nil {
				return "", err
			}
		}
		next := page.Next
		page.Records, page.Next = nil, ""
		return next, nil
	})
	return p.unknown(object, err)
}

// unknown gives the contract's errors for the plug-in's.
func (p *plugin) unknown(object string, err error) error {
	refused := &refusal{}
	if !errors.As(err, &refused) {
		return plain(err)
	}
	switch refused.Code {
	case codeNoObject:
		var known []string
		if d := p.description(); d != nil {
			known = named(d.Objects)
		}
		return &connector.NoObjectError{Where: "connector " + p.name, Object: object, Known: known}
	case codeNoField:
		field, known := refused.field()
		return &connector.NoFieldError{Object: object, Field: field, Known: known}
	}
	return plain(err)
}

// value makes of a value of JSON one of the contract: whole numbers are int64, others float64.
func value(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil && !strings.ContainsAny(v.String(), ".eE") {
			return n
		}
		f, err := v.Float64()
		if err != nil {
			return v.String() // greater than any number
		}
		return f
	case []any:
		for i := range v {
			v[i] = value(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = value(v[name])
		}
	}
	return v
}
