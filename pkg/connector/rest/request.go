package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// request is one that is ready to be sent, but for what says who asks.
type request struct {
	method  string
	url     *url.URL
	headers http.Header
	body    []byte
	values  mapping.Values // what its answer's expressions know beside the answer
	bare    bool           // without auth
	known   mapping.Values // what [request.asked] told
}

// cursor is where the next page is, and where it goes.
type cursor struct {
	into  string // url, query.NAME, header.NAME, body.PATH
	value any    // nil: the first page
}

// build makes the request of a call.
func (c *client) build(ctx context.Context, call *manifest.Call, values mapping.Values, at cursor) (*request, error) {
	out := &request{method: call.Method, headers: http.Header{}, values: values, bare: call.Bare}
	var err error
	if out.url, err = c.address(ctx, call, values, at); err != nil {
		return nil, err
	}
	for _, params := range [][]manifest.Param{c.manifest.Headers, call.Headers} {
		err := each(ctx, params, values, func(name string, list []string) { out.headers[http.CanonicalHeaderKey(name)] = list })
		if err != nil {
			return nil, err
		}
	}
	if err := c.fill(ctx, out, call, values, at); err != nil {
		return nil, err
	}
	if name, ok := strings.CutPrefix(at.into, "header."); ok && at.value != nil {
		out.headers.Set(name, connector.Text(at.value))
	}
	inBody(ctx, out, call, values)
	return out, nil
}

// address gives where a request goes, its query included.
func (c *client) address(ctx context.Context, call *manifest.Call, values mapping.Values, at cursor) (*url.URL, error) {
	path, err := call.URL.URL(ctx, values)
	whole := strings.Contains(path, "://")
	if err != nil {
		return nil, err
	}
	if whole {
		err = checkAddress(path)
	} else {
		var base *url.URL
		if base, err = c.base(ctx); err == nil {
			path = strings.TrimSuffix(base.String(), "/") + path
		}
	}
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(path)
	if err != nil {
		return nil, fmt.Errorf("the address %s is none", call.URL)
	}
	if at.into == "url" && at.value != nil {
		return next(u, connector.Text(at.value))
	}
	query := u.Query()
	if err := each(ctx, call.Query, values, func(name string, list []string) { query[name] = list }); err != nil {
		return nil, err
	}
	if name, ok := strings.CutPrefix(at.into, "query."); ok && at.value != nil {
		query.Set(name, connector.Text(at.value))
	}
	u.RawQuery = query.Encode()
	return u, nil
}

// next gives the address of the next page. It may be relative to the first one, and leads to no other machine: the token goes with it.
func next(base *url.URL, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the address of the next page is none")
	}
	u = base.ResolveReference(u)
	if u.Scheme != base.Scheme || hostOf(u) != hostOf(base) {
		return nil, fmt.Errorf("the next page is at %s, which is not where the API is: not followed", u.Host)
	}
	return u, nil
}

// hostOf gives a host as it is compared: it has no case, and a port that goes without saying.
func hostOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Hostname()) + ":" + port
}

// fill gives a request its body.
func (c *client) fill(ctx context.Context, out *request, call *manifest.Call, values mapping.Values, at cursor) error {
	switch {
	case call.Raw != nil:
		text, err := call.Raw.Text(ctx, values)
		out.body = []byte(text)
		return err
	case len(call.Form) > 0:
		form := url.Values{}
		if err := each(ctx, call.Form, values, func(name string, list []string) { form[name] = list }); err != nil {
			return err
		}
		if name, ok := strings.CutPrefix(at.into, "body."); ok && at.value != nil {
			form.Set(name, connector.Text(at.value))
		}
		out.body = []byte(form.Encode())
		setDefault(out.headers, "Content-Type", "application/x-www-form-urlencoded")
	case call.Body != nil:
		value, err := call.Body.Value(ctx, values)
		if err != nil {
			return err
		}
		if path, ok := strings.CutPrefix(at.into, "body."); ok && at.value != nil {
			value = put(value, strings.Split(path, "."), at.value)
		}
		if out.body, err = mapping.Encode(value); err != nil {
			return fmt.Errorf("writing the body: %w", err)
		}
		setDefault(out.headers, "Content-Type", "application/json")
	}
	return nil
}

func setDefault(h http.Header, name, value string) {
	if h.Get(name) == "" {
		h.Set(name, value)
	}
}

// put sets a value inside objects, which are copied on the way.
func put(into any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	old, _ := into.(map[string]any)
	out := make(map[string]any, len(old)+1)
	for name, v := range old {
		out[name] = v
	}
	out[path[0]] = put(old[path[0]], path[1:], value)
	return out
}

// inBody sends a query that is too long for an address as the form of a POST.
func inBody(ctx context.Context, out *request, call *manifest.Call, values mapping.Values) {
	long := call.LongQuery
	if long == nil || len(out.url.RawQuery) <= long.Over || out.body != nil {
		return
	}
	out.method, out.body = http.MethodPost, []byte(out.url.RawQuery)
	out.headers.Set("Content-Type", "application/x-www-form-urlencoded")
	query := url.Values{}
	_ = each(ctx, long.Query, values, func(name string, list []string) { query[name] = list }) // constants
	out.url.RawQuery = query.Encode()
}

// each evaluates named templates. One that is absent or null is left out; a list is given again and again.
func each(ctx context.Context, params []manifest.Param, values mapping.Values, set func(string, []string)) error {
	for _, p := range params {
		value, err := p.Value.Value(ctx, values)
		if errors.Is(err, mapping.ErrAbsent) || err == nil && value == nil {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		list, many := value.([]any)
		if !many {
			list = []any{value}
		}
		texts := make([]string, len(list))
		for i, x := range list {
			texts[i] = connector.Text(x)
		}
		set(p.Name, texts)
	}
	return nil
}

// asked gives values with what expressions know of a request.
func (r *request) asked(items int) mapping.Values {
	if r.known == nil {
		r.known = r.values.With("request.method", r.method)
		r.known["request.path"], r.known["request.url"], r.known["request.text"] = r.url.Path, r.url.String(), string(r.body)
		r.known["request.query"], r.known["request.body"] = r.query(), nil
		if len(r.body) > 0 && (r.body[0] == '{' || r.body[0] == '[') {
			if value, err := mapping.Decode(bytes.TrimSpace(r.body)); err == nil {
				r.known["request.body"] = value
			}
		}
	}
	return r.known.With("request.items", int64(items))
}

// query gives the first value of each parameter.
func (r *request) query() map[string]any {
	out := map[string]any{}
	for name, values := range r.url.Query() {
		out[name] = values[0]
	}
	return out
}
