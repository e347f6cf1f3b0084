package blob

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/state"
)

// Purge puts a state in the place of the one that is there, and leaves no copy of that: see [state.Session]. A bucket that keeps old versions of
// its objects keeps them all the same: how long is up to whoever owns it.
func (s *session) Purge(ctx context.Context, w *state.Whole, goes func(*state.Whole) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if err := s.sweepAside(ctx); err != nil { // first of all: what is interrupted after the state was replaced looks as if it were done
		return err
	}
	if err := s.place(ctx, w, s.view.head.next(s.token)); err != nil {
		return err
	}
	h := s.view.head.next(s.token)
	h.Backups = slices.DeleteFunc(h.Backups, func(name string) bool {
		if name == h.State.Base.Name {
			return false
		}
		old, err := s.store.Backup(ctx, strings.TrimPrefix(name, backupFolder))
		return err != nil || goes(old)
	})
	if ctx.Err() != nil { // then none of them could be read
		return ctx.Err()
	}
	if err := s.write(ctx, h); err != nil {
		return err
	}
	return s.sweep(ctx)
}

// sweepAside takes away the copies of damaged states.
func (s *session) sweepAside(ctx context.Context) error {
	list, err := s.store.bucket.List(ctx)
	if err != nil {
		return fmt.Errorf("listing %s: %w", s.store.Where(), err)
	}
	var aside []string
	for _, e := range list {
		if strings.HasPrefix(e.Name, asideFolder) {
			aside = append(aside, e.Name)
		}
	}
	return s.store.bucket.Delete(ctx, aside...)
}
