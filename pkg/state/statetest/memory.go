package statetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/playctl/playctl/pkg/state"
)

// Memory gives a new store that keeps its state in memory: for the tests of other packages, and what the suite compares others with.
func Memory() state.Store { return &memory{} }

// memory is a store; it is also its own session's. Its fields are guarded by mu.
type memory struct {
	mu     sync.Mutex
	kept   *model // nil: there is no state
	locked *memorySession
}

// memorySession is a memory while it is locked.
type memorySession struct {
	store  *memory
	holder state.Holder
}

func (m *memory) Read(ctx context.Context) (*state.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case m.kept == nil:
		return nil, state.ErrNone
	}
	return m.kept.snapshot(), nil
}

func (m *memory) Lock(ctx context.Context, who state.Holder) (state.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case m.locked != nil:
		return nil, &state.LockedError{Holder: m.locked.holder}
	}
	m.locked = &memorySession{store: m, holder: who}
	return m.locked, nil
}

// use runs f with the store while the session has the lock and the context is not done.
func (s *memorySession) use(ctx context.Context, f func(*memory) error) error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	switch {
	case s.store.locked != s:
		return errors.New("using the state: it is no longer locked")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return f(s.store)
}

func (s *memorySession) Create(ctx context.Context, m state.Meta) error {
	return s.use(ctx, func(store *memory) error {
		if store.kept != nil {
			return fmt.Errorf("creating the state: %w", fs.ErrExist)
		}
		store.kept = newModel(m)
		return nil
	})
}

func (s *memorySession) Read(ctx context.Context) (snapshot *state.Snapshot, err error) {
	err = s.use(ctx, func(store *memory) error {
		if store.kept == nil {
			return state.ErrNone
		}
		snapshot = store.kept.snapshot()
		return nil
	})
	return snapshot, err
}

func (s *memorySession) Commit(ctx context.Context, c *state.Changes) error {
	return s.use(ctx, func(store *memory) error {
		if store.kept == nil {
			return fmt.Errorf("writing the state: %w", state.ErrNone)
		}
		if err := events(c); err != nil {
			return fmt.Errorf("writing the state: %w", err)
		}
		store.kept.apply(c)
		return nil
	})
}

// events refuses what only a memory could keep: events that aren't JSON.
func events(c *state.Changes) error {
	for i := range c.Members {
		if e := c.Members[i].Event; len(e) > 0 {
			if _, err := json.Marshal(e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *memorySession) Progress(text string) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	s.holder.Progress = text
}

func (s *memorySession) Unlock() error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if s.store.locked == s {
		s.store.locked = nil
	}
	return nil
}
