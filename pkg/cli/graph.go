package cli

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2/maybe"
	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/graph"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
)

type graphOptions struct {
	format string // "" where it was not given
	out    string // "" for standard output
}

// drawers write a graph in a format.
var drawers = map[string]func(io.Writer, *graph.Graph) error{"mermaid": graph.Mermaid, "dot": graph.DOT, "svg": graph.SVG}

// extensions say what format a file has by its name.
var extensions = map[string]string{".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot", ".svg": "svg"}

// drawn is graph's answer in JSON: what is drawn, without places.
type drawn struct {
	render.Head
	*graph.Graph
}

func newGraph(a *app) *cobra.Command {
	var o graphOptions
	cmd := &cobra.Command{
		Use:   "graph [PLAY…]",
		Short: "Draw segments, plays and their links, or one play step by step",
		Long: `graph draws the playbook: its segments and who speaks of which, its plays, whose records enter them, which play enrolls in which, and
which mutes which. Of one play that is named it draws the steps instead, as on a chalkboard: who enters, what is hands-free and what a person
does, waits, branches, timeouts, and how it ends. Several names draw those plays with their direct links.

It reads no data, and needs no network and no secrets. Mermaid shows in Markdown on GitHub and GitLab, DOT is for Graphviz, SVG for any browser.`,
		Example: `  playctl graph                           # Mermaid, for a README
  playctl graph mqa-outreach              # one play, step by step
  playctl graph --out playbook.svg        # the format is that of the file's name
  playctl graph mqa-outreach reengagement --format dot | dot -Tpdf > links.pdf`,
		Args: takes(0, -1), ValidArgsFunction: a.offers(-1, (*playbook.Book).PlayNames),
		RunE: func(_ *cobra.Command, args []string) error { return a.graph(args, o) },
	}
	cmd.Flags().StringVar(&o.format, "format", "", "mermaid, dot or svg (default: as --out is named, else mermaid)")
	cmd.Flags().StringVarP(&o.out, "out", "o", "", "write to this `file`")
	return cmd
}

func (a *app) graph(names []string, o graphOptions) error {
	format, err := a.graphFormat(o)
	if err != nil {
		return err
	}
	_, p, err := a.load()
	if err != nil {
		return err
	}
	for _, name := range names {
		if p.Book.Play(name) == nil {
			return fail(exitError, diag.Suggest(name, p.Book.PlayNames()), "there is no play %q", name)
		}
	}
	if a.json {
		return a.printJSON(drawn{render.Begin(), drawing(p, names)})
	}
	var b bytes.Buffer
	if err := drawers[format](&b, drawing(p, names)); err != nil {
		return err
	}
	if o.out == "" {
		_, err := a.Stdout.Write(b.Bytes())
		return err
	}
	if err := maybe.WriteFile(a.path(o.out), b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("writing the drawing: %w", err)
	}
	a.say("Drawn in %s.", o.out)
	return nil
}

// graphFormat finds the format that was asked for: --format wins over the name of the file.
func (a *app) graphFormat(o graphOptions) (string, error) {
	known := []string{"mermaid", "dot", "svg"}
	switch {
	case a.json && (o.format != "" || o.out != ""):
		return "", fail(exitError, "leave one of them out", "--json does not go with --format and --out")
	case o.format != "" && slices.Contains(known, o.format):
		return o.format, nil
	case o.format != "":
		return "", fail(exitError, diag.Suggest(o.format, known), "--format %q is not known", o.format)
	case o.out == "":
		return "mermaid", nil
	}
	extension := strings.ToLower(filepath.Ext(o.out))
	if format, ok := extensions[extension]; ok {
		return format, nil
	}
	return "", fail(exitError, "name it .svg, .dot or .mmd, or say --format", "--out %s does not say in which format to draw", o.out)
}

// drawing makes what is drawn: one play as on a chalkboard, or the playbook, or a part of it.
func drawing(p *flow.Program, names []string) *graph.Graph {
	if len(names) == 1 {
		return graph.Play(p.Book, names[0])
	}
	return graph.Overview(p.Book, p.Env, names...)
}
