package memory

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
)

// Directory is a System that is told by which e-mail addresses its records are known beside their ids. It takes ids only: what has an @ is an
// address, and is rejected wherever something is written. Its methods may be called from several goroutines.
type Directory struct {
	*System

	mu    sync.Mutex
	ids   map[string][]string // by address, as it is compared
	fails error
	asked []Asked
}

// Asked is one call of [Directory.Resolve].
type Asked struct {
	Kind       string
	Identities []string
}

// NewDirectory makes a system a directory in which nobody is known yet.
func NewDirectory(m *System) *Directory { return &Directory{System: m, ids: map[string][]string{}} }

// Know has a record known by an address. Several records may be known by one.
func (d *Directory) Know(address, id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	address = d.Normalize("", address)
	d.ids[address] = append(d.ids[address], id)
}

// Forget has nobody known by an address any more.
func (d *Directory) Forget(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.ids, d.Normalize("", address))
}

// FailResolving has every look-up fail, until it is told nil.
func (d *Directory) FailResolving(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails = err
}

// Asked gives the look-ups so far, in order, those that failed too.
func (d *Directory) Asked() []Asked {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.asked)
}

// Resolve gives the records that are known by addresses. What is no address is an id.
func (d *Directory) Resolve(ctx context.Context, kind string, identities []string) (map[string]connector.Identified, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked = append(d.asked, Asked{kind, slices.Clone(identities)})
	if err := errors.Join(ctx.Err(), d.fails); err != nil {
		return nil, err
	}
	found := make(map[string]connector.Identified, len(identities))
	for _, identity := range identities {
		switch ids := d.ids[d.Normalize(kind, identity)]; {
		case !isAddress(identity):
			found[identity] = connector.Identified{ID: identity}
		case len(ids) == 1:
			found[identity] = connector.Identified{ID: ids[0]}
		case len(ids) > 1:
			found[identity] = connector.Identified{Why: "several records have this address"}
		}
	}
	return found, nil
}

func isAddress(id string) bool { return strings.Contains(id, "@") }

// Write carries out a batch, without those of its items that are known by an address only.
func (d *Directory) Write(ctx context.Context, b connector.Batch) ([]connector.Outcome, error) {
	outcomes := make([]connector.Outcome, len(b.Items))
	var rest []connector.Item
	var at []int
	for i, item := range b.Items {
		if isAddress(item.ID) {
			outcomes[i] = rejected("an address is no id")
			continue
		}
		rest, at = append(rest, item), append(at, i)
	}
	b.Items = rest
	done, err := d.System.Write(ctx, b)
	for i, o := range done {
		outcomes[at[i]] = o
	}
	if err != nil && len(done) == 0 {
		return nil, err
	}
	return outcomes, err
}

// Describe gives the system's spec. Ids are no addresses, and so may be kept as they are.
func (d *Directory) Describe() connector.Spec {
	s := d.System.Describe()
	s.Collections = slices.Clone(s.Collections)
	for i := range s.Collections {
		s.Collections[i].OpaqueIDs = true
	}
	return s
}

// Driver gives a driver whose connectors are all d.
func (d *Directory) Driver(name string) connector.Driver {
	driver := d.System.Driver(name)
	driver.Spec = d.Describe()
	driver.Open = func(connector.Options) (connector.Connector, error) { return d, nil }
	return driver
}

// WriteOnly gives d as a connector that looks ids up, and from which nothing else can be read.
func (d *Directory) WriteOnly() connector.Connector {
	return struct {
		connector.Connector
		connector.Writer
		connector.Normalizer
		connector.Resolver
	}{d, d, d, d}
}
