package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// shape is what requests of a call look like: one of several, as there are requests for a first page and for others.
type shape struct {
	method string
	path   leaf
	query  object
	body   pattern // of JSON or of text; nil: none, or not known
	form   object
	head   object
	// long are the parameters of a query whose own is in the body, since it is too long for an address; nil: none.
	long object
}

// prober makes shapes of the calls of a manifest.
type prober struct {
	marks    marks
	manifest *manifest.Manifest
	settings mapping.Values
	filled   mapping.Values  // where settings that need not be there are
	wanted   map[string]bool // those of them that an operation is refused without
}

// nowhere is the host of settings that are addresses, while shapes are made.
const nowhere = "http://127.0.0.1"

func newProber(m *manifest.Manifest, known map[string]any) *prober {
	p := &prober{manifest: m, filled: mapping.Values{}, wanted: map[string]bool{}, settings: mapping.Values{"api": m.API, "now": time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), "auth.token": "token"}}
	for _, s := range m.Settings {
		value, given := known[s.Name]
		switch {
		case given:
		case s.Default != nil:
			value = s.Default
		case isAddress(s.Name):
			value = nowhere
		case !s.Required:
			value = map[mapping.Type]any{mapping.Text: "", mapping.Int: int64(0), mapping.Bool: false}[s.Type]
		case s.Type == mapping.Int:
			value = int64(1)
		case s.Type == mapping.Bool:
			value = true
		default:
			value = p.marks.text("settings."+s.Name, 0)
		}
		p.settings["settings."+s.Name] = value
		switch value {
		case "":
			p.filled["settings."+s.Name] = p.marks.text("settings."+s.Name, 0)
		case int64(0):
			p.filled["settings."+s.Name] = int64(1)
		}
	}
	if t := m.Auth.Token; t != nil {
		for _, v := range t.Vars {
			p.settings["auth."+v.Name] = nowhere
		}
	}
	return p
}

// isAddress reports whether a setting is an address, going by its name.
func isAddress(name string) bool {
	return name == "url" || strings.HasSuffix(name, "_url") || strings.HasSuffix(name, "endpoint")
}

