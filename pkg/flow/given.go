package flow

import (
	"context"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/source"
)

// Given is what a run reads and opens before it plans, and what a rehearsal has at hand instead: the records as of the run's now, the keys of
// segments that are lists, and the connectors.
type Given struct {
	Read       *source.Result
	Lists      map[string][]string
	Connectors map[string]connector.Connector
}

// gather reads the records and lists of a playbook whose connectors are open, or those at least that records are read from.
func gather(ctx context.Context, w *World, p *Program, connectors map[string]connector.Connector) (*Given, error) {
	return gatherFor(ctx, w, p, false, connectors)
}

// gatherFor is gather, for a plan also of sources that are too old: a guard judges those.
func gatherFor(ctx context.Context, w *World, p *Program, judged bool, connectors map[string]connector.Connector) (*Given, error) {
	read, err := readRecords(ctx, w, p, judged, connectors)
	if err != nil {
		return nil, err
	}
	hideSensitive(w, p, read)
	lists, err := readLists(ctx, w, p)
	return &Given{Read: read, Lists: lists, Connectors: connectors}, err
}

// Connectors opens the connectors of a playbook. It makes no call to the outside but for secrets.
func Connectors(ctx context.Context, w *World, p *Program) (map[string]connector.Connector, error) {
	return openConnectors(ctx, w, p)
}

// Lists reads the keys of segments that are lists.
func Lists(ctx context.Context, w *World, p *Program) (map[string][]string, error) {
	return readLists(ctx, w, p)
}
