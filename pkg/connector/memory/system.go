// Package memory is an outside system that is kept in memory, with every power that a connector can have: for rehearsals, which run
// whole playbooks on it, and for tests of what uses connectors.
//
// A [System] imitates any driver: its Spec says what it holds and takes, and it refuses the rest. What it holds can be listed
// ([System.Contents]) and copied ([System.Clone]); what people do about their tasks is told to it ([System.CompleteTask]); what goes
// wrong is scripted ([System.Script]). It reads no clock and draws no numbers: the same calls in the same order leave the same system.
package memory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/playctl/playctl/pkg/connector"
)

// System is one system in memory and the connector to it. The zero value is an empty system that holds what [Spec] says. Its methods
// may be called from several goroutines.
//
// A test that wants a connector with fewer powers takes [System.WriteOnly], or picks interfaces itself:
//
//	struct {
//		connector.Connector
//		connector.Writer
//		connector.Looker
//	}{m, m, m}
//
// Actions and tasks behave as their retry class says: with ByKey and Safe a key that was sent is Already; with Lookup and Never it is
// sent again, so that [System.Sent] shows what was done twice.
type System struct {
	// Spec is what Describe gives; what [Spec] gives if zero. Change it only before use.
	Spec connector.Spec
	// OnWrite, if set, is called before each batch is carried out: to count, or to end a context in the middle of a run.
	OnWrite func(connector.Batch)

	mu          sync.Mutex
	collections map[connector.Collection]map[string]values
	objects     map[string]map[string]values
	sent        map[string][]connector.Item
	tasks       map[string][]*task
	first       map[event]int // where each key stands first in sent or tasks
	replies     map[string][]Reply
	batches     []connector.Batch
	down        error
	next        Reply
	stalled     bool
}

// values are fields as text. A field whose value is empty has none.
type values map[string]string

// event is something that was done by a key.
type event struct {
	verb      connector.Verb // Send or Task
	kind, key string
}

// Spec gives what a System offers if it is told nothing else: six kinds of collections with any fields, any object, any action, and
// the task `task`. Actions and tasks can be looked up.
func Spec() connector.Spec {
	s := connector.Spec{
		AnyObject: true, AnyRecord: true, AnyAction: true, AnyRetry: connector.Lookup,
		Tasks: []connector.ActionKind{{Name: "task", Retry: connector.Lookup}},
	}
	for _, kind := range []string{"list", "audience", "campaign", "sequence", "program", "experience"} {
		s.Collections = append(s.Collections, connector.CollectionKind{Name: kind, AnyField: true})
	}
	return s
}

// Driver gives a driver whose connectors are all m.
func (m *System) Driver(name string) connector.Driver {
	return connector.Driver{
		Name:  name,
		Title: "in memory",
		Spec:  m.Describe(),
		Open:  func(connector.Options) (connector.Connector, error) { return m, nil },
	}
}

// WriteOnly gives m as a connector from which nothing can be read back.
func (m *System) WriteOnly() connector.Connector {
	return struct {
		connector.Connector
		connector.Writer
		connector.Normalizer
	}{m, m, m}
}

// Describe gives the spec.
func (m *System) Describe() connector.Spec {
	s := m.Spec
	if len(s.Collections)+len(s.Objects)+len(s.Actions)+len(s.Tasks) == 0 && !s.AnyObject && !s.AnyAction {
		return Spec()
	}
	return s
}

// Check fails while the system is down.
func (m *System) Check(ctx context.Context) error {
	unlock, err := m.begin(ctx)
	if err != nil {
		return err
	}
	unlock()
	return nil
}

// Normalize trims white space and puts what has an @ in lower case.
func (m *System) Normalize(_, id string) string {
	id = strings.TrimSpace(id)
	if strings.Contains(id, "@") {
		id = strings.ToLower(id)
	}
	return id
}

// begin locks the system for one call.
func (m *System) begin(ctx context.Context) (unlock func(), err error) {
	m.mu.Lock()
	if err := errors.Join(ctx.Err(), m.down); err != nil {
		m.mu.Unlock()
		return nil, err
	}
	m.fill()
	return m.mu.Unlock, nil
}

// fill makes the maps of a zero System.
func (m *System) fill() {
	if m.collections != nil {
		return
	}
	m.collections = map[connector.Collection]map[string]values{}
	m.objects = map[string]map[string]values{}
	m.sent = map[string][]connector.Item{}
	m.tasks = map[string][]*task{}
	m.first = map[event]int{}
}

// collection gives a kind of collection; ok is false if the system has none of that name.
func (m *System) collection(kind string) (k connector.CollectionKind, ok bool) {
	kinds := m.Describe().Collections
	i := slices.IndexFunc(kinds, func(k connector.CollectionKind) bool { return k.Name == kind })
	if i < 0 {
		return k, false
	}
	return kinds[i], true
}

// Create makes a collection. One that exists is left as it is.
func (m *System) Create(ctx context.Context, c connector.Collection) error {
	unlock, err := m.begin(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if _, ok := m.collection(c.Kind); !ok {
		return fmt.Errorf("making %s: there is no such kind of collection", c)
	}
	if m.collections[c] == nil {
		m.collections[c] = map[string]values{}
	}
	return nil
}
