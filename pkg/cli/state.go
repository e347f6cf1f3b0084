package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/lineage"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// store opens the place where the playbook's state is kept; it makes no call.
func (a *app) store(p *flow.Program) *sqlite.Store {
	return sqlite.Open(a.dir, p.Book.Environment, func() time.Time { return a.Now().UTC() })
}

// readState reads the state, or gives an empty one if there has never been any. A lineage without its state is an error with the remedy.
func (a *app) readState(ctx context.Context, p *flow.Program) (*state.Snapshot, error) {
	s, err := a.store(p).Read(ctx)
	if s, err = a.checkLineage(p, s, err); err == nil && s.Meta.Lineage == "" {
		a.detail("state %s: none yet", a.store(p).Path())
	} else if err == nil {
		a.detail("state %s: serial %d, %s", a.store(p).Path(), s.Meta.Serial, count(len(s.Members), "member"))
	}
	return s, err
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
		return nil, &state.DamagedError{Where: a.store(p).Path(), What: fmt.Sprintf("this is the state of another playbook: its lineage is %s, playctl.lineage says %s", s.Meta.Lineage, id),
			Hint: "bring back the state that belongs to this playbook, or the playctl.lineage that belongs to this state (git log playctl.lineage)"}
	}
	return s, nil
}

// stateMissing refuses to start afresh where a state is expected: everybody would enter, and be mailed, again.
func (a *app) stateMissing(p *flow.Program) error {
	missing := a.store(p).Missing()
	missing.What += ", and playctl.lineage says that this playbook was applied before: without its state everybody would enter, and be sent, everything again"
	missing.Hint += "; to begin again on purpose, first take this environment's line out of playctl.lineage"
	return missing
}

// newMeta names a state that is about to be made.
func (a *app) newMeta(p *flow.Program) state.Meta {
	return state.Meta{Version: state.Version, Lineage: a.NewID(), Salt: a.NewID() + a.NewID(), Playbook: p.Book.Name, Created: a.Now().UTC().Truncate(time.Microsecond)}
}
