package vector

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// Found are the records of a list for one record of a run.
type Found struct {
	Row     int
	Rows    []uint32 // of the list's entity, in its order; good until the visit ends
	Unknown bool     // the list is unknown, or its condition is for one of its records
}

// Each visits the list of each row: of a program that yields a list of records, those for which the condition of each is known true. of are the rows asked
// for; nil for all. Visits may be at the same time; those that are, are about rows of different blocks of 2,048. The error is the context's, wrapped.
func (e *Engine) Each(ctx context.Context, each *expr.Each, of frame.Bits, visit func(Found)) error {
	total := e.data.Frame.Table(each.List.Scope.Self).Rows
	k, err := e.bind(each.List, each.Node())
	var why *errNone
	switch {
	case errors.As(err, &why):
		err = e.run(ctx, program{kernel: &listReference{each, e.data, visit}}, total, of, func(*worker, *batch, vec) {})
	case err == nil:
		if f, ok := k.kernel.(*filter); ok && each.When != nil {
			k.kernel = &doubtful{f}
		}
		err = e.run(ctx, k, total, of, func(_ *worker, b *batch, v vec) { visitAll(b, &v, visit) })
	}
	if err != nil {
		return fmt.Errorf("evaluating %s: %w", each.List, err)
	}
	return nil
}

// visitAll visits the lists of a batch, or its single records.
func visitAll(b *batch, v *vec, visit func(Found)) {
	var found []uint32
	for i := range b.n {
		found = found[:0]
		switch {
		case !v.isKnown(i):
		case v.lo == nil:
			found = append(found, v.rows.at(i))
		default:
			for at := v.lo[i]; at < v.hi[i]; at++ {
				found = append(found, v.row(at))
			}
		}
		visit(Found{Row: int(b.vars[0].at(i)), Rows: found, Unknown: !v.isKnown(i) || v.isUnknown(i)})
	}
}

// doubtful is a filter that also tells, in unknown, where its condition was unknown for an element.
type doubtful struct{ *filter }

func (k *doubtful) eval(w *worker, b *batch) vec {
	doubt := w.zeros(b.n)
	out := k.keep(w, b, doubt)
	out.unknown = doubt
	return out
}

// listReference is a list that cel-go evaluates, row by row.
type listReference struct {
	each  *expr.Each
	data  *expr.Data
	visit func(Found)
}

func (k *listReference) eval(w *worker, b *batch) vec {
	var rows []uint32
	for i := 0; i < b.n && w.err == nil; i++ {
		row := int(b.vars[0].at(i))
		found, err := k.each.At(w.ctx, k.data, row)
		if w.err = err; err != nil {
			break
		}
		rows = rows[:0]
		for _, r := range found.Rows {
			rows = append(rows, uint32(r))
		}
		k.visit(Found{Row: row, Rows: rows, Unknown: found.Unknown != nil})
	}
	return vec{}
}

// Lists are records of one entity for each row of another: those of row i are Rows[Start[i]:Start[i+1]].
type Lists struct {
	Start, Rows []uint32
	Unknown     frame.Bits // the rows whose list is unknown, which have none; and those for which a condition on one of its records is
}

// Of gives the records of a row.
func (l *Lists) Of(row int) []uint32 { return l.Rows[l.Start[row]:l.Start[row+1]] }

// Lists evaluates a program that yields a list of records, for some rows of its entity's table; nil for all. The error is the context's, wrapped.
func (e *Engine) Lists(ctx context.Context, p *expr.Program, of frame.Bits) (*Lists, error) {
	return e.Find(ctx, &expr.Each{List: p}, of)
}

// Find evaluates a list and the condition on each of its records, for some rows; nil for all.
func (e *Engine) Find(ctx context.Context, each *expr.Each, of frame.Bits) (*Lists, error) {
	rows := e.data.Frame.Table(each.List.Scope.Self).Rows
	out := &Lists{Start: make([]uint32, rows+1), Unknown: frame.NewBits(rows)}
	parts := make([][]uint32, (rows+block-1)/block)
	err := e.Each(ctx, each, of, func(f Found) {
		if f.Unknown {
			out.Unknown.Add(f.Row)
		}
		out.Start[f.Row+1] = uint32(len(f.Rows))
		parts[f.Row/block] = append(parts[f.Row/block], f.Rows...)
	})
	if err != nil {
		return nil, err
	}
	for i := range rows {
		out.Start[i+1] += out.Start[i]
	}
	out.Rows = slices.Concat(parts...)
	return out, nil
}
