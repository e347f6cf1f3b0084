package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
)

func newExplain(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "explain SEGMENT|PLAY|SCORE|STAGES KEY",
		Short: "Why a record is in a segment or a play's segment, or not; why it has a score, or stands at a stage",
		Long: `explain evaluates the condition of a segment, or of a play's segment, for one record and shows the value of every sub-expression. Of a
score it shows what each rule gives, of a stage model which stages hold. What is unknown is named with what is missing.`,
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
	if of := rating(p, name); of != "" && p.Book.Segment(name) == nil && p.Book.Play(name) == nil {
		return a.explainRating(ctx, w, p, name, of, key)
	}
	program, of, err := explained(p, name)
	if err != nil {
		return err
	}
	evaluated, row, err := a.rowOf(ctx, w, p, of, key)
	if err != nil {
		return err
	}
	x := &expr.Explained{Text: "listed in " + name, Value: playbook.Text(evaluated.Data.Segments[name].True.Has(row))}
	if program != nil {
		if x, err = program.Explain(ctx, evaluated.Data, expr.Row(of, row)); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(render.ExplainedDocument{Head: render.Begin(), Name: name, Entity: of, Key: key, Explanation: x})
	}
	return a.printer(p, w.At, limits{}).Explain(a.Stdout, name+" · "+of+" "+key, x)
}

// rowOf evaluates, and finds the row of a key.
func (a *app) rowOf(ctx context.Context, w *flow.World, p *flow.Program, of, key string) (*flow.Evaluated, int, error) {
	evaluated, err := a.evaluate(ctx, w, p)
	if err != nil {
		return nil, 0, err
	}
	table := evaluated.Data.Frame.Table(of)
	row, ok := table.Row(key)
	if !ok {
		return nil, 0, fail(exitError, nearestKey(key, table), "there is no %s with the key %q", of, key)
	}
	return evaluated, row, nil
}

// rating gives the entity of the score or the stage model with a name; "" if there is none.
func rating(p *flow.Program, name string) string {
	if s := p.Book.Score(name); s != nil {
		return s.Of
	}
	if m := p.Book.StageModel(name); m != nil {
		return m.Of
	}
	return ""
}

// explainRating explains a score or a stage.
func (a *app) explainRating(ctx context.Context, w *flow.World, p *flow.Program, name, of, key string) error {
	askAll(p)
	evaluated, row, err := a.rowOf(ctx, w, p, of, key)
	if err != nil {
		return err
	}
	score, err := p.Segments.ExplainScore(ctx, name, evaluated.Data, row)
	if err != nil {
		return err
	}
	heading, printer := name+" · "+of+" "+key, a.printer(p, w.At, limits{})
	if score != nil {
		if a.json {
			return a.printJSON(render.ExplainedDocument{Head: render.Begin(), Name: name, Entity: of, Key: key, Score: score})
		}
		return printer.ExplainScore(a.Stdout, heading, score)
	}
	stage, err := p.Segments.ExplainStage(ctx, name, evaluated.Data, row)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(render.ExplainedDocument{Head: render.Begin(), Name: name, Entity: of, Key: key, Stages: stage})
	}
	return printer.ExplainStage(a.Stdout, heading, stage)
}

// explained finds the condition that a name stands for: of a segment, or of a play's segment. The program is nil for a list.
func explained(p *flow.Program, name string) (program *expr.Program, of string, err error) {
	if s := p.Book.Segment(name); s != nil {
		return p.Segments.Program(name), s.Of, nil
	}
	play := p.Book.Play(name)
	switch {
	case play == nil:
		return nil, "", fail(exitError, diag.Suggest(name, conditions(p.Book)), "there is no segment, play, score or stage model %q", name)
	case play.Named != "":
		return p.Segments.Program(play.Named), play.Of, nil
	}
	return p.Plays.Program(name), play.Of, nil
}
