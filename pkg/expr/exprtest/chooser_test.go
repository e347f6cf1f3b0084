package exprtest_test

import (
	"context"
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/frame"
)

// chooser is the reference, asked about some rows only, with what it says of them made wrong.
type chooser struct {
	name string
	says func(v *frame.Verdict, rows frame.Bits)
}

// Name implements exprtest.Engine.
func (c *chooser) Name() string { return c.name }

// Over implements exprtest.Engine.
func (c *chooser) Over(d *expr.Data, _ []*expr.Program) exprtest.Session { return &choosing{c, d} }

type choosing struct {
	*chooser
	d *expr.Data
}

// Verdict implements exprtest.Session.
func (c *choosing) Verdict(ctx context.Context, p *expr.Program) (frame.Verdict, error) {
	return p.Verdict(ctx, c.d)
}

// VerdictOf implements exprtest.Chooser.
func (c *choosing) VerdictOf(ctx context.Context, p *expr.Program, rows frame.Bits) (frame.Verdict, error) {
	v, err := p.Verdict(ctx, c.d)
	c.says(&v, rows)
	return v, err
}

// without gives the rows that are not among others.
func without(all, others frame.Bits) frame.Bits {
	out := slices.Clone(all)
	for i := range out {
		out[i] &^= others[i]
	}
	return out
}

// TestRun_catchesVerdictsOnSomeRowsThatAreNone holds that the form of a verdict counts for some rows too, and that of the others nothing does.
func TestRun_catchesVerdictsOnSomeRowsThatAreNone(t *testing.T) {
	tests := []struct {
		chooser
		caught bool
	}{
		{chooser{"what is true is unknown too", func(v *frame.Verdict, _ frame.Bits) {
			for i, yes := range v.True {
				v.Unknown[i] |= yes
			}
		}}, true},
		{chooser{"one word too many", func(v *frame.Verdict, _ frame.Bits) { v.True = append(v.True, 0) }}, true},
		{chooser{"no words", func(v *frame.Verdict, _ frame.Bits) { v.Unknown = nil }}, true},
		{chooser{"what is true of other rows is unknown too", func(v *frame.Verdict, rows frame.Bits) {
			for i, others := range without(v.True, rows) {
				v.Unknown[i] |= others
			}
		}}, false},
		{chooser{"right", func(*frame.Verdict, frame.Bits) {}}, false},
	}
	for i := range tests {
		tt := &tests[i]
		run := &exprtest.Run{Engines: []exprtest.Engine{exprtest.Reference{}, &tt.chooser}, Seed: 7, Pairs: 200, World: -1}
		found, _, err := run.Do(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if caught := len(found) > 0; caught != tt.caught {
			t.Errorf("%s: found %v; to be caught: %t", tt.name, found, tt.caught)
		}
	}
}
