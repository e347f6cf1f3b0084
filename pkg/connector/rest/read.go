package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// Members implements [connector.MemberReader].
func (s *System) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	ids := []string{}
	err := s.members(ctx, c, nil, func(id string, _ map[string]any) { ids = append(ids, id) })
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// members gives each member of a collection, with the fields of its membership.
func (s *System) members(ctx context.Context, c connector.Collection, fields []string, each func(id string, fields map[string]any)) error {
	kind, p, err := s.find(ctx, c)
	if err != nil {
		return err
	}
	if kind.Members == nil {
		return fmt.Errorf("%s does not tell who is in a %s", s.manifest.Title, c.Kind)
	}
	values := s.naming(c).With("id", p.id).With("fields", texts(fields))
	err = s.pages(ctx, kind.Members, values, func(values mapping.Values) error {
		id, err := keyOf(ctx, kind.Members.Key, values)
		if err != nil {
			return s.client.named(kind.Members, err)
		}
		of, err := fieldsOf(ctx, kind.Members, values)
		each(id, of)
		return err
	})
	if is(err, manifest.Absent) {
		return fmt.Errorf("%s: %w", c, connector.ErrNoCollection)
	}
	return err
}

func texts(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// fieldsOf gives the fields of a record; nil if the call takes none.
func fieldsOf(ctx context.Context, call *manifest.Call, values mapping.Values) (map[string]any, error) {
	if call.Fields == nil {
		return nil, nil
	}
	value, err := call.Fields.Value(ctx, values)
	if errors.Is(err, mapping.ErrAbsent) || err == nil && value == nil {
		return nil, nil
	}
	fields, ok := value.(map[string]any)
	if err == nil && !ok {
		err = fmt.Errorf("%s: expected an object", call.Fields)
	}
	return fields, err
}

// MembershipFields implements [connector.MembershipFieldReader].
func (s *System) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (map[string]map[string]string, error) {
	wanted := map[string][]string{}
	for _, id := range ids {
		one := s.Normalize(c.Kind, id)
		wanted[one] = append(wanted[one], id)
	}
	out := map[string]map[string]string{}
	err := s.members(ctx, c, fields, func(id string, of map[string]any) {
		for _, asked := range wanted[s.Normalize(c.Kind, id)] {
			out[asked] = shown(of, fields)
		}
	})
	return out, err
}

// shown gives those of the fields that have a value, as text.
func shown(of map[string]any, fields []string) map[string]string {
	out := map[string]string{}
	for _, f := range fields {
		if value, ok := of[f]; ok && value != nil {
			out[f] = connector.Text(value)
		}
	}
	return out
}

// Fields implements [connector.FieldReader].
func (s *System) Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error) {
	o := s.manifest.Object(object)
	if o == nil || o.Read == nil {
		return nil, fmt.Errorf("%s does not tell the fields of a %s", s.manifest.Title, object)
	}
	wanted, keys := map[string][]string{}, []string(nil)
	for _, id := range ids {
		one := s.Normalize(object, id)
		if wanted[one] == nil {
			keys = append(keys, id)
		}
		wanted[one] = append(wanted[one], id)
	}
	out := map[string]map[string]string{}
	base := s.values.With("object", object).With("fields", texts(fields))
	err := s.batches(ctx, o.Read, base, "keys", keys, func(values mapping.Values) error {
		key, err := keyOf(ctx, o.Read.Key, values)
		if err != nil {
			return s.client.named(o.Read, err)
		}
		of, err := fieldsOf(ctx, o.Read, values)
		for _, id := range wanted[s.Normalize(object, key)] {
			out[id] = shown(of, fields)
		}
		return err
	})
	return out, err
}

