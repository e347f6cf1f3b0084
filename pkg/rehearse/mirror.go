package rehearse

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/memory"
)

// mirror is a system in memory that holds at first what a real one holds: that is read, never written, when somebody first asks for it.
type mirror struct {
	*memory.System
	real connector.Connector

	mu    sync.Mutex
	known map[any]bool                    // what was read of the real system
	tasks map[string]connector.TaskReport // of the real system, by receipt
	// identities are those that the real system knows, or says that it can't tell.
	identities map[identityPart]connector.Identified
}

// newMirror gives a mirror with those powers of the real system by which the flow goes another way.
func newMirror(m *memory.System, real connector.Connector) connector.Connector {
	x := &mirror{System: m, real: real, known: map[any]bool{}, tasks: map[string]connector.TaskReport{}, identities: map[identityPart]connector.Identified{}}
	if _, ok := connector.As[connector.MemberReader](real); ok {
		return x
	}
	return &blindMirror{Connector: m, Writer: m, Normalizer: x, TaskReader: x, Looker: x, mirror: x}
}

// blindMirror is a mirror of a system from which members and fields can't be read back.
type blindMirror struct {
	connector.Connector
	connector.Writer
	connector.Normalizer
	connector.TaskReader
	connector.Looker
	mirror *mirror
}

func (b *blindMirror) finish(receipt, outcome string, at time.Time) {
	b.mirror.finish(receipt, outcome, at)
}

// parts that are read of the real system once
type (
	fieldPart struct {
		object    connector.Collection // with a name: memberships
		id, field string
	}
	kindPart struct{ kind string }
	ofPart   struct{ kind, id string }
)

// first reports whether something is asked for the first time.
func (x *mirror) first(part any) bool {
	before := x.known[part]
	x.known[part] = true
	return !before
}

// Normalize gives the real system's spelling.
func (x *mirror) Normalize(kind, id string) string { return connector.Normalize(x.real, kind, id) }

// Members gives who is in a collection.
func (x *mirror) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	if err := x.load(ctx, c); err != nil {
		return nil, err
	}
	return x.System.Members(ctx, c)
}

// load takes over a collection from the real system, once.
func (x *mirror) load(ctx context.Context, c connector.Collection) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.first(c) {
		return nil
	}
	ids, err := x.real.(connector.MemberReader).Members(ctx, c)
	if errors.Is(err, connector.ErrNoCollection) {
		return nil
	}
	if err != nil {
		delete(x.known, c)
		return err
	}
	if err := x.Create(ctx, c); err != nil {
		return err
	}
	x.Put(c, ids...)
	return nil
}

// Create makes a collection here.
func (x *mirror) Create(ctx context.Context, c connector.Collection) error {
	return x.System.Create(ctx, c)
}

// Collections gives the names of the collections of a kind.
func (x *mirror) Collections(ctx context.Context, kind string) ([]string, error) {
	if err := x.loadKind(ctx, kind); err != nil {
		return nil, err
	}
	return x.System.Collections(ctx, kind)
}

// loadKind takes over every collection of a kind, once, where the real system can name them.
func (x *mirror) loadKind(ctx context.Context, kind string) error {
	lister, ok := connector.As[connector.Lister](x.real)
	x.mu.Lock()
	again := !ok || !x.first(kindPart{kind})
	x.mu.Unlock()
	if again {
		return nil
	}
	names, err := lister.Collections(ctx, kind)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := x.load(ctx, connector.Collection{Kind: kind, Name: name}); err != nil {
			return err
		}
	}
	return nil
}

// MembershipsOf gives the names of the collections of a kind that ids are in.
func (x *mirror) MembershipsOf(ctx context.Context, kind string, ids []string) (map[string][]string, error) {
	if err := x.loadKind(ctx, kind); err != nil {
		return nil, err
	}
	if err := x.loadMemberships(ctx, kind, ids); err != nil {
		return nil, err
	}
	return x.System.MembershipsOf(ctx, kind, ids)
}

