package rest

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
)

// exchange is one request with all its tries.
type exchange struct {
	client  *client
	call    *manifest.Call
	class   connector.Retry
	request *request
	items   int

	used      string // the token that it was signed with
	sent      bool   // this try may have reached the vendor
	doubted   bool   // an earlier try may have been carried out
	unreached int    // tries that got no connection
	answer    *answer
	failed    *failure
	wait      time.Duration // before the next try, if the vendor says so
	said      bool
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange { return ctx.Value(exchangeKey{}).(*exchange) }

// run sends the request until it is answered for good.
func (x *exchange) run(ctx context.Context) (*answer, error) {
	var body any
	if x.request.body != nil {
		body = bytes.NewReader(x.request.body)
	}
	r, err := retryablehttp.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, x), x.request.method, x.request.url.String(), body)
	if err != nil {
		return nil, x.client.named(x.call, err)
	}
	r.Header = x.request.headers.Clone()
	response, err := x.client.http.Do(r)
	if response != nil {
		_ = response.Body.Close() // it was read by checkRetry
	}
	if x.failed != nil {
		return nil, x.failed
	}
	if err != nil { // the context ended between two tries
		return nil, x.failure(manifest.Fail, "", err)
	}
	x.answer.again = x.doubted
	return x.answer, nil
}

// token gives the token that a try goes with; nil: none. A try signs anew: it may be another by now.
func (x *exchange) token(ctx context.Context) (*minted, error) {
	if x.request.bare {
		return nil, nil
	}
	return x.client.token.get(ctx)
}

// sign says who asks. While the try waited for the limits the token may have been replaced.
func (x *exchange) sign(r *http.Request, t *minted) (*http.Request, error) {
	out := r.Clone(r.Context())
	if x.request.bare {
		return out, nil
	}
	if now := x.client.token.inUse(); now != nil {
		t = now
	}
	return out, x.client.sign(r.Context(), x, out, t)
}

// checkRetry reads what came of a try, and decides whether there is another one.
func checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	x := exchangeOf(ctx)
	x.failed, x.answer, x.wait, x.said = nil, nil, 0, false
	if err == nil {
		x.answer, err = read(response, x.request, x.call, x.items)
	}
	if err != nil {
		return x.unanswered(ctx, err), nil
	}
	x.judge(ctx)
	return x.again(), nil
}

// unanswered is a try without an answer.
func (x *exchange) unanswered(ctx context.Context, err error) bool {
	if unsent := (*unsentError)(nil); errors.As(err, &unsent) {
		x.failed = x.unsent(unsent.err)
		return false
	}
	if errors.Is(err, errTooLarge) { // it would be so again
		x.failed = x.failure(manifest.Doubt, "", err)
		return false
	}
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err // its text has the address in it
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	do := manifest.Retry
	if x.sent {
		do, x.doubted = manifest.Doubt, true
	}
	x.failed = x.failure(do, "", err)
	if ctx.Err() != nil {
		return false
	}
	if !x.sent { // nobody is there: what was not asked for needs no patience, a later run asks
		x.unreached++
		return x.unreached < reaches
	}
	return x.repeatable()
}

// unsent is a try that was not sent: there is no token, or a quota is spent. What an earlier try may have done stays in doubt.
func (x *exchange) unsent(err error) *failure {
	f := (*failure)(nil)
	if !errors.As(err, &f) {
		return x.failure(manifest.Fail, "", err)
	}
	out := *f
	out.sent = out.sent || x.doubted
	return &out
}

// repeatable reports whether a request may be sent again though it may have been carried out.
func (x *exchange) repeatable() bool { return x.class == connector.Safe || x.class == connector.ByKey }

// again decides on another try of a request that was answered.
func (x *exchange) again() bool {
	if x.failed == nil {
		return false
	}
	x.doubted = x.doubted || x.failed.sent
	return x.failed.do == manifest.Retry && (!x.failed.sent || x.repeatable()) && x.wait <= longestAsked
}

// failure makes one. What an earlier try may have done stays in doubt, but where repeating changes nothing: then the last answer is that of all tries.
func (x *exchange) failure(do manifest.Reaction, why string, err error) *failure {
	doubted := x.doubted
	if x.class == connector.Safe && x.answer != nil && do != manifest.Retry && do != manifest.StopRun && do != manifest.RefreshAuth && x.answer.status != http.StatusUnauthorized {
		doubted = false
	}
	f := &failure{call: x.call.Method + " " + x.call.URL.String(), do: do, why: x.client.reason(why), err: err, sent: doubted || do == manifest.Doubt}
	if err != nil {
		f.err = x.client.quiet(err)
	}
	if x.answer != nil {
		f.status, f.values = x.answer.status, x.answer.values
	}
	return f
}

// backoff gives how long to wait before the next try: as long as the vendor asks, else twice as long each time, anywhere in its second half.
func (c *client) backoff(shortest, longest time.Duration, attempt int, response *http.Response) time.Duration {
	x := (*exchange)(nil)
	if response != nil {
		x = exchangeOf(response.Request.Context())
	}
	if x != nil && x.said && x.wait > 0 {
		d := x.wait + time.Duration(rand.Int64N(int64(firstWait)/5+1))
		c.gate.hold(c.pace(x.wait))
		return c.pace(d)
	}
	d := min(shortest<<min(attempt, 10), longest)
	return c.pace(d/2 + time.Duration(rand.Int64N(int64(d)/2+1)))
}
