package playbooks_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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

// TestLibrary_playsDoWhatTheirTestsSay runs the tests of every folder as playctl test does.
func TestLibrary_playsDoWhatTheirTestsSay(t *testing.T) {
	p := program(t)
	tree, found, err := document.ReadDir(library)
	if err := errors.Join(err, found.Err()); err != nil {
		t.Fatal(err)
	}
	suite, problems := rehearse.Read(tree.Tests, p.Book)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	runner := rehearse.NewRunner(world(), flow.Inputs{}, p)
	for _, test := range suite.Tests {
		t.Run(filepath.Base(test.File())+"/"+test.Name, func(t *testing.T) {
			out, err := runner.Run(context.Background(), test)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range out.Failures {
				t.Errorf("%s", f.Problem.Error())
				for _, line := range f.Found {
					t.Log("  ", line)
				}
			}
		})
	}
}
