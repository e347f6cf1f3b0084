package exprtest

import (
	"context"
	"errors"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// Reference is the engine that is right by definition: cel-go, record by record.
type Reference struct{}

// Name implements [Engine].
func (Reference) Name() string { return "reference" }

// Over implements [Engine].
func (Reference) Over(d *expr.Data, _ []*expr.Program) Session { return reference{d} }

type reference struct{ data *expr.Data }

var _ interface {
	Session
	Lister
	Finder
} = reference{} // what it can't answer would count as agreed

// Verdict implements [Session].
func (r reference) Verdict(ctx context.Context, p *expr.Program) (frame.Verdict, error) {
	return p.Verdict(ctx, r.data)
}

// Lists implements [Lister].
func (r reference) Lists(ctx context.Context, p *expr.Program, _ frame.Bits) (Lists, error) {
	n := r.data.Frame.Table(p.Scope.Self).Rows
	out := Lists{Rows: make([][]int, n), Unknown: frame.NewBits(n)}
	for row := range n {
		rows, err := p.Rows(ctx, r.data, expr.Row(p.Scope.Self, row))
		var unknown *expr.Unknown
		switch {
		case errors.As(err, &unknown):
			out.Unknown.Add(row)
		case err != nil:
			return out, err
		}
		out.Rows[row] = rows
	}
	return out, nil
}

// Find implements [Finder].
func (r reference) Find(ctx context.Context, e *expr.Each, _ frame.Bits) (Lists, error) {
	n := r.data.Frame.Table(e.List.Scope.Self).Rows
	out := Lists{Rows: make([][]int, n), Unknown: frame.NewBits(n)}
	for row := range n {
		found, err := e.At(ctx, r.data, row)
		if err != nil {
			return out, err
		}
		if out.Rows[row] = found.Rows; found.Unknown != nil {
			out.Unknown.Add(row)
		}
	}
	return out, nil
}
