package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/lineage"
)

type applyOptions struct {
	limits
	yes, newState, exact bool
	lockTimeout          time.Duration
	saved                string
	launch               *journey.Launch
}

func (o *applyOptions) flags(cmd *cobra.Command) {
	o.limits.flags(cmd)
	f := cmd.Flags()
	f.BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	f.BoolVar(&o.yes, "auto-approve", false, "don't ask (as in Terraform)")
	f.BoolVar(&o.newState, "new-state", false, "begin a new state where CI is set and there is none")
	f.DurationVar(&o.lockTimeout, "lock-timeout", 0, "wait so long for the lock")
}

func newApply(a *app) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply [PLANFILE]",
		Short: "Do exactly what the plan shows, and remember it",
		Long: `apply plans, shows the plan, asks, and carries out exactly that. Every effect is recorded before it is called and after; nothing is
sent twice. With a saved plan it plans again and does only what both plans hold.

Without a terminal it refuses unless --yes is given. Ctrl-C lets what is in flight end; the next apply goes on.`,
		Example: `  playctl apply
  playctl apply --yes                      # from cron
  playctl apply plan.json                  # what was reviewed, and nothing else
  playctl apply --yes --target play.welcome --only a-0192`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.saved = args[0]
			}
			return a.apply(cmd.Context(), o)
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.exact, "exact", false, "with PLANFILE: refuse if the new plan differs from it in anything")
	return cmd
}

func (a *app) apply(ctx context.Context, o applyOptions) (err error) {
	if err := a.mayApply(o); err != nil {
		return err
	}
	var saved *plan.Saved
	if o.saved != "" {
		if saved, err = a.readSaved(o.saved); err != nil {
			return err
		}
		o.target, o.exclude, o.only = saved.Target, saved.Exclude, saved.Only
		o.allow = append(o.allow, saved.Allowed...)
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	if _, err := a.readState(ctx, p); err != nil { // before the lock, so that a refusal leaves no trace
		return err
	}
	session, err := a.lock(ctx, p, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Unlock()) }()
	return a.applyLocked(ctx, w, p, session, saved, o)
}

// mayApply refuses before doing any work what could not be approved later.
func (a *app) mayApply(o applyOptions) error {
	if err := a.readOnlyAt("apply"); err != nil {
		return err
	}
	if !o.yes && o.saved == "" && (a.json || !a.Terminal(0)) {
		return fail(exitNotApproved, "say --yes, or apply a saved plan: playctl plan --out FILE, playctl apply FILE", "there is no terminal to ask on, so nothing was done")
	}
	if o.exact && o.saved == "" {
		return fail(exitError, "give the saved plan: playctl apply --exact FILE", "--exact goes with a saved plan")
	}
	return nil
}