// shapes makes those of an operation. The error says why there are none.
func (p *prober) shapes(o *operation) ([]*shape, error) {
	var out []*shape
	for i, more := range p.variants(o) {
		s, err := p.shape(o, p.values(o, more))
		if err != nil { // it may want a setting that need not be there for others
			with := maps.Clone(map[string]any(p.filled))
			maps.Copy(with, more)
			if s, err = p.shape(o, p.values(o, with)); err == nil {
				p.want(o, with)
			}
		}
		if err != nil && i > 0 {
			continue // pages and dates that it does not speak of
		}
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// want finds out which settings an operation is refused without, of all those that are filled in.
func (p *prober) want(o *operation, with map[string]any) {
	for name := range p.filled {
		without := maps.Clone(with)
		delete(without, name)
		if _, err := p.shape(o, p.values(o, without)); err != nil {
			p.wanted[strings.TrimPrefix(name, "settings.")] = true
		}
	}
}

// variants are what may differ between two requests of a call: whether it is for a later page, for what changed since a time, for any fields.
func (p *prober) variants(o *operation) []map[string]any {
	text := source(o.call)
	out := []map[string]any{{}}
	for _, x := range []struct {
		name  string
		value any
	}{{"fields", []string{}}, {"since", p.marks.time("since", 0)}, {"cursor", p.marks.text("cursor", 0)}, {"from", p.marks.text("from", 0)}} {
		if !regexp.MustCompile(`\b`+x.name+`\b`).MatchString(text) || o.writes() {
			continue
		}
		for _, old := range out {
			more := maps.Clone(old)
			more[x.name] = x.value
			out = append(out, more)
		}
	}
	return out
}

// values are marks of everything that an operation's request may speak of.
func (p *prober) values(o *operation, more map[string]any) mapping.Values {
	two := func(what string) []string { return []string{p.marks.text(what, 0), p.marks.text(what, 1)} }
	v := mapping.Values{}
	for name, x := range p.settings {
		v[name] = x
	}
	for name, x := range map[string]any{"object": o.kind, "kind": o.kind, "cursor": nil, "from": nil, "since": nil, "seen": int64(0), "page": int64(0), "fields": two("fields"),
		"keys": two("keys"), "values": two("values"), "field": p.marks.text("field", 0), "name": p.marks.text("name", 0), "id": p.marks.text("id", 0),
		"refresh_token": p.marks.text("refresh_token", 0), "prepared": p.prepared(o.call)} {
		v[name] = x
	}
	if o.writes() || o.does == prepares {
		items := []any{p.item(o, 0), p.item(o, 1)}
		if o.call.Batch <= 1 {
			items = items[:1]
		}
		v["items"], v["item"], v["keys"] = items, items[0], two(itemID)[:len(items)]
	}
	for name, x := range more {
		v[name] = x
	}
	return v
}

func (p *prober) prepared(c *manifest.Call) map[string]any {
	out := map[string]any{}
	for _, before := range c.Prepare {
		for _, t := range before.Take {
			out[t.Name] = p.marks.text("prepared."+t.Name, 0)
		}
	}
	return out
}

func (p *prober) item(o *operation, at int) map[string]any {
	fields := map[string]any{p.marks.text(itemName, at): p.marks.text(itemField, at)}
	for _, name := range fieldNames(o.call) {
		what := itemField + ":" + name
		switch name {
		case connector.TaskDue:
			fields[name] = p.marks.time(what, at)
		case connector.TaskAsks, connector.TaskOutcomes:
			fields[name] = []any{p.marks.text(what, at)}
		default:
			fields[name] = p.marks.text(what, at)
		}
	}
	return map[string]any{"id": p.marks.text(itemID, at), "key": p.marks.text(itemKey, at), "membership": p.marks.text(itemMember, at), "fields": fields,
		"play": p.marks.text("item.play", at), "step": p.marks.text("item.step", at), "record": p.marks.text("item.record", at)}
}

var named = regexp.MustCompile(`\bfields\s*\??\.\s*\??([A-Za-z_]\w*)|\bfields\[\??["']([^"']+)["']\]`)

// methods are what may follow fields. and is no field.
var methods = map[string]bool{"map": true, "filter": true, "exists": true, "all": true, "join": true, "orValue": true, "transformMap": true, "transformList": true, "size": true}

// source gives all that a call's request is made of.
func source(c *manifest.Call) string {
	texts := []string{c.URL.String()}
	for _, program := range []*mapping.Program{c.Body, c.Raw} {
		if program != nil {
			texts = append(texts, program.String())
		}
	}
	for _, list := range [][]manifest.Param{c.Query, c.Headers, c.Form} {
		for _, x := range list {
			texts = append(texts, x.Value.String())
		}
	}
	return strings.Join(texts, "\n")
}

// fieldNames gives the fields that a call speaks of by name.
func fieldNames(c *manifest.Call) []string {
	var out []string
	for _, m := range named.FindAllStringSubmatch(source(c), -1) {
		if name := m[1] + m[2]; !methods[name] {
			out = append(out, name)
		}
	}
	return out
}

// shape makes one of a request.
func (p *prober) shape(o *operation, v mapping.Values) (*shape, error) {
	ctx := context.Background()
	address, err := p.address(ctx, o.call, v)
	if err != nil {
		return nil, err
	}
	s := &shape{method: o.call.Method, path: p.marks.leaf(address.Path, "[^/]*")}
	query, err := p.params(ctx, o.call.Query, v)
	if err != nil {
		return nil, err
	}
	for name, list := range address.Query() {
		query[name] = list[0]
	}
	s.query = p.marks.build(query).(object)
	if s.form, err = p.object(ctx, o.call.Form, v); err != nil {
		return nil, err
	}
	if s.head, err = p.object(ctx, o.call.Headers, v); err != nil {
		return nil, err
	}
	if long := o.call.LongQuery; long != nil {
		if s.long, err = p.object(ctx, long.Query, v); err != nil {
			return nil, err
		}
	}
	s.body, err = p.body(ctx, o.call, v)
	if o.does == prepares {
		err = nil // what it is about is in the address, or does not matter
	}
	return s, err
}

// address gives where a call goes, with marks.
func (p *prober) address(ctx context.Context, c *manifest.Call, v mapping.Values) (*url.URL, error) {
	text, err := c.URL.URL(ctx, v)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(text, "://") {
		base, err := p.manifest.Base.URL(ctx, v)
		if err != nil {
			return nil, fmt.Errorf("the base: %w", err)
		}
		text = strings.TrimSuffix(base, "/") + text
	}
	u, err := url.Parse(text)
	if err == nil && u.Path == "" {
		u.Path = "/"
	}
	return u, err
}

func (p *prober) body(ctx context.Context, c *manifest.Call, v mapping.Values) (pattern, error) {
	told := c.Simulate != nil && (c.Simulate.Keys != nil || c.Simulate.Items != nil)
	switch {
	case c.Body != nil:
		value, err := c.Body.Value(ctx, v)
		if err != nil && told {
			return nil, nil // what it is about is told
		}
		if err != nil {
			return nil, err
		}
		return p.marks.build(value), nil
	case c.Raw != nil:
		text, err := c.Raw.Text(ctx, v)
		return p.marks.leaf(text, ".*?"), err
	}
	return nil, nil
}

func (p *prober) object(ctx context.Context, params []manifest.Param, v mapping.Values) (object, error) {
	values, err := p.params(ctx, params, v)
	return p.marks.build(values).(object), err
}

// params evaluates parameters; those that are absent are left out.
func (p *prober) params(ctx context.Context, params []manifest.Param, v mapping.Values) (map[string]any, error) {
	out := map[string]any{}
	for _, x := range params {
		value, err := x.Value.Value(ctx, v)
		if errors.Is(err, mapping.ErrAbsent) || err == nil && value == nil {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.Name, err)
		}
		out[x.Name] = value
	}
	return out, nil
}
