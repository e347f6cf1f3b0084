package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/state"
)

func newStatePush(a *app) *cobra.Command {
	var o replacement
	cmd := &cobra.Command{
		Use:   "push FILE",
		Short: "Put a state that was pulled in the place of the one that is there",
		Long: `push puts the state in FILE, as state pull printed it, in the place of the one that is there, which gets a backup first. It refuses a file that
was edited, is cut short or is of a newer playctl; a state of another lineage, which is another playbook's; and one that is older than the
one that is there, since what was done after it would not be known any more.

--force lets the last two pass. Of two states of one playbook the newer one stays, and takes over what it has lost and the older one knows: nothing
is sent again, and of who was forgotten nothing comes back.`,
		Example: "  playctl state push state.json\n  playctl state push state.json --force --yes",
		Args:    takes(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.operation, o.refuseOlder = state.OpPush, true
			o.from = func(context.Context, *flow.Program, state.Store) (*state.Whole, string, error) {
				return a.pushed(args[0])
			}
			return a.replaceState(cmd.Context(), o)
		},
	}
	o.flags(cmd)
	cmd.Flags().BoolVar(&o.force, "force", false, "also a state that is older, or of another lineage")
	return cmd
}

// pushed reads the file.
func (a *app) pushed(name string) (*state.Whole, string, error) {
	data, err := os.ReadFile(a.path(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "", fail(exitError, "playctl state pull > FILE makes one", "there is no file %s", a.path(name))
	case err != nil:
		return nil, "", fmt.Errorf("reading the state: %w", err)
	}
	w, err := state.Decode(data)
	switch {
	case errors.Is(err, state.ErrNotAState):
		return nil, "", fail(exitError, "pull it again: "+a.invocation("state pull")+" > FILE; a state can't be edited by hand", "%s: %s", name, err)
	case err != nil:
		return nil, "", fail(exitError, "use the playctl that wrote it, or a later one", "%s: %s", name, err)
	}
	return w, "the state in " + name, nil
}
