package segment

import (
	"context"
	"errors"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// Doubt tells of a score or of stages that were evaluated with some rules unknown.
type Doubt struct {
	What    string    `json:"what"` // score fit, stage journey
	Of      string    `json:"of"`
	Count   int       `json:"count"` // records
	Missing []Missing `json:"missing"`
}

// Doubts tells for which of the scores and stages evaluated something was unknown, and what was missing, most often first. The scores stand
// before the stages, each sorted by name.
func (g *Graph) Doubts(ctx context.Context, d *expr.Data) ([]Doubt, error) {
	var out []Doubt
	add := func(r ref, of string, rows frame.Bits, unknowns func(row int) ([]*expr.Unknown, error)) error {
		if rows.Count() == 0 {
			return nil
		}
		counts := map[string]int{}
		for row := range rows.Rows {
			list, err := unknowns(row)
			if err != nil {
				return err
			}
			for _, u := range list {
				counts[u.What]++
			}
		}
		out = append(out, Doubt{What: r.String(), Of: of, Count: rows.Count(), Missing: counted(counts)})
		return nil
	}
	nodes := slices.Clone(g.nodes)
	slices.SortFunc(nodes, byRef)
	for _, n := range nodes {
		var err error
		switch is := n.is.(type) {
		case *points:
			if s := d.Scores[n.name]; s != nil {
				err = add(n.ref, is.score.Of, s.Doubtful, func(row int) ([]*expr.Unknown, error) { return is.unknowns(ctx, d, row) })
			}
		case *ladder:
			if s := d.Stages[n.name]; s != nil {
				err = add(n.ref, is.model.Of, s.Doubtful, func(row int) ([]*expr.Unknown, error) { return is.unknowns(ctx, d, row, int(s.At[row])) })
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// unknowns gives why rules of the score are unknown for a row.
func (s *points) unknowns(ctx context.Context, d *expr.Data, row int) ([]*expr.Unknown, error) {
	var out []*expr.Unknown
	for _, rule := range s.rules {
		var unknown *expr.Unknown
		if rule.each == nil {
			var err error
			if unknown, err = unknownAt(ctx, rule.when, d, row); err != nil {
				return nil, err
			}
		} else {
			found, _, err := rule.found(ctx, d, row)
			if err != nil {
				return nil, err
			}
			unknown = found.Unknown
		}
		if unknown != nil {
			out = append(out, unknown)
		}
	}
	return out, nil
}

// unknowns gives why stages beyond the one at which a row stands are unknown.
func (l *ladder) unknowns(ctx context.Context, d *expr.Data, row, at int) ([]*expr.Unknown, error) {
	var out []*expr.Unknown
	for _, rule := range l.rules[at:] {
		unknown, err := unknownAt(ctx, rule, d, row)
		if err != nil {
			return nil, err
		}
		if unknown != nil {
			out = append(out, unknown)
		}
	}
	return out, nil
}

// unknownAt gives why a condition is unknown for a row; nil if it is known.
func unknownAt(ctx context.Context, p *expr.Program, d *expr.Data, row int) (*expr.Unknown, error) {
	_, err := p.Bool(ctx, d, expr.Row(p.Scope.Self, row))
	var unknown *expr.Unknown
	if err == nil || errors.As(err, &unknown) {
		return unknown, nil
	}
	return nil, err
}
