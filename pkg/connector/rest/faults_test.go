package rest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// world is a vendor as its facts say it behaves, on loopback, whose next write meets a fault where the suite asks for one.
type world struct {
	*httptest.Server
	answer  func(w http.ResponseWriter, r *http.Request, body []byte) // one request at a time
	writes  func(r *http.Request) bool                                // whether a request is a write, which faults are for
	refused func(w http.ResponseWriter)                               // how the vendor asks to come again; nil: 429 with Retry-After

	mu     sync.Mutex
	fault  conntest.Fault
	closed chan struct{}
}

func (x *world) start(t *testing.T) {
	t.Helper()
	x.closed = make(chan struct{})
	x.Server = httptest.NewServer(http.HandlerFunc(x.serve))
	t.Cleanup(func() {
		close(x.closed)
		x.Close()
	})
}

func (x *world) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	x.mu.Lock()
	fault := conntest.Fault(0)
	if x.fault != 0 && x.writes(r) {
		fault, x.fault = x.fault, 0
	}
	if fault == 0 {
		defer x.mu.Unlock()
		x.answer(w, r, body)
		return
	}
	if fault == conntest.CutAfter {
		x.answer(httptest.NewRecorder(), r, body)
	}
	x.mu.Unlock()
	x.fail(w, r, fault)
}

// fail answers a request that meets a fault.
func (x *world) fail(w http.ResponseWriter, r *http.Request, f conntest.Fault) {
	switch f {
	case conntest.Refused:
		if x.refused != nil {
			x.refused(w)
			return
		}
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case conntest.Broken:
		w.WriteHeader(http.StatusInternalServerError)
	case conntest.CutBefore, conntest.CutAfter:
		cut(w)
	case conntest.Stalled:
		select {
		case <-r.Context().Done():
		case <-x.closed:
		}
	}
}

// inject has the next write meet a fault.
func (x *world) inject(f conntest.Fault) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fault = f
}

// connect makes a connector of a manifest that is built in. Times go by a thousand times as fast.
func (x *world) connect(t *testing.T, name string, settings map[string]any) connector.Connector {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }
	c, err := builtIn(t, name).Open(connector.Options{Name: "crm", Settings: settings, Now: now, Transport: x.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var drivers sync.Map

// builtIn gives the driver of a manifest that is built in, in a hurry.
func builtIn(t *testing.T, name string) connector.Driver {
	t.Helper()
	if d, ok := drivers.Load(name); ok {
		return d.(connector.Driver)
	}
	data, err := rest.Manifest(name)
	if err != nil {
		t.Fatal(err)
	}
	d, problems := rest.Load(name+".yaml", data, rest.Hurry(1000))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	drivers.Store(name, d)
	return d
}
