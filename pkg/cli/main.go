package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/state"
)

// The exit codes of semantics.md.
const (
	exitFine        = 0
	exitError       = 1
	exitChanges     = 2
	exitInvalid     = 3
	exitLocked      = 4
	exitStale       = 5
	exitRefused     = 6
	exitPartly      = 7
	exitNotApproved = 8
	exitInterrupted = 130
)

// ending is an error with its exit code and its remedy. An empty text prints nothing: everything was said.
type ending struct {
	code int
	text string
	hint string
}

// Error gives the text.
func (e *ending) Error() string { return e.text }

// silent ends with a code without printing anything more.
func silent(code int) error { return &ending{code: code} }

func fail(code int, hint, format string, args ...any) error {
	return &ending{code: code, text: fmt.Sprintf(format, args...), hint: hint}
}

// Main runs one command and gives the exit code. Errors are printed here and nowhere else.
func Main(ctx context.Context, w *World, args []string) int {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	inner := *w
	secrets := &secret.Redactor{}
	out := &output{to: w.Stdout, secrets: secrets}
	errs := &discreet{to: w.Stderr, secrets: secrets}
	inner.Stdout, inner.Stderr = out, errs
	defer errs.flush()
	a := &app{World: &inner, out: out, errs: errs, secrets: secrets, stop: make(chan struct{}), cancel: cancel}
	defer a.running.end()
	a.root = newRoot(a)
	go a.watchInterrupts(ctx)
	done := make(chan int, 1)
	go func() { done <- a.execute(ctx, args) }()
	select {
	case code := <-done:
		return code
	case err := <-a.deaf(ctx):
		return a.report(err)
	}
}

// execute runs the command, and gives the exit code.
func (a *app) execute(ctx context.Context, args []string) (code int) {
	defer func() {
		if broken := recover(); broken != nil {
			code = a.broke(broken, debug.Stack())
		}
	}()
	a.root.SetArgs(args)
	a.root.SetIn(a.Stdin)
	a.root.SetOut(a.Stdout)
	a.root.SetErr(a.Stderr)
	err := a.root.ExecuteContext(ctx)
	if flushing := a.out.flush(); err == nil {
		err = flushing
	}
	if err == nil {
		return exitFine
	}
	if errors.Is(context.Cause(ctx), errInterrupted) && !a.acting.Load() {
		err = fail(exitInterrupted, "", "%s", nothingChanged)
	}
	return a.report(err)
}

// broke tells of a fault in playctl, or in a connector, without what that says of secrets. What was locked is given back by now, and what was
// done is recorded as after any other end.
func (a *app) broke(what any, stack []byte) int {
	a.warn("%s playctl failed inside: %s", a.alarm("error:"), a.secrets.Reason(fmt.Sprint(what)))
	if a.verbose {
		a.warn("%s", a.secrets.Reason(string(stack)))
	}
	a.warn("hint: this is a fault of playctl: tell its makers what you did, with what -v adds; nothing that was recorded is lost, and the next plan says what is in doubt")
	return exitError
}

// report prints an error with its remedy and gives its exit code.
func (a *app) report(err error) int {
	var problems diag.List
	var problem diag.Problem
	switch {
	case errors.As(err, &problems):
		a.problems(problems)
		return exitError
	case errors.As(err, &problem):
		a.problems(diag.List{problem})
		return exitError
	}
	code, text, hint := a.classify(err)
	if text != "" {
		a.warn("%s %s", a.alarm("error:"), text)
	}
	if hint != "" {
		a.warn("hint: %s", a.invoked(hint))
	}
	return code
}

// remedy words what brings a state back that can't be used: a backup, as the command that restores it, or else what the store says.
func (a *app) remedy(e *state.DamagedError) string {
	if e.Backup == nil {
		return e.Hint
	}
	restore := fmt.Sprintf("restore the newest good backup, of serial %d: %s", e.Backup.Serial, a.invocation("state restore", e.Backup.Name))
	if e.Foreign {
		return e.Hint + "; or, without what was recorded since, " + restore + " --force"
	}
	return restore + e.Hint
}

// classify finds out code, text and remedy of an error.
func (a *app) classify(err error) (code int, text, hint string) {
	var own *ending
	var locked *state.LockedError
	var damaged *state.DamagedError
	var unwritable *state.UnwritableError
	var stale *plan.StaleError
	var lost *state.LostError
	switch {
	case errors.As(err, &own):
		return own.code, own.text, own.hint
	case errors.As(err, &locked):
		return exitLocked, err.Error(), "wait for it, or say --lock-timeout 5m; playctl plan works meanwhile" + a.orBreak(&locked.Holder)
	case errors.As(err, &damaged):
		return exitError, err.Error(), a.remedy(damaged)
	case errors.As(err, &unwritable):
		return exitError, err.Error(), unwritable.Hint
	case errors.As(err, &lost):
		return exitError, err.Error(), "its connection broke, it expired, or somebody took it away with playctl unlock; what is not recorded is in doubt, and the next apply finds out about it first"
	case errors.As(err, &stale):
		return exitStale, err.Error(), stale.Hint
	}
	return exitError, err.Error(), a.ownersHint(err)
}

// ownersHint words the remedy for a state beside the playbook that belongs to another user than the one who asks; "" for any other error.
func (a *app) ownersHint(err error) string {
	var denied *fs.PathError
	folder := filepath.Join(a.dir, ".playctl")
	if !errors.As(err, &denied) || !errors.Is(denied, fs.ErrPermission) || !strings.HasPrefix(denied.Path, folder) {
		return ""
	}
	return "it belongs to the user who applied: run as them, or let this one have it: chown -R USER " + shellWord(folder)
}

// problems prints what is wrong in the files, each with its place and remedy, and how much it is.
func (a *app) problems(list diag.List) {
	list.Sort()
	p := a.printer(nil, time.Time{}, limits{})
	p.Color = a.colored(2)
	files := map[string]bool{}
	for _, problem := range list {
		files[problem.At.File] = true
	}
	if err := p.Problems(a.Stderr, list, len(files)); err != nil {
		a.warn("%s", err)
	}
}