// Records implements [connector.RecordReader].
func (s *System) Records(ctx context.Context, object string, fields []string, since time.Time, each func([]any) error) error {
	o := s.manifest.Object(object)
	if o == nil || o.List == nil {
		return &connector.NoObjectError{Where: s.manifest.Title, Object: object, Known: s.spec.Records}
	}
	if !o.AnyField && len(o.Fields) > 0 {
		for _, f := range fields {
			if f != idField && !slices.ContainsFunc(o.Fields, func(k manifest.Field) bool { return k.Name == f }) {
				return &connector.NoFieldError{Object: object, Field: f, Known: fieldNames(o)}
			}
		}
	}
	values := s.values.With("object", object).With("fields", texts(slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return f == idField }))).With("since", nil)
	if !since.IsZero() {
		values["since"] = since
	}
	row := make([]any, len(fields))
	return s.pages(ctx, o.List, values, func(values mapping.Values) error {
		of, err := fieldsOf(ctx, o.List, values)
		if err != nil {
			return err
		}
		for i, f := range fields {
			row[i] = of[f]
			if _, own := of[f]; f == idField && !own {
				if row[i], err = o.List.Key.Value(ctx, values); err != nil {
					return err
				}
			}
		}
		return each(row)
	})
}

// idField is the name under which records have their key, where no field of theirs is called so.
const idField = "id"

func fieldNames(o *manifest.Object) []string {
	names := []string{idField}
	for _, f := range o.Fields {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Lookup implements [connector.Looker].
func (s *System) Lookup(ctx context.Context, action string, keys []string) (map[string]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	call := s.lookup(action)
	if call == nil {
		return nil, fmt.Errorf("%s can't be asked for a %s by its key", s.manifest.Title, action)
	}
	wanted := map[string]bool{}
	for _, k := range keys {
		wanted[k] = true
	}
	out := map[string]string{}
	err := s.batches(ctx, call, s.values, "keys", keys, func(values mapping.Values) error {
		key, err := call.Key.Text(ctx, values)
		if err != nil || !wanted[key] {
			return err
		}
		out[key], err = take(ctx, call.Receipt, values)
		return err
	})
	return out, err
}

func (s *System) lookup(kind string) *manifest.Call {
	for _, a := range s.manifest.Actions {
		if a.Name == kind {
			return a.Lookup
		}
	}
	for _, t := range s.manifest.Tasks {
		if t.Name == kind {
			return t.Lookup
		}
	}
	return nil
}

// Tasks implements [connector.TaskReader].
func (s *System) Tasks(ctx context.Context, kind string, receipts []string) (map[string]connector.TaskReport, error) {
	i := slices.IndexFunc(s.manifest.Tasks, func(t *manifest.Task) bool { return t.Name == kind })
	if i < 0 || s.manifest.Tasks[i].Poll == nil {
		return nil, fmt.Errorf("%s can't be asked what became of a %s", s.manifest.Title, kind)
	}
	poll := s.manifest.Tasks[i].Poll
	out := map[string]connector.TaskReport{}
	err := s.batches(ctx, poll, s.values, "keys", receipts, func(values mapping.Values) error {
		key, err := keyOf(ctx, poll.Key, values)
		if err != nil {
			return s.client.named(poll, err)
		}
		out[key], err = report(ctx, poll, values)
		return err
	})
	return out, err
}

// report reads what is told of a task.
func report(ctx context.Context, poll *manifest.Call, values mapping.Values) (connector.TaskReport, error) {
	out := connector.TaskReport{}
	var problems []error
	text := func(p *mapping.Program) string {
		s, err := take(ctx, p, values)
		problems = append(problems, err)
		return s
	}
	at := func(p *mapping.Program) time.Time {
		if p == nil {
			return time.Time{}
		}
		value, err := p.Value(ctx, values)
		if errors.Is(err, mapping.ErrAbsent) {
			return time.Time{}
		}
		problems = append(problems, err)
		return moment(value)
	}
	out.Status, out.Outcome = connector.TaskStatus(text(poll.Status)), text(poll.Outcome)
	out.DoneAt, out.TouchedAt = at(poll.DoneAt), at(poll.Touched)
	if poll.Answers != nil {
		value, err := poll.Answers.Value(ctx, values)
		if !errors.Is(err, mapping.ErrAbsent) {
			problems = append(problems, err)
		}
		if of, ok := value.(map[string]any); ok {
			out.Answers = map[string]string{}
			for name, x := range of {
				if x != nil {
					out.Answers[name] = connector.Text(x)
				}
			}
		}
	}
	switch out.Status {
	case connector.TaskOpen, connector.TaskDone, connector.TaskCancelled:
	default:
		problems = append(problems, fmt.Errorf("%s: a task is open, done or cancelled, and not %q", poll.Status, out.Status))
	}
	return out, errors.Join(problems...)
}
