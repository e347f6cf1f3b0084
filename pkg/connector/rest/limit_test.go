package rest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// window refuses more than some requests within a time: in a window that slides, and in one that begins anew again and again.
type window struct {
	most int
	per  time.Duration

	mu      sync.Mutex
	begin   time.Time
	inFixed int
	taken   []time.Time
	refused int
	served  int
}

func (s *window) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.taken) > 0 && now.Sub(s.taken[0]) >= s.per {
		s.taken = s.taken[1:]
	}
	if now.Sub(s.begin) >= s.per {
		s.begin, s.inFixed = now, 0
	}
	if len(s.taken) >= s.most || s.inFixed >= s.most {
		s.refused++
		w.WriteHeader(http.StatusTooManyRequests)
		return
	}
	s.taken, s.inFixed, s.served = append(s.taken, now), s.inFixed+1, s.served+1
}

// TestLimit_isNeverPassed holds the engine against a server that enforces its limit exactly. How much of it is used is the bar P9 of make bench.
func TestLimit_isNeverPassed(t *testing.T) {
	server := &window{most: 40, per: 100 * time.Millisecond}
	at := httptest.NewServer(server)
	t.Cleanup(at.Close)
	driver, problems := rest.Load("limits.yaml", fmt.Appendf(nil, `
connector: limits
base: %s
limits: [{rate: %d, per: %s}]
errors: [{when: status == 429, do: retry}]
actions: {message: {send: {post: /messages, body: item.key, retry: never}}}
`, at.URL, server.most, server.per))
	if problems.Errors() > 0 {
		t.Fatal(problems)
	}
	c, err := driver.Open(connector.Options{Now: time.Now, Transport: at.Client().Transport})
	if err != nil {
		t.Fatal(err)
	}
	batch := connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}, Items: make([]connector.Item, 8*server.most)}
	begin := time.Now()
	outcomes, err := c.(connector.Writer).Write(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range outcomes {
		if o.Status != connector.Done {
			t.Fatalf("message %d is %s: %s", i, o.Status, o.Reason)
		}
	}
	if server.refused > 0 || server.served != len(batch.Items) {
		t.Errorf("%d served, %d refused", server.served, server.refused)
	}
	if took := time.Since(begin); took < 7*server.per {
		t.Errorf("8 windows' worth took %s", took)
	}
}

// TestLimit_aBucketWouldPassIt is why the engine has a gate of its own: the token bucket of x/time/rate, told the same limit, sends its burst and its
// rate within one window of the vendor's.
func TestLimit_aBucketWouldPassIt(t *testing.T) {
	server := &window{most: 20, per: 5 * time.Second}
	at := httptest.NewServer(server)
	t.Cleanup(at.Close)
	bucket := rate.NewLimiter(rate.Limit(float64(server.most)/server.per.Seconds()), server.most)
	for range server.most + 1 {
		if err := bucket.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		response, err := at.Client().Post(at.URL, "text/plain", nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	if server.refused == 0 {
		t.Error("nothing was refused")
	}
}
