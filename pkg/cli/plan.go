package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/seal"
)

type planOptions struct {
	limits
	out      string
	save     bool // out was given
	format   string
	detailed bool
	expires  time.Duration // how long a saved plan may be applied
}

func newPlan(a *app) *cobra.Command {
	var o planOptions
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Show what would be done, and why",
		Long: `plan reads the records, evaluates the segments, asks the connectors what they hold, and shows the difference to what the
plays want: who enters and leaves, what is added, removed and set, and what would be done once and can't be undone. It writes nothing.

With --out it saves the plan as an approval: apply FILE plans again and does only what both plans hold. A saved plan can't be changed, is
good for 24 hours (--expires) and is used once. Where PLAYCTL_PLAN_KEY is set it is signed with that key, and apply takes no other plan;
where the playbook's state is encrypted (state: encrypt:), so is the plan.

Guards judge the plan, and one that refuses ends plan and apply with 6: first-launch, entries and sends (more than 1000), removals (more
than 100 and a fifth of what is held), empty-source, stale-data, clock. The playbook sets them otherwise, switches them off and adds its
own (guards:); --allow lets one pass.`,
		Example: `  playctl plan
  playctl plan --target play.intent-nurture --full
  playctl plan --at 2026-12-01 --var intent_floor=60
  playctl plan --out plan.json && playctl apply plan.json
  playctl plan --limit 10 --out canary.json --expires 2h
  playctl plan --allow removals           # this once
  playctl plan --format markdown          # a comment for a pull request
  playctl plan --detailed-exitcode        # 0 no changes, 2 changes`,
		Args: takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.save = cmd.Flags().Changed("out")
			return a.plan(cmd.Context(), o)
		},
	}
	o.flags(a, cmd)
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "save the plan as an approval in this `file`")
	cmd.Flags().DurationVar(&o.expires, "expires", plan.Expiry, "how long the saved plan may be applied, 168h at most")
	cmd.Flags().StringVar(&o.format, "format", formatText, "text, or markdown for a pull request's comment")
	cmd.Flags().BoolVar(&o.detailed, "detailed-exitcode", false, "exit with 2 if there are changes")
	return cmd
}

func (a *app) plan(ctx context.Context, o planOptions) error {
	if err := a.mayPlan(o); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	s, err := a.readState(ctx, p)
	if err != nil {
		return err
	}
	salt := ""
	if s.Meta.Lineage == "" && o.save { // the plan names the state that applying it will make
		s.Meta = a.newMeta(p)
		salt = s.Meta.Salt
	}
	planned, err := a.makePlan(ctx, w, p, s, o.limits, nil)
	if err != nil {
		return err
	}
	a.warnOfLastRun(ctx, planned)
	if err := a.showPlan(p, planned, o.limits, o.format); err != nil {
		return err
	}
	if err := refusal(planned); err != nil {
		return err
	}
	if err := a.savePlan(ctx, o, w, p, planned, salt); err != nil {
		return err
	}
	return planExit(planned, o.detailed)
}

// planExit is the end of a plan that was shown: an error where steps can't be taken until somebody mends something. With
// --detailed-exitcode a system that could not be read is one too.
func planExit(p *flow.Planned, detailed bool) error {
	if !detailed {
		return stuck(exitError, p)
	}
	if err := unfinished(exitError, p); err != nil || p.Plan.Empty() {
		return err
	}
	return silent(exitChanges)
}

// unfinished is the error of a plan that leaves out what should have been done: what could not be read, and whom a step could not be taken for.
func unfinished(code int, p *flow.Planned) error {
	if err := unread(code, p); err != nil {
		return err
	}
	return stuck(code, p)
}

// stuck is the error of a plan with steps that can't be taken until somebody mends something.
func stuck(code int, p *flow.Planned) error {
	problems := p.Plan.Problems
	if len(problems) == 0 {
		return nil
	}
	members, first := 0, problems[0]
	for _, x := range problems {
		members += x.Count
	}
	text := fmt.Sprintf("%s can't be taken for %s: %s.%s: %s", count(len(problems), "step"), count(members, "member"), first.Play, first.Step, first.Why)
	if more := len(problems) - 1; more > 0 {
		text += fmt.Sprintf(", and %d more", more)
	}
	return fail(code, "mend it and run again; the other members go on meanwhile", "%s", text)
}

// makePlan plans, with progress, and words what can go wrong.
func (a *app) makePlan(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, l limits, launch *journey.Launch) (*flow.Planned, error) {
	return a.planBy(ctx, w, p, s, l, launch, nil)
}

