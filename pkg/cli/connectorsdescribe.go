package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/connector/rest"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
)

func newConnectorsDescribe(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "describe NAME|FILE",
		Short: "Tell all that a connector offers: settings, collections, objects, actions, tasks, limits",
		Long: `describe tells what can be written with a connector of the playbook, with a driver that is built in, or with a manifest by its path: its settings, its collections and which of them are
write-only, its objects and their fields, its actions and tasks with what is done when an answer is lost, and the limits that are kept. It uses no network;
a plug-in (uses: process) is run, since only it knows what it offers.`,
		Example: "  playctl connectors describe postgres\n  playctl connectors describe desk -C my-plays\n  playctl connectors describe ./connectors/acme.yaml\n  playctl connectors describe hubspot --json",
		Args:    takes(1, 1), ValidArgsFunction: a.offers(1, connectorNames),
		RunE: func(cmd *cobra.Command, args []string) error { return a.connectorsDescribe(cmd.Context(), args[0]) },
	}
}

func (a *app) connectorsDescribe(ctx context.Context, name string) error {
	n, err := a.named(ctx, name)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(render.ConnectorDocument{Head: render.Begin(), Connector: n.JSON()})
	}
	return a.printer(nil, time.Time{}, limits{}).Describe(a.Stdout, n)
}

// named finds a connector of the playbook, or else a driver; of a path the manifest.
func (a *app) named(ctx context.Context, name string) (render.Named, error) {
	if isManifest(name) {
		m, uses, err := a.spoken(name)
		if err != nil {
			return render.Named{}, err
		}
		return render.Named{Uses: uses, Driver: rest.Driver(m)}, nil
	}
	p := a.programIfAny()
	var known []string
	for _, n := range a.connectorsOf(p) {
		if known = append(known, n.Name); n.Name != name {
			continue
		}
		w, p, err := a.load()
		if err == nil {
			n.Driver, err = flow.Describe(ctx, w, p, name)
		}
		return n, err
	}
	for _, d := range a.Drivers {
		if known = append(known, d.Name); d.Name == name {
			return render.Named{Uses: name, Driver: d.Whole()}, nil
		}
	}
	return render.Named{}, fail(exitError, diag.Suggest(name, known), "there is no connector %q", name)
}
