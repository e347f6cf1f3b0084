package cli

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

type forgetOptions struct {
	consent
	entity string
	behind bool // leave behind what can't be taken back
	full   bool
}

func newForget(a *app) *cobra.Command {
	var o forgetOptions
	cmd := &cobra.Command{
		Use:   "forget KEY",
		Short: "Erase a person, or any record, everywhere that playctl knows of",
		Long: `forget takes a record out of every play, out of whatever collection playctl put it into, and takes its open tasks back; then it takes
everything that names it out of the state, the journal of all runs and the backups. It keeps a salted mark, by which the record is known
if it comes again: it then enters no play and counts in no segment. What runs did stays counted.

It shows what goes, and where the record stays that playctl can't erase: what was sent, the files that are read, other systems. Where a
system can't be reached the state forgets nothing yet, and says so: run it again. Killed in the middle, it goes on where it is run again. Where
the state was before it was moved is purged as well if that is beside the playbook, and named if it is elsewhere.

People of an account are records of their own: each is forgotten by its own key.`,
		Example: `  playctl forget p-0001
  playctl forget 4711 --entity person --yes
  playctl forget p-0001 --leave-behind     # also what can't be taken back from a system that is gone`,
		Args: takes(1, 1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error { return a.forget(cmd.Context(), args[0], o) },
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.entity, "entity", "", "the `entity` whose record that is, where several have the key")
	f.BoolVar(&o.behind, "leave-behind", false, "forget it even if something can't be taken back: that is listed, and stays in its system")
	f.BoolVar(&o.full, "full", false, "list everything that is shortened")
	return cmd
}

func (a *app) forget(ctx context.Context, key string, o forgetOptions) error {
	if err := a.mayConsent(state.OpForget, o.consent); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	if o.entity != "" && p.Book.Entity(o.entity) == nil {
		return fail(exitError, diag.Suggest(o.entity, entityNames(p.Book)), "--entity: there is no entity %q", o.entity)
	}
	return a.underLock(ctx, p, state.OpForget, o.consent, func(session state.Session, s *state.Snapshot) error {
		e := &erasing{app: a, o: o, w: w, p: p, session: session}
		return e.run(ctx, s, key)
	})
}

// erasing is a forget at work.
type erasing struct {
	app     *app
	o       forgetOptions
	w       *flow.World
	p       *flow.Program
	session state.Session
	found   *flow.Forgetting
	shown   *render.Forgotten
	former  state.Store // a place where the state was, and that is purged as well; nil: there is none
}

func (e *erasing) run(ctx context.Context, s *state.Snapshot, key string) error {
	if err := e.find(ctx, s, key); err != nil {
		return err
	}
	if err := e.show(); err != nil {
		return err
	}
	if err := refusal(e.found.Planned); err != nil {
		return err
	}
	approved, err := e.app.agree(ctx, nil, e.o.consent, e.session)
	if err != nil {
		return err
	}
	result, left, err := e.takeBack(ctx, approved)
	if err != nil {
		return err
	}
	if len(left) == 0 || e.o.behind {
		if err := e.purge(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	return e.tell(&result.Run, left)
}

// find plans the withdrawals, and counts what names the record.
func (e *erasing) find(ctx context.Context, s *state.Snapshot, key string) error {
	a := e.app
	whole, err := wholeIn(ctx, a.store, e.session)
	if err != nil {
		return err
	}
	e.session.Progress("looking for the record")
	bar := a.progress("reading")
	e.w.Reading = bar.reading
	a.was = s
	e.found, err = flow.Forget(ctx, e.w, e.p, whole, flow.Whom{Key: key, Entity: e.o.entity, Run: a.runID(), Older: e.older(ctx)})
	bar.done()
	if err != nil {
		return explainUnknown(explainPlan(err, s), key)
	}
	e.shown = &render.Forgotten{Forgetting: e.found.Forgetting}
	if e.shown.Backups, err = e.backups(ctx, a.store); err != nil {
		return err
	}
	return e.findFormer(ctx, s)
}

// older gives the backups that can be read.
func (e *erasing) older(ctx context.Context) iter.Seq[*state.Whole] {
	return func(yield func(*state.Whole) bool) {
		list, err := e.app.store.Backups(ctx)
		if err != nil {
			return // find asks again, and tells
		}
		for _, b := range list {
			if w, err := e.app.store.Backup(ctx, b.Name); err == nil && !yield(w) {
				return
			}
		}
	}
}

// backups counts those of a place that name the record. One that can't be read could.
func (e *erasing) backups(ctx context.Context, store state.Store) (int, error) {
	list, err := store.Backups(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, b := range list {
		if old, err := store.Backup(ctx, b.Name); err != nil || e.names(old) {
			n++
		}
	}
	return n, ctx.Err()
}

// names reports whether a state names the record.
func (e *erasing) names(w *state.Whole) bool {
	_, purged := flow.Scrub(e.p, w, e.found.Record)
	return purged.Total() > 0
}

// explainUnknown words that no record has a key, or several have.
func explainUnknown(err error, key string) error {
	var unknown *flow.UnknownRecordError
	switch {
	case !errors.As(err, &unknown):
		return err
	case len(unknown.Entities) > 1:
		return fail(exitError, "say which: --entity "+unknown.Entities[0], "%s", err)
	}
	return fail(exitError, nearestKey(key, unknown.Frame.Tables...), "%s", err)
}

func (e *erasing) show() error {
	a := e.app
	if a.json {
		return nil
	}
	printer := a.printer(e.p, e.found.Planned.Plan.At, limits{full: e.o.full, concise: false})
	if !e.found.Planned.Plan.Empty() {
		if err := a.showPlan(e.p, e.found.Planned, limits{full: e.o.full}, formatText); err != nil {
			return err
		}
		if err := a.print(""); err != nil {
			return err
		}
	}
	return printer.Forget(a.Stdout, e.shown)
}

// takeBack takes the record out of what playctl holds it in, and tells what is left there.
func (e *erasing) takeBack(ctx context.Context, approved string) (*apply.Result, []string, error) {
	a, planned := e.app, e.found.Planned
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	run := a.newRun(ctx, e.p, state.OpForget, runDetails{approved: approved, planned: planned})
	if e.o.behind {
		run.Limits = []string{"--leave-behind"}
	}
	a.acting.Store(true)
	bar := a.progress("forgetting")
	result := flow.Apply(ctx, e.w, planned, e.session, run, flow.ApplyOptions{Stop: a.stop, Progress: bar.applying})
	bar.done()
	if !a.json {
		if err := a.showApplied(e.p, planned, result); err != nil {
			return nil, nil, err
		}
	}
	if result.Err != nil || result.Interrupted {
		return nil, nil, a.applyExit(result)
	}
	s, err := e.session.Read(ctx)
	if err != nil {
		return nil, nil, err
	}
	return result, flow.HeldOf(s, e.found.Record), nil
}

// purge puts the state in its place that does not name the record, and takes the backups away that do; and so in the place where it was before.
// It is done again where the record was forgotten before, since it may have been cut off.
func (e *erasing) purge(ctx context.Context) error {
	e.session.Progress("purging")
	if err := e.purgeIn(ctx, e.app.store, e.session); err != nil {
		return fmt.Errorf("purging the state: %w", err)
	}
	if e.former == nil {
		return nil
	}
	if err := e.purgeFormer(ctx); err != nil {
		return fail(exitPartly, "mend it and run forget again, or remove what is there", "%s is purged, and the place where the state was is not: %s", e.app.store.Where(), err)
	}
	return nil
}

// purgeIn does it in one place.
func (e *erasing) purgeIn(ctx context.Context, store state.Store, session state.Session) error {
	whole, err := wholeIn(ctx, store, session)
	if err != nil {
		return err
	}
	clean, _ := flow.Scrub(e.p, whole, e.found.Record)
	return session.Purge(ctx, clean, e.names)
}

// tell ends it: with what is left, if anything is.
func (e *erasing) tell(run *state.Run, left []string) error {
	a := e.app
	forgot := len(left) == 0 || e.o.behind
	if a.json {
		if err := render.ForgottenJSON(a.Stdout, e.shown, run, left); err != nil {
			return err
		}
	} else if forgot {
		if err := a.print("\nForgotten: %s. %s", e.found.Record, e.purged()); err != nil {
			return err
		}
	}
	switch {
	case !forgot:
		return fail(exitPartly, "mend it and run forget again; --leave-behind forgets it in the state and leaves that where it is",
			"the state forgets nothing yet:\n  %s", strings.Join(left, "\n  "))
	case len(left) > 0:
		return fail(exitPartly, "take it out there by hand", "what could not be taken back stays:\n  %s", strings.Join(left, "\n  "))
	}
	return nil
}

// purged words what does not name the record any more, and what became of the backups that did.
func (e *erasing) purged() string {
	text := "The state and its backups do not name it any more"
	switch n := e.shown.Backups; {
	case n == 1:
		text += ": the backup that did is replaced by one of the state as it is now"
	case n > 1:
		text += fmt.Sprintf(": the %d backups that did are replaced by one of the state as it is now", n)
	}
	if e.former != nil {
		text += "; nor do those in " + e.former.Where()
	}
	return text + "."
}
