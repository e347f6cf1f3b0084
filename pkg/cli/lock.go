package cli

import (
	"context"
	"errors"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// lockPolls is how often a lock that is waited for is tried.
const lockPolls = 200 * time.Millisecond

// lock takes the state's lock for a command, waiting for it as long as was said.
func (a *app) lock(ctx context.Context, p *flow.Program, operation state.Operation, patience time.Duration) (state.Session, error) {
	holder := state.Holder{ID: a.runID(), Operation: operation.String(), Who: a.User, PID: a.PID, Since: a.Now().UTC()}
	store, err := a.openStore(ctx, p)
	if err != nil {
		return nil, err
	}
	a.locking.Store(true)
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for told := false; ; told = true {
		session, err := store.Lock(ctx, holder)
		var locked *state.LockedError
		if !errors.As(err, &locked) || patience <= 0 {
			return session, err
		}
		if !told {
			a.say("waiting up to %s: %s", patience, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-deadline.C:
			return nil, err
		case <-time.After(lockPolls):
		}
	}
}
