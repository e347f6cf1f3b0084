package cli

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/rehearse"
	"github.com/playctl/playctl/pkg/render"
)

type testOptions struct {
	junit string
	full  bool
}

func newTest(a *app) *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test [NAME…]",
		Short: "Run the playbook's tests and search for what breaks its invariants",
		Long: `test runs the tests in the files that end in _test.yaml: records that are given, runs at times that are given, and what is expected of
each. The flow is the real one; systems and state are in memory, so that nothing is written and no secret is needed. After every run it holds,
whatever the test expects, that planning again finds nothing to do and that nothing is done twice that happens once.

A NAME chooses tests: all whose name, file or play has it in it. It exits with 3 if a test fails.`,
		Example: `  playctl test
  playctl test intent                     # those about intent
  playctl test --junit results.xml        # for CI
  playctl test --json | jq '.tests[] | select(.passed | not) | .name'`,
		Args: takes(0, -1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error { return a.test(cmd.Context(), args, o) },
	}
	cmd.Flags().StringVar(&o.junit, "junit", "", "write the results as JUnit XML to this `file`")
	cmd.Flags().BoolVar(&o.full, "full", false, "list everything that is shortened")
	return cmd
}

func (a *app) test(ctx context.Context, names []string, o testOptions) error {
	if err := a.refuseAt("a test says itself when its runs are"); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	suite, err := a.suite(p)
	if err != nil {
		return err
	}
	chosen, err := choose(suite.Tests, names)
	if err != nil {
		return err
	}
	in, err := a.inputs()
	if err != nil {
		return err
	}
	results, interrupted := a.rehearse(ctx, rehearse.NewRunner(w, in, p, suite), chosen)
	if err := a.showTests(p, results, o); err != nil {
		return err
	}
	switch failed := slices.ContainsFunc(results, func(r render.Rehearsed) bool { return len(r.Failures) > 0 }); {
	case interrupted:
		return fail(exitInterrupted, "", "interrupted: %d of %d tests were run", len(results), len(chosen))
	case failed:
		return silent(exitInvalid)
	}
	return nil
}

// suite reads the playbook's tests. Any error in them ends the command with code 3.
func (a *app) suite(p *flow.Program) (*rehearse.Suite, error) {
	tree, _, err := document.ReadDir(a.dir) // whose problems were told with the playbook's
	if err != nil {
		return nil, err
	}
	suite, problems := rehearse.Read(tree.Tests, p.Book)
	if problems.Errors() > 0 {
		a.problems(problems)
		return nil, silent(exitInvalid)
	}
	return suite, nil
}

// choose gives the tests that names are about; all without names.
func choose(tests []*rehearse.Test, names []string) ([]*rehearse.Test, error) {
	if len(names) == 0 {
		return tests, nil
	}
	var out []*rehearse.Test
	var known []string
	has := func(t *rehearse.Test, name string) bool {
		return strings.Contains(t.Name, name) || strings.Contains(t.File(), name) || strings.Contains(t.Play, name)
	}
	for _, t := range tests {
		known = append(known, t.Name)
		if slices.ContainsFunc(names, func(name string) bool { return has(t, name) }) {
			out = append(out, t)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(out, func(t *rehearse.Test) bool { return has(t, name) }) {
			return nil, fail(exitError, diag.Suggest(name, known), "no test, file or play of a test has %q in its name", name)
		}
	}
	return out, nil
}

// rehearse runs tests until there is an interrupt.
func (a *app) rehearse(ctx context.Context, r *rehearse.Runner, tests []*rehearse.Test) (results []render.Rehearsed, interrupted bool) {
	bar := a.progress("testing")
	defer bar.done()
	for i, t := range tests {
		bar.working(i, len(tests), fmt.Sprintf("testing: %d of %d", i, len(tests)))
		result, err := r.Run(ctx, t)
		if err != nil {
			return results, true
		}
		results = append(results, rehearsed(result))
	}
	return results, false
}

func rehearsed(o *rehearse.Outcome) render.Rehearsed {
	r := render.Rehearsed{Name: o.Name, File: o.File, Play: o.Play, Runs: o.Runs, Took: o.Took}
	for _, f := range o.Failures {
		r.Failures = append(r.Failures, render.RehearsalFailure(f))
	}
	return r
}

// showTests prints what became of tests, and writes it for CI.
func (a *app) showTests(p *flow.Program, results []render.Rehearsed, o testOptions) error {
	if o.junit != "" {
		var b bytes.Buffer
		if err := render.JUnit(&b, p.Book.Name, results); err != nil {
			return err
		}
		if err := maybe.WriteFile(a.path(o.junit), b.Bytes(), 0o644); err != nil {
			return fail(exitError, "", "--junit: %s", err)
		}
	}
	if a.json {
		return render.RehearsalJSON(a.Stdout, results)
	}
	if len(results) == 0 {
		return a.print("There are no tests: write them in files that end in _test.yaml.")
	}
	return a.printer(p, a.Now(), limits{full: o.full, concise: a.quiet}).Rehearsal(a.Stdout, results)
}

// working shows how far something is that is done in so many parts.
func (p *progress) working(done, total int, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set(int64(done), int64(total), text)
}
