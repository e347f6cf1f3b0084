package rest

import (
	"context"
	"fmt"
	"maps"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
)

// resolvePeople puts the vendor's keys in the place of the people that payloads name. An item that names somebody unknown is rejected: who is to do a
// task is no detail.
func (w *writing) resolvePeople(ctx context.Context, people []manifest.Person) error {
	if len(people) == 0 {
		return nil
	}
	w.people = make([]map[string]any, len(w.batch.Items))
	for i, item := range w.batch.Items {
		w.people[i] = map[string]any{}
		maps.Copy(w.people[i], item.Fields)
	}
	for _, p := range people {
		if err := w.resolvePerson(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) resolvePerson(ctx context.Context, p manifest.Person) error {
	var names []string
	for _, fields := range w.people {
		for _, name := range listed(fields[p.Field]) {
			names = append(names, connector.Text(name))
		}
	}
	found, err := w.Resolve(ctx, p.Object, names)
	if err != nil {
		return err
	}
	for i, fields := range w.people {
		value, ok := fields[p.Field]
		if !ok || value == nil || value == "" {
			continue
		}
		keys, why := keysOf(listed(value), found)
		if why != "" {
			w.out[i] = connector.Outcome{Status: connector.Rejected, Reason: fmt.Sprintf("%s: %s", p.Field, why)}
			continue
		}
		if len(keys) == 0 {
			continue
		}
		if fields[p.Field] = keys[0]; len(keys) > 1 || isList(value) {
			fields[p.Field] = keys
		}
	}
	return nil
}

// keysOf gives the keys of people, or why there are none. Their addresses are not told: reasons are kept.
func keysOf(people []any, found map[string]connector.Identified) (keys []any, why string) {
	for _, name := range people {
		x, ok := found[connector.Text(name)]
		switch {
		case !ok:
			return nil, "nobody there is known by it"
		case x.Why != "":
			return nil, x.Why
		}
		keys = append(keys, x.ID)
	}
	return keys, ""
}

// listed gives a value as a list: of itself if it is none, of nothing if it is not there.
func listed(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	if value == nil || value == "" {
		return nil
	}
	return []any{value}
}

func isList(value any) bool {
	list, ok := value.([]any)
	return ok && len(list) > 0
}
