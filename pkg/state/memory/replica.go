package memory

import (
	"context"

	"github.com/playctl/playctl/pkg/state"
)

// Replica is a state in memory as another place keeps it. Whoever makes it has it alone.
type Replica struct {
	*Store
	session state.Session
}

// Replicate gives the replica of a state.
func Replicate(ctx context.Context, w *state.Whole) (*Replica, error) {
	store, err := Load(w)
	if err != nil {
		return nil, err
	}
	session, err := store.Lock(ctx, state.Holder{})
	if err != nil {
		return nil, err
	}
	return &Replica{store, session}, nil
}

// Commit has the replica follow one transaction.
func (r *Replica) Commit(ctx context.Context, c *state.Changes) error {
	return r.session.Commit(ctx, c)
}
