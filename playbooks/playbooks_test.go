package playbooks_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/rehearse"
)

// library is the folder of the ready-made plays: one playbook, a folder a category.
const library = "library"

// world is what the library is read in: it writes nothing.
func world() *flow.World {
	return &flow.World{Dir: library, At: time.Date(2026, 1, 5, 14, 0, 0, 0, time.UTC), Clock: time.Now, Getenv: os.Getenv, Drivers: all.Drivers()}
}

// program compiles the library, which must be valid and give no warning.
func program(t *testing.T) *flow.Program {
	t.Helper()
	p, problems, err := flow.Validate(world(), flow.Inputs{Inputs: playbook.Inputs{}})
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		t.Fatalf("the library is not as it should be:\n%v", problems)
	}
	return p
}

// suite reads the tests of every folder.
func suite(t *testing.T, p *flow.Program) *rehearse.Suite {
	t.Helper()
	tree, found, err := document.ReadDir(library)
	if err := errors.Join(err, found.Err()); err != nil {
		t.Fatal(err)
	}
	out, problems := rehearse.Read(tree.Tests, p.Book)
	problems.Add(out.Compile(p.Env)...)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// mustPass holds that a test or an invariant passed.
func mustPass(t *testing.T, out *rehearse.Outcome) {
	t.Helper()
	for _, f := range out.Failures {
		t.Errorf("%s\n   %s", f.Problem.Error(), strings.Join(f.Found, "\n   "))
	}
}

// TestLibrary_playsDoWhatTheirTestsSay runs the tests of every folder as playctl test does.
func TestLibrary_playsDoWhatTheirTestsSay(t *testing.T) {
	p := program(t)
	runner := rehearse.NewRunner(world(), flow.Inputs{}, p)
	for _, test := range suite(t, p).Tests {
		t.Run(filepath.Base(test.File())+"/"+test.Name, func(t *testing.T) {
			out, err := runner.Run(context.Background(), test)
			if err != nil {
				t.Fatal(err)
			}
			mustPass(t, out)
		})
	}
}

// TestLibrary_nothingBreaksItsInvariants looks for records and times that break one, over a few scenes: playctl test tries more.
func TestLibrary_nothingBreaksItsInvariants(t *testing.T) {
	p := program(t)
	outcomes, err := rehearse.NewRunner(world(), flow.Inputs{}, p).Search(context.Background(), suite(t, p).Invariants, rehearse.Search{Seed: 1, Scenes: 15})
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range outcomes {
		mustPass(t, out)
	}
}
