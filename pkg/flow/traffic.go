package flow

import (
	"fmt"
	"net/http"
	"time"
)

// traffic tells of each request of a connector: what was asked, of whom, what came of it and how long it took. Queries, headers and bodies are left out,
// and secrets in the path are taken out: they may hold credentials, and people's data.
type traffic struct {
	*World
	connector string
}

// transport gives a connector its way to HTTP.
func (w *World) transport(connector string) http.RoundTripper {
	if w.Traffic == nil || w.Transport == nil {
		return w.Transport
	}
	return &traffic{w, connector}
}

// RoundTrip implements [http.RoundTripper].
func (t *traffic) RoundTrip(r *http.Request) (*http.Response, error) {
	begun := t.clock()
	response, err := t.Transport.RoundTrip(r)
	ended := "no answer"
	if err == nil {
		ended = fmt.Sprint(response.StatusCode)
	}
	t.Traffic(t.Redactor.Text(fmt.Sprintf("%s: %s %s%s: %s, %s", t.connector, r.Method, r.URL.Host, r.URL.EscapedPath(), ended, t.clock().Sub(begun).Round(time.Millisecond))))
	return response, err
}
