package rest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// gate keeps a vendor's limits, for all that goes to it in a run.
//
// Of a limit of n requests in a time, a request takes its part before it is sent, and gives it back that time after its answer came. The vendor counts
// it at some moment between the two, so that whatever window the vendor looks at, sliding or fixed, it never holds more than n: the limit can be used
// whole, without a margin. (A token bucket, as in x/time/rate, allows its burst on top of its rate within one window, and has to be set lower.)
type gate struct {
	limits []manifest.Limit
	pace   func(time.Duration) time.Duration

	mu    sync.Mutex
	parts map[string]*semaphore.Weighted // by limit, and by what it is by
	held  []chan struct{}                // each is closed when its time is over; none: the vendor may be asked
}

// pass waits until a request may be sent, and gives what has to be called once its answer is there.
func (g *gate) pass(ctx context.Context, values mapping.Values) (done func(), err error) {
	var taken []func()
	done = func() {
		for _, give := range taken {
			give()
		}
	}
	for i, l := range g.limits {
		give, err := g.take(ctx, i, l, values)
		if err != nil {
			done()
			return nil, err
		}
		taken = append(taken, give)
	}
	if err := g.wait(ctx); err != nil {
		done()
		return nil, err
	}
	return done, nil
}

// take takes a part of one limit.
func (g *gate) take(ctx context.Context, i int, l manifest.Limit, values mapping.Values) (give func(), err error) {
	if l.Match != nil {
		if match, err := l.Match.Holds(ctx, values); err != nil || !match {
			return func() {}, err
		}
	}
	key := fmt.Sprint(i)
	if l.By != nil {
		by, err := l.By.Text(ctx, values)
		if err != nil {
			return nil, err
		}
		key += " " + by
	}
	cost, size := int64(1), int64(l.Rate)
	if l.AtOut > 0 {
		size = int64(l.AtOut)
	}
	if l.Cost != nil {
		value, err := l.Cost.Value(ctx, values)
		if err != nil {
			return nil, err
		}
		cost = min(max(1, whole(value)), size)
	}
	s := g.part(key, size)
	if err := s.Acquire(ctx, cost); err != nil {
		return nil, err
	}
	release := func() { s.Release(cost) }
	if l.AtOut > 0 {
		return release, nil
	}
	return func() { time.AfterFunc(g.pace(l.Per), release) }, nil
}

func (g *gate) part(key string, size int64) *semaphore.Weighted {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := g.parts[key]
	if s == nil {
		s = semaphore.NewWeighted(size)
		g.parts[key] = s
	}
	return s
}

func whole(value any) int64 {
	switch v := value.(type) {
	case int64:
		return v
	case float64:
		return int64(v + 0.999999)
	}
	return 1
}

// hold keeps everybody back for a while: the vendor said when to come again. Of several such times the latest counts.
func (g *gate) hold(d time.Duration) {
	if d <= 0 {
		return
	}
	lifted := make(chan struct{})
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = append(g.held, lifted)
	time.AfterFunc(d, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.held = slices.DeleteFunc(g.held, func(c chan struct{}) bool { return c == lifted })
		close(lifted)
	})
}

// wait waits until nobody is held back.
func (g *gate) wait(ctx context.Context) error {
	for {
		g.mu.Lock()
		held := slices.Clone(g.held)
		g.mu.Unlock()
		if len(held) == 0 {
			return nil
		}
		select {
		case <-held[0]:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