// lock takes the state's lock, waiting for it as long as was said.
func (a *app) lock(ctx context.Context, p *flow.Program, o applyOptions) (state.Session, error) {
	holder := state.Holder{ID: a.NewID(), Operation: "apply", Who: a.User, PID: a.PID, Since: a.Now().UTC()}
	deadline := time.NewTimer(o.lockTimeout)
	defer deadline.Stop()
	for told := false; ; told = true {
		session, err := a.store(p).Lock(ctx, holder)
		var locked *state.LockedError
		if !errors.As(err, &locked) || o.lockTimeout == 0 {
			return session, err
		}
		if !told {
			a.say("waiting up to %s: %s", o.lockTimeout, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-deadline.C:
			return nil, err
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (a *app) applyLocked(ctx context.Context, w *flow.World, p *flow.Program, session state.Session, saved *plan.Saved, o applyOptions) error {
	s, err := session.Read(ctx)
	if s, err = a.checkLineage(p, s, err); err != nil {
		return err
	}
	fresh := s.Meta.Lineage == ""
	if fresh {
		if err := a.mayCreate(o); err != nil {
			return err
		}
		s.Meta = a.newMeta(p)
		if saved != nil && saved.Salt != "" {
			s.Meta.Salt, s.Meta.Lineage = saved.Salt, saved.Lineage
		}
	}
	if saved != nil {
		if err := saved.Check(p.Book.Name, p.Book.Environment, p.Book.Files, s, a.Now()); err != nil {
			return err
		}
	}
	planned, err := a.planToApply(ctx, w, p, s, saved, o)
	if err != nil {
		return err
	}
	if fresh {
		if err := a.createState(ctx, p, session, s.Meta); err != nil {
			return err
		}
	}
	return a.carryOut(ctx, w, p, planned, session, saved)
}

// mayCreate refuses to begin a state on a runner, where it would be lost with the machine.
func (a *app) mayCreate(o applyOptions) error {
	if a.getenv("CI") != "" && !o.newState {
		return fail(exitError, "restore .playctl from the last run first; if this is the first run ever, say --new-state and keep .playctl between runs",
			"CI is set and there is no state: on a runner a new state would be lost with it, and everybody would enter again with the next run")
	}
	return nil
}

// planToApply plans, limits the plan to what was approved, shows it and asks.
func (a *app) planToApply(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, saved *plan.Saved, o applyOptions) (*flow.Planned, error) {
	options, err := o.options(p, s)
	if err != nil {
		return nil, err
	}
	options.Launch = o.launch
	planned, err := a.makePlan(ctx, w, p, s, options)
	if err != nil {
		return nil, err
	}
	if saved != nil {
		if err := a.restrict(saved, planned, o.exact); err != nil {
			return nil, err
		}
	}
	if !a.json {
		if err := a.showPlan(p, view(p, planned), o.limits); err != nil {
			return nil, err
		}
	}
	if err := a.planExit(planned, false); err != nil {
		return nil, err
	}
	if planned.Plan.Empty() || o.yes || saved != nil {
		return planned, nil
	}
	return planned, a.ask(ctx, planned.Plan.Summary())
}

// restrict limits a new plan to a saved one, and tells what differs.
func (a *app) restrict(saved *plan.Saved, planned *flow.Planned, exact bool) error {
	kept := saved.Restrict(planned.Plan)
	if kept.Unapproved+kept.Unwanted == 0 {
		return nil
	}
	if exact {
		return fail(exitStale, "make a new plan: playctl plan --out FILE", "the plan differs from the saved one: %d new, %d no longer wanted\n  %s",
			kept.Unapproved, kept.Unwanted, strings.Join(kept.Samples, "\n  "))
	}
	a.say("Since the plan was saved the data changed: %d not approved and not done, %d approved and no longer wanted.", kept.Unapproved, kept.Unwanted)
	for _, sample := range kept.Samples {
		a.say("  %s", sample)
	}
	return nil
}

// ask waits for yes.
func (a *app) ask(ctx context.Context, s plan.Summary) error {
	fmt.Fprintf(a.Stderr, "\nDo this? ")
	if s.Once > 0 {
		fmt.Fprintf(a.Stderr, "%d of it can't be undone. ", s.Once)
	}
	fmt.Fprintf(a.Stderr, "Only yes will do it: ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(a.Stdin).ReadString('\n') // an end without an answer is no yes
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case text := <-answer:
		if text != "yes" {
			return fail(exitNotApproved, "", "not approved: nothing was done")
		}
	}
	return nil
}

// createState begins the state, then the lineage that expects it.
func (a *app) createState(ctx context.Context, p *flow.Program, session state.Session, meta state.Meta) error {
	if err := session.Create(ctx, meta); err != nil {
		return err
	}
	if err := lineage.Write(a.dir, p.Book.Environment, meta.Lineage); err != nil {
		return err
	}
	a.say("Made the state %s and playctl.lineage, which belongs in Git.", a.statePath(p))
	return nil
}

// carryOut does it, and tells what became of it.
func (a *app) carryOut(ctx context.Context, w *flow.World, p *flow.Program, planned *flow.Planned, session state.Session, saved *plan.Saved) error {
	run := state.Run{ID: a.NewID(), By: a.User}
	if saved != nil {
		run.Plan = saved.ID
	}
	a.gentle.on.Store(true)
	bar := a.progress("applying")
	result := flow.Apply(ctx, w, planned, session, run, flow.ApplyOptions{Stop: a.stop, Progress: bar.applying})
	bar.done()
	if err := a.showApplied(p, planned, result); err != nil {
		return err
	}
	return applyExit(result)
}

func (a *app) showApplied(p *flow.Program, planned *flow.Planned, result *apply.Result) error {
	if a.json {
		return render.AppliedJSON(a.Stdout, planned.Plan, result)
	}
	if planned.Plan.Empty() && result.Complete() {
		return nil // the plan said so already
	}
	return a.printer(p, planned.Plan.At, limits{}).Applied(a.Stdout, planned.Plan, result)
}

func applyExit(r *apply.Result) error {
	switch {
	case r.Err != nil:
		return fail(exitError, "what was done is recorded; mend this and run apply again", "%s", r.Err)
	case r.Interrupted:
		return fail(exitInterrupted, "playctl plan shows the rest", "interrupted: the state is saved")
	case !r.Complete():
		return silent(exitPartly)
	}
	return nil
}
