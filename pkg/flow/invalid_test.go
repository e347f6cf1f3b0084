package flow_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
	states "github.com/playctl/playctl/pkg/state/all"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestValidate_tellsEverythingWrong holds what `playctl validate` prints about each broken playbook of testdata/invalid against want.txt
// beside it. A file args.txt holds the command line's options, one a line.
func TestValidate_tellsEverythingWrong(t *testing.T) {
	dirs, err := filepath.Glob("../../testdata/invalid/*/playbook.yaml")
	if err != nil || len(dirs) < 25 {
		t.Fatalf("%d broken playbooks: %v", len(dirs), err)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			problems := validate(t, dir)
			if problems.Errors() == 0 {
				t.Error("the playbook is valid")
			}
			checkGolden(t, filepath.Join(dir, "want.txt"), printed(t, problems))
			for _, p := range problems {
				checkProblem(t, p)
			}
		})
	}
}

// TestValidate_twice holds that the same files give the same bytes.
func TestValidate_twice(t *testing.T) {
	for range 5 {
		for _, name := range []string{"46-everything-at-once", "49-functions", "50-constants"} {
			dir := filepath.Join("../../testdata/invalid", name)
			if diff := cmp.Diff(printed(t, validate(t, dir)), printed(t, validate(t, dir))); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	}
}

func validate(t *testing.T, dir string) diag.List {
	t.Helper()
	_, problems, err := flow.Validate(&flow.World{Dir: dir, At: time.Unix(0, 0), Clock: time.Now, Drivers: all.Drivers(), Backends: states.Drivers()}, inputs(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return problems
}

// printed gives what the command prints on standard error.
func printed(t *testing.T, problems diag.List) string {
	t.Helper()
	files := map[string]bool{}
	for _, p := range problems {
		files[p.At.File] = true
	}
	var b bytes.Buffer
	if err := new(render.Printer).Problems(&b, problems, len(files)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// internal matches words of cel-go, of YAML's library and of our own inside that mean nothing to who writes playbooks.
var internal = regexp.MustCompile(`@|playctl\.|google\.|dyn\b|<EOF>|!error|<nil>|%!|\b_[^a-z]*_|overload|comprehension|strconv|yaml:|map\[`)

// checkProblem holds that a problem has a place inside its line and speaks the language of playbooks.
func checkProblem(t *testing.T, p diag.Problem) {
	t.Helper()
	if bad := internal.FindString(p.Message + " " + p.Hint); bad != "" {
		t.Errorf("%s says %q", p.Error(), bad)
	}
	option := strings.HasPrefix(p.At.File, "--")
	if end := p.At.Column - 1 + p.Width; !option && (p.At.Line == 0 || p.At.Column == 0 || end > utf8.RuneCountInString(p.Line)) {
		t.Errorf("%s: no place in line %q for %d characters", p.Error(), p.Line, p.Width)
	}
}

// inputs reads the options of args.txt: --env NAME and --var NAME=VALUE.
func inputs(t *testing.T, dir string) flow.Inputs {
	t.Helper()
	in := flow.Inputs{Inputs: playbook.Inputs{Variables: map[string]playbook.Input{}}}
	text, err := os.ReadFile(filepath.Join(dir, "args.txt"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		option, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch name, content, _ := strings.Cut(value, "="); option {
		case "--env":
			in.Environment = value
		case "--var":
			in.Variables[name] = playbook.Input{Text: content, From: option}
		default:
			t.Fatalf("args.txt: unknown option %s", option)
		}
	}
	return in
}

func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got; -update writes it anew)\n%s", diff)
	}
}
