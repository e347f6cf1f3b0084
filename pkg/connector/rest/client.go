package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/sync/semaphore"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// How requests are tried again.
const (
	tries        = 6 // after the first
	reaches      = 4 // of them that get no connection: some five seconds
	firstWait    = 500 * time.Millisecond
	longestWait  = 30 * time.Second
	longestAsked = 2 * time.Minute // that a vendor may ask to wait; what is longer is for a later run
)

// client speaks with one vendor.
type client struct {
	manifest *manifest.Manifest
	values   mapping.Values // settings, api, now
	options  connector.Options
	pace     func(time.Duration) time.Duration
	patience time.Duration // for one answer
	gate     *gate
	token    token
	http     *retryablehttp.Client
	secrets

	stopMu  sync.Mutex
	stopped *failure // a quota is spent
}

func newClient(s *System) *client {
	c := &client{manifest: s.manifest, values: s.values, options: s.options, pace: s.run.pace, patience: s.run.patience}
	c.gate = &gate{limits: s.manifest.Limits, pace: s.run.pace, parts: map[string]*semaphore.Weighted{}}
	c.token.client, c.token.getting = c, make(chan struct{}, 1)
	for _, setting := range s.manifest.Settings {
		if text, ok := s.values["settings."+setting.Name].(string); ok && setting.Secret {
			c.hide(text)
		}
	}
	c.http = &retryablehttp.Client{
		HTTPClient: &http.Client{Transport: (*sender)(c), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		RetryMax:   tries, RetryWaitMin: firstWait, RetryWaitMax: longestWait,
		CheckRetry: checkRetry, Backoff: c.backoff, ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return c
}

// base gives what addresses begin with.
func (c *client) base(ctx context.Context) (*url.URL, error) {
	values := c.values
	if strings.Contains(c.manifest.Base.String(), "auth.") {
		t, err := c.token.get(ctx)
		if err != nil {
			return nil, err
		}
		values = t.known(values)
	}
	text, err := c.manifest.Base.URL(ctx, values)
	if err != nil {
		return nil, fmt.Errorf("the address of the API: %w", err)
	}
	if err := checkAddress(text); err != nil {
		return nil, err
	}
	return url.Parse(text)
}

// do makes a request and gives its answer if it is a success. class is that of the write, Safe for reading. The error is a [failure], or says why
// there was no request.
func (c *client) do(ctx context.Context, call *manifest.Call, values mapping.Values, class connector.Retry, at cursor, items int) (*answer, error) {
	doubted := false
	for replayed := false; ; replayed = true {
		if f := c.halted(); f != nil {
			return nil, f
		}
		r, err := c.build(ctx, call, values, at)
		if err != nil {
			return nil, c.unbuilt(ctx, call, err)
		}
		x := &exchange{client: c, call: call, class: class, request: r, items: items, doubted: doubted}
		a, err := x.run(ctx)
		doubted = x.doubted
		if !is(err, manifest.RefreshAuth) {
			return a, err
		}
		if replayed || !c.token.renewable() {
			return nil, err
		}
		c.token.drop(x.used)
	}
}

// unbuilt is the error of a request that can't be made of what it was given.
func (c *client) unbuilt(ctx context.Context, call *manifest.Call, err error) error {
	if errors.As(err, new(*failure)) || ctx.Err() != nil { // there is no token, or no time
		return c.named(call, err)
	}
	return &failure{call: call.Method + " " + call.URL.String(), do: manifest.Fail, err: c.quiet(err), unbuilt: true}
}

// named says which request an error is of.
func (c *client) named(call *manifest.Call, err error) error {
	f := (*failure)(nil)
	if errors.As(err, &f) {
		return err
	}
	return &failure{call: call.Method + " " + call.URL.String(), do: manifest.Fail, err: c.quiet(err)}
}

// strange is the error of an answer that is a success, and not what the call reads of one.
func (c *client) strange(call *manifest.Call, a *answer, err error) error {
	return &failure{call: call.Method + " " + call.URL.String(), do: manifest.Fail, status: a.status, err: c.quiet(err), values: a.values,
		why: c.reason("the answer has not what is read of it (" + err.Error() + "): " + a.excerpt(c.redact))}
}

// stop has nothing more go in this run.
func (c *client) stop(f *failure) {
	c.stopMu.Lock()
	defer c.stopMu.Unlock()
	if c.stopped == nil {
		c.stopped = &failure{call: f.call, do: manifest.StopRun, why: f.why}
	}
}

func (c *client) halted() *failure {
	c.stopMu.Lock()
	defer c.stopMu.Unlock()
	return c.stopped
}

// sender sends one try of a request: when the limits allow it, and signed. It is the transport below the one that tries again.
type sender client

// RoundTrip implements [http.RoundTripper].
func (s *sender) RoundTrip(r *http.Request) (*http.Response, error) {
	c, x := (*client)(s), exchangeOf(r.Context())
	signed, done, err := c.ready(x, r)
	if err != nil {
		return nil, &unsentError{err}
	}
	ctx, cancel := context.WithTimeout(signed.Context(), c.patience)
	ctx, left := traced(ctx)
	response, err := c.options.Transport.RoundTrip(signed.WithContext(ctx))
	x.sent = left()
	if err != nil {
		done()
		cancel()
		return nil, err
	}
	response.Body = &closing{ReadCloser: response.Body, then: func() { cancel(); done() }} // until then it is under way
	return response, nil
}

// ready waits until a try may be sent, and signs it. done has to be called once its answer was read.
func (c *client) ready(x *exchange, r *http.Request) (signed *http.Request, done func(), err error) {
	if err := r.Context().Err(); err != nil { // a transport would refuse it, and not tell that it sent nothing
		return nil, nil, err
	}
	t, err := x.token(r.Context()) // before a part of a limit is taken, since a token may be asked for within the same
	if err != nil {
		return nil, nil, err
	}
	done, err = c.gate.pass(r.Context(), x.request.asked(x.items))
	if err != nil {
		return nil, nil, err
	}
	if f := c.halted(); f != nil { // while it waited
		done()
		return nil, nil, f
	}
	if signed, err = x.sign(r, t); err != nil {
		done()
		return nil, nil, err
	}
	ownRepeats(signed.Header)
	return signed, done, nil
}

// ownRepeats keeps net/http from repeating a request by itself, which it does without a word if it has one of these headers and its connection ends:
// whether it may be repeated says its class, and what a try may have done must be known. Names of headers have no case but for net/http.
func ownRepeats(h http.Header) {
	for _, name := range []string{"Idempotency-Key", "X-Idempotency-Key"} {
		if values, ok := h[name]; ok {
			delete(h, name)
			h[strings.ToLower(name)] = values
		}
	}
}

// traced watches whether a request gets a connection. What never had one surely did not reach the vendor; a transport that tells nothing of connections
// may have sent it.
func traced(ctx context.Context) (_ context.Context, left func() bool) {
	var wanted, got atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GetConn: func(string) { wanted.Store(true) }, GotConn: func(httptrace.GotConnInfo) { got.Store(true) }})
	return ctx, func() bool { return got.Load() || !wanted.Load() }
}

// closing calls something when a body is closed for the first time.
type closing struct {
	io.ReadCloser
	then func()
	once sync.Once
}

// Close implements [io.Closer].
func (c *closing) Close() error {
	defer c.once.Do(c.then)
	return c.ReadCloser.Close()
}

// unsentError says that a request was not sent.
type unsentError struct{ err error }

// Error gives the wrapped error's text.
func (e *unsentError) Error() string { return e.err.Error() }

// Unwrap gives the wrapped error.
func (e *unsentError) Unwrap() error { return e.err }
