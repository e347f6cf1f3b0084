package conntest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/connector"
)

var recordClaims = []claim{
	{"what is set is read as records", []Power{Writes, ReadRecords}, (*bench).readsRecords},
	{"fields come in the order in which they are asked for", []Power{Writes, ReadRecords}, (*bench).readsInOrder},
	{"every one of many records is read once", []Power{Writes, ReadRecords}, (*bench).readsMany},
	{"several may read records at once", []Power{Writes, ReadRecords}, (*bench).readsAtOnce},
	{"an error of the one who reads ends the reading", []Power{Writes, ReadRecords}, (*bench).stopsOnError},
	{"a context that ends among the records ends the reading", []Power{Writes, ReadRecords}, (*bench).stopsAmongRecords},
	{"an object or field that there is not is told, or has no values", []Power{Writes, ReadRecords}, (*bench).readsWhatIsNot},
	{"a snapshot stays as it was", []Power{Writes, ReadRecords}, (*bench).keepsSnapshots},
}

// records reads the object's records through a reader: key and fields as text, by key.
func (b *bench) records(r connector.RecordReader, fields ...string) map[string][]string {
	b.Helper()
	found := map[string][]string{}
	err := r.Records(b.ctx, b.Object, append([]string{b.Key}, fields...), time.Time{}, func(values []any) error {
		if len(values) != len(fields)+1 {
			return fmt.Errorf("a record has %d values for %d fields", len(values), len(fields)+1)
		}
		key := connector.Text(values[0])
		if found[key] != nil {
			return fmt.Errorf("%q came twice", key)
		}
		found[key] = []string{}
		for _, v := range values[1:] {
			found[key] = append(found[key], connector.Text(v))
		}
		return nil
	})
	if err != nil {
		b.Fatalf("reading records: %v", err)
	}
	return found
}

func (b *bench) reader() connector.RecordReader { return b.Connector.(connector.RecordReader) }

// wantRecord compares what was read of one record.
func (b *bench) wantRecord(found map[string][]string, id string, want ...string) {
	b.Helper()
	if got, ok := found[id]; !ok || !slices.Equal(got, want) {
		b.Errorf("%q has %q (there: %v), want %q", id, got, ok, want)
	}
}

func (b *bench) readsRecords() {
	b.needObjects()
	if found := b.records(b.reader(), b.Fields...); len(found) != 0 {
		b.Errorf("an object without records has %v", found)
	}
	b.set(b.setting(b.ID(0), "gold", "x"), b.setting(b.ID(1), "silver"))
	found := b.records(b.reader(), b.Fields...)
	if len(found) != 2 {
		b.Errorf("there are %d records, want 2", len(found))
	}
	b.wantRecord(found, b.ID(0), "gold", "x")
	b.wantRecord(found, b.ID(1), "silver", "")
}

func (b *bench) readsInOrder() {
	b.set(b.setting(b.ID(0), "gold", "x"))
	b.wantRecord(b.records(b.reader(), b.Fields[1], b.Fields[0]), b.ID(0), "x", "gold")
	b.wantRecord(b.records(b.reader(), b.Fields[0]), b.ID(0), "gold")
}

func (b *bench) setMany() {
	var list []connector.Item
	for i, id := range b.ids(0, b.Many) {
		list = append(list, b.setting(id, fmt.Sprint("tier ", i)))
	}
	b.set(list...)
}

func (b *bench) readsMany() {
	b.setMany()
	found := b.records(b.reader(), b.Fields[0])
	if len(found) != b.Many {
		b.Fatalf("there are %d records, want %d", len(found), b.Many)
	}
	for i, id := range b.ids(0, b.Many) {
		b.wantRecord(found, id, fmt.Sprint("tier ", i))
	}
}

func (b *bench) readsAtOnce() {
	b.set(b.setting(b.ID(0), "gold"), b.setting(b.ID(1), "silver"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			n := 0
			err := b.reader().Records(b.ctx, b.Object, []string{b.Key}, time.Time{}, func([]any) error { n++; return nil })
			if err != nil || n != 2 {
				b.Errorf("one of them read %d records, %v", n, err)
			}
		})
	}
	all.Wait()
}

func (b *bench) stopsOnError() {
	b.setMany()
	enough, n := errors.New("enough"), 0
	err := b.reader().Records(b.ctx, b.Object, []string{b.Key}, time.Time{}, func([]any) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || n != 3 {
		b.Errorf("after %d records it gives %v", n, err)
	}
	if found := b.records(b.reader()); len(found) != b.Many {
		b.Errorf("then there are %d records, want %d", len(found), b.Many)
	}
}

func (b *bench) stopsAmongRecords() {
	b.setMany()
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	err := b.reader().Records(ctx, b.Object, []string{b.Key}, time.Time{}, func([]any) error {
		cancel()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		b.Errorf("it gives %v", err)
	}
	if err := b.reader().Records(ctx, b.Object, []string{b.Key}, time.Time{}, func([]any) error { return nil }); !errors.Is(err, context.Canceled) {
		b.Errorf("with a context that has ended it gives %v", err)
	}
}

func (b *bench) readsWhatIsNot() {
	b.set(b.setting(b.ID(0), "gold"))
	none := func(values []any) error {
		if last := values[len(values)-1]; last != nil {
			return fmt.Errorf("what is not there is %v", last)
		}
		return nil
	}
	var field *connector.NoFieldError
	err := b.reader().Records(b.ctx, b.Object, []string{b.Key, "not_there"}, time.Time{}, none)
	switch {
	case errors.As(err, &field):
		if field.Field != "not_there" || !slices.Contains(field.Known, b.Fields[0]) {
			b.Errorf("a field that there is not gives %v, of %q", err, field.Known)
		}
	case err != nil && !strings.Contains(err.Error(), "not_there"): // a system that only knows when it is asked says it in its own words
		b.Errorf("a field that there is not gives %v", err)
	}
	var object *connector.NoObjectError
	err = b.reader().Records(b.ctx, "not_there", []string{b.Key}, time.Time{}, none)
	if err != nil && (!errors.As(err, &object) || object.Object != "not_there") {
		b.Errorf("an object that there is not gives %v", err)
	}
}

// keepsSnapshots is about connectors that have them.
func (b *bench) keepsSnapshots() {
	s, ok := b.Connector.(connector.Snapshotter)
	if !ok {
		b.Skip("the connector has no snapshots")
	}
	b.set(b.setting(b.ID(0), "gold"))
	r, end, err := s.Snapshot(b.ctx)
	if err != nil {
		b.Fatal(err)
	}
	defer end()
	b.set(b.setting(b.ID(0), "silver"), b.setting(b.ID(1), "new"))
	for range 2 {
		found := b.records(r, b.Fields[0])
		if len(found) != 1 {
			b.Errorf("the snapshot has %d records, want 1", len(found))
		}
		b.wantRecord(found, b.ID(0), "gold")
	}
	b.wantRecord(b.records(b.reader(), b.Fields[0]), b.ID(0), "silver")
}
