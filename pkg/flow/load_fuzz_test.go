package flow_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/calendar"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/segment"
)

// FuzzLoad loads whatever stands in a playbook's file as validate does: it never panics, and every problem has its place in the file.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"../../examples/quickstart/*.yaml", "../../playbooks/starter/*.yaml", "../../testdata/invalid/*/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			f.Fatalf("no seeds at %s: %v", pattern, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(data))
		}
	}
	world, err := os.ReadFile("../../examples/quickstart/playbook.yaml")
	if err != nil {
		f.Fatal(err)
	}
	declared, _ := document.Parse("playbook.yaml", world)
	f.Fuzz(func(t *testing.T, text string) {
		file, _ := document.Parse("fuzz.yaml", []byte(text))
		load(t, text, file)
		load(t, text, declared, file) // so that plays and segments have something to speak of
	})
}

// load compiles files as flow.Validate does.
func load(t *testing.T, text string, files ...*document.File) {
	t.Helper()
	book, problems := playbook.Read(files, playbook.Inputs{})
	problems = append(problems, calendar.Check(book)...)
	env, err := expr.NewEnv(book)
	if err != nil {
		if problems.Errors() == 0 {
			t.Fatalf("no problem, and yet: %v", err)
		}
		return
	}
	_, more := segment.Compile(book, env)
	problems = append(problems, more...)
	_, more = journey.Compile(book, env)
	problems = append(problems, more...)
	lines := strings.Count(text, "\n") + 1
	for _, p := range problems {
		if p.At.File == "fuzz.yaml" && p.At.Line > lines {
			t.Errorf("%s lies outside the file of %d lines", p.Error(), lines)
		}
	}
}
