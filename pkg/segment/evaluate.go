package segment

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/vector"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Result is what evaluating the graph gave. Its lists are sorted by name.
type Result struct {
	Segments []Evaluated
	Scores   []ScoreResult // those that were asked for
	Stages   []StageResult // those that were asked for
	// Lost are, by segment, the keys of lists that no record has.
	Lost map[string][]string
	// Engine evaluated the graph, and is good for more programs over the same data.
	Engine *vector.Engine
}

// Slow is a part of an expression that cel-go evaluates, row by row.
type Slow struct {
	Of   string // what the expression is of: segment icp, or where it stands: plays/renewal.yaml:12
	Text string
	Why  string
}

// Evaluated is one segment's result.
type Evaluated struct {
	Name    string
	Of      string
	Matched int
	Unknown int
}

// evaluator evaluates one node and leaves what came out in the run's data and result.
type evaluator interface {
	evaluate(ctx context.Context, r *run) error
	// programs are what it evaluates.
	programs() []*expr.Program
}

// run is one evaluation of a graph.
type run struct {
	data    *expr.Data
	engine  *vector.Engine
	lists   map[string][]string
	out     *Result
	watches func(expr.ChangedField) bool
}

// Evaluate evaluates every segment over the data, and the scores and stages that are asked for, and leaves what came out in it. lists are the
// keys of segments with a list, by segment.
func (g *Graph) Evaluate(ctx context.Context, d *expr.Data, lists map[string][]string) (*Result, error) {
	engine := vector.New(d)
	r := &run{data: d, engine: engine, lists: lists, out: &Result{Lost: map[string][]string{}, Engine: engine}, watches: g.watches}
	d.Segments, d.Engaged = map[string]frame.Verdict{}, map[string]frame.Bits{}
	d.Scores, d.Stages = map[string]*expr.Scored{}, map[string]*expr.Staged{}
	nodes := g.wantedNodes()
	for _, n := range nodes {
		engine.Announce(n.is.programs()...)
	}
	for _, n := range nodes {
		if err := n.is.evaluate(ctx, r); err != nil {
			return nil, fmt.Errorf("%s: %w", n.ref, err)
		}
	}
	slices.SortFunc(r.out.Segments, func(a, b Evaluated) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.out.Scores, func(a, b ScoreResult) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(r.out.Stages, func(a, b StageResult) int { return strings.Compare(a.Name, b.Name) })
	return r.out, nil
}

// members is a segment as a node.
type members struct {
	segment *playbook.Segment
	program *expr.Program // nil for a list
}

func (m *members) programs() []*expr.Program { return []*expr.Program{m.program} }

func (m *members) evaluate(ctx context.Context, r *run) error {
	var v frame.Verdict
	if name := m.segment.Name; m.program == nil {
		var lost []string
		if v, lost = inList(r.data.Frame.Table(m.segment.Of), r.lists[name]); len(lost) > 0 {
			r.out.Lost[name] = lost
		}
	} else {
		var err error
		if v, err = r.engine.Verdict(ctx, m.program); err != nil {
			return err
		}
	}
	r.data.Segments[m.segment.Name] = v
	r.out.Segments = append(r.out.Segments, Evaluated{Name: m.segment.Name, Of: m.segment.Of, Matched: v.True.Count(), Unknown: v.Unknown.Count()})
	return nil
}

// inList makes the verdict of a list of keys, and tells the keys that no record has.
func inList(t *frame.Table, keys []string) (frame.Verdict, []string) {
	v := frame.NewVerdict(t.Rows)
	var lost []string
	for _, key := range keys {
		if row, ok := t.Row(key); ok {
			v.True.Add(row)
		} else {
			lost = append(lost, key)
		}
	}
	return v, lost
}

// engaged is an event entity's engagement as a node: the events that are known to count; every event where the playbook does not say.
type engaged struct {
	entity  string
	program *expr.Program
}

func (e *engaged) programs() []*expr.Program { return []*expr.Program{e.program} }

func (e *engaged) evaluate(ctx context.Context, r *run) error {
	if e.program != nil {
		v, err := r.engine.Verdict(ctx, e.program)
		r.data.Engaged[e.entity] = v.True
		return err
	}
	rows := r.data.Frame.Table(e.entity).Rows
	all := frame.NewBits(rows)
	for row := range rows {
		all.Add(row)
	}
	r.data.Engaged[e.entity] = all
	return nil
}
