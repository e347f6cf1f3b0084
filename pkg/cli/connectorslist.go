package cli

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
)

func newConnectorsList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the connectors of the playbook, and those to use",
		Long: `list names the connectors of the playbook, if there is one here, and the drivers that are built in, each with the kinds of things that it takes:
collections, objects to set, messages to send, tasks, and what can be read as an entity. It needs no network and no secrets.`,
		Example: "  playctl connectors list\n  playctl connectors list --json | jq -r '.drivers[].uses'",
		Args:    takes(0, 0), ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error { return a.connectorsList() },
	}
}

func (a *app) connectorsList() error {
	p := a.programIfAny()
	own, drivers := a.connectorsOf(p), a.drivers()
	if a.json {
		doc := render.ConnectorsDocument{Head: render.Begin(), Connectors: []render.ConnectorJSON{}, Drivers: []render.ConnectorJSON{}}
		for _, n := range own {
			doc.Connectors = append(doc.Connectors, n.JSON())
		}
		for _, n := range drivers {
			doc.Drivers = append(doc.Drivers, n.JSON())
		}
		return a.printJSON(doc)
	}
	return a.printer(nil, time.Time{}, limits{}).Connectors(a.Stdout, own, drivers)
}

// programIfAny gives the playbook that is here, as far as it can be read; nil if there is none. What is wrong with it validate tells.
func (a *app) programIfAny() *flow.Program {
	_, p, _, err := a.check()
	if err != nil {
		return nil
	}
	return p
}

// connectorsOf gives the connectors of a playbook whose drivers are known.
func (a *app) connectorsOf(p *flow.Program) []render.Named {
	var out []render.Named
	if p == nil {
		return nil
	}
	for _, c := range p.Book.Connectors {
		if d, ok := p.Offered(c.Name); ok {
			out = append(out, render.Named{Name: c.Name, Uses: c.Uses, Driver: d})
		}
	}
	return out
}

// drivers gives the drivers that are built in.
func (a *app) drivers() []render.Named {
	var out []render.Named
	for _, d := range a.Drivers {
		out = append(out, render.Named{Uses: d.Name, Driver: d.Whole()})
	}
	return out
}