// loadMemberships takes over where ids are in, once for each, from a real system that can't name its collections.
func (x *mirror) loadMemberships(ctx context.Context, kind string, ids []string) error {
	reader, ok := connector.As[connector.MembershipReader](x.real)
	if _, lists := connector.As[connector.Lister](x.real); lists || !ok {
		return nil
	}
	x.mu.Lock()
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !x.first(ofPart{kind, id}) })
	x.mu.Unlock()
	if len(ids) == 0 {
		return nil
	}
	names, err := reader.MembershipsOf(ctx, kind, ids)
	if err != nil {
		return err
	}
	for _, in := range names {
		for _, name := range in {
			if err := x.load(ctx, connector.Collection{Kind: kind, Name: name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Fields gives the values of fields of records.
func (x *mirror) Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error) {
	reader, ok := connector.As[connector.FieldReader](x.real)
	if ok {
		err := x.loadFields(connector.Collection{Kind: object}, ids, fields, func(ids []string) (map[string]map[string]string, error) {
			return reader.Fields(ctx, object, ids, fields)
		})
		if err != nil {
			return nil, err
		}
	}
	return x.System.Fields(ctx, object, ids, fields)
}

// MembershipFields gives the values of fields of memberships.
func (x *mirror) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (map[string]map[string]string, error) {
	reader, ok := connector.As[connector.MembershipFieldReader](x.real)
	if ok {
		if err := x.load(ctx, c); err != nil {
			return nil, err
		}
		err := x.loadFields(c, ids, fields, func(ids []string) (map[string]map[string]string, error) {
			values, err := reader.MembershipFields(ctx, c, ids, fields)
			if errors.Is(err, connector.ErrNoCollection) {
				return nil, nil
			}
			return values, err
		})
		if err != nil {
			return nil, err
		}
	}
	return x.System.MembershipFields(ctx, c, ids, fields)
}

// loadFields takes over fields of those ids of which they are asked for the first time.
func (x *mirror) loadFields(of connector.Collection, ids, fields []string, read func([]string) (map[string]map[string]string, error)) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	wanted := map[string][]string{}
	for _, id := range ids {
		for _, field := range fields {
			if x.first(fieldPart{of, id, field}) {
				wanted[id] = append(wanted[id], field)
			}
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	values, err := read(slices.Sorted(maps.Keys(wanted)))
	if err != nil {
		return err
	}
	for id, names := range wanted {
		given := map[string]any{}
		for _, name := range names {
			if value, ok := values[id][name]; ok {
				given[name] = value
			}
		}
		if len(given) == 0 {
			continue
		}
		if of.Name == "" {
			x.PutFields(of.Kind, id, given)
		} else {
			x.PutMember(of, id, given)
		}
	}
	return nil
}

// Lookup finds what was sent here, or to the real system before.
func (x *mirror) Lookup(ctx context.Context, action string, keys []string) (map[string]string, error) {
	here, err := x.System.Lookup(ctx, action, keys)
	looker, ok := connector.As[connector.Looker](x.real)
	if err != nil || !ok {
		return here, err
	}
	missing := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return here[key] != "" })
	if len(missing) == 0 {
		return here, nil
	}
	there, err := looker.Lookup(ctx, action, missing)
	maps.Copy(here, there)
	return here, err
}

// Tasks tells of tasks that were given here, and of those of the real system as they were at first.
func (x *mirror) Tasks(ctx context.Context, kind string, receipts []string) (map[string]connector.TaskReport, error) {
	here, err := x.System.Tasks(ctx, kind, receipts)
	reader, ok := connector.As[connector.TaskReader](x.real)
	if err != nil || !ok {
		return here, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	var missing []string
	for _, r := range receipts {
		if _, known := here[r]; !known && x.first(kindPart{"task " + r}) {
			missing = append(missing, r)
		}
	}
	if len(missing) > 0 {
		there, err := reader.Tasks(ctx, kind, missing)
		if err != nil {
			return nil, err
		}
		for r, report := range there {
			if _, known := x.tasks[r]; !known { // or somebody did it here already
				x.tasks[r] = report
			}
		}
	}
	for _, r := range receipts {
		if report, ok := x.tasks[r]; ok {
			here[r] = report
		}
	}
	return here, nil
}

// finish does what a person does who finishes a task: one that was given here, or one of the real system.
func (x *mirror) finish(receipt, outcome string, at time.Time) {
	if x.CompleteTask(receipt, outcome, nil, at) == nil {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if report, known := x.tasks[receipt]; !known || report.Status == connector.TaskOpen {
		x.tasks[receipt] = connector.TaskReport{Status: connector.TaskDone, Outcome: outcome, DoneAt: at}
	}
}
