package blob_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
)

// unlisted is a bucket whose list fails.
type unlisted struct{ *bucket }

func (u *unlisted) List(context.Context) ([]blob.Entry, error) { return nil, errCut }

// A head that is gone, and nobody knows what is beside it: that is no place without a state.
func TestRead_ofWhatCanNotBeListedIsNotNone(t *testing.T) {
	b := newBucket()
	session := must(store(b).Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	check(t, session.Commit(t.Context(), step(1)))
	check(t, session.Unlock())
	b.set("head", nil)
	_, err := blob.New(blob.Options{Bucket: &unlisted{b}, Now: now}).Read(t.Context())
	if errors.Is(err, state.ErrNone) || !errors.Is(err, errCut) {
		t.Errorf("Read: %v", err)
	}
}

// unread is a bucket whose lock can't be read while it is said so.
type unread struct {
	*bucket
	failing atomic.Bool
}

func (u *unread) Get(ctx context.Context, name string) (*blob.Object, error) {
	if name == "lock" && u.failing.Load() {
		return nil, errCut
	}
	return u.bucket.Get(ctx, name)
}

func (u *unread) Put(ctx context.Context, name string, data []byte, etag string) (string, error) {
	got, err := u.bucket.Put(ctx, name, data, etag)
	u.failing.Store(name == "lock" && etag == "") // from the moment it is ours until it is given back
	return got, err
}

// A lock that could not be looked at again is given back, and does not hold for its time with nobody there.
func TestLock_thatCouldNotSettleIsGivenBack(t *testing.T) {
	u := &unread{bucket: newBucket()}
	s := blob.New(blob.Options{Bucket: u, Now: now, Settle: 10 * time.Millisecond})
	if _, err := s.Lock(t.Context(), ada); !errors.Is(err, errCut) {
		t.Fatalf("Lock: %v", err)
	}
	u.failing.Store(false)
	check(t, must(store(u.bucket).Lock(t.Context(), bob))(t).Unlock())
}
