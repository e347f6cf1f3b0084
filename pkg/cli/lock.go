package cli

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

// lockPolls is how often a lock that is waited for is tried.
const lockPolls = 200 * time.Millisecond

// orBreak words what to do about a lock that does not end with the process that has it; "" for one that does.
func (a *app) orBreak(holder *state.Holder) string {
	if a.store == nil || a.besidePlaybook(a.store) || holder.ID == "" {
		return ""
	}
	return "; if whoever has it is gone: " + a.invocation("unlock", holder.ID)
}

// besidePlaybook reports whether a state is on this machine, in the playbook's folder.
func (a *app) besidePlaybook(store state.Store) bool {
	return strings.HasPrefix(store.Where(), filepath.Join(a.dir, ".playctl"))
}

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
