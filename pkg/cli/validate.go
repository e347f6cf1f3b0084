package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
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
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return a.validate() },
	}
}

// validation is validate's answer in JSON.
type validation struct {
	FormatVersion string    `json:"format_version"`
	Valid         bool      `json:"valid"`
	Errors        int       `json:"errors"`
	Warnings      int       `json:"warnings"`
	Problems      diag.List `json:"problems"`
}

func (a *app) validate() error {
	_, p, problems, err := a.check()
	if err != nil {
		return err
	}
	errs := problems.Errors()
	if a.json {
		if problems == nil {
			problems = diag.List{}
		}
		if err := a.showJSON(validation{"1.0", errs == 0, errs, len(problems) - errs, problems}); err != nil {
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
	return a.show(func(w io.Writer) error { return sumUp(w, p) })
}

// sumUp tells what a valid playbook holds.
func sumUp(w io.Writer, p *flow.Program) error {
	b := p.Book
	_, err := fmt.Fprintf(w, "The playbook is valid: %s, %s, %s, %s.\n", count(len(b.Plays), "play"), count(len(b.Segments), "segment"),
		entities(len(b.Entities)), count(len(b.Connectors), "connector"))
	if err == nil && len(p.Tests()) > 0 {
		_, err = fmt.Fprintf(w, "%s with tests: this version of playctl does not run them.\n", count(len(p.Tests()), "file"))
	}
	return err
}

func entities(n int) string {
	if n == 1 {
		return "1 entity"
	}
	return fmt.Sprintf("%d entities", n)
}

// showJSON prints one document.
func (a *app) showJSON(v any) error {
	return a.show(func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	})
}
