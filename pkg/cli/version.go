package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
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
				return a.printJSON(render.VersionDocument{Head: render.Begin(), Version: a.Version, Language: playbook.LanguageVersion,
					State: state.Version, Go: runtime.Version(), Platform: platform})
			}
			return a.print("playctl %s (language %s, %s, %s)", a.Version, playbook.LanguageVersion, runtime.Version(), platform)
		},
	}
}
