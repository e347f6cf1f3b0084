package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/lineage"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// store opens the place where the playbook's state is kept; it makes no call.
func (a *app) store(p *flow.Program) state.Store {
	return sqlite.Open(a.dir, p.Book.Environment, func() time.Time { return a.Now().UTC() })
}

// readState reads the state, or gives an empty one if there has never been any. A lineage without its state is an error with the remedy.
func (a *app) readState(ctx context.Context, p *flow.Program) (*state.Snapshot, error) {
	s, err := a.store(p).Read(ctx)
	return a.checkLineage(p, s, err)
}

// checkLineage holds a state against the lineage beside the playbook.
func (a *app) checkLineage(p *flow.Program, s *state.Snapshot, err error) (*state.Snapshot, error) {
	id, recorded, lineageErr := lineage.Read(a.dir, p.Book.Environment)
	if lineageErr != nil {
		return nil, lineageErr
	}
	switch {
	case errors.Is(err, state.ErrNone) && recorded:
		return nil, a.stateMissing(p)
	case errors.Is(err, state.ErrNone):
		return &state.Snapshot{}, nil
	case err != nil:
		return nil, err
	case recorded && id != s.Meta.Lineage:
		return nil, &state.DamagedError{Where: a.statePath(p), What: fmt.Sprintf("this is the state of another playbook: its lineage is %s, playctl.lineage says %s", s.Meta.Lineage, id),
			Hint: "bring back the state that belongs to this playbook, or the playctl.lineage that belongs to this state (git log playctl.lineage)"}
	}
	return s, nil
}

func (a *app) statePath(p *flow.Program) string {
	return filepath.Join(".playctl", p.Book.Environment, "state.db")
}

// stateMissing refuses to start afresh where a state is expected: everybody would enter, and be mailed, again.
func (a *app) stateMissing(p *flow.Program) error {
	return &state.DamagedError{Where: a.statePath(p), What: "the state is missing: playctl.lineage says that this playbook has been applied before. Without its state everybody would enter their plays again",
		Hint: fmt.Sprintf("bring the state back: cp %s %s, or restore .playctl from where it was last; "+
			"to start afresh on purpose, take this environment's line out of playctl.lineage and say apply --new-state",
			filepath.Join(".playctl", p.Book.Environment, "backups", "state-NNN.db"), a.statePath(p))}
}

// newMeta names a state that is about to be made.
func (a *app) newMeta(p *flow.Program) state.Meta {
	return state.Meta{Version: state.Version, Lineage: a.NewID(), Salt: a.NewID() + a.NewID(), Playbook: p.Book.Name, Created: a.Now().UTC().Truncate(time.Microsecond)}
}
