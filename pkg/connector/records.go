package connector

import (
	"context"
	"fmt"
	"time"
)

// RecordReader is a connector whose objects can be read as entities (`from: crm.company`). Which objects those are its [Spec] says.
type RecordReader interface {
	// Records gives each record of an object: the values of fields, in their order (nil, bool, int64, float64, string, time.Time, []any, map[string]any; absent is nil).
	// A text may stand for a value of any type, as it would in a CSV cell. each's slice is reused, its values are not. since: only those changed since, where the system can
	// tell (zero: all). An error of each ends the reading and is returned. An object that there is not is a [NoObjectError], a field a [NoFieldError], before the first record.
	Records(ctx context.Context, object string, fields []string, since time.Time, each func([]any) error) error
}

// Snapshotter is a [RecordReader] all of whose objects can be read as of one moment.
type Snapshotter interface {
	// Snapshot gives a reader that sees what there is now, whatever happens meanwhile, until end is called, which has to be.
	Snapshot(ctx context.Context) (r RecordReader, end func(), err error)
}

// NoObjectError says that a system has no object of a name.
type NoObjectError struct {
	Where  string   // the system, in words, without secrets
	Object string   // as asked for
	Known  []string // those that there are, as far as that is known
	Remedy string   // what to do about it; "" where a name like it is all that can be said
}

// Error says which object is not there.
func (e *NoObjectError) Error() string { return fmt.Sprintf("%s has no %q", e.Where, e.Object) }

// NoFieldError says that an object has no field of a name.
type NoFieldError struct {
	Object, Field string
	Known         []string // those that there are
}

// Error says which field is not there.
func (e *NoFieldError) Error() string { return fmt.Sprintf("%s has no field %q", e.Object, e.Field) }
