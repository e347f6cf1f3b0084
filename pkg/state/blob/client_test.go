package blob_test

import (
	"context"
	"errors"
	"sync"

	"github.com/playctl/playctl/pkg/state/blob"
)

// fault is what becomes of a request.
type fault int

const (
	none   fault = iota
	before       // it fails, and nothing was done
	after        // it was done, and the answer is lost
	killed       // nothing was done, nor is anything from then on: the process has ended
	died         // it was done, and nothing is from then on
	twice        // it was done, and done again, as a library does whose answer was lost: the answer is that of the second; nothing is from then on
)

var errCut = errors.New("the connection was cut")

// client is a process's way to a bucket, which fails on order.
type client struct {
	*bucket

	mu   sync.Mutex
	puts int
	dead bool
	// fault is asked before every put but those of the lock, which come when they will.
	fault func(name string, n int) fault
	// reading is told of every get before it is done.
	reading func(name string)
	// blinks is how many gets are answered with "there is no such object", as by a server that is just replacing it.
	blinks int
}

// end makes it that of a process that has ended, or is cut off.
func (c *client) end(dead bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dead = dead
}

func (c *client) alive() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dead {
		return errCut
	}
	return nil
}

func (c *client) Get(ctx context.Context, name string) (*blob.Object, error) {
	if c.reading != nil {
		c.reading(name)
	}
	if err := c.alive(); err != nil {
		return nil, err
	}
	if c.blinks > 0 {
		c.blinks--
		return nil, blob.ErrNotFound
	}
	return c.bucket.Get(ctx, name)
}

func (c *client) Put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	if err := c.alive(); err != nil {
		return "", err
	}
	f := none
	if name != "lock" {
		c.mu.Lock()
		c.puts++
		n := c.puts
		c.mu.Unlock()
		if c.fault != nil {
			f = c.fault(name, n)
		}
	}
	var got string
	err := errCut
	if f == none || f == after || f == died || f == twice {
		got, err = c.bucket.Put(ctx, name, data, etag)
	}
	if f == killed || f == died || f == twice {
		c.end(true)
	}
	if f == twice {
		return "", blob.ErrConflict
	}
	if f != none {
		return "", errCut
	}
	return got, err
}

func (c *client) Delete(ctx context.Context, names ...string) error {
	if err := c.alive(); err != nil {
		return err
	}
	return c.bucket.Delete(ctx, names...)
}

func (c *client) List(ctx context.Context) ([]blob.Entry, error) {
	if err := c.alive(); err != nil {
		return nil, err
	}
	return c.bucket.List(ctx)
}

// sleeper is a client that lets others go first before it lists, which is how a sweep begins.
type sleeper struct {
	*client
	wake func()
}

func (s *sleeper) List(ctx context.Context) ([]blob.Entry, error) {
	s.wake()
	return s.client.List(ctx)
}
