package blob_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/playctl/playctl/pkg/state/blob"
)

// bucket is one in memory.
type bucket struct {
	mu      sync.Mutex
	objects map[string]object
	bytes   int // that were ever put
}

type object struct {
	data []byte
	etag string
	at   time.Time
}

func newBucket() *bucket { return &bucket{objects: map[string]object{}} }

func (b *bucket) Where(name string) string { return "mem://" + name }

func (b *bucket) Get(ctx context.Context, name string) (*blob.Object, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.objects[name]
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !ok:
		return nil, blob.ErrNotFound
	}
	return &blob.Object{Data: bytes.Clone(o.data), ETag: o.etag, Age: time.Since(o.at)}, nil
}

func (b *bucket) Put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if b.objects[name].etag != etag {
		return "", blob.ErrConflict
	}
	b.bytes += len(data)
	o := object{bytes.Clone(data), fmt.Sprintf("%x", sha256.Sum256(data)), time.Now()}
	b.objects[name] = o
	return o.etag, nil
}

func (b *bucket) Delete(_ context.Context, names ...string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range names {
		delete(b.objects, n)
	}
	return nil
}

func (b *bucket) List(context.Context) ([]blob.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []blob.Entry
	for name, o := range b.objects {
		out = append(out, blob.Entry{Name: name, Size: int64(len(o.data)), At: o.at})
	}
	return out, nil
}

// set changes an object behind everybody's back; nil takes it away.
func (b *bucket) set(name string, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if data == nil {
		delete(b.objects, name)
		return
	}
	b.objects[name] = object{bytes.Clone(data), fmt.Sprintf("%x", sha256.Sum256(data)), time.Now()}
}

// get gives an object's content, and names those of a folder.
func (b *bucket) get(name string) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.objects[name].data)
}

func (b *bucket) names(prefix string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []string
	for name := range b.objects {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	return out
}

// old makes an object older than it is.
func (b *bucket) old(name string, by time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.objects[name]
	o.at = o.at.Add(-by)
	b.objects[name] = o
}
