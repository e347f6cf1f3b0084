//go:build unix

package main

import (
	"context"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
)

// evaluateColumns evaluates by columns, with an engine that knows nothing yet, as in a run.
func evaluateColumns(ctx context.Context, d *expr.Data, p *expr.Program) (frame.Verdict, error) {
	e := vector.New(d)
	e.Announce(p)
	return e.Verdict(ctx, p)
}
