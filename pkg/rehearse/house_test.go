package rehearse_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector/all"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/rehearse"
)

// house is a playbook in a folder.
type house struct {
	testing.TB
	dir string
}

func newHouse(t *testing.T, playbook string) *house {
	t.Helper()
	h := &house{TB: t, dir: t.TempDir()}
	h.write("playbook.yaml", playbook)
	return h
}

func (h *house) write(name, text string) {
	h.Helper()
	path := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.Fatal(err)
	}
}

func (h *house) world() *flow.World {
	return &flow.World{Dir: h.dir, At: time.Unix(0, 0), Clock: func() time.Time { return time.Unix(0, 0) },
		Getenv: func(string) string { return "" }, Drivers: all.Drivers()}
}

func (h *house) program() *flow.Program {
	h.Helper()
	p, problems, err := flow.Validate(h.world(), flow.Inputs{})
	if err != nil {
		h.Fatal(err)
	}
	if problems.Errors() > 0 {
		h.Fatal(problems)
	}
	return p
}

// read reads a file of tests.
func (h *house) read(tests string) (*flow.Program, *rehearse.Suite, diag.List) {
	h.Helper()
	p := h.program()
	f, problems := document.Parse("x_test.yaml", []byte(tests))
	suite, more := rehearse.Read([]*document.File{f}, p.Book)
	return p, suite, append(append(problems, more...), suite.Compile(p.Env)...)
}

// test runs the tests of a file, which must be readable.
func (h *house) test(tests string) []*rehearse.Outcome {
	h.Helper()
	p, suite, problems := h.read(tests)
	if problems.Errors() > 0 {
		h.Fatal(problems)
	}
	r := rehearse.NewRunner(h.world(), flow.Inputs{}, p)
	var out []*rehearse.Outcome
	for _, t := range suite.Tests {
		o, err := r.Run(context.Background(), t)
		if err != nil {
			h.Fatal(err)
		}
		out = append(out, o)
	}
	return out
}

// words gives what is wrong, as text.
func (h *house) words(o *rehearse.Outcome) string {
	var b strings.Builder
	for _, f := range o.Failures {
		b.WriteString(f.Problem.Format())
		b.WriteString(strings.Join(f.Found, "\n") + "\n")
	}
	return b.String()
}
