package rest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/manifest"
	"github.com/playctl/playctl/pkg/expr/mapping"
)

// System is a vendor's system, by its manifest. It has the methods of every power; which of them the manifest gives it says [System.Has].
type System struct {
	manifest *manifest.Manifest
	spec     connector.Spec
	run      runtime
	options  connector.Options
	values   mapping.Values
	client   *client

	mu    sync.Mutex
	found map[connector.Collection]place
}

// place is a collection that was found.
type place struct {
	id       any
	writable bool
}

// Describe implements [connector.Connector].
func (s *System) Describe() connector.Spec { return s.spec }

// Has implements [connector.Partial].
func (s *System) Has(power any) bool {
	m := s.manifest
	switch power.(type) {
	case *connector.Writer:
		return s.writes()
	case *connector.MemberReader:
		return slices.ContainsFunc(m.Collections, func(c *manifest.Collection) bool { return c.Members != nil })
	case *connector.MembershipFieldReader:
		return slices.ContainsFunc(m.Collections, func(c *manifest.Collection) bool { return c.Members != nil && c.Members.Fields != nil })
	case *connector.FieldReader:
		return slices.ContainsFunc(m.Objects, func(o *manifest.Object) bool { return o.Read != nil })
	case *connector.RecordReader:
		return len(s.spec.Records) > 0
	case *connector.Resolver:
		return slices.ContainsFunc(m.Objects, func(o *manifest.Object) bool { return len(o.Identities) > 0 })
	case *connector.Normalizer:
		return slices.ContainsFunc(m.Objects, func(o *manifest.Object) bool { return o.Normalize != nil })
	case *connector.Looker:
		return slices.ContainsFunc(m.Actions, func(a *manifest.Action) bool { return a.Lookup != nil }) || slices.ContainsFunc(m.Tasks, func(t *manifest.Task) bool { return t.Lookup != nil })
	case *connector.TaskReader:
		return slices.ContainsFunc(m.Tasks, func(t *manifest.Task) bool { return t.Poll != nil })
	case *connector.Lister:
		return slices.ContainsFunc(m.Collections, func(c *manifest.Collection) bool { return c.Names != nil })
	case *connector.Creator:
		return slices.ContainsFunc(m.Collections, func(c *manifest.Collection) bool { return c.Create != nil })
	case *connector.CollectionChecker:
		return len(m.Collections) > 0
	}
	return false
}

func (s *System) writes() bool {
	m := s.manifest
	return len(m.Actions)+len(m.Tasks) > 0 || slices.ContainsFunc(m.Collections, func(c *manifest.Collection) bool { return c.Add != nil }) ||
		slices.ContainsFunc(m.Objects, func(o *manifest.Object) bool { return o.Update != nil })
}

// Check implements [connector.Connector].
func (s *System) Check(ctx context.Context) error {
	if _, err := s.client.token.get(ctx); err != nil {
		return err
	}
	if s.manifest.Check == nil {
		return ctx.Err()
	}
	_, err := s.client.do(ctx, s.manifest.Check, s.values, connector.Safe, cursor{}, 1)
	return err
}

// CheckCollection implements [connector.CollectionChecker].
func (s *System) CheckCollection(ctx context.Context, c connector.Collection) error {
	kind, _, err := s.writable(ctx, c)
	if err == nil && kind.Find == nil {
		return connector.ErrUntold
	}
	return err
}

// Create implements [connector.Creator].
func (s *System) Create(ctx context.Context, c connector.Collection) error {
	kind := s.manifest.Collection(c.Kind)
	if kind == nil || kind.Create == nil {
		return &connector.NotBegunError{Err: fmt.Errorf("%s can't make a %s", s.manifest.Title, c.Kind)}
	}
	if _, _, err := s.find(ctx, c); err == nil {
		return nil
	} else if !errors.Is(err, connector.ErrNoCollection) {
		return err
	}
	a, err := s.client.do(ctx, kind.Create, s.naming(c), kind.Create.Retry, cursor{}, 1)
	if err != nil {
		return err
	}
	s.rest(ctx, kind.Create)
	if id, err := take(ctx, kind.Create.ID, a.values); err == nil && id != "" {
		s.remember(kind, c, place{id: id, writable: true})
	}
	return nil
}

// rest waits as long as a vendor needs before what was made can be used.
func (s *System) rest(ctx context.Context, call *manifest.Call) {
	_ = pause(ctx, s.run.pace(call.Wait))
}

