package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/playctl/playctl/pkg/connector"
)

// Members gives the ids in a collection.
func (m *System) Members(ctx context.Context, c connector.Collection) ([]string, error) {
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

// Collections gives the names of the collections of a kind.
func (m *System) Collections(ctx context.Context, kind string) ([]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return m.names(kind)
}

// names gives the names of the collections of a kind, sorted.
func (m *System) names(kind string) ([]string, error) {
	if _, ok := m.collection(kind); !ok {
		return nil, fmt.Errorf("listing collections: there is no kind %q", kind)
	}
	var names []string
	for c := range m.collections {
		if c.Kind == kind {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// MembershipsOf gives the names of the collections of a kind that ids are in, by the ids as asked for.
func (m *System) MembershipsOf(ctx context.Context, kind string, ids []string) (map[string][]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	names, err := m.names(kind)
	if err != nil {
		return nil, err
	}
	found := map[string][]string{}
	for _, id := range ids {
		if found[id] != nil {
			continue // asked for twice
		}
		for _, name := range names {
			if _, in := m.collections[connector.Collection{Kind: kind, Name: name}][m.Normalize(kind, id)]; in {
				found[id] = append(found[id], name)
			}
		}
	}
	return found, nil
}

// Fields gives the values of fields of those ids that have any, by the ids as asked for.
func (m *System) Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return m.pick(m.objects[object], object, ids, fields), nil
}

// MembershipFields gives the values of fields of those ids that are in the collection, by the ids as asked for.
func (m *System) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (map[string]map[string]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	members, ok := m.collections[c]
	if !ok {
		return nil, fmt.Errorf("reading %s: %w", c, connector.ErrNoCollection)
	}
	return m.pick(members, c.Kind, ids, fields), nil
}

// pick gives those of the fields that have a value, of those ids that are held.
func (m *System) pick(held map[string]values, kind string, ids, fields []string) map[string]map[string]string {
	found := map[string]map[string]string{}
	for _, id := range ids {
		have, ok := held[m.Normalize(kind, id)]
		if !ok {
			continue
		}
		found[id] = map[string]string{}
		for _, field := range fields {
			if value := have[field]; value != "" {
				found[id][field] = value
			}
		}
	}
	return found
}

// Lookup gives the receipts of those keys that were sent, or made a task, by an action or task kind: the first, of a key that was
// used more than once.
func (m *System) Lookup(ctx context.Context, action string, keys []string) (map[string]string, error) {
	unlock, err := m.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	receipts := map[string]string{}
	for _, key := range keys {
		for _, verb := range []connector.Verb{connector.Send, connector.Task} {
			if i, ok := m.first[event{verb, action, key}]; ok {
				receipts[key] = receipt(verb, action, i)
			}
		}
	}
	return receipts, nil
}

// receipt names the event that stands at i among those of its kind. An action and a task kind may have one name.
func receipt(verb connector.Verb, kind string, i int) string {
	if verb == connector.Task {
		return fmt.Sprintf("%s#%d", kind, i+1)
	}
	return fmt.Sprintf("%s-%d", kind, i+1)
}
