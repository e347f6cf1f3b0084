//go:build real

package real

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
)

// proxy stands before a server and does to requests what networks do.
type proxy struct {
	*httptest.Server
	mu     sync.Mutex
	seen   []string // METHOD path, of each request
	before func(request string)
	cut    func(request string) cut
}

// cut is what becomes of the connection of a request.
type cut int

const (
	whole      cut = iota
	unasked        // it breaks before the server has the request
	unanswered     // it breaks once the server has acted, before the answer
)

// newProxy starts one before a server.
func newProxy(t *testing.T, server string) *proxy {
	t.Helper()
	to, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{before: func(string) {}, cut: func(string) cut { return whole }}
	forward := httputil.NewSingleHostReverseProxy(to)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request := r.Method + " " + r.URL.Path
		p.mu.Lock()
		p.seen = append(p.seen, request)
		before, how := p.before, p.cut(request)
		p.mu.Unlock()
		before(request)
		switch how {
		case whole:
			forward.ServeHTTP(w, r)
			return
		case unanswered:
			forward.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(p.Close)
	return p
}

// requests counts those of a method and path.
func (p *proxy) requests(request string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(p.seen), func(s string) bool { return s != request }))
}

// once has the first of such requests end in a way, and the others be whole.
func once(request string, how cut) func(string) cut {
	done := false
	return func(r string) cut {
		if r != request || done {
			return whole
		}
		done = true
		return how
	}
}
