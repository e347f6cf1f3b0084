package segment

import (
	"context"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// StageResult is one stage model's result.
type StageResult struct {
	Name     string
	Of       string
	Stages   []StageCount // in the model's order
	None     int          // records at no stage
	Doubtful int          // records for which a stage beyond theirs is unknown
	Moves    StageMoves   // since the last recorded run, where somebody watches them
}

// StageMoves is how many records moved between the stages of a model. First sight is no move.
type StageMoves struct {
	Forward  int
	Backward int
	Skipped  int // of those that moved forward: past a stage at which no run saw them
}

// Move counts one record's move, by the names of the stages; "" is none. Of a stage that the model does not have nothing is counted.
func (r *StageResult) Move(from, to string) {
	at := func(name string) int {
		return 1 + slices.IndexFunc(r.Stages, func(s StageCount) bool { return s.Name == name })
	}
	switch a, b := at(from), at(to); {
	case a == 0 && from != "" || b == 0 && to != "":
	case a < b:
		r.Moves.Forward++
		if b-a > 1 {
			r.Moves.Skipped++
		}
	case a > b:
		r.Moves.Backward++
	}
}

// StageCount is how many records stand at a stage.
type StageCount struct {
	Name  string
	Count int
}

// ladder is a stage model as a node.
type ladder struct {
	model *playbook.StageModel
	rules []*expr.Program // of each stage
}

func (c *compiler) stages(m *playbook.StageModel) *node {
	n, is := &node{ref: ref{aStage, m.Name}, at: m.At}, &ladder{model: m}
	n.is = is
	for _, s := range m.Stages {
		is.rules = append(is.rules, c.program(n, s.When, expr.Scope{Self: m.Of}, expr.Condition))
	}
	return n
}

func (l *ladder) programs() []*expr.Program { return l.rules }

func (l *ladder) evaluate(ctx context.Context, r *run) error {
	rows := r.data.Frame.Table(l.model.Of).Rows
	out := &expr.Staged{Names: l.model.StageNames(), At: make([]int32, rows), Doubtful: frame.NewBits(rows)}
	for i, rule := range l.rules {
		v, err := r.engine.Verdict(ctx, rule)
		if err != nil {
			return err
		}
		for row := range v.True.Rows {
			out.At[row] = int32(i + 1)
			out.Doubtful.Remove(row) // it is surely beyond those
		}
		for row := range v.Unknown.Rows {
			out.Doubtful.Add(row)
		}
	}
	r.data.Stages[l.model.Name] = out
	if field := expr.StageField(l.model.Of, l.model.Name); r.data.Sighted != nil && r.watches(field) {
		r.data.Sighted(field)
	}
	r.out.Stages = append(r.out.Stages, l.told(out))
	return nil
}

// told counts who stands where.
func (l *ladder) told(s *expr.Staged) StageResult {
	out := StageResult{Name: l.model.Name, Of: l.model.Of, Stages: make([]StageCount, len(s.Names)), Doubtful: s.Doubtful.Count()}
	for i, name := range s.Names {
		out.Stages[i].Name = name
	}
	for _, at := range s.At {
		if at == 0 {
			out.None++
		} else {
			out.Stages[at-1].Count++
		}
	}
	return out
}
