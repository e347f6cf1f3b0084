package segment

import (
	"cmp"
	"context"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
)

// Clause is one operand of a segment's top-level &&, counted over all records.
type Clause struct {
	Text    string `json:"clause"`
	True    int    `json:"true"`
	False   int    `json:"false"`
	Unknown int    `json:"unknown"`
	// Missing says what was unknown and how often, most often first.
	Missing []Missing `json:"missing,omitempty"`
}

// Missing is a reason for unknowns.
type Missing struct {
	What  string `json:"what"`
	Count int    `json:"count"`
}

// Clauses evaluates each clause of a segment on its own, for previews and for telling why records are unknown. The segment must have
// been evaluated. A list has no clauses.
func (g *Graph) Clauses(ctx context.Context, name string, d *expr.Data) ([]Clause, error) {
	p := g.Program(name)
	if p == nil {
		return nil, nil
	}
	programs, err := g.env.Clauses(p)
	if err != nil {
		return nil, err
	}
	var out []Clause
	engine := vector.New(d)
	for _, clause := range programs {
		v, err := engine.Verdict(ctx, clause)
		if err != nil {
			return nil, err
		}
		c := Clause{Text: clause.String(), True: v.True.Count(), Unknown: v.Unknown.Count()}
		c.False = d.Frame.Table(p.Scope.Self).Rows - c.True - c.Unknown
		if c.Missing, err = reasons(ctx, engine, clause, v.Unknown); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Missing tells what is missing where a segment is unknown, most often first.
func (g *Graph) Missing(ctx context.Context, name string, d *expr.Data) ([]Missing, error) {
	p := g.Program(name)
	if p == nil {
		return nil, nil
	}
	programs, err := g.env.Clauses(p)
	if err != nil {
		return nil, err
	}
	var out []Missing
	engine := vector.New(d)
	for _, clause := range programs {
		v, err := engine.VerdictOf(ctx, clause, d.Segments[name].Unknown)
		if err != nil {
			return nil, err
		}
		more, err := reasons(ctx, engine, clause, v.Unknown)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	slices.SortStableFunc(out, func(a, b Missing) int { return b.Count - a.Count })
	return out, nil
}

// reasons counts what is missing where a clause is unknown.
func reasons(ctx context.Context, engine *vector.Engine, p *expr.Program, rows frame.Bits) ([]Missing, error) {
	counts, err := engine.Reasons(ctx, p, rows)
	return counted(counts), err
}

// counted sorts reasons, the most frequent first.
func counted(counts map[string]int) []Missing {
	out := make([]Missing, 0, len(counts))
	for what, n := range counts {
		out = append(out, Missing{what, n})
	}
	slices.SortFunc(out, func(a, b Missing) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.What, b.What)) })
	return out
}
