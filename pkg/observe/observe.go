// Package observe asks connectors what a plan needs to know: before the journey, what became of effects in doubt; after it, who is in the
// collections and what stands in the fields that the wants speak of. It only reads.
package observe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Connectors are the open connectors of a run, by name.
type Connectors map[string]connector.Connector

// Doubts looks up the effects that are in doubt, where their connectors can and the action says so: of one that is never to be repeated,
// not finding it would be no proof. An effect that was not looked up stays in doubt.
func Doubts(ctx context.Context, s *state.Snapshot, open Connectors) (map[string]journey.Finding, []string) {
	asked := map[[2]string][]string{} // connector and action → keys
	for _, e := range s.Effects {
		if e.Status == state.Intended || e.Status == state.InDoubt {
			asked[[2]string{e.Connector, e.Action}] = append(asked[[2]string{e.Connector, e.Action}], e.Key)
		}
	}
	found := map[string]journey.Finding{}
	var warnings []string
	for target, keys := range asked {
		c := open[target[0]]
		looker, ok := c.(connector.Looker)
		if !ok {
			continue
		}
		if kind, _ := c.Describe().Action(target[1]); kind.Retry == connector.Never {
			continue
		}
		receipts, err := looker.Lookup(ctx, target[1], keys)
		if err != nil {
			warnings = append(warnings, fmt.Sprintf("looking up %d effects in doubt at %s.%s: %s", len(keys), target[0], target[1], err))
			continue
		}
		for _, key := range keys {
			receipt, happened := receipts[key]
			found[key] = journey.Finding{Happened: happened, Receipt: receipt}
		}
	}
	slices.Sort(warnings)
	return found, warnings
}

// Read reads what the wants and the holdings speak of: every collection that somebody wants to be in or out of, or that playctl holds
// somebody in, and every field that is to be set. A place that can't be read is named in Failed and sinks nothing else.
func Read(ctx context.Context, wants []journey.Want, held []state.Held, open Connectors) (*connector.Facts, error) {
	f := &connector.Facts{Members: map[connector.Place]map[string]string{}, Missing: map[connector.Place]error{}, Failed: map[connector.Place]error{}, Blind: map[connector.Place]bool{},
		Fields: map[connector.Place]map[string]map[string]string{}}
	places, fields := asked(wants, held)
	r := &reader{facts: f, open: open}
	var wg sync.WaitGroup
	limit := make(chan struct{}, 4)
	start := func(work func()) {
		limit <- struct{}{}
		wg.Go(func() { defer func() { <-limit }(); work() })
	}
	for _, p := range places {
		start(func() { r.members(ctx, p) })
	}
	for p, q := range fields {
		start(func() { r.fields(ctx, p, q) })
	}
	wg.Wait()
	return f, ctx.Err()
}

// question is the records and fields of one object that are asked for.
type question struct{ ids, fields []string }

func asked(wants []journey.Want, held []state.Held) ([]connector.Place, map[connector.Place]*question) {
	seen := map[connector.Place]bool{}
	fields := map[connector.Place]*question{}
	for _, w := range wants {
		switch w.Verb {
		case connector.Add, connector.Remove:
			seen[connector.Place{Connector: w.Connector, Collection: w.Target}] = true
		case connector.Set:
			p := connector.Place{Connector: w.Connector, Collection: connector.Collection{Kind: w.Target.Kind}}
			if fields[p] == nil {
				fields[p] = &question{}
			}
			fields[p].ids = append(fields[p].ids, w.ID)
			for name := range w.Fields {
				fields[p].fields = append(fields[p].fields, name)
			}
		}
	}
	for _, h := range held {
		if len(h.Keepers) > 0 {
			seen[connector.Place{Connector: h.Connector, Collection: connector.Collection{Kind: h.Kind, Name: h.Name}}] = true
		}
	}
	places := make([]connector.Place, 0, len(seen))
	for p := range seen {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b connector.Place) int { return strings.Compare(a.String(), b.String()) })
	for _, q := range fields {
		slices.Sort(q.ids)
		q.ids = slices.Compact(q.ids)
		slices.Sort(q.fields)
		q.fields = slices.Compact(q.fields)
	}
	return places, fields
}

// reader fills the facts from several goroutines.
type reader struct {
	mu    sync.Mutex
	facts *connector.Facts
	open  Connectors
}

func (r *reader) members(ctx context.Context, p connector.Place) {
	c := r.open[p.Connector]
	source, ok := c.(connector.MemberReader)
	if !ok {
		r.set(func(f *connector.Facts) {
			if c == nil {
				f.Failed[p] = fmt.Errorf("connector %s is not in the playbook", p.Connector)
				return
			}
			f.Blind[p] = true
		})
		return
	}
	ids, err := source.Members(ctx, p.Collection)
	members := make(map[string]string, len(ids))
	for _, id := range ids {
		members[connector.Normalize(c, p.Kind, id)] = id
	}
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

func (r *reader) fields(ctx context.Context, p connector.Place, q *question) {
	c := r.open[p.Connector]
	source, ok := c.(connector.FieldReader)
	if !ok {
		r.set(func(f *connector.Facts) { f.Blind[p] = true })
		return
	}
	values, err := source.Fields(ctx, p.Kind, q.ids, q.fields)
	byID := make(map[string]map[string]string, len(values))
	for id, v := range values {
		byID[connector.Normalize(c, p.Kind, id)] = v
	}
	r.set(func(f *connector.Facts) {
		if err != nil {
			f.Failed[p] = err
			return
		}
		f.Fields[p] = byID
	})
}

func (r *reader) set(change func(*connector.Facts)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r.facts)
}
