package cli

import (
	"cmp"
	"context"
	"fmt"
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
	file                 string          // of the saved plan
	saved                *plan.Saved     // what that holds
	launch               *journey.Launch // of a manual play
	operation            state.Operation // what the run is recorded as: the command; "" is apply
	planner              planner         // what makes the plan; nil is flow.Plan
	chosen               []string        // what else limited it, as it was typed, for the record
	kinds                []string        // of what can't be undone, that are approved; none: all of them
	approved             string          // how it was approved, once it was
	overrides            []string        // refusals that were let pass, once they were
}

// planner makes the plan of a command, from the state as it is under the lock: it may add to the options, and to the plan.
type planner func(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, o flow.Options) (*flow.Planned, error)

func (o *applyOptions) flags(a *app, cmd *cobra.Command) {
	o.limits.flags(a, cmd)
	f := cmd.Flags()
	f.BoolVarP(&o.yes, "yes", "y", false, "don't ask")
	f.BoolVar(&o.yes, "auto-approve", false, "don't ask (as in Terraform)")
	f.StringArrayVar(&o.kinds, "approve", nil, "of what can't be undone do only this `kind`: send:chat.message, task, or none; each asks for each kind; may be repeated")
	f.BoolVar(&o.newState, "new-state", false, "begin a new state where CI is set and there is none")
	f.DurationVar(&o.lockTimeout, "lock-timeout", 0, "wait so long (30s, 5m) for another apply to end")
}

func newApply(a *app) *cobra.Command {
	var o applyOptions
	cmd := &cobra.Command{
		Use:   "apply [PLANFILE]",
		Short: "Do exactly what the plan shows, and remember it",
		Long: `apply plans, shows the plan, asks, and carries out exactly that. Every effect is recorded before it is called and after; nothing is
sent twice. With a saved plan it plans again and does only what both plans hold.

--limit 10 is a canary: it acts on ten members, and the others wait for the next run. --approve does, of what can't be undone, only some
kinds, or asks for each; what is not approved stays wanted. A saved plan that was changed, has expired, was applied already or is of an
older state is refused, and where PLAYCTL_PLAN_KEY is set also one that was not signed with it.

Without a terminal it refuses unless --yes is given. Ctrl-C lets what is in flight end; the next apply goes on.`,
		Example: `  playctl apply
  playctl apply --yes                      # from cron
  playctl apply plan.json                  # what was reviewed, and nothing else
  playctl apply --yes --target play.welcome --only a-0192
  playctl apply --limit 10                 # a canary, first
  playctl apply --approve each             # asks for messages and tasks kind by kind
  playctl apply --yes --approve task:crm.task --approve send:chat.message
  playctl apply --yes --approve none       # only what can be undone`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if o.file = args[0]; o.file == "" { // a shell's variable that is not set must not mean: everything
					return fail(exitError, "name a file, or leave the argument away", "the saved plan has an empty name")
				}
			}
			return a.apply(cmd.Context(), o)
		},
	}
	o.flags(a, cmd)
	cmd.Flags().BoolVar(&o.exact, "exact", false, "with PLANFILE: refuse if the new plan differs from it in anything")
	return cmd
}

func (a *app) apply(ctx context.Context, o applyOptions) error {
	if err := a.mayAsk(state.OpApply, o); err != nil {
		return err
	}
	if err := a.readApproval(ctx, &o); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	return a.applyProgram(ctx, w, p, o)
}

// applyProgram applies a playbook that was loaded, under the lock.
func (a *app) applyProgram(ctx context.Context, w *flow.World, p *flow.Program, o applyOptions) (err error) {
	if err := a.mayBegin(ctx, p, o); err != nil {
		return err
	}
	o.operation = cmp.Or(o.operation, state.OpApply)
	session, err := a.lock(ctx, p, o.operation, o.lockTimeout)
	if err != nil {
		return err
	}
	defer a.unlocking(session, &err)
	s, fresh, err := a.stateToApply(ctx, p, session, &o)
	if err != nil {
		return err
	}
	planned, err := a.planToApply(ctx, w, p, s, session, &o)
	if err != nil {
		return err
	}
	if err := a.keepState(ctx, p, session, s.Meta, fresh); err != nil {
		return err
	}
	return a.carryOut(ctx, w, p, planned, session, o)
}

