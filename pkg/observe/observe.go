// Package observe asks connectors what a plan needs to know: before the journey, what became of effects in doubt and of open tasks; after
// it, who is in the collections and what stands in the fields that the wants speak of. It only reads.
package observe

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Connectors are the open connectors of a run, by name.
type Connectors map[string]connector.Connector

// Read reads what the wants and the holdings speak of: every collection that somebody wants to be in or out of, or that playctl holds
// somebody in, which collections of a kind somebody is in who is wanted in none, and every field that is to be set. A place that can't be
// read is named in Failed and sinks nothing else.
func Read(ctx context.Context, wants []journey.Want, held []state.Held, open Connectors) (*connector.Facts, error) {
	f := &connector.Facts{Unresolved: map[connector.Place]error{}, Members: map[connector.Place][]connector.Member{}, Missing: map[connector.Place]error{}, Failed: map[connector.Place]error{}, Blind: map[connector.Place]bool{},
		Fields: map[connector.Place]map[string]map[string]string{}, Memberships: map[connector.Place]map[string][]string{}}
	r := &reader{facts: f, open: open}
	q := ask(wants, held)
	listed := r.list(ctx, q)
	atOnce(func(start func(func())) {
		for _, p := range q.places() {
			start(func() { r.members(ctx, p) })
		}
		for p, asked := range q.fields {
			start(func() { r.fields(ctx, p, asked) })
		}
		for p, asked := range q.kinds {
			if source, ok := connector.As[connector.MembershipReader](open[p.Connector]); ok {
				start(func() { r.memberships(ctx, source, p, asked.ids) })
			}
		}
	})
	for p, names := range listed {
		r.gather(p, q.kinds[p], names)
	}
	return f, ctx.Err()
}

// atOnce does reads, four at a time. A panic of one is one of who called, where it can be told without what it says of the connector's secrets.
func atOnce(reads func(start func(func()))) {
	var wg sync.WaitGroup
	var failed atomic.Value
	limit := make(chan struct{}, 4)
	reads(func(work func()) {
		limit <- struct{}{}
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					failed.CompareAndSwap(nil, fmt.Errorf("%v\n%s", p, debug.Stack()))
				}
				<-limit
			}()
			work()
		})
	})
	wg.Wait()
	if p := failed.Load(); p != nil {
		panic(p)
	}
}

// reader fills the facts from several goroutines.
type reader struct {
	mu    sync.Mutex
	facts *connector.Facts
	open  Connectors
}

func (r *reader) members(ctx context.Context, p connector.Place) {
	c := r.open[p.Connector]
	source, ok := connector.As[connector.MemberReader](c)
	if !ok || writeOnly(c, p.Kind) {
		r.unread(ctx, p, c)
		return
	}
	ids, err := source.Members(ctx, p.Collection)
	members := connector.MembersOf(c, p.Kind, ids)
	r.set(func(f *connector.Facts) {
		switch {
		case errors.Is(err, connector.ErrNoCollection):
			f.Missing[p] = err
		case err != nil:
			f.Failed[p] = err
		default:
			f.Members[p] = members
		}
	})
}

// unread notes a collection of which nobody can be told who is in it. That it is there, and can be written, may be known all the same: a plan that
// assumes what it holds need not assume that.
func (r *reader) unread(ctx context.Context, p connector.Place, c connector.Connector) {
	checker, ok := connector.As[connector.CollectionChecker](c)
	if !ok || p.Name == "" {
		r.cannot(p, c)
		return
	}
	switch err := checker.CheckCollection(ctx, p.Collection); {
	case err == nil, errors.Is(err, connector.ErrUntold):
		r.cannot(p, c)
	case errors.Is(err, connector.ErrNoCollection):
		r.set(func(f *connector.Facts) { f.Missing[p] = err })
	default:
		r.set(func(f *connector.Facts) { f.Failed[p] = err })
	}
}

// writeOnly reports whether nobody can be told who is in collections of a kind.
func writeOnly(c connector.Connector, kind string) bool {
	k, _ := c.Describe().CollectionKind(kind)
	return k.WriteOnly
}

func (r *reader) set(change func(*connector.Facts)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r.facts)
}
