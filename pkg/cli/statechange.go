package cli

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
)

// consent are the options of a command that changes the state and nothing else.
type consent struct {
	yes         bool
	lockTimeout time.Duration
}

func (o *consent) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	cmd.Flags().DurationVar(&o.lockTimeout, "lock-timeout", 0, "wait so long (30s, 5m) for whoever has the lock")
}

// mayConsent refuses before any work what could not be approved later.
func (a *app) mayConsent(command state.Operation, o consent) error {
	if err := a.refuseAt(command.String() + " acts now"); err != nil {
		return err
	}
	why := ""
	switch {
	case o.yes:
		return nil
	case a.json:
		why = "--json does not ask"
	case !a.Terminal(0) || !a.Terminal(2):
		why = "there is no terminal to ask on"
	default:
		return nil
	}
	return fail(exitNotApproved, "say --yes", "%s, so nothing was done", why)
}

// amendment is a change of the state that was asked for, before it is made. Without changes there is nothing to do.
type amendment struct {
	changes   state.Changes
	tell      []string       // what is about to be changed and what follows from that, line by line
	done      string         // what is said once it is
	lines     []state.Line   // what goes into the run's journal, as operations that were done
	limits    []string       // what the command was limited to, as options, for the run's record
	overrides []string       // refusals that were let pass
	message   string         // that the run's record keeps
	result    map[string]any // more of the JSON document
}

// amender makes the amendment, from the state as it is under the lock.
type amender func(p *flow.Program, s *state.Snapshot) (*amendment, error)

// amend changes the state by a command: under the lock, once it was shown and approved, and recorded as a run of that name.
func (a *app) amend(ctx context.Context, operation state.Operation, o consent, by amender) error {
	if err := a.mayConsent(operation, o); err != nil {
		return err
	}
	_, p, err := a.load()
	if err != nil {
		return err
	}
	return a.underLock(ctx, p, operation, o, func(session state.Session, s *state.Snapshot) error {
		change, err := by(p, s)
		if err != nil {
			return err
		}
		if change.changes.Empty() {
			return a.showAmended(change, nil)
		}
		approved, err := a.agree(ctx, change.tell, o, session)
		if err != nil {
			return err
		}
		run, err := a.keep(ctx, p, session, s, operation, change, approved)
		if err != nil {
			return err
		}
		return a.showAmended(change, run)
	})
}

// underLock does something with the state as it is under the lock. That there is none is an error.
func (a *app) underLock(ctx context.Context, p *flow.Program, operation state.Operation, o consent, do func(state.Session, *state.Snapshot) error) (err error) {
	if err := a.mustExist(ctx, p); err != nil {
		return err
	}
	session, err := a.lock(ctx, p, operation, o.lockTimeout)
	if err != nil {
		return err
	}
	defer a.unlocking(session, &err)
	s, err := session.Read(ctx)
	if s, err = a.checkLineage(ctx, p, a.store, s, err); err != nil {
		return err
	}
	return do(session, s)
}

// keep records a change of a state as a run, and commits both.
func (a *app) keep(ctx context.Context, p *flow.Program, session state.Session, s *state.Snapshot, operation state.Operation, change *amendment, approved string) (*state.Run, error) {
	run := a.recordOf(ctx, p, operation, change, approved, s.Meta.Serial+1)
	change.changes.Run = &run
	return &run, session.Commit(ctx, &change.changes)
}

// mustExist makes it an error, before the lock is taken, that there is no state.
func (a *app) mustExist(ctx context.Context, p *flow.Program) error {
	store, err := a.openStore(ctx, p)
	if err != nil {
		return err
	}
	if there, err := store.Exists(ctx); err != nil || there {
		return err
	}
	_, err = a.stateThere(ctx, p)
	return err
}

// stateThere reads the state, and makes it an error that there is none yet.
func (a *app) stateThere(ctx context.Context, p *flow.Program) (*state.Snapshot, error) {
	s, err := a.readState(ctx, p)
	if err == nil && s.Meta.Lineage == "" {
		return nil, fail(exitError, a.invocation("apply")+" makes it", "there is no state yet")
	}
	return s, err
}

// unlocking gives a lock back. That it could not be is an error where there was none before.
func (a *app) unlocking(session state.Session, err *error) {
	unlocking := session.Unlock()
	if unlocking == nil {
		return
	}
	remedy := "if the next command says that the state is locked: " + a.invocation("unlock")
	var unwritable *state.UnwritableError
	if errors.As(unlocking, &unwritable) { // it is the backup that could not be made: the lock is given back in any case
		remedy = strings.TrimSuffix(unwritable.Hint, ": what was recorded before is kept") + ": the next run makes the backup"
	}
	if *err != nil {
		a.warn("%s %s; %s", a.alarm("warning:"), unlocking, remedy)
		return
	}
	*err = fail(exitError, "what was done is recorded; "+remedy, "%s", unlocking)
}

// agree tells what is about to be done and has it approved; it gives how, for the record.
func (a *app) agree(ctx context.Context, tell []string, o consent, session state.Session) (approved string, err error) {
	for _, line := range tell {
		a.warn("%s", line)
	}
	if !o.yes {
		session.Progress("waiting to be approved")
		err = a.ask(ctx, plan.Summary{})
	}
	return approvedBy(o.yes), err
}

// approvedBy words how something was approved.
func approvedBy(yes bool) string {
	if yes {
		return "--yes"
	}
	return "yes on a terminal"
}

// recordOf makes the record of the run that makes an amendment, and puts what it does into its journal.
func (a *app) recordOf(ctx context.Context, p *flow.Program, operation state.Operation, change *amendment, approved string, serial int64) state.Run {
	run := a.newRun(ctx, p, operation, runDetails{approved: approved, overrides: change.overrides, limits: change.limits})
	now := a.moment()
	run.Serial, run.Started, run.Finished, run.Status, run.Message = serial, now, now, state.Succeeded, change.message
	if len(change.lines) == 0 {
		return run
	}
	pages, verbs := amend.Journal(run.ID, now, change.lines)
	change.changes.Pages = append(change.changes.Pages, pages...)
	run.Planned, run.Counts = verbs, map[string]int{"done": len(change.lines)}
	return run
}

// showAmended tells what was done, by which run; nil: by none, since there was nothing to do.
func (a *app) showAmended(change *amendment, run *state.Run) error {
	if !a.json {
		return a.print("%s", change.done)
	}
	document := map[string]any{"format_version": render.Begin().FormatVersion, "changed": run != nil}
	maps.Copy(document, change.result)
	if run != nil {
		document["run"], document["serial"] = run.ID, run.Serial
	}
	return a.printJSON(document)
}