// stateToApply reads the state, or names the one that is about to be made (fresh), and holds a saved plan against it.
func (a *app) stateToApply(ctx context.Context, p *flow.Program, session state.Session, o *applyOptions) (s *state.Snapshot, fresh bool, err error) {
	s, err = session.Read(ctx)
	if s, err = a.checkLineage(ctx, p, a.store, s, err); err != nil {
		return nil, false, err
	}
	if fresh = s.Meta.Lineage == ""; fresh {
		if err := a.mayCreate(p, *o); err != nil {
			return nil, false, err
		}
		if a.fleeting(p) {
			o.overrides = append(o.overrides, "--new-state")
		}
		s.Meta = a.newMeta(p)
		if o.saved != nil && o.saved.Salt != "" {
			s.Meta.Salt, s.Meta.Lineage = o.saved.Salt, o.saved.Lineage
		}
	}
	if o.saved != nil {
		err = o.saved.Check(p.Book.Name, p.Book.Environment, p.Book.Files, s, a.Now())
	}
	return s, fresh, err
}

// planToApply plans, limits the plan to what was approved, shows it and asks.
func (a *app) planToApply(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, session state.Session, o *applyOptions) (*flow.Planned, error) {
	session.Progress("planning")
	planned, err := a.planBy(ctx, w, p, s, o.limits, o.launch, o.planner)
	if err != nil {
		return nil, err
	}
	a.warnOfLastRun(ctx, planned)
	if o.saved != nil {
		if err := a.restrict(ctx, o.saved, planned, o.exact); err != nil {
			return nil, err
		}
	}
	if err := a.approveKinds(ctx, p, planned, o.kinds); err != nil {
		return nil, err
	}
	if !a.json {
		if err := a.showPlan(p, planned, o.limits, formatText); err != nil {
			return nil, fmt.Errorf("%w: nothing was done", err)
		}
	}
	if err := refusal(planned); err != nil {
		return nil, err
	}
	return planned, a.approve(ctx, planned, session, o)
}

// keepState begins a fresh state, and then the lineage that expects it; a lineage that got lost is written again.
func (a *app) keepState(ctx context.Context, p *flow.Program, session state.Session, meta state.Meta, fresh bool) error {
	if fresh {
		if err := session.Create(ctx, meta); err != nil {
			return err
		}
		a.say("Made the state %s, and playctl.lineage, which belongs in Git.", a.store.Where())
	}
	_, recorded, err := lineage.Read(a.dir, p.Book.Environment)
	if err != nil || recorded {
		return err
	}
	if !fresh {
		a.say("Made playctl.lineage again, which was not there: it belongs in Git.")
	}
	return lineage.Write(a.dir, p.Book.Environment, meta.Lineage)
}

// carryOut does it, and tells what became of it.
func (a *app) carryOut(ctx context.Context, w *flow.World, p *flow.Program, planned *flow.Planned, session state.Session, o applyOptions) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	run := a.newRun(ctx, p, o.operation, runDetails{approved: o.approved, overrides: o.overrides, limits: append(o.chosen, o.typed()...), saved: o.saved, planned: planned})
	a.acting.Store(true)
	bar := a.progress("applying")
	result := flow.Apply(ctx, w, planned, session, run, flow.ApplyOptions{Stop: a.stop, Progress: bar.applying})
	bar.done()
	shown := a.showApplied(p, planned, result)
	if err := a.applyExit(result); err != nil {
		if shown != nil {
			a.warn("%s %s", a.alarm("warning:"), shown)
		}
		return err
	}
	if shown != nil {
		return shown
	}
	return unfinished(exitPartly, planned)
}

func (a *app) showApplied(p *flow.Program, planned *flow.Planned, result *apply.Result) error {
	if a.json {
		return render.AppliedJSON(a.Stdout, planned.Plan, result)
	}
	if planned.Plan.Empty() && result.Complete() {
		return nil // the plan said so already
	}
	if err := a.print(""); err != nil { // below the plan
		return err
	}
	return a.printer(p, planned.Plan.At, limits{}).Applied(a.Stdout, planned.Plan, result)
}

func (a *app) applyExit(r *apply.Result) error {
	stopped := r.Interrupted || a.stopped() && !r.Complete()
	switch {
	case r.Err != nil:
		_, _, hint := a.classify(r.Err)
		if hint == "" {
			hint = "what was done is recorded; mend this and run apply again"
			if r.Count(apply.InDoubt) > 0 {
				hint = "mend this and run apply again: what is counted as done is recorded, and what is in doubt it finds out about first"
			}
		}
		return fail(exitError, hint, "%s", r.Err)
	case stopped:
		return fail(exitInterrupted, a.invocation("plan")+" shows the rest", "interrupted: the state is saved")
	case !r.Complete():
		return silent(exitPartly)
	}
	return nil
}
