package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
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
	if a.store, err = flow.OpenState(ctx, w, &p.Book.State, p.Book.Environment); err == nil {
		a.warnOfModes(a.store)
	}
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
		return nil, lineageRemedy(lineageErr, store, s, err)
	}
	if errors.Is(err, state.ErrNone) && recorded { // the first apply may have made both since the state was looked for
		s, err = store.Read(ctx)
	}
	switch {
	case errors.Is(err, state.ErrNone) && recorded:
		return nil, a.stateMissing(ctx, p, store, id)
	case errors.Is(err, state.ErrNone):
		return a.neverBegun(ctx, p, store)
	case err != nil:
		return nil, err
	case s.Meta.MovedTo != "":
		return nil, &state.DamagedError{Where: store.Where(), What: "this state was moved to " + s.Meta.MovedTo + " and is not the one to go on with",
			Hint: "say in the playbook where it is now (state: backend: …), or move it back: " + a.moveBack() + "; " + whatWasSaid}
	case s.Meta.Environment != "" && s.Meta.Environment != environmentName(p):
		return nil, &state.DamagedError{Where: store.Where(), What: fmt.Sprintf("this is the state of environment %q, and not of %q", s.Meta.Environment, environmentName(p)),
			Hint: "say in the playbook (state:) a place that is each environment's own, and move the state to it"}
	case recorded && id != s.Meta.Lineage:
		return nil, a.foreign(ctx, store, s.Meta.Lineage, id)
	}
	return s, nil
}

// lineageRemedy adds to what is wrong with playctl.lineage which line is the right one, where the state can tell.
func lineageRemedy(wrong error, store state.Store, s *state.Snapshot, reading error) error {
	var problem diag.Problem
	if reading == nil && s.Meta.MovedTo == "" && errors.As(wrong, &problem) {
		problem.Hint += fmt.Sprintf("; the state in %s has the lineage %s", store.Where(), s.Meta.Lineage)
		return problem
	}
	return wrong
}

// foreign refuses the state of another playbook, and names the backup that brings the right one back.
func (a *app) foreign(ctx context.Context, store state.Store, found, expected string) error {
	e := &state.DamagedError{Where: store.Where(), What: fmt.Sprintf("this is the state of another playbook: its lineage is %s, playctl.lineage says %s", found, expected),
		Hint: "bring back the state that belongs to this playbook, or the playctl.lineage that belongs to this state (git log playctl.lineage)"}
	if w, b, err := newestBackup(ctx, store, func(w *state.Whole) bool { return w.Meta.Lineage == expected }); err == nil && w != nil {
		e.Hint = fmt.Sprintf("restore the newest good backup of this playbook's state, of serial %d: %s; or bring back the playctl.lineage that belongs to the state that is there (git log playctl.lineage)",
			w.Meta.Serial, a.invocation("state restore", b.Name))
	}
	return e
}

// newMeta names a state that is about to be made.
func (a *app) newMeta(p *flow.Program) state.Meta {
	return state.Meta{Version: state.Version, Lineage: a.NewID(), Salt: a.NewID() + a.NewID(), Playbook: p.Book.Name, Environment: environmentName(p), Created: a.Now().UTC().Truncate(time.Microsecond)}
}

// environmentName is how a state names the playbook's environment.
func environmentName(p *flow.Program) string {
	return cmp.Or(p.Book.Environment, state.UnnamedEnvironment)
}
