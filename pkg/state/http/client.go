package http

import (
	"bytes"
	"context"
	"crypto/md5" // what the protocol checks a transfer by
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	nethttp "net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// How reading is tried again.
const (
	tries       = 4
	firstWait   = 100 * time.Millisecond
	longestWait = 3 * time.Second
)

// How long one request may take: patience for a document, lockPatience for a lock; and closing for all that takes a lock or gives it back.
const (
	patience     = 5 * time.Minute
	lockPatience = 15 * time.Second
	closing      = time.Minute
)

// client speaks the protocol.
type client struct {
	address, lock, unlock    *url.URL
	lockMethod, unlockMethod string
	username, password       string
	headers                  map[string]string
	limit, lockLimit         time.Duration         // of a request, see patience
	once                     *nethttp.Client       // for what must not be done twice unseen
	again                    *retryablehttp.Client // for reading
}

// where names an address without what may be secret in it.
func where(u *url.URL) string { return u.Scheme + "://" + u.Host + u.Path }

// statusError is an answer that is not what was asked for.
type statusError struct {
	status int
	at     string
}

// Error says what to look at. The server's own words are left out: they may repeat what it was sent.
func (e *statusError) Error() string {
	text := fmt.Sprintf("%s answered %d %s", e.at, e.status, nethttp.StatusText(e.status))
	switch e.status {
	case nethttp.StatusUnauthorized, nethttp.StatusForbidden:
		return text + ": look at username and password (state: username:, password:), and at what they may do"
	case nethttp.StatusRequestEntityTooLarge:
		return text + ": the state is larger than this server takes; keep it in another place: state: backend: s3 or postgres"
	case nethttp.StatusNotFound, nethttp.StatusMethodNotAllowed, nethttp.StatusNotImplemented:
		return text + ": look at the addresses and methods (state: address:, lock_address:, lock_method:)"
	}
	if e.status >= 300 && e.status < 400 {
		return text + ": redirects are not followed, give the address that it leads to"
	}
	return text
}

// passing reports whether an error may pass: nobody knows what became of the request.
func passing(err error) bool {
	var s *statusError
	return !errors.As(err, &s) || s.status >= 500
}

// answer is what a server said.
type answer struct {
	status int
	body   []byte
}

// get reads the document; nil: there is none. It is tried again while the server can't be reached.
func (c *client) get(ctx context.Context) ([]byte, error) {
	ctx, cancel := bounded(ctx, c.limit)
	defer cancel()
	request, err := retryablehttp.NewRequestWithContext(ctx, nethttp.MethodGet, c.address.String(), nil)
	if err != nil {
		return nil, err
	}
	c.sign(request.Request)
	response, err := c.again.Do(request)
	if err != nil {
		return nil, unreached(ctx, c.address, err)
	}
	body, err := readAll(response)
	switch {
	case err != nil:
		return nil, err
	case response.StatusCode == nethttp.StatusNoContent, response.StatusCode == nethttp.StatusNotFound:
		return nil, nil
	case response.StatusCode != nethttp.StatusOK:
		return nil, &statusError{response.StatusCode, where(c.address)}
	}
	if sum := response.Header.Get("Content-MD5"); sum != "" && sum != md5Of(body) {
		return nil, fmt.Errorf("%s sent something else than it said: its Content-MD5 is wrong", where(c.address))
	}
	if body == nil {
		body = []byte{}
	}
	return body, nil
}

// post puts a document in the place of the one that is there, in the name of a lock.
func (c *client) post(ctx context.Context, body []byte, lockID string) error {
	u := *c.address
	query := u.Query()
	query.Set("ID", lockID)
	u.RawQuery = query.Encode()
	a, err := c.do(ctx, c.limit, nethttp.MethodPost, &u, body)
	if err != nil {
		return err
	}
	switch a.status {
	case nethttp.StatusOK, nethttp.StatusCreated, nethttp.StatusNoContent:
		return nil
	}
	return &statusError{a.status, where(c.address)}
}

// bounded gives a request its time.
func bounded(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, limit, fmt.Errorf("the server has not answered for %s", limit))
}

// do makes one request, once.
func (c *client) do(ctx context.Context, limit time.Duration, method string, u *url.URL, body []byte) (*answer, error) {
	ctx, cancel := bounded(ctx, limit)
	defer cancel()
	request, err := nethttp.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.GetBody = nil // or the transport tries again by itself what it takes to be unseen
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Content-MD5", md5Of(body))
	c.sign(request)
	response, err := c.once.Do(request)
	if err != nil {
		return nil, unreached(ctx, u, err)
	}
	text, err := readAll(response)
	if err != nil {
		return nil, err
	}
	return &answer{response.StatusCode, text}, nil
}

// sign says who asks.
func (c *client) sign(request *nethttp.Request) {
	for name, value := range c.headers {
		request.Header.Set(name, value)
	}
	if c.username != "" {
		request.SetBasicAuth(c.username, c.password)
	}
}

// unreached says of which address a request failed, and what to look at where nobody was there.
func unreached(ctx context.Context, u *url.URL, err error) error {
	var call *net.OpError
	err = plain(ctx, err)
	if errors.As(err, &call) && call.Op == "dial" {
		return fmt.Errorf("%s: %w: look whether the address is right (state: address:), and whether the server can be reached from here", where(u), err)
	}
	return fmt.Errorf("%s: %w", where(u), err)
}

// plain takes the address, which may have secrets in its query, out of an error, and says of a request whose time was up that it was that.
func plain(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return context.Cause(ctx)
	}
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func readAll(response *nethttp.Response) ([]byte, error) {
	body, err := io.ReadAll(response.Body)
	return body, errors.Join(err, response.Body.Close())
}

func md5Of(body []byte) string {
	sum := md5.Sum(body)
	return base64.StdEncoding.EncodeToString(sum[:])
}
