//go:build unix

package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/rest"
)

// vendorLimit is a limit as a vendor has it, and how many of its windows are filled.
type vendorLimit struct {
	requests int
	per      time.Duration
	windows  int
	latency  time.Duration // of an answer
}

// ideal is how long the requests take of a client that uses all that is allowed: the last window's begin when the ones before have passed.
func (l vendorLimit) ideal() time.Duration { return time.Duration(l.windows-1) * l.per }

// strict is a vendor that counts in a window that slides, the most careful way there is, and refuses what is over.
type strict struct {
	vendorLimit
	mu      sync.Mutex
	taken   []time.Time
	refused int
}

func (s *strict) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(s.latency / 2)
	s.mu.Lock()
	now := time.Now()
	for len(s.taken) > 0 && now.Sub(s.taken[0]) >= s.per {
		s.taken = s.taken[1:]
	}
	over := len(s.taken) >= s.requests
	if over {
		s.refused++
	} else {
		s.taken = append(s.taken, now)
	}
	s.mu.Unlock()
	time.Sleep(s.latency / 2)
	if over {
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	}
}

// measureLimits is the bar P9: how much of a vendor's limit is used, and how many answers are 429, of our engine and of a token bucket
// (golang.org/x/time/rate) that is told the same limit, beside each other.
func measureLimits(ctx context.Context, b *bench) error {
	t := table{title: "P9: a vendor's limit", head: []string{"limit", "answers take", "who", "requests", "took", "of the limit", "answers 429"}}
	worst, refused := 1.0, 0
	for _, l := range []vendorLimit{{190, 10 * time.Second, 4, 40 * time.Millisecond}, {100, time.Second, 20, 10 * time.Millisecond}} {
		for _, who := range []struct {
			name string
			send func(context.Context, vendorLimit, string) error
		}{{"playctl", sendByEngine}, {"token bucket", sendByBucket}} {
			server := &strict{vendorLimit: l}
			at := httptest.NewServer(server)
			begin := time.Now()
			err := who.send(ctx, l, at.URL)
			took := time.Since(begin)
			at.Close()
			if err != nil {
				return err
			}
			used := l.ideal().Seconds() / took.Seconds()
			if who.name == "playctl" {
				worst, refused = min(worst, used), refused+server.refused
			}
			t.rows = append(t.rows, []string{fmt.Sprintf("%d in %s", l.requests, l.per), l.latency.String(), who.name, fmt.Sprint(l.requests * l.windows),
				fmt.Sprintf("%.1f s", took.Seconds()), fmt.Sprintf("%.1f %%", used*100), fmt.Sprint(server.refused)})
		}
	}
	t.below = []string{"The vendor counts in a sliding window and refuses what is over. The bucket has the limit as its rate and its burst, and sends what was refused again after Retry-After."}
	b.report.add(t)
	b.report.check(check{bar: "P9", what: "of a vendor's limit used", ours: fmt.Sprintf("%.1f %%", worst*100), value: worst, limit: 0.95, atLeast: true, says: "≥ 95 %", shown: fmt.Sprintf("%.1f %%", worst*100)})
	b.report.check(check{bar: "P9", what: "answers 429", ours: fmt.Sprint(refused), value: float64(refused), limit: 0, says: "none", shown: fmt.Sprint(refused)})
	return nil
}

// sendByEngine sends with the engine of manifests.
func sendByEngine(ctx context.Context, l vendorLimit, url string) error {
	driver, problems := rest.Load("limits.yaml", fmt.Appendf(nil, `
connector: limits
base: %s
limits: [{rate: %d, per: %s}]
errors: [{when: status == 429, do: retry, after: header("Retry-After")}]
actions: {message: {send: {post: /messages, body: item.key, retry: never}}}
`, url, l.requests, l.per))
	if problems.Errors() > 0 {
		return problems
	}
	c, err := driver.Open(connector.Options{Now: time.Now, Transport: http.DefaultTransport})
	if err != nil {
		return err
	}
	batch := connector.Batch{Verb: connector.Send, Target: connector.Collection{Kind: "message"}}
	for i := range l.requests * l.windows {
		batch.Items = append(batch.Items, connector.Item{ID: "x", Key: fmt.Sprint(i)})
	}
	outcomes, err := c.(connector.Writer).Write(ctx, batch)
	for _, o := range outcomes {
		if err == nil && o.Status != connector.Done {
			err = fmt.Errorf("a message is %s: %s", o.Status, o.Reason)
		}
	}
	return err
}

// sendByBucket sends as many at once as the engine does, each when a token bucket lets it.
func sendByBucket(ctx context.Context, l vendorLimit, url string) error {
	bucket := rate.NewLimiter(rate.Limit(float64(l.requests)/l.per.Seconds()), l.requests)
	var wg sync.WaitGroup
	work := make(chan int)
	failed := make(chan error, 8)
	for range 8 {
		wg.Go(func() {
			for range work {
				if err := sendUntilTaken(ctx, bucket, url); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var err error
	for i := range l.requests * l.windows {
		select {
		case work <- i:
			continue
		case err = <-failed:
		}
		break
	}
	close(work)
	wg.Wait()
	return err
}

func sendUntilTaken(ctx context.Context, bucket *rate.Limiter, url string) error {
	for {
		if err := bucket.Wait(ctx); err != nil {
			return err
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/messages", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		if err := response.Body.Close(); err != nil || response.StatusCode == http.StatusOK {
			return err
		}
		time.Sleep(time.Second)
	}
}
