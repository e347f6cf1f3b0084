package journey

import (
	"context"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// worthwhile is how many of a table's rows must be asked about, as one in so many, for a whole column to cost less than asking for each.
const worthwhile = 50

// columns answers what expressions say of records: by whole columns where enough of them are asked about, and record by record else. What speaks
// of a member or its steps is never asked here.
type columns struct {
	data  *expr.Data
	asked map[*expr.Program]*asked
}

// asked is what is known of one program.
type asked struct {
	of      *frame.Table // nil where the program speaks of more than its record
	times   int
	whole   bool // verdict is there
	verdict frame.Verdict
	text    *frame.Column   // of a program that is a field of text; nil for others
	related *frame.Relation // of one that is the record's children; nil for others
}

func newColumns(d *expr.Data) *columns { return &columns{data: d, asked: map[*expr.Program]*asked{}} }

func (c *columns) of(p *expr.Program) *asked {
	a := c.asked[p]
	if a == nil {
		a = &asked{}
		if p.OfRecord() {
			a.of = c.data.Frame.Table(p.Scope.Self)
			a.recognize(p.Node())
		}
		c.asked[p] = a
	}
	return a
}

// recognize finds out whether a program is no more than a field of text, or the record's children.
func (a *asked) recognize(n *expr.Node) {
	if len(n.Args) != 1 || n.Args[0].Op != expr.OpRecord || n.Args[0].Var != 0 {
		return
	}
	switch n.Op {
	case expr.OpField:
		if column := a.of.Column(n.Name); column != nil && column.Type.Kind == frame.String {
			a.text = column
		}
	case expr.OpChildren:
		a.related = a.of.Children(n.Name)
	}
}

// expect says that a condition is about to be asked of so many records.
func (c *columns) expect(p *expr.Program, records int) {
	if p != nil && p.Entity() == "" {
		c.of(p).times += records
	}
}

// whole evaluates a condition for every record of its entity.
func (c *columns) whole(ctx context.Context, p *expr.Program) (frame.Verdict, error) {
	a := c.of(p)
	if !a.whole {
		v, err := p.Verdict(ctx, c.data)
		if err != nil {
			return v, err
		}
		a.verdict, a.whole = v, true
	}
	return a.verdict, nil
}

// holds asks whether a condition holds for a record. The error is an [*expr.Unknown], or the context's.
func (c *columns) holds(ctx context.Context, p *expr.Program, s *spot) (bool, error) {
	a := c.of(p)
	if a.of == nil {
		return p.Bool(ctx, c.data, s.at())
	}
	if a.times++; a.whole || a.times*worthwhile >= a.of.Rows {
		v, err := c.whole(ctx, p)
		if err != nil || !v.Unknown.Has(s.row) {
			return v.True.Has(s.row), err
		}
	}
	return p.Bool(ctx, c.data, expr.Row(p.Scope.Self, s.row)) // if it is unknown, this says why
}

// rows gives the rows of the records that an expression yields. They are the caller's to read only.
func (c *columns) rows(ctx context.Context, p *expr.Program, s *spot) ([]uint32, error) {
	a := c.of(p)
	if a.related != nil {
		return a.related.Of(s.row), nil
	}
	list, err := p.Rows(ctx, c.data, s.at())
	if err != nil {
		return nil, err
	}
	out := make([]uint32, len(list))
	for i, row := range list {
		out[i] = uint32(row)
	}
	return out, nil
}
