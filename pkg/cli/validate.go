package cli

import (
	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
)

func newValidate(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Check the whole playbook: everything wrong, with places and hints",
		Long: `validate reads every file of the playbook and checks all of it, expressions included, against the declared entities.
It uses no network and no secrets and reads no data. All problems are told in one run. It exits with 3 if there is an error.`,
		Example: `  playctl validate
  playctl validate -C my-plays --env staging
  playctl validate --json | jq '.problems[].message'`,
		Args: takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error { return a.validate() },
	}
}

// validation is validate's answer in JSON.
type validation struct {
	render.Head
	Valid    bool      `json:"valid"`
	Errors   int       `json:"errors"`
	Warnings int       `json:"warnings"`
	Problems diag.List `json:"problems"`
}

func (a *app) validate() error {
	w, p, problems, err := a.check()
	if err != nil {
		return err
	}
	if problems.Errors() == 0 {
		if a.verbose { // else it is not worth finding out
			a.slow(p.Slow(w))
		}
		_, more, err := a.readSuite(p)
		if err != nil {
			return err
		}
		problems.Add(more...)
	}
	errs := problems.Errors()
	if a.json {
		if problems == nil {
			problems = diag.List{}
		}
		if err := a.printJSON(validation{render.Begin(), errs == 0, errs, len(problems) - errs, problems}); err != nil {
			return err
		}
	} else if len(problems) > 0 {
		a.problems(problems)
	}
	if errs > 0 {
		return silent(exitInvalid)
	}
	if a.json {
		return nil
	}
	return a.sumUp(p)
}

// sumUp tells what a valid playbook holds.
func (a *app) sumUp(p *flow.Program) error {
	b := p.Book
	err := a.print("The playbook is valid: %s, %s, %s, %s.", count(len(b.Plays), "play"), count(len(b.Segments), "segment"), count(len(b.Entities), "entity"),
		count(len(b.Connectors), "connector"))
	if err == nil && len(p.Tests()) > 0 {
		err = a.print("%s with tests: playctl test runs them.", count(len(p.Tests()), "file"))
	}
	return err
}
