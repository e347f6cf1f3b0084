package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/render"
)

func newSegment(a *app) *cobra.Command {
	var sample int
	cmd := &cobra.Command{
		Use:   "segment [NAME…]",
		Short: "Preview segments: how many, who, and what each clause says",
		Long: `segment evaluates the playbook's segments over the records as they are now, or as they were with --at. Of a segment that is named it
tells for how many records each clause alone is true, false or unknown, and what is missing where it is unknown.`,
		Example: `  playctl segment
  playctl segment surging --sample 20
  playctl segment surging --at 2026-10-01 --json`,
		Args: takes(0, -1), ValidArgsFunction: a.offers(-1, (*playbook.Book).SegmentNames),
		RunE: func(cmd *cobra.Command, args []string) error { return a.segments(cmd.Context(), args, sample) },
	}
	cmd.Flags().IntVar(&sample, "sample", 5, "how many record `keys` to show; -1 for all")
	return cmd
}

func (a *app) segments(ctx context.Context, names []string, sample int) error {
	w, p, err := a.load()
	if err != nil {
		return err
	}
	for _, name := range names {
		if p.Book.Segment(name) == nil {
			return fail(exitError, diag.Suggest(name, p.Book.SegmentNames()), "there is no segment %q", name)
		}
	}
	evaluated, err := a.evaluate(ctx, w, p)
	if err != nil {
		return err
	}
	var previews []render.Segment
	for _, s := range evaluated.Segments.Segments {
		if len(names) > 0 && !slices.Contains(names, s.Name) {
			continue
		}
		preview := render.Segment{Evaluated: s, Total: evaluated.Data.Frame.Table(s.Of).Rows, Lost: evaluated.Segments.Lost[s.Name], Sample: sampleKeys(evaluated, s.Name, s.Of, sample)}
		if len(names) > 0 || a.json {
			if preview.Clauses, err = p.Segments.Clauses(ctx, s.Name, evaluated.Data); err != nil {
				return err
			}
		}
		previews = append(previews, preview)
	}
	if a.json {
		return render.SegmentsJSON(a.Stdout, previews)
	}
	return a.printer(p, w.At, limits{}).Segments(a.Stdout, previews)
}

// evaluate reads the records and evaluates the segments, with progress.
func (a *app) evaluate(ctx context.Context, w *flow.World, p *flow.Program) (*flow.Evaluated, error) {
	s, err := a.readState(ctx, p)
	if err != nil {
		return nil, err
	}
	bar := a.progress("reading")
	defer bar.done()
	w.Reading = bar.reading
	evaluated, err := flow.Evaluate(ctx, w, p, s)
	if err == nil {
		a.slow(evaluated.Slow(p))
	}
	return evaluated, err
}

func sampleKeys(e *flow.Evaluated, name, of string, most int) []string {
	var keys []string
	table := e.Data.Frame.Table(of)
	for row := range e.Data.Segments[name].True.Rows {
		if most >= 0 && len(keys) >= most {
			break
		}
		keys = append(keys, table.Key(row))
	}
	return keys
}
