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
	client  *client
	getting chan struct{} // holds a value while one is got, so that it is got once

	mu      sync.Mutex
	now     *minted
	refused *failure // the vendor does not take the credentials: nobody asks again in this run
	refresh string   // the refresh token; "" before the first is used. Only who gets a token looks at it
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
	select {
	case t.getting <- struct{}{}:
		defer func() { <-t.getting }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if now, refused := t.held(); now != nil || refused != nil {
		if refused != nil {
			return nil, refused
		}
		return now, nil
	}
	got, lasts, err := t.mint(ctx, how)
	if err != nil {
		t.refuse(err)
		return nil, err
	}
	t.take(got)
	if how.Expires != nil { // of one that ends within its skew, half is used: getting one may be limited too
		time.AfterFunc(t.client.pace(max(lasts-how.Skew, lasts/2)), func() { t.end(got) })
	}
	return got, nil
}

func (t *token) held() (*minted, *failure) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now, t.refused
}

// inUse gives the token in use; nil: there is none.
func (t *token) inUse() *minted {
	now, _ := t.held()
	return now
}

func (t *token) take(got *minted) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.now = got
}

// end forgets a token whose time is over.
func (t *token) end(old *minted) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.now == old {
		t.now = nil
	}
}

// refuse notes that credentials are not taken.
func (t *token) refuse(err error) {
	f := (*failure)(nil)
	if !errors.As(err, &f) || !refusals[f.status] || f.do == manifest.Retry {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = f
}

// refusals are the statuses with which vendors refuse credentials.
var refusals = map[int]bool{http.StatusBadRequest: true, http.StatusUnauthorized: true, http.StatusForbidden: true}

// mint asks the vendor for a token.
func (t *token) mint(ctx context.Context, how *manifest.Token) (*minted, time.Duration, error) {
	c := t.client
	values := c.values
	if t.refresh == "" {
		t.refresh, _ = values["settings."+refreshSetting].(string)
	}
	values = values.With("refresh_token", t.refresh).With("now", c.options.Clock())
	if how.Refresh != nil && t.refresh != "" {
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
	if refusals[out.status] {
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
		t.refresh = next // the old one is spent, whether this one can be kept or not
		if err := t.keep(ctx, next); err != nil {
			return wrong("the vendor gave a new refresh token, which could not be kept: the old one is of no use any more", err)
		}
	}
	seconds := time.Duration(0)
	if how.Expires != nil {
		value, err := how.Expires.Value(ctx, a.values)
		if err != nil && !errors.Is(err, mapping.ErrAbsent) {
			return wrong("when the token ends", err)
		}
		if d, ok := after(value, c.options.Clock()); ok {
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
func (c *client) sign(ctx context.Context, x *exchange, r *http.Request, t *minted) error {
	values := t.known(x.request.asked(x.items)).With("now", c.options.Clock())
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
		c.hidePassword(user, password)
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
