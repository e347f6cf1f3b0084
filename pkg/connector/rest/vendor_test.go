package rest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// vendor is a server that answers as a test says, and keeps what it was asked.
type vendor struct {
	*httptest.Server
	t *testing.T

	mu    sync.Mutex
	asked []call
}

// call is one request that a vendor got.
type call struct {
	method, path, query, body string
	header                    http.Header
}

// newVendor starts a server on loopback. answer is called with one request at a time.
func newVendor(t *testing.T, answer func(w http.ResponseWriter, c call)) *vendor {
	t.Helper()
	v := &vendor{t: t}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		c := call{r.Method, r.URL.EscapedPath(), r.URL.RawQuery, string(body), r.Header.Clone()}
		v.mu.Lock()
		defer v.mu.Unlock()
		v.asked = append(v.asked, c)
		answer(w, c)
	}))
	t.Cleanup(v.Close)
	return v
}

// calls gives what it was asked so far.
func (v *vendor) calls() []call {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]call(nil), v.asked...)
}

// open makes a connector of a manifest, whose base is the vendor's address unless it says another. Times go by a thousand times as fast.
func (v *vendor) open(text string, settings map[string]any) *rest.System {
	v.t.Helper()
	return v.openWith(text, connector.Options{Settings: settings})
}

func (v *vendor) openWith(text string, o connector.Options) *rest.System {
	v.t.Helper()
	if !strings.Contains(text, "\nbase:") {
		text += "\nbase: " + v.URL + "\n"
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "connector:") {
		text = "connector: acme\ntitle: Acme\n" + text
	}
	driver, problems := rest.Load("acme.yaml", []byte(text), rest.Hurry(1000))
	if problems.Errors() > 0 {
		v.t.Fatal(problems)
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	}
	if o.Transport == nil {
		o.Transport = v.Client().Transport
	}
	c, err := driver.Open(o)
	if err != nil {
		v.t.Fatal(err)
	}
	return c.(*rest.System)
}

// reply writes an answer of JSON.
func reply(w http.ResponseWriter, status int, json string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, json)
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// items gives items with ids.
func items(ids ...string) []connector.Item {
	out := make([]connector.Item, len(ids))
	for i, id := range ids {
		out[i] = connector.Item{ID: id, Key: "key-" + id}
	}
	return out
}

// wantOutcomes compares outcomes with words: done, already, rejected: why, later, in doubt; "" was not begun. Of a reason, a part is enough.
func wantOutcomes(t *testing.T, got []connector.Outcome, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d outcomes, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		status, why, _ := strings.Cut(want[i], ": ")
		name := ""
		if got[i].Status != 0 {
			name = got[i].Status.String()
		}
		if name != status || !strings.Contains(got[i].Reason, why) {
			t.Errorf("item %d: %s (%q), want %q", i, name, got[i].Reason, want[i])
		}
	}
}
