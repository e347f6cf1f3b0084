package memory

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Records gives the records of an object, sorted by id, which is also the value of a field `id` that was not set. Values are texts. since is not looked at: a
// system keeps no times.
func (m *System) Records(ctx context.Context, object string, fields []string, _ time.Time, each func([]any) error) error {
	unlock, err := m.begin(ctx)
	if err != nil {
		return err
	}
	records := cloneRows(m.objects[object])
	unlock()
	row := make([]any, len(fields))
	for _, id := range slices.Sorted(maps.Keys(records)) {
		for i, field := range fields {
			row[i] = records[id].value(field, id)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// value gives a field as records have it: nil where it has none.
func (v values) value(field, id string) any {
	switch text := v[field]; {
	case text != "":
		return text
	case field == "id":
		return id
	}
	return nil
}