// pause waits.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Collections implements [connector.Lister].
func (s *System) Collections(ctx context.Context, kind string) ([]string, error) {
	k := s.manifest.Collection(kind)
	if k == nil || k.Names == nil {
		return nil, fmt.Errorf("%s can't name its %ss", s.manifest.Title, kind)
	}
	var names []string
	err := s.pages(ctx, k.Names, s.values.With("kind", kind), func(values mapping.Values) error {
		name, err := k.Names.Name.Text(ctx, values)
		if name != "" {
			names = append(names, name)
		}
		return err
	})
	slices.Sort(names)
	return slices.Compact(names), err
}

func (s *System) naming(c connector.Collection) mapping.Values {
	return s.values.With("kind", c.Kind).With("name", c.Name)
}

// find gives a collection's id at the vendor. It is asked for once.
func (s *System) find(ctx context.Context, c connector.Collection) (*manifest.Collection, place, error) {
	kind := s.manifest.Collection(c.Kind)
	if kind == nil {
		return nil, place{}, fmt.Errorf("%s has no %s: %w", s.manifest.Title, c.Kind, connector.ErrNoCollection)
	}
	s.mu.Lock()
	p, ok := s.found[s.key(kind, c)]
	s.mu.Unlock()
	if ok {
		return kind, p, nil
	}
	if kind.Find == nil {
		return kind, place{id: c.Name, writable: true}, nil
	}
	var err error
	p, err = s.look(ctx, kind, c)
	if is(err, manifest.Absent) || err == nil && connector.Text(p.id) == "" {
		return kind, place{}, fmt.Errorf("%s: %w", c, connector.ErrNoCollection)
	}
	if err != nil {
		return kind, place{}, err
	}
	s.remember(kind, c, p)
	return kind, p, nil
}

// errFound ends a search.
var errFound = errors.New("found")

// look asks the vendor for a collection: by its name, or for all of them where it can't. Its id is nil if there is none.
func (s *System) look(ctx context.Context, kind *manifest.Collection, c connector.Collection) (p place, err error) {
	if kind.Find.Records == nil {
		a, err := s.client.do(ctx, kind.Find, s.naming(c), connector.Safe, cursor{}, 1)
		if err != nil {
			return place{}, err
		}
		return s.placed(ctx, kind, a.values)
	}
	err = s.pages(ctx, kind.Find, s.naming(c), func(values mapping.Values) error {
		name, err := kind.Find.Name.Text(ctx, values)
		if err != nil || s.key(kind, connector.Collection{Name: name}) != s.key(kind, connector.Collection{Name: c.Name}) {
			return err
		}
		if p, err = s.placed(ctx, kind, values); err != nil {
			return err
		}
		return errFound
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return p, err
}

// placed reads a collection's id, and whether its members can be written.
func (s *System) placed(ctx context.Context, kind *manifest.Collection, values mapping.Values) (p place, err error) {
	p.writable = true
	if p.id, err = kind.Find.ID.Value(ctx, values); errors.Is(err, mapping.ErrAbsent) && !errors.Is(err, mapping.ErrNoField) {
		return place{}, nil
	}
	if err == nil && kind.Find.Writable != nil {
		p.writable, err = kind.Find.Writable.Holds(ctx, values)
	}
	if err != nil {
		return place{}, s.client.named(kind.Find, err)
	}
	return p, nil
}

func (s *System) key(kind *manifest.Collection, c connector.Collection) connector.Collection {
	if kind.FoldNames {
		c.Name = strings.ToLower(c.Name)
	}
	return c
}

func (s *System) remember(kind *manifest.Collection, c connector.Collection, p place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.found[s.key(kind, c)] = p
}

// writable finds a collection whose members can be written.
func (s *System) writable(ctx context.Context, c connector.Collection) (*manifest.Collection, place, error) {
	kind, p, err := s.find(ctx, c)
	if err == nil && !p.writable {
		err = fmt.Errorf("%s can't be written: its members are set by rules of %s", c, s.manifest.Title)
	}
	return kind, p, err
}

// objectOf gives the object that a kind of collection, object, action or task is about; nil if it is about none.
func (s *System) objectOf(kind string) *manifest.Object {
	m := s.manifest
	if o := m.Object(kind); o != nil {
		return o
	}
	if c := m.Collection(kind); c != nil {
		return m.Object(c.Of)
	}
	for _, a := range m.Actions {
		if a.Name == kind {
			return m.Object(a.Of)
		}
	}
	for _, t := range m.Tasks {
		if t.Name == kind {
			return m.Object(t.Of)
		}
	}
	return nil
}

// Normalize implements [connector.Normalizer].
func (s *System) Normalize(kind, id string) string {
	o := s.objectOf(kind)
	if o == nil || o.Normalize == nil {
		return id
	}
	out, err := o.Normalize.Text(context.Background(), s.values.With("id", id))
	if err != nil || out == "" {
		return id
	}
	return out
}
