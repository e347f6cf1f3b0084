package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/lineage"
)

// openStore opens the place where the playbook's state is kept, once a command.
func (a *app) openStore(ctx context.Context, p *flow.Program) (state.Store, error) {
	if a.store != nil {
		return a.store, nil
	}
	w, err := a.world()
	if err != nil {
		return nil, err
	}
	a.store, err = flow.OpenState(ctx, w, &p.Book.State, p.Book.Environment)
	return a.store, err
}

// readState reads the state, or gives an empty one if there has never been any. A lineage without its state is an error with the remedy.
func (a *app) readState(ctx context.Context, p *flow.Program) (*state.Snapshot, error) {
	store, err := a.openStore(ctx, p)
	if err != nil {
		return nil, err
	}
	s, err := store.Read(ctx)
	if s, err = a.checkLineage(ctx, p, store, s, err); err == nil && s.Meta.Lineage == "" {
		a.detail("state %s: none yet", store.Where())
	} else if err == nil {
		a.detail("state %s: serial %d, %s", store.Where(), s.Meta.Serial, count(len(s.Members), "member"))
	}
	return s, err
}

// checkLineage holds a state against the lineage beside the playbook.
func (a *app) checkLineage(ctx context.Context, p *flow.Program, store state.Store, s *state.Snapshot, err error) (*state.Snapshot, error) {
	id, recorded, lineageErr := lineage.Read(a.dir, p.Book.Environment)
	if lineageErr != nil {
		return nil, lineageErr
	}
	if errors.Is(err, state.ErrNone) && recorded { // the first apply may have made both since the state was looked for
		s, err = store.Read(ctx)
	}
	switch {
	case errors.Is(err, state.ErrNone) && recorded:
		return nil, a.stateMissing(ctx, p, store, id)
	case errors.Is(err, state.ErrNone):
		return &state.Snapshot{}, nil
	case err != nil:
		return nil, err
	case s.Meta.MovedTo != "":
		return nil, &state.DamagedError{Where: store.Where(), What: "this state was moved to " + s.Meta.MovedTo + " and is not the one to go on with",
			Hint: "say in the playbook where it is now (state: backend: …), or move it back: playctl init --migrate-state"}
	case recorded && id != s.Meta.Lineage:
		return nil, &state.DamagedError{Where: store.Where(), What: fmt.Sprintf("this is the state of another playbook: its lineage is %s, playctl.lineage says %s", s.Meta.Lineage, id),
			Hint: "bring back the state that belongs to this playbook, or the playctl.lineage that belongs to this state (git log playctl.lineage)"}
	}
	return s, nil
}

// stateMissing refuses to start afresh where a state is expected: everybody would enter, and be mailed, again.
func (a *app) stateMissing(ctx context.Context, p *flow.Program, store state.Store, lineage string) error {
	missing := store.Missing(ctx)
	missing.What += ", and playctl.lineage says that this playbook was applied before: without its state everybody would enter, and be sent, everything again"
	if left := a.leftBehind(ctx, p, store, lineage); left != "" {
		missing.Hint = "it is in " + left + " still: move it with " + a.invocation("init", "--migrate-state")
		return missing
	}
	missing.Hint += "; to begin again on purpose, first take this environment's line out of playctl.lineage"
	return missing
}

// leftBehind finds the state of a lineage beside the playbook, where it was unless the playbook said otherwise: "" if it is not there.
func (a *app) leftBehind(ctx context.Context, p *flow.Program, store state.Store, lineage string) string {
	w, err := a.world()
	if err != nil {
		return ""
	}
	local, err := flow.OpenState(ctx, w, &playbook.Backend{Name: "local"}, p.Book.Environment)
	if err != nil || local.Where() == store.Where() {
		return ""
	}
	s, err := local.Read(ctx)
	if err != nil || s.Meta.Lineage != lineage {
		return ""
	}
	onItsWay := s.Meta.MovedTo == store.Where() && slices.ContainsFunc(s.Runs, func(r state.Run) bool {
		return r.Operation == migrateOperation && r.Status == state.Running
	})
	if s.Meta.MovedTo == "" || onItsWay {
		return local.Where()
	}
	return ""
}

// newMeta names a state that is about to be made.
func (a *app) newMeta(p *flow.Program) state.Meta {
	return state.Meta{Version: state.Version, Lineage: a.NewID(), Salt: a.NewID() + a.NewID(), Playbook: p.Book.Name, Created: a.Now().UTC().Truncate(time.Microsecond)}
}
