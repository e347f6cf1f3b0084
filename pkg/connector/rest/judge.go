package rest

import (
	"context"
	"net/http"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// judge tells by the manifest's rules what an answer means.
func (x *exchange) judge(ctx context.Context) {
	a := x.answer
	for _, rules := range [][]manifest.Rule{x.call.Errors, x.client.manifest.Errors} {
		for _, r := range rules {
			holds, err := r.When.Holds(ctx, a.values)
			if err != nil {
				x.failed = x.failure(manifest.Doubt, "", err)
				return
			}
			if holds {
				x.react(ctx, r)
				x.spent(ctx)
				return
			}
		}
	}
	x.unruled(ctx)
	x.spent(ctx)
}

// unruled judges an answer that no rule is about: by its status, and by what the call says of a success.
func (x *exchange) unruled(ctx context.Context) {
	a := x.answer
	switch {
	case a.status >= 500 && x.class == connector.Safe: // whatever it did, it may do again
		x.failed = x.failure(manifest.Retry, a.excerpt(x.client.redact), nil)
		x.failed.sent = true
	case a.status >= 500:
		x.failed = x.failure(manifest.Doubt, a.excerpt(x.client.redact), nil)
	case a.status >= 300 || a.status < 200:
		x.failed = x.failure(manifest.Fail, a.excerpt(x.client.redact), nil)
		if a.status < 400 {
			x.failed.why = "it leads to another address, which is not followed"
		}
	case a.isPage() && x.call.Decode != "text":
		x.failed = x.failure(manifest.Doubt, "a page of HTML, which is no answer of the API: "+a.excerpt(x.client.redact), nil)
	case x.call.OK != nil:
		ok, err := x.call.OK.Holds(ctx, a.values)
		if err != nil {
			x.failed = x.failure(manifest.Doubt, "", err)
		} else if !ok {
			x.failed = x.failure(manifest.Fail, a.excerpt(x.client.redact), nil)
		}
	}
}

// react does what a rule says.
func (x *exchange) react(ctx context.Context, r manifest.Rule) {
	a := x.answer
	if r.Do == manifest.Success {
		return
	}
	why := a.excerpt(x.client.redact)
	if r.Why != nil {
		if text, err := r.Why.Text(ctx, a.values); err == nil && text != "" {
			why = text
		}
	}
	x.failed = x.failure(r.Do, why, nil)
	if a.status >= http.StatusInternalServerError && !r.Unexecuted && (r.Do == manifest.Retry || r.Do == manifest.Fail) {
		x.failed.sent = true // who breaks down may have done it before
	}
	if r.Do == manifest.StopRun {
		x.client.stop(x.failed)
	}
	if r.After == nil {
		return
	}
	if value, err := r.After.Value(ctx, a.values); err == nil {
		x.wait, x.said = after(value, x.clock())
	}
}

// clock gives the vendor's time, by which it says when to come again, else the run's.
func (x *exchange) clock() time.Time {
	if at, err := http.ParseTime(x.answer.header.Get("Date")); err == nil {
		return at
	}
	return x.client.options.Clock()
}

// spent looks whether a quota is used up.
func (x *exchange) spent(ctx context.Context) {
	for _, r := range x.client.manifest.Spent {
		if holds, err := r.When.Holds(ctx, x.answer.values); err != nil || !holds {
			continue
		}
		why := "a quota is spent"
		if r.Why != nil {
			if text, err := r.Why.Text(ctx, x.answer.values); err == nil && text != "" {
				why = text
			}
		}
		x.client.stop(x.failure(manifest.StopRun, why, nil))
	}
}

// take gives a value of an answer as text; "" if there is none.
func take(ctx context.Context, p *mapping.Program, values mapping.Values) (string, error) {
	if p == nil {
		return "", nil
	}
	return p.Text(ctx, values)
}
