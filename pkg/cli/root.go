package cli

import (
	"context"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/state"
)

// app is one run of the command line: the world, the global options, and the means to stop.
type app struct {
	*World
	out      *output   // what World.Stdout is
	errs     *discreet // what World.Stderr is
	secrets  *secret.Redactor
	root     *cobra.Command // the command tree
	chdir    string         // as given
	dir      string         // absolute
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
	// acting is set once an apply has begun to act: the first interrupt then only stops new operations.
	acting atomic.Bool
	// locking is set once a lock is asked for: it is to be given back before the command ends.
	locking atomic.Bool
	bar     atomic.Pointer[progress] // the last one
	running programs                 // of connectors
	store   state.Store              // once it was opened
	id      string                   // of this command's run, once it was asked for: see runID
	// was is the state that a plan was made from as it was read: by the names that plays and steps went by then.
	was *state.Snapshot
}

// newRoot makes the command tree.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "playctl",
		Short: "Plays as code: plan and apply go-to-market plays from YAML",
		Long: `playctl keeps go-to-market plays in Git. A playbook declares segments as CEL expressions, action steps and triggers;
playctl plan shows, record by record, what would change in the connected systems; playctl apply carries out exactly that.

Every global option can be given as a variable too: PLAYCTL_CHDIR, PLAYCTL_ENV, PLAYCTL_JSON and so on. PLAYCTL_VAR_name sets a
variable of the playbook; --var-file wins over it, and --var over both.

Exit codes: 0 fine; 1 error; 2 changes (plan --detailed-exitcode); 3 the playbook is invalid; 4 the state is locked; 5 the saved plan is
stale; 6 a guard refuses; 7 applied in part; 8 not approved; 130 interrupted before the end, with the state saved.`,
		Example: `  playctl init my-plays          make a small playbook that runs
  playctl plan -C my-plays       show what would be done, and why
  playctl apply -C my-plays      do exactly that, and remember it`,
		Version: a.Version, SilenceUsage: true, SilenceErrors: true, CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args: subcommands, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.settle(cmd) },
	}
	a.globals(root.PersistentFlags())
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newInit(a), newValidate(a), newPlan(a), newApply(a), newShow(a), newRun(a), newSegment(a), newExplain(a), newAccount(a), newGraph(a), newTest(a), newSimulate(a), newState(a), newDrift(a),
		newVersion(a), newCompletion(a))
	root.AddCommand(newLockInfo(a), newUnlock(a), newResolve(a), newRetry(a), newVerify(a))
	root.AddCommand(newDestroy(a), newRefresh(a), newForget(a), newRevert(a), newImport(a))
	root.AddCommand(newConnectors(a))
	root.SetHelpCommand(newHelp())
	return root
}

// globals are the options of every command.
func (a *app) globals(f *pflag.FlagSet) {
	f.StringVarP(&a.chdir, "chdir", "C", "", "the playbook's `directory` (default: the working directory)")
	f.StringVar(&a.env, "env", "", "the `environment` to run for")
	f.StringVar(&a.at, "at", "", "the `time` to plan for: RFC 3339, or a date in UTC (read-only commands)")
	f.StringArrayVar(&a.vars, "var", nil, "set a `variable`: name=value; may be repeated")
	f.StringArrayVar(&a.varFiles, "var-file", nil, "read variables from a YAML `file`; may be repeated")
	f.BoolVar(&a.json, "json", false, "print one JSON document on standard output and nothing else")
	f.StringVar(&a.color, "color", "auto", "colour: auto, always or never")
	f.BoolVarP(&a.quiet, "quiet", "q", false, "print results, warnings and errors only")
	f.BoolVarP(&a.verbose, "verbose", "v", false, "say what is read and where from, each request to a system, and which expressions are slow")
}

// settle reads PLAYCTL_* for global options that were not given, and checks them.
func (a *app) settle(cmd *cobra.Command) error {
	var err error
	cmd.Root().PersistentFlags().VisitAll(func(f *pflag.Flag) {
		name := variableOf(f)
		if value := a.getenv(name); value != "" && !f.Changed && err == nil {
			if e := f.Value.Set(value); e != nil {
				err = fail(exitError, "set it as you would write --"+f.Name, "%s: %s", name, e)
			}
		}
	})
	if err != nil {
		return err
	}
	if a.color != "auto" && a.color != "always" && a.color != "never" {
		return fail(exitError, "write auto, always or never", "--color %q is not known", a.color)
	}
	a.dir, a.out.documents = a.path(a.chdir), a.json
	return nil
}

// variableOf names the environment's variable of a global option.
func variableOf(f *pflag.Flag) string {
	return "PLAYCTL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// path makes a path from the command line absolute: relative to the working directory, as the shell completes it.
func (a *app) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(a.Dir, name)
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
	w := &flow.World{Dir: a.dir, At: at, Clock: a.Now, Getenv: a.getenv, Transport: a.Transport, Drivers: a.Drivers, Start: a.start, Manifest: manifest, Backends: a.Backends, Version: a.Version, Redactor: a.secrets,
		Exec: func(ctx context.Context, command []string) (string, error) { return a.Exec(ctx, a.dir, command) }}
	if a.verbose {
		w.Traffic = func(text string) { a.detail("%s", text) }
	}
	return w, nil
}

func parseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fail(exitError, "write 2026-11-22T09:00:00Z or 2026-11-22", "--at %q is not a time", text)
}

// refuseAt refuses --at where there is only the present: what happens must not be dated otherwise than it happens.
func (a *app) refuseAt(why string) error {
	if a.at != "" {
		return fail(exitError, "use it with plan, account, segment or explain", "--at does not go with this command: %s", why)
	}
	return nil
}
