package rest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// refreshSetting is the setting that holds the first refresh token, where a manifest's token has one, and where a vendor's next one is kept.
const refreshSetting = "refresh_token"

// token gets the token that goes with requests, when one is needed, and anew when it ends.
type token struct {
	client *client

	mu      sync.Mutex
	now     *minted
	refresh string // the refresh token; "" before the first is used
}

// minted is a token that was got.
type minted struct {
	access string
	vars   map[string]any
}

// known adds to values what expressions know of a token.
func (t *minted) known(values mapping.Values) mapping.Values {
	if t == nil {
		return values
	}
	out := values.With("auth.token", t.access)
	for name, value := range t.vars {
		out["auth."+name] = value
	}
	return out
}

// renewable reports whether another token can be got.
func (t *token) renewable() bool { return t.client.manifest.Auth.Token != nil }

// drop forgets a token that the vendor does not take, if it is still the one in use.
func (t *token) drop(access string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now != nil && t.now.access == access {
		t.now = nil
	}
}

// get gives the token in use, or gets one. Nil: the vendor knows none.
func (t *token) get(ctx context.Context) (*minted, error) {
	how := t.client.manifest.Auth.Token
	if how == nil {
		return nil, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now != nil {
		return t.now, nil
	}
	got, lasts, err := t.mint(ctx, how)
	if err != nil {
		return nil, err
	}
	t.now = got
	if how.Expires != nil { // one that ends within its skew serves this request only
		time.AfterFunc(max(0, t.client.pace(lasts-how.Skew)), func() { t.drop(got.access) })
	}
	return got, nil
}

// mint asks the vendor for a token.
func (t *token) mint(ctx context.Context, how *manifest.Token) (*minted, time.Duration, error) {
	c := t.client
	values := c.values
	if t.refresh == "" {
		t.refresh, _ = values["settings."+refreshSetting].(string)
	}
	values = values.With("refresh_token", t.refresh)
	if how.Refresh != nil {
		if err := t.keep(ctx, t.refresh); err != nil { // before the old one is spent
			return nil, 0, &failure{call: "the token", do: manifest.Fail, err: err}
		}
	}
	r, err := c.buildToken(ctx, &how.Call, values)
	if err != nil {
		return nil, 0, c.named(&how.Call, err)
	}
	x := &exchange{client: c, call: &how.Call, class: connector.Safe, request: r, items: 1}
	if how.Refresh != nil {
		x.class = connector.Never // a refresh token may be spent by a request whose answer was lost
	}
	a, err := x.run(ctx)
	if err != nil {
		return nil, 0, refused(err)
	}
	return t.read(ctx, how, a)
}

// refused says that there is no token, and that nothing else was asked.
func refused(err error) error {
	f := (*failure)(nil)
	if !errors.As(err, &f) {
		return err
	}
	out := *f
	out.sent = false // of the request that wanted the token
	if out.do != manifest.Retry && out.do != manifest.StopRun {
		out.do = manifest.Fail
	}
	if out.status == http.StatusBadRequest || out.status == http.StatusUnauthorized || out.status == http.StatusForbidden {
		out.why = "no token was given: look at the credentials in the settings: " + out.why
	}
	return &out
}

// read takes the token out of an answer.
func (t *token) read(ctx context.Context, how *manifest.Token, a *answer) (*minted, time.Duration, error) {
	c := t.client
	wrong := func(what string, err error) (*minted, time.Duration, error) {
		return nil, 0, &failure{call: how.Method + " " + how.URL.String(), status: a.status, do: manifest.Fail, why: what, err: err}
	}
	access, err := how.Access.Text(ctx, a.values)
	if err != nil || access == "" {
		return wrong("the answer has no token", err)
	}
	c.hide(access)
	got := &minted{access: access, vars: map[string]any{}}
	for _, v := range how.Vars {
		if got.vars[v.Name], err = v.Value.Value(ctx, a.values); err != nil {
			return wrong("the answer has no "+v.Name, err)
		}
	}
	next, err := take(ctx, how.Refresh, a.values)
	if err != nil {
		return wrong("the answer's refresh token", err)
	}
	if next != "" && next != t.refresh {
		c.hide(next)
		if err := t.keep(ctx, next); err != nil {
			return wrong("the vendor gave a new refresh token, which could not be kept: the old one is of no use any more", err)
		}
		t.refresh = next
	}
	seconds := time.Duration(0)
	if how.Expires != nil {
		value, err := how.Expires.Value(ctx, a.values)
		if err != nil && !errors.Is(err, mapping.ErrAbsent) {
			return wrong("when the token ends", err)
		}
		if d, ok := after(value, c.options.Now()); ok {
			seconds = d
		} else {
			seconds = time.Hour
		}
	}
	return got, seconds, nil
}

// keep has a refresh token outlive the run.
func (t *token) keep(ctx context.Context, value string) error {
	if t.client.options.Keep == nil {
		return nil
	}
	if err := t.client.options.Keep(ctx, refreshSetting, value); err != nil {
		return fmt.Errorf("keeping %s, which the vendor replaces at every use: %w", refreshSetting, err)
	}
	return nil
}

// buildToken makes the request for a token, which goes without one.
func (c *client) buildToken(ctx context.Context, call *manifest.Call, values mapping.Values) (*request, error) {
	bare := *call
	bare.Bare = true
	return c.build(ctx, &bare, values, cursor{})
}

// sign says who asks.
func (c *client) sign(ctx context.Context, x *exchange, r *http.Request) error {
	t, err := c.token.get(ctx)
	if err != nil {
		return err
	}
	values := t.known(x.request.asked(x.items))
	if t != nil {
		x.used = t.access
	}
	how := c.manifest.Auth
	if how.Bearer != nil {
		text, err := how.Bearer.Text(ctx, values)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Bearer "+text)
	}
	if how.User != nil {
		user, err := how.User.Text(ctx, values)
		if err != nil {
			return err
		}
		password, err := take(ctx, how.Password, values)
		if err != nil {
			return err
		}
		r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":"+password)))
	}
	if err := each(ctx, how.Headers, values, func(name string, list []string) { r.Header[http.CanonicalHeaderKey(name)] = list }); err != nil {
		return err
	}
	query := r.URL.Query()
	if err := each(ctx, how.Query, values, func(name string, list []string) { query[name] = list }); err != nil {
		return err
	}
	if len(how.Query) > 0 {
		r.URL.RawQuery = query.Encode()
	}
	return nil
}
