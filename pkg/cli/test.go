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
	seed  uint64
	runs  int
}

func newTest(a *app) *cobra.Command {
	var o testOptions
	cmd := &cobra.Command{
		Use:   "test [NAME…]",
		Short: "Run the playbook's tests and search for what breaks its invariants",
		Long: `test runs the tests in the files that end in _test.yaml: records that are given, runs at times that are given, and what is expected of
each. The flow is the real one; systems and state are in memory, so that nothing is written and no secret is needed. After every run it holds,
whatever the test expects, that planning again finds nothing to do and that nothing is done twice that happens once.

Invariants are searched for what breaks them: records are generated from the playbook's own constants and run at random times over three months.
--seed draws others, --runs more of them; what is found is made as small as it goes.

A NAME chooses tests: all whose name, file or play has it in it. It exits with 3 if a test fails.`,
		Example: `  playctl test
  playctl test intent                     # those about intent
  playctl test --junit results.xml        # for CI
  playctl test calm --seed 7 --runs 500   # search longer for what breaks the invariant calm
  playctl test --json | jq '.tests[] | select(.passed | not) | .name'`,
		Args: takes(0, -1), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error { return a.test(cmd.Context(), args, o) },
	}
	cmd.Flags().StringVar(&o.junit, "junit", "", "write the results as JUnit XML to this `file`")
	cmd.Flags().BoolVar(&o.full, "full", false, "list everything that is shortened")
	cmd.Flags().Uint64Var(&o.seed, "seed", 1, "what to draw the records for invariants from")
	cmd.Flags().IntVar(&o.runs, "runs", 50, "how many scenes (records and times of runs) to try for the invariants; 0 leaves them out")
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
	tests, invariants, err := choose(suite, names)
	if err != nil {
		return err
	}
	in, err := a.inputs()
	if err != nil {
		return err
	}
	runner := rehearse.NewRunner(w, in, p)
	results, interrupted := a.rehearse(ctx, runner, tests)
	if !interrupted && o.runs > 0 && len(invariants) > 0 {
		found, err := a.search(ctx, runner, invariants, o)
		if interrupted = ctx.Err() != nil; err != nil && !interrupted {
			return err
		}
		results = append(results, found...)
	}
	if err := a.showTests(p, results, o); err != nil {
		return err
	}
	switch failed := slices.ContainsFunc(results, func(r render.Rehearsed) bool { return len(r.Failures) > 0 }); {
	case interrupted:
		return fail(exitInterrupted, "", "interrupted: %d of %d tests were run", min(len(results), len(tests)), len(tests))
	case failed:
		return silent(exitInvalid)
	}
	return nil
}

// suite reads the playbook's tests. Any error in them ends the command with code 3.
func (a *app) suite(p *flow.Program) (*rehearse.Suite, error) {
	suite, problems, err := a.readSuite(p)
	if err != nil {
		return nil, err
	}
	if problems.Errors() > 0 {
		a.problems(problems)
		return nil, silent(exitInvalid)
	}
	return suite, nil
}

// readSuite reads the tests of a playbook that is valid.
func (a *app) readSuite(p *flow.Program) (*rehearse.Suite, diag.List, error) {
	tree, _, err := document.ReadDir(a.dir) // whose problems were told with the playbook's
	if err != nil {
		return nil, nil, err
	}
	suite, problems := rehearse.Read(tree.Tests, p.Book)
	problems.Add(suite.Compile(p.Env)...)
	return suite, problems, nil
}

// choose gives the tests and invariants that names are about; all without names.
func choose(suite *rehearse.Suite, names []string) (tests []*rehearse.Test, invariants []*rehearse.Invariant, err error) {
	if len(names) == 0 {
		return suite.Tests, suite.Invariants, nil
	}
	found := make([]bool, len(names))
	var known []string
	chosen := func(own string, about ...string) (yes bool) {
		known = append(known, own)
		for i, name := range names {
			if slices.ContainsFunc(append(about, own), func(text string) bool { return strings.Contains(text, name) }) {
				found[i], yes = true, true
			}
		}
		return yes
	}
	for _, t := range suite.Tests {
		if chosen(t.Name, t.File(), t.Play) {
			tests = append(tests, t)
		}
	}
	for _, i := range suite.Invariants {
		if chosen(i.Name, i.File()) {
			invariants = append(invariants, i)
		}
	}
	if i := slices.Index(found, false); i >= 0 {
		return nil, nil, fail(exitError, diag.Suggest(names[i], known), "no test, file or play of a test has %q in its name", names[i])
	}
	return tests, invariants, nil
}

// search looks for what breaks invariants, until there is an interrupt.
func (a *app) search(ctx context.Context, r *rehearse.Runner, invariants []*rehearse.Invariant, o testOptions) ([]render.Rehearsed, error) {
	bar := a.progress("searching")
	defer bar.done()
	outcomes, err := r.Search(ctx, invariants, rehearse.Search{Seed: o.seed, Scenes: o.runs, Progress: func(done, total int) {
		bar.working(done, total, fmt.Sprintf("searching: %d of %d scenes", done, total))
	}})
	var results []render.Rehearsed
	for _, outcome := range outcomes {
		x := rehearsed(outcome)
		x.Name, x.Note = "invariant "+x.Name, fmt.Sprintf("%s, seed %d", count(o.runs, "scene"), o.seed)
		if err == nil || len(x.Failures) > 0 {
			results = append(results, x)
		}
	}
	return results, err
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
	if len(p.Tests()) == 0 {
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
