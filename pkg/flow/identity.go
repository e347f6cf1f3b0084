package flow

import (
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/observe"
)

// advance lets the journey say what is wanted, and has it speak of the ids by which systems know records. The journey takes it that they know
// everybody; who they turn out not to know is told to it and it says anew what is wanted, until it wants nothing of somebody who is not known. Most
// runs need it once, and connectors without ids of their own are asked nothing.
func advance(ctx context.Context, w *World, p *Program, in *journey.Input, ids *observe.Identities) (*journey.Result, error) {
	in.Resolves = ids.Resolvers()
	for {
		out, err := p.Plays.Advance(ctx, in)
		if err != nil || in.Resolves == nil {
			return out, err
		}
		before := len(in.NotKnown)
		if err := ids.Ask(ctx, out.Asked); err != nil {
			return nil, err
		}
		in.NotKnown = notKnown(w, ids)
		if len(in.NotKnown) == before {
			out.Identify(ids.ID)
			return out, nil
		}
	}
}

// notKnown are the identities that systems don't know, and what they say of them, without secrets.
func notKnown(w *World, ids *observe.Identities) map[journey.Identity]string {
	out := make(map[journey.Identity]string, len(ids.NotKnown()))
	for x, why := range ids.NotKnown() {
		out[x] = w.Redactor.Text(why)
	}
	return out
}

// identified drops wants whose records their systems don't know, and has the others speak of those systems' own ids. warnings tell whom it dropped.
func identified(ctx context.Context, wants []journey.Want, ids *observe.Identities) (known []journey.Want, warnings []string, err error) {
	var asked []journey.Identity
	for i := range wants {
		asked = append(asked, wants[i].Identity())
	}
	if err := ids.Ask(ctx, asked); err != nil {
		return nil, nil, err
	}
	gone := map[connector.Place][]string{} // → keys
	unknown := ids.NotKnown()
	for _, x := range wants {
		if _, not := unknown[x.Identity()]; not {
			place := connector.Place{Connector: x.Connector, Collection: x.Target}
			gone[place] = append(gone[place], x.Record.Key)
			continue
		}
		if own, ok := ids.ID(x.Identity()); ok {
			x.ID = own
		}
		known = append(known, x)
	}
	for place, keys := range gone {
		slices.Sort(keys)
		keys = slices.Compact(keys)
		warnings = append(warnings, fmt.Sprintf("%s not compared with %s, which does not know them by their identities, such as %s",
			several(len(keys), "record was", "records were"), place.Title(), keys[0]))
	}
	slices.Sort(warnings)
	return known, warnings, nil
}
