package cli

import "github.com/spf13/cobra"

func newConnectors(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "connectors",
		Short: "Look at the connectors: which there are, what each can do, whether they work",
		Long: `connectors tells of the outside systems that playctl can work with: those that are built in, those of the playbook's own manifests
(uses: ./connectors/acme.yaml), and plug-ins in any language (uses: process). None of its commands changes anything in the systems of the
playbook.`,
		Example: `  playctl connectors list
  playctl connectors describe postgres
  playctl connectors check -C my-plays
  playctl connectors simulate hubspot`,
		Args: subcommands,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConnectorsList(a), newConnectorsDescribe(a), newConnectorsCheck(a), newConnectorsTest(a), newConnectorsSimulate(a))
	return cmd
}
