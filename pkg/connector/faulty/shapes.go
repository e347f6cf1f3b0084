package faulty

import (
	"context"
	"math/bits"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

// powers are the optional interfaces of a connector, a bit each.
type powers uint16

func (p powers) count() int { return bits.OnesCount16(uint16(p)) }

// powersOf tells which of the optional interfaces a connector has.
func powersOf(c connector.Connector) (p powers) {
	for i, has := range []func() bool{
		func() bool { _, ok := c.(connector.Writer); return ok },
		func() bool { _, ok := c.(connector.MemberReader); return ok },
		func() bool { _, ok := c.(connector.FieldReader); return ok },
		func() bool { _, ok := c.(connector.Looker); return ok },
		func() bool { _, ok := c.(connector.Creator); return ok },
		func() bool { _, ok := c.(connector.Normalizer); return ok },
		func() bool { _, ok := c.(connector.TaskReader); return ok },
		func() bool { _, ok := c.(connector.MembershipReader); return ok },
		func() bool { _, ok := c.(connector.Lister); return ok },
		func() bool { _, ok := c.(connector.MembershipFieldReader); return ok },
		func() bool { _, ok := c.(connector.RecordReader); return ok },
	} {
		if has() {
			p |= 1 << i
		}
	}
	return p
}

// most has every optional interface but looking up, normalizing and records.
type most interface {
	connector.Connector
	connector.Writer
	connector.MemberReader
	connector.FieldReader
	connector.Creator
	connector.TaskReader
	connector.MembershipReader
	connector.Lister
	connector.MembershipFieldReader
}

// shapes are the sets of optional interfaces that connectors are known to have. Go has no way to make them all.
func shapes(w *wrapper) []connector.Connector {
	type c = connector.Connector
	return []connector.Connector{
		w, // files
		struct {
			*wrapper
			records
		}{w, records{w}}, // memory
		struct {
			most
			connector.Looker
			records
		}{w, w, records{w}}, // postgres
		struct {
			most
			connector.Looker
		}{w, w},
		struct {
			most
			connector.Normalizer
		}{w, w},
		struct {
			c
			connector.Writer
			connector.Normalizer
		}{w, w, w},
		struct {
			c
			connector.Writer
		}{w, w},
		struct {
			c
			connector.Writer
			connector.Looker
		}{w, w, w},
		struct {
			c
			connector.Writer
			connector.MemberReader
			connector.Lister
			connector.Normalizer
		}{w, w, w, w, w},
		struct{ c }{w},
	}
}

// Members reads, unless the script has something else happen.
func (w *wrapper) Members(ctx context.Context, c connector.Collection) ([]string, error) {
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	if err := w.script.Collections[c].read(ctx); err != nil {
		return nil, err
	}
	return w.Connector.(connector.MemberReader).Members(ctx, c)
}

// Fields reads, unless the script has something else happen.
func (w *wrapper) Fields(ctx context.Context, object string, ids, fields []string) (map[string]map[string]string, error) {
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	return w.Connector.(connector.FieldReader).Fields(ctx, object, ids, fields)
}

// MembershipFields reads, unless the script has something else happen.
func (w *wrapper) MembershipFields(ctx context.Context, c connector.Collection, ids, fields []string) (map[string]map[string]string, error) {
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	return w.Connector.(connector.MembershipFieldReader).MembershipFields(ctx, c, ids, fields)
}

// MembershipsOf reads, unless the script has something else happen.
func (w *wrapper) MembershipsOf(ctx context.Context, kind string, ids []string) (map[string][]string, error) {
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	return w.Connector.(connector.MembershipReader).MembershipsOf(ctx, kind, ids)
}

// Collections reads, unless the script has something else happen.
func (w *wrapper) Collections(ctx context.Context, kind string) ([]string, error) {
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	return w.Connector.(connector.Lister).Collections(ctx, kind)
}

// Tasks reads, unless the script has something else happen.
func (w *wrapper) Tasks(ctx context.Context, kind string, receipts []string) (map[string]connector.TaskReport, error) {
	if err := w.read(ctx); err != nil {
		return nil, err
	}
	return w.Connector.(connector.TaskReader).Tasks(ctx, kind, receipts)
}

// Lookup looks up, unless the script has something else happen.
func (w *wrapper) Lookup(ctx context.Context, action string, keys []string) (map[string]string, error) {
	if err := w.script.next(&w.script.lookups, w.script.Lookups).read(ctx); err != nil {
		return nil, err
	}
	return w.Connector.(connector.Looker).Lookup(ctx, action, keys)
}

// Create makes a collection.
func (w *wrapper) Create(ctx context.Context, c connector.Collection) error {
	return w.Connector.(connector.Creator).Create(ctx, c)
}

// Normalize gives the one spelling of an id.
func (w *wrapper) Normalize(kind, id string) string {
	return w.Connector.(connector.Normalizer).Normalize(kind, id)
}

// records reads records, of connectors that can.
type records struct{ w *wrapper }

// Records reads, unless the script has something else happen.
func (r records) Records(ctx context.Context, object string, fields []string, since time.Time, each func([]any) error) error {
	if err := r.w.read(ctx); err != nil {
		return err
	}
	return r.w.Connector.(connector.RecordReader).Records(ctx, object, fields, since, each)
}
