package journey

import (
	"context"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
)

// worthwhile is of how many of a play's records, as one in so many, must be asked for an answer for all of them to cost less than one for each.
const worthwhile = 50

// columns answers what expressions say of records: for all records of a play at once where enough of them are asked about, and one by one else.
// What speaks of a member or its steps is always asked one by one.
type columns struct {
	data   *expr.Data
	engine *vector.Engine
	asked  map[*expr.Program]*asked
}

// asked is what is known of one program.
type asked struct {
	of      *frame.Table    // nil where the program speaks of more than its record
	text    *frame.Column   // of a program that is a field of text; nil for others
	related *frame.Relation // of one that is the record's children; nil for others

	times   int // it was asked about one record
	rows    frame.Bits
	verdict frame.Verdict // of a condition, for those rows
	lists   *vector.Lists // of what yields records, for those rows
}

// newColumns leaves an engine alone that knows where records stood in plays while these went by other names.
func newColumns(d *expr.Data, engine *vector.Engine, renamed bool) *columns {
	if engine == nil || renamed {
		engine = vector.New(d)
	}
	return &columns{data: d, engine: engine, asked: map[*expr.Program]*asked{}}
}

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
	switch n.Op {
	case expr.OpField:
		if column := a.of.Column(n.Name); ofSelf(n) && column != nil && column.Type.Kind == frame.String {
			a.text = column
		}
	case expr.OpChildren:
		a.related = childrenOf(n, a.of)
	}
}

// ofSelf reports whether a node speaks of the record that the program is about itself.
func ofSelf(n *expr.Node) bool {
	return len(n.Args) == 1 && n.Args[0].Op == expr.OpRecord && n.Args[0].Var == 0
}

// childrenOf gives the children of a table's record of which a list has all or, filtered, some; nil where it may have others.
func childrenOf(n *expr.Node, t *frame.Table) *frame.Relation {
	for n.Op == expr.OpFilter {
		n = n.Args[0]
	}
	if n.Op == expr.OpChildren && ofSelf(n) {
		return t.Children(n.Name)
	}
	return nil
}

// expect says that a program is about to be asked about so many records.
func (c *columns) expect(p *expr.Program, records int) {
	if p != nil {
		c.of(p).times += records
	}
}

// whole evaluates a condition for every record of its entity.
func (c *columns) whole(ctx context.Context, p *expr.Program) (frame.Verdict, error) {
	return c.engine.Verdict(ctx, p)
}

// enough reports whether it is time to evaluate a program for all records of a play, one of which is asked about.
func (a *asked) enough(s *spot) bool {
	a.times++
	return s.pass.rows.Has(s.row) && a.times*worthwhile >= s.pass.rowCount
}

// holds asks whether a condition holds for a record. The error is an [*expr.Unknown], or the context's.
func (c *columns) holds(ctx context.Context, p *expr.Program, s *spot) (bool, error) {
	a := c.of(p)
	if a.of == nil {
		return p.Bool(ctx, c.data, s.at())
	}
	if !a.rows.Has(s.row) && a.enough(s) {
		v, err := c.engine.VerdictOf(ctx, p, s.pass.rows)
		if err != nil {
			return false, err
		}
		a.verdict, a.rows, a.times = v, slices.Clone(s.pass.rows), 0
	}
	if a.rows.Has(s.row) && !a.verdict.Unknown.Has(s.row) {
		return a.verdict.True.Has(s.row), nil
	}
	return p.Bool(ctx, c.data, expr.Row(p.Scope.Self, s.row)) // if it is unknown, this says why
}

// records gives the rows of the records that an expression yields, which the caller only reads. The error is an [*expr.Unknown], or the context's.
func (c *columns) records(ctx context.Context, p *expr.Program, s *spot) ([]uint32, error) {
	a := c.of(p)
	switch {
	case a.related != nil:
		return a.related.Of(s.row), nil
	case a.of == nil:
		return rowsAt(ctx, p, c.data, s.at())
	}
	if !a.rows.Has(s.row) && a.enough(s) {
		if err := c.listAll(ctx, p, slices.Clone(s.pass.rows)); err != nil {
			return nil, err
		}
	}
	if rows, known := a.listed(s.row); known {
		return rows, nil
	}
	return rowsAt(ctx, p, c.data, expr.Row(p.Scope.Self, s.row))
}

// listAll finds the records that an expression yields for all of some records at once, if it can: [asked.listed] has them then. The error is the
// context's.
func (c *columns) listAll(ctx context.Context, p *expr.Program, rows frame.Bits) error {
	a := c.of(p)
	if a.of == nil || a.related != nil || rows.Count() == 0 {
		return nil
	}
	lists, err := c.engine.Lists(ctx, p, rows)
	a.lists, a.rows, a.times = lists, rows, 0
	return err
}

// listed gives the records that a program yields for one, which the caller only reads, where they were found already.
func (a *asked) listed(row int) (rows []uint32, known bool) {
	switch {
	case a.related != nil:
		return a.related.Of(row), true
	case a.lists != nil && a.rows.Has(row) && !a.lists.Unknown.Has(row):
		return a.lists.Of(row), true
	}
	return nil, false
}

func rowsAt(ctx context.Context, p *expr.Program, d *expr.Data, at expr.At) ([]uint32, error) {
	list, err := p.Rows(ctx, d, at)
	if err != nil {
		return nil, err
	}
	out := make([]uint32, len(list))
	for i, row := range list {
		out[i] = uint32(row)
	}
	return out, nil
}
