// Package exprtest holds engines that evaluate expressions against each other: same records, same unknowns.
//
// A [Book] of random entities, a [World] of random records and random well-typed expressions (see [NewWriter]) are put before any number
// of engines; the first, usually [Reference], is right. Where another says otherwise there is a [Disagreement], which [Shrink] makes as
// small as it can and which is then kept as a [Case] for ever. Everything follows from a seed.
package exprtest

import (
	"context"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// Engine evaluates expressions in some way.
type Engine interface {
	Name() string
	// Over makes ready to evaluate programs over data. Others than those announced may be asked for.
	Over(d *expr.Data, programs []*expr.Program) Session
}

// Session is an engine with its data. It is used by one goroutine.
type Session interface {
	// Verdict evaluates a condition for every row of its entity's table.
	Verdict(ctx context.Context, p *expr.Program) (frame.Verdict, error)
}

// Chooser is a [Session] that can evaluate a condition for some rows only. What it says of others does not count.
type Chooser interface {
	VerdictOf(ctx context.Context, p *expr.Program, rows frame.Bits) (frame.Verdict, error)
}

// Lister is a [Session] that can evaluate programs that yield records.
type Lister interface {
	// Lists gives for each row of the program's entity the rows that it yields there. of are the rows that count; nil for all.
	Lists(ctx context.Context, p *expr.Program, of frame.Bits) (Lists, error)
}

// Finder is a [Session] that can evaluate lists with a condition on each of their records.
type Finder interface {
	// Find gives for each row of the list's entity those for which the condition holds. of are the rows that count; nil for all.
	Find(ctx context.Context, e *expr.Each, of frame.Bits) (Lists, error)
}

// Excuser is a [Session] that tells which of the programs it has evaluated it handed to another engine, in part at least, and why.
type Excuser interface {
	Slow() map[*expr.Program][]string
}

// Lists are rows of another table for each row of one. Where a list is unknown it has none; where a condition on some of its records is
// unknown it has the others.
type Lists struct {
	Rows    [][]int
	Unknown frame.Bits
}
