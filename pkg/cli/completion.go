package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

func newCompletion(a *app) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the script that completes playctl in bash, zsh, fish or powershell",
		Long: `completion prints a script that completes commands, options, and the names of plays and segments of the playbook at hand.
Load it in the shell's start-up file.`,
		Example: `  source <(playctl completion bash)
  playctl completion zsh > "${fpath[1]}/_playctl"
  playctl completion fish > ~/.config/fish/completions/playctl.fish
  playctl completion powershell | Out-String | Invoke-Expression`,
		Args: takes(1, 1), ValidArgs: shells,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.Stdout, true)
			case "zsh":
				return root.GenZshCompletion(a.Stdout)
			case "fish":
				return root.GenFishCompletion(a.Stdout, true)
			case "powershell":
				return root.GenPowerShellCompletionWithDesc(a.Stdout)
			}
			return fail(exitError, diag.Suggest(args[0], shells), "there is no completion for %q", args[0])
		},
	}
}

// offers completes names of the playbook. Where that can't be read, nothing is offered.
func (a *app) offers(most int, names func(*playbook.Book) []string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if most >= 0 && len(args) >= most || a.settle(cmd) != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		_, p, _, err := a.check()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return names(p.Book), cobra.ShellCompDirectiveNoFileComp
	}
}

// conditions are the names that explain takes.
func conditions(b *playbook.Book) []string {
	return slices.Concat(b.SegmentNames(), b.PlayNames(), b.ScoreNames(), b.StageModelNames())
}

// manual are the plays that run takes.
func manual(b *playbook.Book) []string {
	var names []string
	for _, p := range b.Plays {
		if p.Trigger.Kind == playbook.Manual {
			names = append(names, p.Name)
		}
	}
	return names
}
