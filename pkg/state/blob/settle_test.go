package blob_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
)

// twoSteps is a bucket that looks at what is there and then puts, so that of two who put the lock at once both are told that they did.
type twoSteps struct {
	*bucket
	both sync.WaitGroup // of the first two who put the lock
}

func (b *twoSteps) Put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	if name != "lock" || etag != "" {
		return b.bucket.Put(ctx, name, data, etag)
	}
	if _, err := b.Get(ctx, name); !errors.Is(err, blob.ErrNotFound) {
		return "", blob.ErrConflict
	}
	b.both.Done()
	b.both.Wait() // now both have looked
	for {
		there, err := b.Get(ctx, name)
		if errors.Is(err, blob.ErrNotFound) {
			there = &blob.Object{}
		} else if err != nil {
			return "", err
		}
		if tag, err := b.bucket.Put(ctx, name, data, there.ETag); !errors.Is(err, blob.ErrConflict) {
			return tag, err
		}
	}
}

// TestLock_onlyOneOfTwoWhoPutAtOnceHasIt holds that a lock settles before it counts where a bucket is not of one step.
func TestLock_onlyOneOfTwoWhoPutAtOnceHasIt(t *testing.T) {
	b := &twoSteps{bucket: newBucket()}
	b.both.Add(2)
	sessions, failures := make(chan state.Session, 2), make(chan error, 2)
	for _, who := range []string{"ada", "bob"} {
		go func() {
			s, err := blob.New(blob.Options{Bucket: b, Now: now, Settle: 100 * time.Millisecond}).Lock(t.Context(), state.Holder{ID: who, Who: who})
			if err != nil {
				failures <- err
				return
			}
			sessions <- s
		}()
	}
	var locked *state.LockedError
	if err := <-failures; !errors.As(err, &locked) {
		t.Errorf("who came second: %v", err)
	}
	session := <-sessions
	if err := session.Create(t.Context(), state.Meta{Lineage: "l"}); err != nil {
		t.Errorf("who has it: %v", err)
	}
	if err := session.Unlock(); err != nil {
		t.Error(err)
	}
}
