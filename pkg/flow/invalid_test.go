package flow_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
)

var update = flag.Bool("update", false, "write the golden files anew")

const invalid = "../../testdata/invalid"

// TestValidate_tellsEverythingWrong holds what `playctl validate` says about each broken playbook of testdata/invalid against want.txt
// beside it. A file args.txt holds the command line's options, one a line.
func TestValidate_tellsEverythingWrong(t *testing.T) {
	dirs, err := filepath.Glob(filepath.Join(invalid, "*", "want.txt"))
	if *update {
		dirs, err = filepath.Glob(filepath.Join(invalid, "*", "playbook.yaml"))
	}
	if err != nil || len(dirs) < 25 {
		t.Fatalf("%d broken playbooks in %s: %v", len(dirs), invalid, err)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			checkGolden(t, filepath.Join(dir, "want.txt"), validate(t, dir))
		})
	}
}

// validate gives what the command prints on standard error.
func validate(t *testing.T, dir string) string {
	t.Helper()
	_, problems, err := flow.Validate(&flow.World{Dir: dir, At: time.Unix(0, 0), Clock: time.Now, Drivers: all.Drivers()}, inputs(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if problems.Errors() == 0 {
		t.Error("the playbook is valid")
	}
	var b bytes.Buffer
	if err := new(render.Printer).Problems(&b, problems, countFiles(problems)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func countFiles(problems diag.List) int {
	files := map[string]bool{}
	for _, p := range problems {
		files[p.At.File] = true
	}
	return len(files)
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
