package blob_test

import (
	"errors"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// A server that replaces an object in two steps says in between that there is none (versitygw does, under load): that is no state that was lost,
// and no error for who wants the lock.
func TestBlink_isLookedAtAgain(t *testing.T) {
	b := newBucket()
	session := must(store(b).Lock(t.Context(), ada))(t)
	check(t, session.Create(t.Context(), meta))
	check(t, session.Commit(t.Context(), step(1)))
	_, err := store(&client{bucket: b, blinks: 3}).Lock(t.Context(), bob)
	var locked *state.LockedError
	if !errors.As(err, &locked) || locked.Holder.ID != ada.ID {
		t.Errorf("Lock: %v, want that ada has it", err)
	}
	got := must(store(&client{bucket: b, blinks: 2}).Read(t.Context()))(t)
	if len(got.Members) != 1 {
		t.Errorf("Read: %+v", got)
	}
	check(t, session.Unlock())
}
