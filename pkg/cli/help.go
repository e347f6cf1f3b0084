package cli

import "github.com/spf13/cobra"

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND…]",
		Short:   "Explain a command, with examples",
		Long:    "help explains a command, its options and how it is used; so does COMMAND --help.",
		Example: "  playctl help plan\n  playctl help state show",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return subcommands(found, rest)
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}
