package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Long:    "version prints the version of playctl, of the playbook language that it reads, of Go, and the platform it was made for.",
		Example: "  playctl version\n  playctl version --json",
		Args:    takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			platform := runtime.GOOS + "/" + runtime.GOARCH
			if a.json {
				return a.printJSON(map[string]any{"format_version": "1.0", "version": a.Version, "language": playbook.LanguageVersion,
					"state": state.Version, "go": runtime.Version(), "platform": platform})
			}
			return a.print("playctl %s (language %s, %s, %s)", a.Version, playbook.LanguageVersion, runtime.Version(), platform)
		},
	}
}
