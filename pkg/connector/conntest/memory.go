package conntest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
)

// Memory is a connector that keeps everything in memory, with every power, for tests of what uses connectors. The zero value is an
// empty system with all kinds of collections that the connector `files` has, any object and any action. Its methods may be called
// from several goroutines.
//
// A test that wants a connector with fewer powers takes [Memory.WriteOnly], or picks interfaces itself:
//
//	struct {
//		connector.Connector
//		connector.Writer
//		connector.Looker
//	}{m, m, m}
//
// Actions behave as their retry class says: with ByKey and Safe a key that was sent is Already; with Lookup and Never it is sent again,
// so that [Memory.Sent] shows what was done twice.
type Memory struct {
	// Spec is what Describe gives; [MemorySpec] if zero. Change it only before use.
	Spec connector.Spec
	// OnWrite, if set, is called before each batch is carried out: to count, or to end a context in the middle of a run.
	OnWrite func(connector.Batch)

	mu          sync.Mutex
	collections map[connector.Collection]map[string]bool
	objects     map[string]map[string]map[string]string
	sent        map[string][]connector.Item
	first       map[[2]string]int // where each action and key stands first in sent
	replies     map[string][]Reply
	batches     []connector.Batch
	down        error
	fault       Fault
}

// MemorySpec gives what a Memory offers if it is told nothing else: actions can be looked up.
func MemorySpec() connector.Spec {
	s := connector.Spec{AnyObject: true, AnyAction: true, AnyRetry: connector.Lookup}
	for _, kind := range []string{"list", "audience", "campaign", "sequence", "program", "experience"} {
		s.Collections = append(s.Collections, connector.CollectionKind{Name: kind})
	}
	return s
}

// Driver gives a driver whose connectors are all m.
func (m *Memory) Driver(name string) connector.Driver {
	return connector.Driver{
		Name:  name,
		Title: "in memory",
		Spec:  m.Describe(),
		Open:  func(connector.Options) (connector.Connector, error) { return m, nil },
	}
}

// WriteOnly gives m as a connector from which nothing can be read back.
func (m *Memory) WriteOnly() connector.Connector {
	return struct {
		connector.Connector
		connector.Writer
		connector.Normalizer
	}{m, m, m}
}

// Describe gives the spec.
func (m *Memory) Describe() connector.Spec {
	if len(m.Spec.Collections)+len(m.Spec.Objects)+len(m.Spec.Actions) == 0 && !m.Spec.AnyObject && !m.Spec.AnyAction {
		return MemorySpec()
	}
	return m.Spec
}

// Check fails while the system is down.
func (m *Memory) Check(ctx context.Context) error {
	unlock, err := m.begin(ctx)
	if err != nil {
		return err
	}
	unlock()
	return nil
}

// Normalize trims white space and puts what has an @ in lower case.
func (m *Memory) Normalize(_, id string) string {
	id = strings.TrimSpace(id)
	if strings.Contains(id, "@") {
		id = strings.ToLower(id)
	}
	return id
}

// begin locks the system for one call.
func (m *Memory) begin(ctx context.Context) (unlock func(), err error) {
	m.mu.Lock()
	if err := errors.Join(ctx.Err(), m.down); err != nil {
		m.mu.Unlock()
		return nil, err
	}
	if m.collections == nil {
		m.collections = map[connector.Collection]map[string]bool{}
		m.objects = map[string]map[string]map[string]string{}
		m.sent = map[string][]connector.Item{}
		m.first = map[[2]string]int{}
	}
	return m.mu.Unlock, nil
}

// Create makes a collection. One that exists is left as it is.
func (m *Memory) Create(ctx context.Context, c connector.Collection) error {
	unlock, err := m.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if !slices.ContainsFunc(m.Describe().Collections, func(k connector.CollectionKind) bool { return k.Name == c.Kind }) {
		return fmt.Errorf("making %s: there is no such kind of collection", c)
	}
	if m.collections[c] == nil {
		m.collections[c] = map[string]bool{}
	}
	return nil
}

// Members gives the ids in a collection.
func (m *Memory) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	members, ok := m.collections[c]
	if !ok {
		return nil, fmt.Errorf("reading %s: %w", c, connector.ErrNoCollection)
	}
	return slices.Sorted(maps.Keys(members)), nil
}

// Fields gives the values of fields of those ids that have any.
func (m *Memory) Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	found := map[string]map[string]string{}
	for _, id := range ids {
		held, ok := m.objects[object][m.Normalize(object, id)]
		if !ok {
			continue
		}
		found[id] = map[string]string{}
		for _, field := range fields {
			if value := held[field]; value != "" {
				found[id][field] = value
			}
		}
	}
	return found, nil
}

// Lookup gives the receipts of those keys that were sent: the first, of a key that was sent more than once.
func (m *Memory) Lookup(ctx context.Context, action string, keys []string) (map[string]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	receipts := map[string]string{}
	for _, key := range keys {
		if i, ok := m.first[[2]string{action, key}]; ok {
			receipts[key] = memoryReceipt(action, i)
		}
	}
	return receipts, nil
}

func memoryReceipt(action string, i int) string { return fmt.Sprintf("%s-%d", action, i+1) }
