package flow

import (
	"context"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
	"github.com/playctl/playctl/pkg/state"
)

// named are the records of a playbook by the ids that kinds of collections know them by.
type named struct {
	program    *Program
	data       *expr.Data
	connectors map[string]connector.Connector
	ids        *observe.Identities
	known      map[connector.Place]map[string]state.Record // by kind
}

// naming finds the records that members of collections are.
func naming(p *Program, e *Evaluated, connectors map[string]connector.Connector, ids *observe.Identities) *named {
	return &named{program: p, data: e.Data, connectors: connectors, ids: ids, known: map[connector.Place]map[string]state.Record{}}
}

// learn finds out by what ids the connector of a collection knows the playbook's records, where it has ids of its own: of all of them, since it does
// not tell whom an id is of. The error says why it could not tell.
func (n *named) learn(ctx context.Context, place connector.Place) error {
	if !n.ids.Resolvers()[place.Connector] {
		return nil
	}
	var asked []journey.Identity
	n.each(ctx, place, func(x journey.Identity, _ state.Record) { asked = append(asked, x) })
	if err := n.ids.Ask(ctx, asked); err != nil {
		return err
	}
	return n.ids.Failed(place.Connector, place.Kind)
}

// record gives the record that a kind of collection knows by an id, under its one spelling. It is made for a kind when it is first asked about it. Of
// two records with one id the first stands.
func (n *named) record(ctx context.Context, place connector.Place, id string) (state.Record, bool) {
	place.Name = ""
	if n.known[place] == nil {
		known, own := map[string]state.Record{}, n.ids.Resolvers()[place.Connector]
		n.each(ctx, place, func(x journey.Identity, r state.Record) {
			id, ok := x.ID, true
			if own {
				id, ok = n.ids.ID(x)
			}
			id = connector.Normalize(n.connectors[place.Connector], place.Kind, id)
			if _, taken := known[id]; ok && !taken {
				known[id] = r
			}
		})
		n.known[place] = known
	}
	r, ok := n.known[place][id]
	return r, ok
}

// of is record, as others ask for it.
func (n *named) of(ctx context.Context) func(connector.Place, string) (state.Record, bool) {
	return func(place connector.Place, id string) (state.Record, bool) { return n.record(ctx, place, id) }
}

// each gives every record of which the playbook has an identity for a kind of collection.
func (n *named) each(ctx context.Context, of connector.Place, take func(journey.Identity, state.Record)) {
	for _, t := range n.data.Frame.Tables {
		if t.HasKey() {
			n.eachOf(ctx, t, of, take)
		}
	}
}

func (n *named) eachOf(ctx context.Context, t *frame.Table, of connector.Place, take func(journey.Identity, state.Record)) {
	for row := range t.Rows {
		if id, ok := n.program.Plays.Identity(ctx, n.data, of.Connector, t.Entity, row); ok {
			take(journey.Identity{Connector: of.Connector, Kind: of.Kind, ID: id}, state.Record{Entity: t.Entity, Key: t.Key(row)})
		}
	}
}
