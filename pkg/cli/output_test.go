package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/secret"
	states "github.com/playctl/playctl/pkg/state/all"
)

// made makes the starter playbook in a new folder.
func made(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if code, text := run(t, &World{Stdout: io.Discard}, "init", dir); code != 0 {
		t.Fatalf("init: %d, %s", code, text)
	}
	return dir
}

// TestMain_goneReaderIsNoError holds that a closed pager changes neither what is done nor the exit code.
func TestMain_goneReaderIsNoError(t *testing.T) {
	dir := made(t)
	gone := broken{&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}}
	for _, c := range []struct {
		args string
		code int
	}{{"plan --detailed-exitcode", exitChanges}, {"apply --yes", exitFine}, {"plan --detailed-exitcode", exitFine}, {"plan --json", exitFine}, {"state list", exitFine}, {"help", exitFine}} {
		args := append(strings.Fields(c.args), "-C", dir, "-q")
		code, text := run(t, &World{Stdout: gone, Drivers: all.Drivers(), Backends: states.Drivers()}, args...)
		if code != c.code || text != "" {
			t.Errorf("%s: exit code %d, %q; want %d and nothing", c.args, code, text, c.code)
		}
	}
}

// TestMain_unreadPlanIsNotApproved holds that nobody is asked to approve what nobody could read.
func TestMain_unreadPlanIsNotApproved(t *testing.T) {
	a := &app{World: &World{Stderr: io.Discard, Stdin: strings.NewReader("yes\n")}, out: &output{gone: true}}
	var refused *ending
	if err := a.ask(t.Context(), plan.Summary{Once: 1}); !errors.As(err, &refused) || refused.code != exitNotApproved {
		t.Errorf("ask: %v", err)
	}
}

// TestMain_fullDiskIsAnError holds that lost output is told: before anything is done nothing is done, and after it the rest is as it is.
func TestMain_fullDiskIsAnError(t *testing.T) {
	full := broken{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}}
	for _, command := range []string{"plan", "plan --json", "segment", "validate", "version", "version --json", "apply --yes", "apply --yes --json"} {
		dir := made(t)
		code, text := run(t, &World{Stdout: full, Drivers: all.Drivers(), Backends: states.Drivers()}, append(strings.Fields(command), "-C", dir)...)
		if code != exitError || !strings.Contains(text, "writing the output: write /dev/stdout: no space left on device") {
			t.Errorf("%s: exit code %d, %q", command, code, text)
		}
		_, err := os.Stat(dir + "/desk/message.jsonl")
		if done := err == nil; done != (command == "apply --yes --json") { // whose only output comes after the work
			t.Errorf("%s: done is %v", command, done)
		}
	}
}

// TestOutput_findsSecretsThatAreCutInTwo holds that a secret is taken out however it is cut into writes, and that a question is seen before it is
// answered.
func TestOutput_findsSecretsThatAreCutInTwo(t *testing.T) {
	secrets := &secret.Redactor{}
	secrets.Add("hunter2hunter2")
	const text = "a token hunter2hunter2 b\nis it hunter2hunter2? "
	const want = "a token ••• b\nis it •••? "
	for cut := range len(text) {
		var out, errs strings.Builder
		o, d := &output{to: &out, secrets: secrets}, &discreet{to: &errs, secrets: secrets}
		for _, part := range []string{text[:cut], text[cut:]} {
			fmt.Fprint(o, part)
			fmt.Fprint(d, part)
		}
		if err := o.flush(); err != nil {
			t.Fatal(err)
		}
		d.flush()
		if out.String() != want || errs.String() != want {
			t.Fatalf("cut at %d: %q, %q", cut, out.String(), errs.String())
		}
	}
	var errs strings.Builder
	d := &discreet{to: &errs, secrets: secrets}
	fmt.Fprint(d, "\rreading 10%")
	if errs.Len() == 0 {
		t.Error("a bar is not drawn at once")
	}
}

// TestDocuments_areOfRender holds that no command writes a document's version by itself: what has a form is a type of package render.
func TestDocuments_areOfRender(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") && strings.Contains(string(text), `"1.0"`) {
			t.Errorf("%s writes the version of a document", file)
		}
	}
	if got := count(2, "entry") + ", " + count(1, "entry") + ", " + count(1204, "member"); got != "2 entries, 1 entry, 1,204 members" {
		t.Error(got)
	}
}
