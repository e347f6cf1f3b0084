package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/playctl/playctl/pkg/flow"
)

// app is one run of the command line: the world, the global options, and the means to stop.
type app struct {
	*World
	dir      string
	env      string
	at       string
	vars     []string
	varFiles []string
	json     bool
	color    string
	quiet    bool
	verbose  bool

	stop   chan struct{} // closed at the first interrupt
	cancel context.CancelCauseFunc
	// gentle is set while an apply is under way: the first interrupt only stops new operations.
	gentle interruptMode
}

// newRoot makes the command tree.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "playctl",
		Short: "Plays as code: plan and apply go-to-market plays from YAML",
		Long: `playctl keeps go-to-market plays in Git. A playbook declares segments as CEL expressions, action steps and triggers;
playctl plan shows, record by record, what would change in the connected systems; playctl apply carries out exactly that.`,
		Example: `  playctl init my-plays          make a small playbook that runs
  playctl plan -C my-plays       show what would be done, and why
  playctl apply -C my-plays      do exactly that, and remember it`,
		SilenceUsage: true, SilenceErrors: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.settle(cmd) },
	}
	f := root.PersistentFlags()
	f.StringVarP(&a.dir, "chdir", "C", "", "the playbook's `directory` (default: the working directory)")
	f.StringVar(&a.env, "env", "", "the `environment` to run for")
	f.StringVar(&a.at, "at", "", "the `time` to plan for, as RFC 3339 or a date (read-only commands)")
	f.StringArrayVar(&a.vars, "var", nil, "set a `variable`: name=value; may be repeated")
	f.StringArrayVar(&a.varFiles, "var-file", nil, "read variables from a YAML `file`; may be repeated")
	f.BoolVar(&a.json, "json", false, "print one JSON document on standard output and nothing else")
	f.StringVar(&a.color, "color", "auto", "colour: auto, always or never")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "print results and errors only")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "say more about what is done")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fail(exitError, fmt.Sprintf("see %s --help", cmd.CommandPath()), "%s", err)
	})
	root.AddCommand(newInit(a), newValidate(a), newPlan(a), newApply(a), newShow(a), newRun(a), newSegment(a), newExplain(a), newState(a), newVersion(a))
	root.InitDefaultCompletionCmd()
	unknownCommand(root)
	return root
}

// settle reads PLAYCTL_* for global options that were not given, and checks them.
func (a *app) settle(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "PLAYCTL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if value := a.getenv(name); value != "" && !f.Changed && err == nil && cmd.Root().PersistentFlags().Lookup(f.Name) != nil {
			if e := f.Value.Set(value); e != nil {
				err = fail(exitError, "", "%s: %s", name, e)
			}
		}
	})
	if err != nil {
		return err
	}
	if a.color != "auto" && a.color != "always" && a.color != "never" {
		return fail(exitError, "write auto, always or never", "--color %q is not known", a.color)
	}
	if !filepath.IsAbs(a.dir) {
		a.dir = filepath.Join(a.Dir, a.dir)
	}
	if cmd.Name() == "init" || cmd.Name() == "version" || cmd.Name() == "help" || cmd.Name() == "completion" || cmd.Parent() != nil && cmd.Parent().Name() == "completion" {
		return nil
	}
	if info, err := os.Stat(a.dir); err != nil || !info.IsDir() {
		return fail(exitError, "give the folder of a playbook: -C DIR; playctl init makes one", "there is no folder %s", a.dir)
	}
	return nil
}

// world makes the world of one flow.
func (a *app) world() (*flow.World, error) {
	at := a.Now()
	if a.at != "" {
		var err error
		if at, err = parseTime(a.at); err != nil {
			return nil, err
		}
	}
	return &flow.World{Dir: a.dir, At: at, Clock: a.Now, Getenv: a.getenv, Transport: a.Transport, Drivers: a.Drivers,
		Exec: func(ctx context.Context, command []string) (string, error) { return a.Exec(ctx, a.dir, command) }}, nil
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fail(exitError, "write 2026-11-22T09:00:00Z or 2026-11-22", "--at %q is not a time", text)
}

// readOnlyAt refuses --at for commands that write: what happened must not be dated otherwise than it happened.
func (a *app) readOnlyAt(command string) error {
	if a.at != "" {
		return fail(exitError, "use it with plan, segment or explain", "--at is for read-only commands; %s acts now", command)
	}
	return nil
}

// unknownCommand makes a typo an error with a suggestion.
func unknownCommand(root *cobra.Command) {
	root.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		hint := "see playctl --help"
		if near := root.SuggestionsFor(args[0]); len(near) > 0 {
			hint = "did you mean " + strings.Join(near, " or ") + "?"
		}
		return fail(exitError, hint, "there is no command %q", args[0])
	}
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
}
