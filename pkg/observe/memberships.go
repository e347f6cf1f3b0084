package observe

import (
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// list finds, for kinds of collections of connectors that can't say who is in which, the collections that match, whose members are then
// asked for. A kind of a connector that can't name its collections is blind.
func (r *reader) list(ctx context.Context, q *questions) map[connector.Place][]string {
	listed := map[connector.Place][]string{}
	for p, asked := range q.kinds {
		c := r.open[p.Connector]
		if _, ok := connector.As[connector.MembershipReader](c); ok {
			continue
		}
		lister, ok := connector.As[connector.Lister](c)
		_, reads := connector.As[connector.MemberReader](c)
		if !ok || !reads || writeOnly(c, p.Kind) {
			r.cannot(p, c)
			continue
		}
		names, err := lister.Collections(ctx, p.Kind)
		if err != nil {
			r.facts.Failed[p] = err
			continue
		}
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			return !slices.ContainsFunc(asked.patterns, func(pattern string) bool { return connector.Matches(pattern, name) })
		})
		for _, name := range names {
			at := p
			at.Name = name
			q.members[at] = true
		}
		listed[p] = names
	}
	return listed
}

// gather tells who is in which of the collections that were listed, from their members. A collection that has gone meanwhile has none.
func (r *reader) gather(p connector.Place, asked *question, names []string) {
	in := map[string][]string{}
	for _, name := range names {
		at := p
		at.Name = name
		if err := r.facts.Failed[at]; err != nil {
			r.facts.Failed[p] = err
			return
		}
		for _, id := range asked.ids {
			id = connector.Normalize(r.open[p.Connector], p.Kind, id)
			if _, member := r.facts.Member(at, id); member && !slices.Contains(in[id], name) {
				in[id] = append(in[id], name)
			}
		}
	}
	r.facts.Memberships[p] = in
}

// memberships asks a connector that can say which collections ids are in.
func (r *reader) memberships(ctx context.Context, source connector.MembershipReader, p connector.Place, ids []string) {
	names, err := source.MembershipsOf(ctx, p.Kind, ids)
	in := make(map[string][]string, len(names))
	for id, list := range names {
		id = connector.Normalize(r.open[p.Connector], p.Kind, id)
		in[id] = once(append(in[id], list...))
	}
	r.set(func(f *connector.Facts) {
		if err != nil {
			f.Failed[p] = err
			return
		}
		f.Memberships[p] = in
	})
}

// cannot notes a place that its connector can't tell about.
func (r *reader) cannot(p connector.Place, c connector.Connector) {
	r.set(func(f *connector.Facts) {
		if c == nil {
			f.Failed[p] = fmt.Errorf("connector %s is not in the playbook", p.Connector)
			return
		}
		f.Blind[p] = true
	})
}
