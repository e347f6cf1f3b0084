package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/amend"
	"github.com/playctl/playctl/pkg/state/lineage"
)

// replacement is how a state is put in the place of the one that is there.
type replacement struct {
	consent
	operation   state.Operation
	force       bool
	refuseOlder bool // unless forced
	// from gives the state, and words where it is from.
	from func(ctx context.Context, p *flow.Program, store state.Store) (*state.Whole, string, error)
}

// replaceState puts a state in the place of the one that is there, or is not.
func (a *app) replaceState(ctx context.Context, o replacement) (err error) {
	if err := a.mayConsent(o.operation, o.consent); err != nil {
		return err
	}
	_, p, err := a.load()
	if err != nil {
		return err
	}
	store, err := a.openStore(ctx, p)
	if err != nil {
		return err
	}
	w, text, err := o.from(ctx, p, store) // before the lock, which would make a folder for a state that is none
	if err != nil {
		return err
	}
	session, err := a.lock(ctx, p, o.operation, o.lockTimeout)
	if err != nil {
		return err
	}
	defer a.unlocking(session, &err)
	return a.replaceIn(ctx, p, session, w, text, o)
}

// replaceIn does it under the lock.
func (a *app) replaceIn(ctx context.Context, p *flow.Program, session state.Session, w *state.Whole, text string, o replacement) error {
	c := &comparison{app: a, p: p, new: w, serial: w.Meta.Serial, o: o}
	if err := c.read(ctx, session); err != nil {
		return err
	}
	if c.same(ctx) {
		return a.showAmended(&amendment{done: "Nothing to do: " + text + " is what is there. Others: " + a.invocation("state backups")}, nil)
	}
	if err := c.check(); err != nil {
		return err
	}
	backups, err := a.store.Backups(ctx)
	if err != nil {
		return err
	}
	if err := c.carry(ctx); err != nil {
		return err
	}
	if c.present != nil && c.carried.Older && c.carried.Total()+c.carried.Forgotten == 0 && c.expects == c.new.Meta.Lineage {
		return a.showAmended(&amendment{done: fmt.Sprintf("Nothing to do: the state here, serial %d, has lost nothing that %s knows.", c.present.Meta.Serial, text)}, nil)
	}
	serial := amend.NextSerial(w, c.present, backups)
	from := fmt.Sprintf("%s, serial %d", text, w.Meta.Serial)
	change := &amendment{tell: c.tell(from), overrides: c.passed, message: from, done: fmt.Sprintf("The state is %s", text)}
	if c.present != nil && c.carried.Older {
		change.done = "The state has taken over what it had lost"
	}
	change.done += fmt.Sprintf("; it has serial %d now. See what the next apply would do: %s", serial, a.invocation("plan"))
	approved, err := a.agree(ctx, change.tell, o.consent, session)
	if err != nil {
		return err
	}
	run := a.recordOf(ctx, p, o.operation, change, approved, serial)
	if err := c.replace(ctx, session, run); err != nil {
		return err
	}
	return a.showAmended(change, &run)
}

// replace puts the new state in its place, and has playctl.lineage follow. Neither is left to itself by somebody who interrupts.
func (c *comparison) replace(ctx context.Context, session state.Session, run state.Run) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.app.acting.Store(true)
	ctx = context.WithoutCancel(ctx)
	w := *c.new
	w.Meta.Serial, w.Meta.MovedTo, w.Meta.Environment, w.Runs = run.Serial, "", environmentName(c.p), append(slices.Clone(w.Runs), run)
	if err := session.Replace(ctx, &w); err != nil {
		return err
	}
	return lineage.Write(c.app.dir, c.p.Book.Environment, w.Meta.Lineage)
}

// moment is now as everything that is kept.
func (a *app) moment() time.Time { return a.Now().UTC().Truncate(time.Microsecond) }
