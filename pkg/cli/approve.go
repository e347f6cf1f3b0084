package cli

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
)

// mayAsk refuses before doing any work what could not be approved later.
func (a *app) mayAsk(command state.Operation, o applyOptions) error {
	if err := a.refuseAt(command.String() + " acts now"); err != nil {
		return err
	}
	if o.exact && o.file == "" {
		return fail(exitError, "give the saved plan: playctl apply --exact FILE", "--exact goes with a saved plan")
	}
	if err := a.mayAskEach(o.kinds); err != nil {
		return err
	}
	if o.yes || o.file != "" {
		return nil
	}
	why := ""
	switch {
	case a.json:
		why = "--json does not ask"
	case !a.Terminal(0) || !a.Terminal(2):
		why = "there is no terminal to ask on"
	default:
		return nil
	}
	hint := "say --yes"
	if command == state.OpApply { // what a saved plan does is an apply's
		hint += ", or apply a saved plan: playctl plan --out FILE, playctl apply FILE"
	}
	return fail(exitNotApproved, hint, "%s, so nothing was done", why)
}

// readApproval reads the saved plan, whose limits are those of the run.
func (a *app) readApproval(ctx context.Context, o *applyOptions) error {
	if o.file == "" {
		return nil
	}
	if len(o.target)+len(o.exclude)+len(o.only)+len(o.allow)+o.limit > 0 {
		return fail(exitError, "say --target, --exclude, --only, --limit and --allow with playctl plan --out", "%s has its limits in it: they can't be changed now", o.file)
	}
	saved, err := a.readSaved(ctx, o.file)
	if err != nil {
		return err
	}
	o.saved, o.target, o.exclude, o.only, o.allow, o.limit = saved, saved.Target, saved.Exclude, saved.Only, saved.Allowed, saved.Limit
	return nil
}

// mayBegin refuses to begin a state where there should be one, before the lock, so that the refusal leaves no trace. What is wrong with a
// state that is there, locking finds out.
func (a *app) mayBegin(ctx context.Context, p *flow.Program, o applyOptions) error {
	store, err := a.openStore(ctx, p)
	if err != nil {
		return err
	}
	if there, err := store.Exists(ctx); err != nil || there {
		return err
	}
	if _, err := a.readState(ctx, p); err != nil {
		return err
	}
	return a.mayCreate(p, o)
}

// mayCreate refuses to begin a state on a runner, where it would be lost with the machine.
func (a *app) mayCreate(p *flow.Program, o applyOptions) error {
	if a.fleeting(p) && !o.newState {
		return fail(exitError, "restore .playctl from the last run first; if this is the first run ever, say --new-state and keep .playctl between runs",
			"CI is set and there is no state: on a runner a new state would be lost with it, and everybody would enter again with the next run")
	}
	return nil
}

// fleeting reports whether a state that is begun here would be lost with the machine.
func (a *app) fleeting(p *flow.Program) bool {
	local := slices.ContainsFunc(a.Backends, func(d state.Driver) bool { return d.Local && d.Name == p.Book.State.Name })
	return local && a.getenv("CI") != ""
}

// restrict limits a new plan to a saved one, tells what differs, and has guards judge what is left.
func (a *app) restrict(ctx context.Context, saved *plan.Saved, planned *flow.Planned, exact bool) error {
	kept := saved.Restrict(planned.Plan)
	if err := planned.Judge.Judge(ctx, planned.Plan); err != nil {
		return err
	}
	if kept.Unapproved+kept.Unwanted == 0 {
		return nil
	}
	samples := kept.Samples
	if more := kept.Unapproved + kept.Unwanted - len(samples); more > 0 {
		samples = append(samples, fmt.Sprintf("… %d more", more))
	}
	if exact {
		return fail(exitStale, "make a new plan: playctl plan --out FILE", "the plan differs from the saved one: %d new, %d no longer wanted\n  %s",
			kept.Unapproved, kept.Unwanted, strings.Join(samples, "\n  "))
	}
	a.warn("Since the plan was saved the data changed, or what variables say: %d not approved and not done, %d approved and no longer wanted.\n  %s",
		kept.Unapproved, kept.Unwanted, strings.Join(samples, "\n  "))
	return nil
}

// approve has a plan approved, and notes how that was done. An empty one needs no approval.
func (a *app) approve(ctx context.Context, planned *flow.Planned, session state.Session, o *applyOptions) error {
	if planned.Plan.Empty() {
		return nil
	}
	by, asks := o.approver()
	o.approved = joined(by, o.kinds)
	each := asksEach(o.kinds)
	if !each && !asks {
		return nil
	}
	session.Progress("waiting to be approved")
	answers := a.answers()
	if each {
		said, err := a.askEach(ctx, planned, answers)
		if err != nil {
			return err
		}
		if o.approved = joined(by, said); planned.Plan.Empty() {
			return fail(exitNotApproved, "", "nothing is left to do: nothing was done")
		}
		if err := refusal(planned); err != nil {
			return err
		}
	}
	if !asks {
		return nil
	}
	return a.askBy(ctx, planned.Plan.Summary(), answers)
}

// approver tells who approves the plan as a whole, and whether that is still to be asked.
func (o *applyOptions) approver() (by string, asks bool) {
	switch {
	case o.saved != nil && o.saved.Signature != "":
		return "saved plan " + o.saved.ID + ", signed with key " + o.saved.Key, false
	case o.saved != nil:
		return "saved plan " + o.saved.ID, false
	case o.yes:
		return "--yes", false
	}
	return "yes on a terminal", true
}

// ask waits for yes.
func (a *app) ask(ctx context.Context, s plan.Summary) error { return a.askBy(ctx, s, a.answers()) }

// askBy is ask where other questions come before.
func (a *app) askBy(ctx context.Context, s plan.Summary, answers func(context.Context) (string, error)) error {
	if a.out.gone {
		return fail(exitNotApproved, "", "nobody could read the plan: nothing was done")
	}
	fmt.Fprint(a.Stderr, "\nDo this? ")
	if s.Once > 0 {
		fmt.Fprintf(a.Stderr, "%d of it can't be undone. ", s.Once)
	}
	fmt.Fprint(a.Stderr, "Only yes will do it: ")
	line, err := answers(ctx)
	if err != nil {
		return err
	}
	return approval(a, line)
}

// answers gives a function that waits for the next line that a person types, or for the context's end.
func (a *app) answers() func(context.Context) (string, error) {
	in := bufio.NewReader(a.Stdin)
	return func(ctx context.Context) (string, error) {
		a.errs.flush() // the question
		answer := make(chan string, 1)
		go func() {
			line, _ := in.ReadString('\n') // an end without an answer is no yes
			answer <- line
		}()
		select {
		case <-ctx.Done():
			a.warn("")
			return "", ctx.Err()
		case line := <-answer:
			return line, nil
		}
	}
}

// approval takes yes for yes, and nothing else.
func approval(a *app, line string) error {
	if !strings.HasSuffix(line, "\n") {
		a.warn("") // the prompt's line was not ended
	}
	switch text := strings.TrimSpace(line); text {
	case "yes":
		return nil
	case "":
		return fail(exitNotApproved, "", "not approved: nothing was done")
	default:
		return fail(exitNotApproved, "only the word yes does it", "not approved, with %q: nothing was done", text)
	}
}
