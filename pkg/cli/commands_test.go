package cli

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/playctl/playctl/pkg/state"
)

// tree gives the command tree and every command in it.
func tree() (root *cobra.Command, every []*cobra.Command) {
	root = newRoot(&app{World: &World{}})
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		every = append(every, c)
		for _, child := range c.Commands() {
			walk(child)
		}
	}
	walk(root)
	return root, every
}

// TestCommands_explainThemselves holds that every command has what its help shows: a line, a text, an example that names it, and a usage
// of each of its options.
func TestCommands_explainThemselves(t *testing.T) {
	_, every := tree()
	if len(every) < 15 {
		t.Fatalf("only %d commands", len(every))
	}
	for _, c := range every {
		t.Run(c.CommandPath(), func(t *testing.T) {
			if c.Short == "" || strings.HasSuffix(c.Short, ".") || !regexp.MustCompile(`^[A-Z]`).MatchString(c.Short) {
				t.Errorf("Short is %q: want a line that begins with a capital and has no full stop", c.Short)
			}
			if len(c.Long) < 40 {
				t.Errorf("Long is %q", c.Long)
			}
			if !strings.Contains(c.Example, c.CommandPath()) {
				t.Errorf("the example does not show %s:\n%s", c.CommandPath(), c.Example)
			}
			if c.Args == nil && c.Name() != "help" {
				t.Error("it takes any arguments: say takes(least, most)")
			}
			c.LocalFlags().VisitAll(func(f *pflag.Flag) {
				if f.Usage == "" {
					t.Errorf("--%s says nothing", f.Name)
				}
			})
		})
	}
}

// TestCommands_examplesParse holds that every line of every example is a command line that exists: command, options, number of arguments.
func TestCommands_examplesParse(t *testing.T) {
	_, every := tree()
	for _, c := range every {
		for line := range strings.Lines(c.Example) {
			for _, part := range strings.Split(line, " && playctl") {
				if !strings.Contains(part, "playctl") {
					part = "playctl" + part
				}
				words := words(part)
				if len(words) == 0 || words[0] != "playctl" {
					continue
				}
				root, _ := tree()
				found, rest, err := root.Find(words[1:])
				if err == nil {
					err = found.ParseFlags(rest)
				}
				if err == nil {
					err = found.ValidateArgs(found.Flags().Args())
				}
				if err != nil {
					t.Errorf("%s: %s: %s", c.CommandPath(), strings.TrimSpace(part), err)
				}
			}
		}
	}
}

// words splits a line of an example as a shell would, up to a comment, a pipe or what stands behind two blanks.
func words(line string) []string {
	line = strings.TrimSpace(line)
	line = regexp.MustCompile(`\s{2,}.*|\s[|>#]\s.*`).ReplaceAllString(line, "")
	var out []string
	for _, w := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(line, -1) {
		out = append(out, strings.Trim(w, `'"`))
	}
	return out
}

// TestGlobals_haveVariables holds that every global option can be given by the environment, and that none is taken for a playbook's variable.
func TestGlobals_haveVariables(t *testing.T) {
	root, _ := tree()
	var names []string
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { names = append(names, variableOf(f)) })
	for _, want := range []string{"PLAYCTL_CHDIR", "PLAYCTL_ENV", "PLAYCTL_AT", "PLAYCTL_JSON", "PLAYCTL_COLOR", "PLAYCTL_QUIET", "PLAYCTL_VAR_FILE"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is missing in %v", want, names)
		}
	}
}

// TestShellWord_isOneWord holds that what is to be copied survives the shell.
func TestShellWord_isOneWord(t *testing.T) {
	for text, want := range map[string]string{"my": "my", "our plays": "'our plays'", "": "''", "it's": `'it'\''s'`, "a=b": "a=b", "$HOME": "'$HOME'", "Übung": "Übung"} {
		if got := shellWord(text); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", text, got, want)
		}
	}
}

// TestDatesFrom_areDaysBack holds that the starter's data is dated relative to the day it is made.
func TestDatesFrom_areDaysBack(t *testing.T) {
	now := time.Date(2026, 3, 1, 9, 30, 0, 0, time.FixedZone("", 3600))
	if got, want := datesFrom("a,@-1d,b\nc,@-30d", now), "a,2026-02-28T08:00:00Z,b\nc,2026-01-30T08:00:00Z"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// broken fails as a pipe that nobody reads, or as a full disk.
type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

// run runs one command line on streams of its own.
func run(t *testing.T, w *World, args ...string) (code int, stderr string) {
	t.Helper()
	var errs bytes.Buffer
	w.Stderr = &errs
	w.Terminal = func(int) bool { return false }
	w.Now = func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }
	w.NewID = func() string { return "0123456789abcdef" }
	return Main(context.Background(), w, args), errs.String()
}

// reading are the commands that leave the state as it is. Whatever else there is is an operation that runs are recorded as.
var reading = []string{"init", "validate", "plan", "show", "segment", "explain", "account", "graph", "test", "simulate", "drift", "version", "completion", "lock-info", "verify", "help", "connectors",
	"state", "state list", "state show", "state runs", "state verify", "state backups", "state pull"}

// TestCommands_whatTheyDoIsClassed holds that every command either changes nothing or is an operation of which state.Operation says what its runs
// are to others, and that there is no operation without a command.
func TestCommands_whatTheyDoIsClassed(t *testing.T) {
	root, every := tree()
	var missing []string
	for _, o := range state.Operations() {
		missing = append(missing, string(o))
	}
	for _, c := range every {
		name := strings.TrimPrefix(c.CommandPath(), root.Name()+" ")
		known := slices.Index(missing, name)
		switch {
		case c == root || slices.Contains(reading, name) || c.HasParent() && slices.Contains(reading, c.Parent().Name()) && c.Parent().Name() != "state":
			if known >= 0 {
				t.Errorf("%s reads and is an operation", name)
			}
		case known < 0:
			t.Errorf("%s is no state.Operation, and not among those that only read", name)
		default:
			missing = slices.Delete(missing, known, known+1)
		}
	}
	if !slices.Equal(missing, []string{string(state.OpMigrate)}) { // an option of init
		t.Errorf("operations without a command: %v", missing)
	}
}

// TestOperations_areWhatTheirRunsAreToOthers holds the table of what runs are to others.
func TestOperations_areWhatTheirRunsAreToOthers(t *testing.T) {
	for _, row := range []struct {
		what string
		is   func(state.Operation) bool
		of   []state.Operation
	}{
		{"keeps the state in order", state.Operation.Keeps, []state.Operation{state.OpMigrate, state.OpResolve, state.OpRetry, state.OpMv, state.OpPush, state.OpRestore, state.OpRm, state.OpUnlock}},
		{"amends what earlier runs left", state.Operation.Amends, []state.Operation{state.OpForget, state.OpMv, state.OpPush, state.OpRestore, state.OpRm}},
		{"carries out plays", state.Operation.Plays, []state.Operation{state.OpApply, state.OpRun}},
		{"can be undone", state.Operation.Reverts, []state.Operation{state.OpApply, state.OpRun}},
	} {
		var got []state.Operation
		for _, o := range state.Operations() {
			if row.is(o) {
				got = append(got, o)
			}
		}
		if !slices.Equal(got, row.of) {
			t.Errorf("%s: %v, want %v", row.what, got, row.of)
		}
	}
	if old := state.Operation(""); !old.Plays() || !old.Reverts() || old.Keeps() || old.String() != "apply" {
		t.Error("a run that does not say what it did was an apply")
	}
}
