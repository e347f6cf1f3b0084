package segment

import (
	"cmp"
	"context"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
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
	for _, clause := range programs {
		v, err := clause.Verdict(ctx, d)
		if err != nil {
			return nil, err
		}
		c := Clause{Text: clause.String(), True: v.True.Count(), Unknown: v.Unknown.Count()}
		c.False = d.Frame.Table(p.Scope.Self).Rows - c.True - c.Unknown
		if c.Missing, err = reasons(ctx, clause, d, v.Unknown.Rows); err != nil {
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
	for _, clause := range programs {
		more, err := reasons(ctx, clause, d, d.Segments[name].Unknown.Rows)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	slices.SortStableFunc(out, func(a, b Missing) int { return b.Count - a.Count })
	return out, nil
}

// reasons counts what was missing where a clause is unknown.
func reasons(ctx context.Context, p *expr.Program, d *expr.Data, rows func(func(int) bool)) ([]Missing, error) {
	counts := map[string]int{}
	for row := range rows {
		unknown, err := unknownAt(ctx, p, d, row)
		if err != nil {
			return nil, err
		}
		if unknown != nil {
			counts[unknown.What]++
		}
	}
	return counted(counts), nil
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
