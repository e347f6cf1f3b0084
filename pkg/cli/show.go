package cli

import (
	"io"

	"github.com/spf13/cobra"
)

func newShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show PLANFILE",
		Short: "Show a saved plan again",
		Long: `show prints a saved plan as it was shown when it was made, without values of fields, and until when it may be applied. It needs no
playbook and no connected system.`,
		Example: "  playctl plan --out plan.json\n  playctl show plan.json",
		Args:    takes(1, 1),
		RunE:    func(_ *cobra.Command, args []string) error { return a.showSaved(args[0]) },
	}
}

func (a *app) showSaved(name string) error {
	saved, err := a.readSaved(name)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(saved)
	}
	if err := a.print("Plan %s of %s, made %s, good until %s\n", saved.ID, saved.Playbook, saved.At.UTC().Format("2006-01-02 15:04:05Z"),
		saved.Expires.UTC().Format("2006-01-02 15:04:05Z")); err != nil {
		return err
	}
	_, err = io.WriteString(a.Stdout, saved.Text)
	return err
}
