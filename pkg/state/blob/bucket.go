package blob

import (
	"context"
	"errors"
	"time"
)

// Bucket is a place for named objects: as much of an object storage as a state needs. Names have parts with slashes between them. It may be
// used by several goroutines at once.
type Bucket interface {
	// Where names an object's place, without secrets: s3://bucket/key/NAME. "" is the place of all of them.
	Where(name string) string
	// Get gives an object as it was last put, whole. [ErrNotFound]: there is none.
	Get(ctx context.Context, name string) (*Object, error)
	// Put puts an object in the place of the one with that ETag, "" of none, and gives its ETag. [ErrConflict]: what is there is another one,
	// or none, and stays. An object is always the old or the new one, whole, and durable once Put has returned. After any other error it may
	// be either, and may yet become the new one.
	Put(ctx context.Context, name string, data []byte, etag string) (string, error)
	// Delete takes objects away; one that isn't there is none the less gone.
	Delete(ctx context.Context, names ...string) error
	// List gives all objects, in any order.
	List(ctx context.Context) ([]Entry, error)
}

// Object is an object's content.
type Object struct {
	Data []byte
	ETag string        // changes with the content
	Age  time.Duration // since it was put, by the bucket's own clock
}

// Entry is an object in a list.
type Entry struct {
	Name string
	Size int64
	At   time.Time // when it was put
}

// What a bucket says of an object.
var (
	ErrNotFound = errors.New("there is no such object")
	ErrConflict = errors.New("there is another object")
)

// Guard is a bucket that knows whether who locked it still lives, as a folder does by a lock of the kernel: then a lock ends with its process.
type Guard interface {
	// Hold takes the guard until release is called. [ErrHeld]: another process, or another session of this one, has it.
	Hold(ctx context.Context) (release func() error, err error)
	// Held tells whether somebody has it.
	Held(ctx context.Context) (bool, error)
}

// ErrHeld says that somebody has the guard.
var ErrHeld = errors.New("another process has it")

// Prover is a bucket that may not keep to what [Bucket.Put] promises, which depends on the server: Prove finds out. It is called before the
// first lock is taken.
type Prover interface {
	Prove(ctx context.Context) error
}
