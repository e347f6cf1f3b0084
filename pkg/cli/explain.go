package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
)

func newExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain SEGMENT|PLAY KEY",
		Short: "Why a record is in a segment or a play's segment, or not",
		Long: `explain evaluates the condition of a segment, or of a play's segment, for one record and shows the value of every sub-expression.
What is unknown is named with what is missing.`,
		Example: `  playctl explain surging a-0000192
  playctl explain intent-nurture a-0000192 --at 2026-11-01`,
		Args: takes(2, 2), ValidArgsFunction: a.offers(1, conditions),
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), args[0], args[1]) },
	}
}

func (a *app) explain(ctx context.Context, name, key string) error {
	w, p, err := a.load()
	if err != nil {
		return err
	}
	program, of, err := explained(p, name)
	if err != nil {
		return err
	}
	evaluated, err := a.evaluate(ctx, w, p)
	if err != nil {
		return err
	}
	table := evaluated.Data.Frame.Table(of)
	row, ok := table.Row(key)
	if !ok {
		return fail(exitError, nearestKey(key, table), "there is no %s with the key %q", of, key)
	}
	x := &expr.Explained{Text: "listed in " + name, Value: playbook.Text(evaluated.Data.Segments[name].True.Has(row))}
	if program != nil {
		if x, err = program.Explain(ctx, evaluated.Data, expr.Row(of, row)); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(map[string]any{"format_version": "1.0", "name": name, "entity": of, "key": key, "explanation": x})
	}
	return a.printer(p, w.At, limits{}).Explain(a.Stdout, name+" · "+of+" "+key, x)
}

// explained finds the condition that a name stands for: of a segment, or of a play's segment. The program is nil for a list.
func explained(p *flow.Program, name string) (program *expr.Program, of string, err error) {
	if s := p.Book.Segment(name); s != nil {
		return p.Segments.Program(name), s.Of, nil
	}
	play := p.Book.Play(name)
	switch {
	case play == nil:
		return nil, "", fail(exitError, diag.Suggest(name, append(p.Book.SegmentNames(), p.Book.PlayNames()...)), "there is no segment and no play %q", name)
	case play.Named != "":
		return p.Segments.Program(play.Named), play.Of, nil
	}
	return p.Plays.Program(name), play.Of, nil
}
