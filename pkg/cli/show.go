package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func newShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "show PLANFILE",
		Short:   "Show a saved plan again",
		Example: "  playctl plan --out plan.json\n  playctl show plan.json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.showSaved(args[0]) },
	}
}

func (a *app) showSaved(name string) error {
	saved, err := a.readSaved(name)
	if err != nil {
		return err
	}
	if a.json {
		return a.showJSON(saved)
	}
	return a.show(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "Plan %s of %s, made %s, good until %s\n\n%s", saved.ID, saved.Playbook, saved.At.UTC().Format("2006-01-02 15:04:05Z"),
			saved.Expires.UTC().Format("2006-01-02 15:04:05Z"), saved.Text)
		return err
	})
}
