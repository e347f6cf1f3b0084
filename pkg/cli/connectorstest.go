package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/conntest"
	"github.com/playctl/playctl/pkg/connector/process"
	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/render"
)

// scratch stands for a folder that is made for each claim.
const scratch = "{dir}"

type connectorsTestOptions struct {
	settings []string
}

func newConnectorsTest(a *app) *cobra.Command {
	var o connectorsTestOptions
	cmd := &cobra.Command{
		Use:   "test [NAME] [-- COMMAND…]",
		Short: "Hold a plug-in against what every connector must do",
		Long: `test runs a plug-in (uses: process) for each of about eighty claims that every connector must hold: what is added is read back, a repeat is already,
one bad record sinks no other, awkward ids and names go in and out, a context that ends leaves nothing unaccounted for. It writes to the plug-in's system, which must
be empty for each claim: {dir} in a setting stands for a folder that is made for it.

The plug-in is a connector of the playbook, with its settings but for those given here, or a command. It exits with 1 if a claim does not hold.`,
		Example: `  playctl connectors test desk --setting file={dir}/desk.db
  playctl connectors test --setting file={dir}/desk.db -- python3 ./desk.py`,
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); dash > 0 || dash < 0 && len(args) != 1 || dash == 0 && len(args) == 0 {
				return fail(exitError, "usage: "+cmd.UseLine(), "connectors test needs the name of one connector, or -- and a command")
			}
			return nil
		},
		ValidArgsFunction: a.offers(1, connectorNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.connectorsTest(cmd.Context(), args, cmd.ArgsLenAtDash() == 0, o)
		},
	}
	cmd.Flags().StringArrayVar(&o.settings, "setting", nil, "a `setting` of the plug-in: name=value; may be repeated")
	return cmd
}

func (a *app) connectorsTest(ctx context.Context, args []string, command bool, o connectorsTestOptions) error {
	subject, err := a.subject(ctx, args, command, o)
	if err != nil {
		return err
	}
	h, err := subject.harness(ctx)
	if err != nil {
		return err
	}
	doc := render.ClaimsDocument{Head: render.Begin(), Claims: []render.Claim{}}
	conntest.Judge(ctx, h, subject.system, func(v conntest.Verdict) { doc.Add(v.Claim, v.Skipped, v.Failures) })
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.json {
		err = a.printJSON(doc)
	} else {
		err = a.printer(nil, time.Time{}, limits{full: a.verbose}).Claims(a.Stdout, &doc)
	}
	if err == nil && doc.Failed > 0 {
		err = silent(exitError)
	}
	return err
}

// subject is a plug-in to be tested.
type subject struct {
	app      *app
	settings map[string]any
}

// subject finds the plug-in: of the playbook, or by its command.
func (a *app) subject(ctx context.Context, args []string, command bool, o connectorsTestOptions) (*subject, error) {
	s := &subject{app: a, settings: map[string]any{}}
	if command {
		words := make([]any, len(args))
		for i, w := range args {
			words[i] = w
		}
		s.settings["command"] = words
	} else if err := a.ownPlugin(ctx, args[0], s.settings); err != nil {
		return nil, err
	}
	apart := false
	for _, pair := range o.settings {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fail(exitError, "write --setting name=value", "--setting %q has no value", pair)
		}
		s.settings[name], apart = value, apart || strings.Contains(value, scratch)
	}
	if !command && !apart {
		return nil, fail(exitError, "give it one of its own for each claim: --setting file="+scratch+"/x.db", "connectors test writes to the plug-in's system, and %s has that of the playbook", args[0])
	}
	return s, nil
}

// ownPlugin gives the settings of a plug-in of the playbook.
func (a *app) ownPlugin(ctx context.Context, name string, into map[string]any) error {
	w, p, err := a.load()
	if err != nil {
		return err
	}
	c := p.Book.Connector(name)
	switch known := connectorNames(p.Book); {
	case c == nil:
		return fail(exitError, diag.Suggest(name, known), "the playbook has no connector %q", name)
	case c.Uses != "process":
		return fail(exitError, "playctl connectors check "+name+" asks whether it works", "connectors test is for plug-ins (uses: process), and %s uses %s", name, c.Uses)
	}
	settings, err := flow.Settings(ctx, w, c)
	maps.Copy(into, settings)
	return err
}

// harness asks the plug-in what it is to be tested for.
func (s *subject) harness(ctx context.Context) (h conntest.Harness, err error) {
	c, clear, err := s.open()
	if err != nil {
		return h, err
	}
	defer clear()
	spec := c.Describe()
	if spec.Unknown {
		return h, errors.Join(c.Check(ctx), ctx.Err())
	}
	h.Powers, h.Many = conntest.PowersOf(c), 2000
	if len(spec.Collections) > 0 {
		h.Collection = spec.Collections[0].Name
		h.MembershipFields = pair(spec.Collections[0].Fields)
	}
	if len(spec.Objects) > 0 {
		h.Object = spec.Objects[0].Name
		h.Fields = pair(spec.Objects[0].Fields)
	}
	if len(spec.Actions) > 0 {
		h.Action = spec.Actions[0].Name
	}
	if len(spec.Tasks) > 0 {
		h.Task = spec.Tasks[0].Name
	}
	return h, nil
}

// pair gives the first two of fields; nil if there are fewer.
func pair(fields []string) []string {
	if len(fields) < 2 {
		return nil
	}
	return fields[:2]
}

// open starts the plug-in with a folder of its own. clear ends it and removes the folder.
func (s *subject) open() (c connector.Connector, clear func(), err error) {
	dir, err := os.MkdirTemp("", "playctl-test-")
	if err != nil {
		return nil, nil, fmt.Errorf("making a folder for a plug-in: %w", err)
	}
	own := &programs{}
	clear = func() {
		own.end()
		_ = os.RemoveAll(dir)
	}
	start := func(p connector.Program) (connector.Process, error) {
		process, err := s.app.start(p)
		if err == nil {
			own.list = append(own.list, process)
		}
		return process, err
	}
	c, err = process.Driver().Open(connector.Options{Name: "plug-in", Settings: within(s.settings, dir), Dir: s.app.dir, Now: s.app.Now, Start: start})
	if err != nil {
		clear()
		return nil, nil, err
	}
	return c, clear, nil
}

// within puts a folder into settings.
func within(settings map[string]any, dir string) map[string]any {
	out := maps.Clone(settings)
	for _, name := range slices.Sorted(maps.Keys(out)) {
		if text, ok := out[name].(string); ok {
			out[name] = strings.ReplaceAll(text, scratch, dir)
		}
	}
	return out
}

// system opens the plug-in for one claim.
func (s *subject) system(t conntest.T) (conntest.System, func()) {
	c, clear, err := s.open()
	if err != nil {
		t.Fatal(err)
	}
	return conntest.System{Connector: c, Make: func(collection connector.Collection) {
		maker, ok := connector.As[connector.Creator](c)
		if !ok {
			t.Skip("it makes no collections, and nobody else does")
		}
		if err := maker.Create(t.Context(), collection); err != nil {
			t.Fatalf("making %s: %s", collection, err)
		}
	}}, clear
}
