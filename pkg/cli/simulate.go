package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/rehearse"
	"github.com/playctl/playctl/pkg/render"
)

type simulateOptions struct {
	limits
	from, to, every, tasks, format string
	top                            int
}

// habits are what --tasks can say, and how it is told.
var habits = map[string]struct {
	habit rehearse.Habit
	words string
}{"never": {rehearse.Idle, "nobody does them"}, "due": {rehearse.Diligent, "done when they are due, with their first outcome"}}

func newSimulate(a *app) *cobra.Command {
	var o simulateOptions
	cmd := &cobra.Command{
		Use:   "simulate --from DATE --to DATE",
		Short: "Go through weeks or months of runs, and count who would be touched how often",
		Long: `simulate plans and applies over and over, from one date to another, over copies in memory of the state and of what the connected
systems hold now. Events of the playbook's records happen at their own times; fields stay as they are. It prints touches (messages and tasks) a day,
channel, role and play, the records touched most, who enters and leaves, and SLA breaches. Nothing real is written.

A date stands for nine o'clock in the playbook's zone; write 2026-11-22T06:00 for another hour. Ctrl-C prints what is known so far.`,
		Example: `  playctl simulate --from 2026-09-01 --to 2026-11-22
  playctl simulate --from 2026-09-01 --to 2026-11-22 --tasks due --top 25
  playctl simulate --from 2026-09-01 --to 2026-11-22 --every 6h --target play.welcome
  playctl simulate --from 2026-09-01 --to 2026-11-22 --format markdown   # for a pull request`,
		Args: takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.simulate(cmd.Context(), o) },
	}
	o.limits.flags(a, cmd)
	cmd.Flags().Lookup("concise").Hidden = true
	f := cmd.Flags()
	f.StringVar(&o.from, "from", "", "the `date` or time of the first run")
	f.StringVar(&o.to, "to", "", "the `date` or time of the last run")
	f.StringVar(&o.every, "every", "1d", "the `time` between runs: 1d, 6h, 30m")
	f.StringVar(&o.tasks, "tasks", "never", "what people do about their tasks: never, or due (done when due, with the first outcome)")
	f.StringVar(&o.format, "format", formatText, "text, json, or markdown for a pull request's comment")
	f.IntVar(&o.top, "top", 10, "how many of the records touched most to show")
	return cmd
}

func (a *app) simulate(ctx context.Context, o simulateOptions) error {
	if err := a.maySimulate(&o); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	in, err := a.simulation(ctx, w, p, o)
	if err != nil {
		return err
	}
	bar := a.progress("simulating")
	w.Reading = bar.reading
	in.Progress = func(done, total int) { bar.working(done, total, fmt.Sprintf("simulating: %d of %d runs", done, total)) }
	report, err := rehearse.Simulate(ctx, in)
	bar.done()
	if err != nil && !report.Interrupted {
		return explainPlanning(err)
	}
	if err := a.showSimulation(p, simulated(report, in, o), o); err != nil {
		return err
	}
	if report.Interrupted {
		return fail(exitInterrupted, "", "interrupted after %d runs: nothing was changed", report.Runs)
	}
	return nil
}

// maySimulate refuses, before any work, what can't be simulated.
func (a *app) maySimulate(o *simulateOptions) error {
	if err := a.refuseAt("--from and --to say when"); err != nil {
		return err
	}
	if o.format == "json" {
		a.json = true
	}
	_, known := habits[o.tasks]
	switch {
	case o.from == "" || o.to == "":
		return fail(exitError, "playctl simulate --from 2026-09-01 --to 2026-11-22", "say from when to when, with --from and --to")
	case o.format != formatText && o.format != formatMarkdown && o.format != "json":
		return fail(exitError, diag.Suggest(o.format, []string{formatText, formatMarkdown, "json"}), "--format %q is not known", o.format)
	case a.json && o.format == formatMarkdown:
		return fail(exitError, "choose one", "--json and --format markdown don't go together")
	case !known:
		return fail(exitError, "write never or due", "--tasks %q is not known", o.tasks)
	case o.top < 0:
		return fail(exitError, "", "--top %d is less than none", o.top)
	}
	return nil
}

// mostRuns is how many runs a simulation may have: an hour, for ten years.
const mostRuns = 100_000

// simulation says what to simulate.
func (a *app) simulation(ctx context.Context, w *flow.World, p *flow.Program, o simulateOptions) (*rehearse.Simulation, error) {
	s, err := a.readState(ctx, p)
	if err != nil {
		return nil, err
	}
	in := &rehearse.Simulation{World: w, Program: p, State: s, Tasks: habits[o.tasks].habit}
	if in.Options, err = o.options(p, s); err != nil {
		return nil, err
	}
	span, err := playbook.ParseSpan(o.every)
	if in.Every = span.Elapsed; err != nil || in.Every <= 0 {
		return nil, fail(exitError, "write 1d, 6h or 30m", "--every %q is not a time between runs", o.every)
	}
	if in.From, err = when("--from", o.from, p.Book.Zone); err != nil {
		return nil, err
	}
	if in.To, err = when("--to", o.to, p.Book.Zone); err != nil {
		return nil, err
	}
	switch {
	case in.To.Before(in.From):
		return nil, fail(exitError, "", "--to %s is before --from %s", o.to, o.from)
	case in.To.Sub(in.From)/in.Every > mostRuns:
		return nil, fail(exitError, "take a longer --every", "that is more than %d runs", mostRuns)
	}
	return in, nil
}

// when reads a time. A date is nine o'clock of that day: a run at midnight would find every window closed.
func when(flag, text string, zone *time.Location) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return t.Add(9 * time.Hour).UTC(), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fail(exitError, "write 2026-11-22, 2026-11-22T06:00 or 2026-11-22T06:00:00Z", "%s %q is not a time", flag, text)
}

// showSimulation prints a simulation.
func (a *app) showSimulation(p *flow.Program, v *render.Simulation, o simulateOptions) error {
	printer := a.printer(p, a.Now(), o.limits)
	printer.Zone = p.Book.Zone
	switch {
	case a.json:
		return render.SimulationJSON(a.Stdout, v)
	case o.format == formatMarkdown:
		return printer.SimulationMarkdown(a.Stdout, v)
	}
	return printer.Simulation(a.Stdout, v)
}

// simulated gathers what is shown of a simulation.
func simulated(r *rehearse.Report, in *rehearse.Simulation, o simulateOptions) *render.Simulation {
	v := &render.Simulation{From: in.From, To: in.To, Runs: r.Runs, Planned: in.Runs(), Refused: r.Refused, Touches: r.Touches, Added: r.Added, Removed: r.Removed,
		Changed: r.Changed, Touched: len(r.Records), Problems: r.Problems, TaskHabit: habits[o.tasks].words}
	for _, x := range r.Days {
		v.Days = append(v.Days, render.SimulatedDay(x))
	}
	for _, x := range r.Channels {
		v.Channels = append(v.Channels, render.SimulatedCount(x))
	}
	for _, x := range r.Roles {
		v.Roles = append(v.Roles, render.SimulatedRole{Role: x.Role, Tasks: x.Tasks, Done: x.Done, Breaches: x.Breaches, Busiest: x.Busiest})
	}
	for _, x := range r.Plays {
		v.Plays = append(v.Plays, render.SimulatedPlay(x))
	}
	for _, x := range r.Records[:min(o.top, len(r.Records))] {
		v.Records = append(v.Records, render.SimulatedRecord(x))
	}
	return v
}
