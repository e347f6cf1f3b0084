package exprtest_test

import (
	"bytes"
	"fmt"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/frame"
)

// savedEngine is the column engine over columns that were written and read, as a run finds them in its cache. Nothing is announced to it.
type savedEngine struct{}

// Name implements exprtest.Engine.
func (savedEngine) Name() string { return "columns that were saved" }

// Over implements exprtest.Engine.
func (savedEngine) Over(d *expr.Data, _ []*expr.Program) exprtest.Session {
	other := &expr.Data{Frame: saved(d.Frame), Now: d.Now, Vars: d.Vars, Segments: d.Segments, Scores: d.Scores, Stages: d.Stages, Engaged: d.Engaged,
		Changes: d.Changes, Hash: d.Hash, Plays: d.Plays}
	return columnEngine{}.Over(other, nil)
}

// saved gives a frame by way of its bytes. Its rows stand in the same order.
func saved(f *frame.Frame) *frame.Frame {
	var builders []*frame.Builder
	for _, t := range f.Tables {
		var b bytes.Buffer
		if err := frame.Encode(&b, t); err != nil {
			panic(fmt.Sprintf("encoding %s: %s", t.Entity, err)) // which the harness reports as what the engine says
		}
		builder, err := frame.Decode(b.Bytes())
		if err != nil {
			panic(fmt.Sprintf("decoding %s: %s", t.Entity, err))
		}
		builders = append(builders, builder)
	}
	return frame.Link(builders)
}