// planBy is makePlan with a planner of the command's own, if there is one.
func (a *app) planBy(ctx context.Context, w *flow.World, p *flow.Program, s *state.Snapshot, l limits, launch *journey.Launch, by planner) (*flow.Planned, error) {
	o, err := l.options(p, s)
	if err != nil {
		return nil, err
	}
	o.Launch = launch
	bar := a.progress("reading")
	w.Reading = bar.reading
	a.was = s
	if by == nil {
		by = flow.Plan
	}
	planned, err := by(ctx, w, p, s, o)
	bar.done()
	if err != nil {
		return nil, explainPlan(err, s)
	}
	a.slow(planned.Evaluated.Slow(p))
	return planned, checkKeys(p, planned, o)
}

// explainPlan gives remedies to the errors of planning from a state.
func explainPlan(err error, s *state.Snapshot) error {
	var gone *journey.StepGoneError
	if errors.As(err, &gone) {
		return stepGone(gone, s)
	}
	return explainPlanning(err)
}

// explainPlanning gives remedies to the errors of planning.
func explainPlanning(err error) error {
	var missing *plan.MissingCollectionError
	var gone *journey.StepGoneError
	var problems diag.List
	switch {
	case errors.As(err, &missing):
		return fail(exitError, "make it in the system, mend the name, or write create: true at the step", "%s", err)
	case errors.As(err, &gone):
		return stepGone(gone, &state.Snapshot{})
	case errors.As(err, &problems):
		return problems
	}
	return err
}

// stepGone says that a step is gone on which members stand, how many, and what to write about them.
func stepGone(e *journey.StepGoneError, s *state.Snapshot) error {
	n := 0
	for i := range s.Members {
		m := &s.Members[i]
		lane := func(l state.Lane) bool { return l.EndedAt.IsZero() && l.Step == e.Step }
		if m.Active() && m.Play == e.Play && (m.Step == e.Step || slices.ContainsFunc(m.Lanes, lane)) {
			n++
		}
	}
	path := "plays." + e.Play + ".steps." + e.Step
	hint := "put the step back, or say by what name it goes now (moved: [{from: " + path + ", to: …}]), or that they go on behind it (drop: [" + path + "])"
	return fail(exitError, hint, "play %s: step %s is gone from the playbook, and %s on it, such as %s", e.Play, e.Step, standing(n), e.Record)
}

func standing(n int) string {
	switch n {
	case 0:
		return "members stand"
	case 1:
		return "1 member stands"
	}
	return fmt.Sprintf("%d members stand", n)
}

// The formats of a plan, beside --json.
const (
	formatText     = "text"
	formatMarkdown = "markdown"
)

func (a *app) showPlan(p *flow.Program, planned *flow.Planned, l limits, format string) error {
	v, printer := a.view(p, planned), a.printer(p, planned.Plan.At, l)
	switch {
	case a.json:
		return render.PlanJSON(a.Stdout, v)
	case format == formatMarkdown:
		printer.Color = false
		return printer.Markdown(a.Stdout, v)
	}
	return printer.Plan(a.Stdout, v)
}

// refusal is the error of a plan that was shown and that a guard refuses.
func refusal(p *flow.Planned) error {
	if refused := p.Plan.Refused(); len(refused) > 0 {
		return fail(exitRefused, "if this is meant, say --allow "+refused[0].Guard, "guard %s refuses the plan: %s", refused[0].Guard, refused[0].Message)
	}
	return nil
}

// unread is the error of a plan in which something is left out because a system could not be read: nobody may take it for the whole.
func unread(code int, p *flow.Planned) error {
	places := make([]string, 0, len(p.Facts.Failed))
	for place, why := range p.Facts.Failed {
		places = append(places, fmt.Sprintf("%s could not be read: %s", place.Title(), why))
	}
	if len(places) == 0 {
		return nil
	}
	slices.Sort(places)
	return fail(code, "what depends on it waits; mend it and run again", "%s", strings.Join(places, "\n  "))
}

// mayPlan refuses, before any work, a format that there is not, a place where no plan can be saved, and one where another file would be
// lost.
func (a *app) mayPlan(o planOptions) error {
	path := a.path(o.out)
	switch {
	case o.format != formatText && o.format != formatMarkdown:
		return fail(exitError, "write text or markdown; --json gives JSON", "--format %q is not known", o.format)
	case a.json && o.format == formatMarkdown:
		return fail(exitError, "choose one", "--json and --format markdown don't go together")
	case o.expires <= 0 || o.expires > longestGood:
		return fail(exitError, "write --expires 2h", "--expires %s: a saved plan may be good for 168h at most, and not for nothing", o.expires)
	case !o.save:
		return nil
	case o.out == "":
		return fail(exitError, "write --out plan.json", "--out names no file")
	}
	if parent, err := os.Stat(filepath.Dir(path)); err != nil || !parent.IsDir() {
		return fail(exitError, "", "--out: there is no folder %s", filepath.Dir(path))
	}
	switch old, err := os.ReadFile(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fail(exitError, "", "--out: %s", err)
	case len(old) > 0:
		if !plan.LooksSaved(old) && !seal.Sealed(old) {
			return fail(exitError, "choose another name", "--out: %s is there already and is no saved plan", o.out)
		}
	}
	return nil
}
