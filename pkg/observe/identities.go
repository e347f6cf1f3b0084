package observe

import (
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

// Identities are what the systems of a run say of the identities by which its playbook knows records. Each is asked about an identity once in a
// run, and a kind of which it could not tell not again.
type Identities struct {
	open      Connectors
	resolvers map[string]connector.Resolver
	asked     map[kind]map[string]bool
	own       map[journey.Identity]string // ids
	unknown   map[journey.Identity]string // why
	failed    map[kind]error
}

// NewIdentities makes the identities of a run, of which nothing was asked yet.
func NewIdentities(open Connectors) *Identities {
	i := &Identities{open: open, resolvers: map[string]connector.Resolver{}, asked: map[kind]map[string]bool{}, own: map[journey.Identity]string{}, unknown: map[journey.Identity]string{},
		failed: map[kind]error{}}
	for name, c := range open {
		if r, ok := connector.As[connector.Resolver](c); ok {
			i.resolvers[name] = r
		}
	}
	return i
}

// Resolvers are the connectors that are asked; nil where there are none.
func (i *Identities) Resolvers() map[string]bool {
	if len(i.resolvers) == 0 {
		return nil
	}
	out := make(map[string]bool, len(i.resolvers))
	for name := range i.resolvers {
		out[name] = true
	}
	return out
}

// Ask asks about those identities that were not asked about before: all of one kind at once, several kinds at a time. The error is the context's;
// what else goes wrong [Identities.Failed] tells.
func (i *Identities) Ask(ctx context.Context, list []journey.Identity) error {
	answers := make([]answer, 0, len(i.resolvers))
	for of, ids := range i.fresh(list) {
		answers = append(answers, answer{of: of, ids: ids})
	}
	atOnce(func(start func(func())) {
		for n := range answers {
			a := &answers[n]
			start(func() { a.found, a.err = i.resolvers[a.of.connector].Resolve(ctx, a.of.name, a.ids) })
		}
	})
	for n := range answers {
		i.note(&answers[n])
	}
	return ctx.Err()
}

// answer is what a system says of identities.
type answer struct {
	of    kind
	ids   []string
	found map[string]connector.Identified
	err   error
}

// fresh gives the identities that were not asked about before, by kind, each once and sorted, and notes them as asked about.
func (i *Identities) fresh(list []journey.Identity) map[kind][]string {
	out := map[kind][]string{}
	for _, x := range list {
		of := kind{x.Connector, x.Kind}
		if i.resolvers[x.Connector] == nil || i.asked[of][x.ID] || i.failed[of] != nil {
			continue
		}
		if i.asked[of] == nil {
			i.asked[of] = map[string]bool{}
		}
		i.asked[of][x.ID] = true
		out[of] = append(out[of], x.ID)
	}
	for _, ids := range out {
		slices.Sort(ids)
	}
	return out
}

// note takes in an answer. What is absent is not known there.
func (i *Identities) note(a *answer) {
	if a.err != nil {
		i.failed[a.of] = fmt.Errorf("looking up %d records: %w", len(a.ids), a.err)
		return
	}
	for _, id := range a.ids {
		x := journey.Identity{Connector: a.of.connector, Kind: a.of.name, ID: id}
		if found := a.found[id]; found.ID != "" {
			i.own[x] = found.ID
		} else {
			i.unknown[x] = found.Why
		}
	}
}

// NotKnown are the identities that their systems don't know, with what they said of it. The map is the run's own and grows.
func (i *Identities) NotKnown() map[journey.Identity]string { return i.unknown }

// ID gives a system's own id of what was asked about; ok is false where it does not know it, or could not tell.
func (i *Identities) ID(x journey.Identity) (id string, ok bool) {
	id, ok = i.own[x]
	return id, ok
}

// Failed gives why identities of a kind could not be looked up; nil where they could, or nobody asked.
func (i *Identities) Failed(connector, of string) error { return i.failed[kind{connector, of}] }

// Read is [Read] for wants that speak of the systems' own ids. Where these could not be looked up, nothing is known of what is wanted.
func (i *Identities) Read(ctx context.Context, wants []journey.Want, held []state.Held) (*connector.Facts, error) {
	known := wants
	if len(i.failed) > 0 {
		known = slices.DeleteFunc(slices.Clone(wants), func(w journey.Want) bool { return i.lost(&w) != nil })
	}
	f, err := Read(ctx, known, held, i.open)
	if err != nil || len(i.failed) == 0 {
		return f, err
	}
	for n := range wants {
		w := &wants[n]
		place, why := connector.Place{Connector: w.Connector, Collection: w.Target}, i.lost(w)
		switch {
		case why == nil:
		case w.Verb == connector.Send || w.Verb == connector.Task:
			f.Unresolved[place] = why
		default:
			f.Failed[place] = why
		}
	}
	return f, nil
}

// lost gives why it is not known of whom a want speaks.
func (i *Identities) lost(w *journey.Want) error {
	if w.ID == "" || w.Verb == connector.Cancel {
		return nil
	}
	return i.Failed(w.Connector, w.Target.Kind)
}
