package cli

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
)

func newConnectorsCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check [NAME…]",
		Short: "Prove that the connectors work: credentials, reachability, the collections that plays name",
		Long: `check asks each connector of the playbook, or those named, whether it can be reached and takes the credentials, and whether the collections that the plays
name there are there and can be written. It changes nothing. A collection that steps make (create: true) need not be there; of one that nobody can read
back it is not known; one whose name depends on the record is left out. It exits with 1 if anything fails.`,
		Example: "  playctl connectors check\n  playctl connectors check crm ads\n  playctl connectors check --json | jq -e .ok",
		Args:    takes(0, -1), ValidArgsFunction: a.offers(-1, connectorNames),
		RunE: func(cmd *cobra.Command, args []string) error { return a.connectorsCheck(cmd.Context(), args) },
	}
}

func (a *app) connectorsCheck(ctx context.Context, names []string) error {
	if err := a.refuseAt("the systems are as they are now"); err != nil {
		return err
	}
	w, p, err := a.load()
	if err != nil {
		return err
	}
	for _, name := range names {
		if known := connectorNames(p.Book); !slices.Contains(known, name) {
			return fail(exitError, diag.Suggest(name, known), "the playbook has no connector %q", name)
		}
	}
	checks, failed := []render.ConnectorCheck{}, 0
	for _, c := range flow.Check(ctx, w, p, names) {
		check := a.checked(c)
		if checks = append(checks, check); check.Status == "failed" {
			failed++
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(render.ConnectorChecksDocument{Head: render.Begin(), OK: failed == 0, Checks: checks})
	} else {
		err = a.printer(p, time.Time{}, limits{}).ConnectorChecks(a.Stdout, checks)
	}
	if err == nil && failed > 0 {
		err = silent(exitError)
	}
	return err
}

// checked words what was found out.
func (a *app) checked(c flow.Checked) render.ConnectorCheck {
	out := render.ConnectorCheck{Connector: c.Connector, Uses: c.Uses, Status: "ok"}
	if c.Collection != (connector.Collection{}) {
		out.Collection = c.Collection.String()
	}
	switch {
	case errors.Is(c.Err, connector.ErrNoCollection):
		out.Status, out.Error = "failed", "it does not exist: make it there, or write create: true in the step, if the connector can"
	case c.Err != nil:
		out.Status, out.Error = "failed", said(c.Err)
	case c.Made:
		out.Status = "made"
	case c.Unknown:
		out.Status = "unknown"
	}
	return out
}

// said gives what an error says, and of problems in files also the remedies.
func said(err error) string {
	var problems diag.List
	if !errors.As(err, &problems) {
		return err.Error()
	}
	var parts []string
	for _, p := range problems {
		text := p.Error()
		if p.Hint != "" {
			text += " (" + p.Hint + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}
