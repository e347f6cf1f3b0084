package rest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Resolve implements [connector.Resolver].
func (s *System) Resolve(ctx context.Context, kind string, identities []string) (map[string]connector.Identified, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := map[string]connector.Identified{}
	o := s.objectOf(kind)
	asked := map[int][]string{} // by which of the object's identities
	for _, id := range identities {
		i := -1
		if o != nil {
			var err error
			if i, err = s.identity(ctx, o, id); err != nil {
				return nil, err
			}
		}
		if i < 0 {
			out[id] = connector.Identified{ID: id}
			continue
		}
		asked[i] = append(asked[i], id)
	}
	for i, ids := range asked {
		if x := o.Identities[i]; x.Key != nil {
			if err := s.computed(ctx, x, ids, out); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.resolve(ctx, o, o.Identities[i], ids, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// identity gives which of an object's identities one is; -1 if it is a key.
func (s *System) identity(ctx context.Context, o *manifest.Object, id string) (int, error) {
	values := s.values.With("id", id)
	for i, x := range o.Identities {
		if holds, err := x.When.Holds(ctx, values); holds || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// computed gives the keys that identities come to by themselves.
func (s *System) computed(ctx context.Context, x manifest.Identity, ids []string, out map[string]connector.Identified) error {
	for _, id := range ids {
		key, err := x.Key.Text(ctx, s.values.With("id", id))
		if err != nil {
			return err
		}
		out[id] = connector.Identified{ID: key}
	}
	return nil
}

// resolve asks for the keys of records by the values of a field.
func (s *System) resolve(ctx context.Context, o *manifest.Object, x manifest.Identity, ids []string, out map[string]connector.Identified) error {
	if o.Find == nil {
		return fmt.Errorf("%s can't find a %s by its %s", s.manifest.Title, o.Name, x.Field)
	}
	spelled, asked := map[string][]string{}, []string(nil)
	for _, id := range ids {
		one := folded(x, id)
		if spelled[one] == nil {
			asked = append(asked, one)
		}
		spelled[one] = append(spelled[one], id)
	}
	keys := map[string][]string{}
	base := s.values.With("object", o.Name).With("field", x.Field).With("fields", []string{x.Field})
	err := s.batches(ctx, o.Find, base, "values", asked, func(values mapping.Values) error {
		value, err := o.Find.Value.Text(ctx, values)
		if err != nil {
			return err
		}
		key, err := o.Find.Key.Text(ctx, values)
		if one := folded(x, value); key != "" && spelled[one] != nil && !slices.Contains(keys[one], key) {
			keys[one] = append(keys[one], key)
		}
		return err
	})
	for one, list := range keys {
		for _, id := range spelled[one] {
			if len(list) == 1 {
				out[id] = connector.Identified{ID: list[0]}
			} else {
				out[id] = connector.Identified{Why: fmt.Sprintf("%d records have it as their %s", len(list), x.Field)}
			}
		}
	}
	return err
}

func folded(x manifest.Identity, id string) string {
	if x.Fold {
		return strings.ToLower(id)
	}
	return id
}
