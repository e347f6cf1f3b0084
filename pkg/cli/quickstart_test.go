package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/cli"
	"github.com/playctl/playctl/pkg/connector/all"
	states "github.com/playctl/playctl/pkg/state/all"
)

// tutorial is a copy of the example, in which the tutorial's commands are run at the moment at which the example's data ends.
type tutorial struct {
	*testing.T
	home string
	ids  counter
	now  time.Time
}

func newTutorial(t *testing.T) *tutorial {
	t.Helper()
	x := &tutorial{T: t, home: t.TempDir(), now: time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)}
	if err := os.CopyFS(x.dir(), os.DirFS("../../examples/quickstart")); err != nil {
		t.Fatal(err)
	}
	for _, made := range []string{".playctl", "playctl.lineage"} {
		if err := os.RemoveAll(filepath.Join(x.dir(), made)); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func (x *tutorial) dir() string { return filepath.Join(x.home, "qs") }

// line puts the folders and dates of the test into a line.
func (x *tutorial) line(s string) string {
	return strings.NewReplacer("/tmp", x.home, "$(date -d '-14 days' +%F)", x.now.AddDate(0, 0, -14).Format(time.DateOnly),
		"$(date +%F)", x.now.Format(time.DateOnly)).Replace(s)
}

// play runs a command line of playctl.
func (x *tutorial) play(args []string) (code int, out string) {
	p := &process{world: &cli.World{Stdin: strings.NewReader(""), Terminal: func(int) bool { return false }, Dir: x.home, NewID: x.ids.next,
		Now: func() time.Time { return x.now }, Drivers: all.Drivers(), Backends: states.Drivers(), User: "ada@desk", PID: 77}}
	p.world.Stdout, p.world.Stderr = &p.out, &p.err
	code = cli.Main(context.Background(), p.world, args)
	return code, p.out.String() + p.err.String()
}

// run runs a line as the shell would.
func (x *tutorial) run(line string) (code int, out string) {
	x.Helper()
	script := x.line(line)
	if !strings.HasPrefix(line, "playctl ") {
		out, err := exec.Command("bash", "-c", script).CombinedOutput()
		if err != nil {
			x.Fatalf("%s: %v\n%s", script, err, out)
		}
		return 0, string(out)
	}
	words, err := exec.Command("bash", "-c", `playctl() { printf '%s\0' "$@"; }; `+script).Output()
	if err != nil {
		x.Fatalf("%s: %v", script, err)
	}
	return x.play(strings.Split(strings.TrimSuffix(string(words), "\x00"), "\x00"))
}

// commands gives the lines of the tutorial's blocks, without the one that sets it up.
func (x *tutorial) commands() []string {
	x.Helper()
	text, err := os.ReadFile("../../examples/quickstart/README.md")
	if err != nil {
		x.Fatal(err)
	}
	var out []string
	for i, part := range strings.Split(string(text), "\n```\n") {
		if i%2 == 1 && !strings.HasPrefix(part, "make build") {
			out = append(out, strings.Split(part, "\n")...)
		}
	}
	return out
}

// isCommand reports whether a line of a block is a command; any other is a part of what the command before it says.
func isCommand(line string) bool {
	name, _, _ := strings.Cut(line, " ")
	return name == "playctl" || name == "sed" || name == "echo" || name == "grep"
}

// squeeze makes of all white space one blank, so that columns may be as wide as they are.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestQuickstart_tutorialIsTrue runs the commands of the example's README over the example, and holds that they say what the README shows.
func TestQuickstart_tutorialIsTrue(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Fatal("the tutorial's commands are for bash, and there is none: ", err)
	}
	x := newTutorial(t)
	var last, said string
	ran := 0
	for _, line := range x.commands() {
		if !isCommand(line) {
			if !strings.Contains(squeeze(said), squeeze(line)) {
				t.Fatalf("%s: does not say %q\n%s", last, line, said)
			}
			continue
		}
		var code int
		code, said = x.run(line)
		if refused := strings.Contains(line, "# refused"); refused != (code != 0) {
			t.Fatalf("%s: exit code %d\n%s", line, code, said)
		}
		last = line
		ran++
	}
	if ran < 20 {
		t.Errorf("the tutorial has %d commands", ran)
	}
}

// TestQuickstart_endsWithNoChanges plans, applies the saved plan, and finds nothing more to do.
func TestQuickstart_endsWithNoChanges(t *testing.T) {
	t.Parallel()
	x := newTutorial(t)
	saved := filepath.Join(x.home, "plan.json")
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"validate"}, "The playbook is valid: "},
		{[]string{"plan", "--out", saved}, "Plan: "},
		{[]string{"apply", saved}, "0 failed, 0 in doubt, 0 skipped."},
		{[]string{"plan", "--detailed-exitcode"}, "No changes."},
		{[]string{"state", "list"}, "intent-and-engagement"},
	} {
		if code, out := x.play(append(c.args, "-C", x.dir())); code != 0 || !strings.Contains(out, c.says) {
			t.Fatalf("playctl %s: exit code %d, want 0 and %q\n%s", strings.Join(c.args, " "), code, c.says, out)
		}
	}
}
