package exprtest_test

import (
	"context"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
)

// columnEngine is the column engine over the columns as they are.
type columnEngine struct{}

// Name implements exprtest.Engine.
func (columnEngine) Name() string { return "columns" }

// Over implements exprtest.Engine.
func (columnEngine) Over(d *expr.Data, programs []*expr.Program) exprtest.Session {
	e := vector.New(d)
	e.Announce(programs...)
	return columnSession{e}
}

type columnSession struct{ engine *vector.Engine }

// What a session can do is found by its methods: one that no longer fits would not be asked, and agree with everything. The session of
// savedEngine is this one too.
var _ interface {
	exprtest.Session
	exprtest.Chooser
	exprtest.Lister
	exprtest.Finder
	exprtest.Excuser
} = columnSession{}

// Verdict implements exprtest.Session.
func (s columnSession) Verdict(ctx context.Context, p *expr.Program) (frame.Verdict, error) {
	return s.engine.Verdict(ctx, p)
}

// VerdictOf implements exprtest.Chooser.
func (s columnSession) VerdictOf(ctx context.Context, p *expr.Program, rows frame.Bits) (frame.Verdict, error) {
	return s.engine.VerdictOf(ctx, p, rows)
}

// Lists implements exprtest.Lister.
func (s columnSession) Lists(ctx context.Context, p *expr.Program, of frame.Bits) (exprtest.Lists, error) {
	return s.Find(ctx, &expr.Each{List: p}, of)
}

// Find implements exprtest.Finder.
func (s columnSession) Find(ctx context.Context, each *expr.Each, of frame.Bits) (exprtest.Lists, error) {
	found, err := s.engine.Find(ctx, each, of)
	if err != nil {
		return exprtest.Lists{}, err
	}
	out := exprtest.Lists{Rows: make([][]int, len(found.Start)-1), Unknown: found.Unknown}
	for row := range out.Rows {
		for _, r := range found.Of(row) {
			out.Rows[row] = append(out.Rows[row], int(r))
		}
	}
	return out, nil
}

// Slow implements exprtest.Excuser.
func (s columnSession) Slow() map[*expr.Program][]string {
	out := map[*expr.Program][]string{}
	for _, x := range s.engine.Slow() {
		out[x.Program] = append(out[x.Program], x.Why)
	}
	return out
}
