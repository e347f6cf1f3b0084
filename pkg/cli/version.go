package cli

import (
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  playctl version\n  playctl version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.showJSON(map[string]any{"version": a.Version, "language": playbook.LanguageVersion, "state": state.Version, "go": runtime.Version(),
					"platform": runtime.GOOS + "/" + runtime.GOARCH})
			}
			return a.show(func(w io.Writer) error {
				_, err := fmt.Fprintf(w, "playctl %s (language %s, %s, %s/%s)\n", a.Version, playbook.LanguageVersion, runtime.Version(), runtime.GOOS, runtime.GOARCH)
				return err
			})
		},
	}
}
