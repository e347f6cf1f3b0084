package blob

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/state"
)

// together is how many objects of one level are put together into one of the next.
const together = 64

// Commit keeps one transaction: its changes as one object, and then the head that names it. When it has an error nothing of it is kept,
// unless the bucket has not been heard of since: then the next call finds out.
func (s *session) Commit(ctx context.Context, c *state.Changes) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	if s.view.head.State == nil {
		return fmt.Errorf("writing %s: %w", s.store.Where(), state.ErrNone)
	}
	if c.Empty() {
		return nil
	}
	if err := s.load(ctx); err != nil {
		return err
	}
	if err := s.append(ctx, c); err != nil {
		return err
	}
	s.changed = s.changed || !c.RunOnly()
	return nil
}

// append writes changes, and makes them in memory once they are kept.
func (s *session) append(ctx context.Context, c *state.Changes) error {
	h := s.view.head.next(s.token)
	made := commit{ID: fmt.Sprintf("%d-%s-%d", h.Write, s.token, s.puts+1), After: h.State.Last, wire: wire(*c)}
	body, err := made.encode()
	if err != nil {
		return err
	}
	if c.Run != nil {
		h.State.Serial = c.Run.Serial
	}
	r, err := s.object(ctx, logFolder, logKind, h.State.from(), body)
	if err != nil {
		return err
	}
	s.fresh[r.Name] = body
	h.State.Log, h.State.Last = append(h.State.Log, r), made.ID
	if err := s.merge(ctx, h); err != nil {
		return err
	}
	if err := s.write(ctx, h); err != nil {
		return err
	}
	if s.replica.Commit(context.WithoutCancel(ctx), c) != nil {
		s.replica = nil // it is read again
	}
	return nil
}

// merge puts the last objects together where there are enough of one level, so that the list of them grows as the logarithm of the commits.
func (s *session) merge(ctx context.Context, h *head) error {
	for level := 0; ; level++ {
		log := h.State.Log
		from := len(log)
		for from > 0 && log[from-1].Level == level {
			from--
		}
		if len(log)-from < together {
			return nil
		}
		body, err := s.bodies(ctx, log[from:])
		if err != nil {
			return err
		}
		r, err := s.object(ctx, logFolder, logKind, h.State.from(), body)
		if err != nil {
			return err
		}
		r.Level = level + 1
		h.State.Log = append(slices.Clone(log[:from]), r)
	}
}

// bodies gives the changes of several objects in one piece, and forgets them.
func (s *session) bodies(ctx context.Context, refs []ref) ([]byte, error) {
	var out bytes.Buffer
	for _, r := range refs {
		body, ok := s.fresh[r.Name]
		if !ok {
			var err error
			if body, err = s.store.fetch(ctx, logKind, r); err != nil {
				return nil, err
			}
		}
		out.Write(body)
	}
	for _, r := range refs {
		delete(s.fresh, r.Name)
	}
	return out.Bytes(), nil
}
