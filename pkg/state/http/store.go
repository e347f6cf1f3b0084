package http

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/blob"
	"github.com/playctl/playctl/pkg/state/memory"
)

// Store is a state on a server. It may be used by several goroutines at once.
type Store struct {
	client *client
	box    blob.Box
	local  blob.Bucket // where backups are
	now    func() time.Time
}

// Where gives the address.
func (s *Store) Where() string { return where(s.client.address) }

// Exists tells whether there is something at the address, good or not.
func (s *Store) Exists(ctx context.Context) (bool, error) {
	data, err := s.get(ctx)
	return data != nil, err
}

// get reads the document; nil: there is none.
func (s *Store) get(ctx context.Context) ([]byte, error) {
	data, err := s.client.get(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	return data, nil
}

// open reads and checks the document and the state in it. With a *[state.DamagedError] there may be a document none the less.
func (s *Store) open(ctx context.Context) (*document, *state.Whole, error) {
	data, err := s.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	if data == nil {
		return nil, nil, state.ErrNone
	}
	d, err := parse(data)
	if err != nil {
		return nil, nil, s.damaged(ctx, err)
	}
	w, err := s.decode(d)
	if err == nil {
		err = s.outdated(ctx, d)
	}
	if err != nil {
		return d, nil, s.damaged(ctx, err)
	}
	return d, w, nil
}

// Read gives the state as of now; see [state.Store].
func (s *Store) Read(ctx context.Context) (*state.Snapshot, error) {
	r, err := s.replica(ctx)
	if err != nil {
		return nil, err
	}
	return r.Read(ctx)
}

// Whole gives the state with its journal; see [state.Store].
func (s *Store) Whole(ctx context.Context) (*state.Whole, error) {
	r, err := s.replica(ctx)
	if err != nil {
		return nil, err
	}
	return r.Whole(ctx)
}

// Journal gives the pages of a run, or of all; see [state.Store].
func (s *Store) Journal(ctx context.Context, run string) ([]state.Page, error) {
	r, err := s.replica(ctx)
	if err != nil {
		return nil, err
	}
	return r.Journal(ctx, run)
}

func (s *Store) replica(ctx context.Context) (*memory.Replica, error) {
	_, w, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	return memory.Replicate(ctx, w)
}

// Missing is the error for a state that should be there, because playctl.lineage names it, and isn't.
func (s *Store) Missing(ctx context.Context) *state.DamagedError {
	return s.damaged(ctx, errors.New("is missing"))
}

// damaged says what is wrong, and how the state is brought back.
func (s *Store) damaged(ctx context.Context, err error) *state.DamagedError {
	var f *blob.Flaw
	if errors.As(err, &f) && f.Hint != "" {
		return state.Foreign(ctx, s, s.Where(), err.Error(), f.Hint)
	}
	return state.Damaged(ctx, s, s.Where(), err.Error(), fmt.Sprintf("there is no good backup in %s on this machine: look whether the playbook names the right address (state: address:), "+
		"and whether the server has older versions or another machine that applied has backups; without one, take this environment's line out of playctl.lineage and give playctl an empty "+
		"address: `playctl apply --new-state` then knows of nothing that was done and may do it again", s.local.Where("")))
}
