package expr

import (
	"fmt"
	"strings"

	"github.com/google/cel-go/cel"
	celtypes "github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Scored is a score for every row of its entity's table. It is always known.
type Scored struct {
	Points []int64
	// Doubtful are the rows for which a rule was unknown and so gave nothing.
	Doubtful frame.Bits
}

// Staged is the stage of every row of its entity's table. It is always known.
type Staged struct {
	Names []string // the stages in order, the nearest first
	At    []int32  // of each row: its stage's number in Names from 1 on; 0 for none
	// Doubtful are the rows for which a stage beyond the one they stand at is unknown.
	Doubtful frame.Bits
}

// Stage gives the stage of a row; "" for none.
func (s *Staged) Stage(row int) string {
	if at := s.At[row]; at > 0 {
		return s.Names[at-1]
	}
	return ""
}

// atLeast reports whether a row stands at a stage or beyond it.
func (s *Staged) atLeast(row int, stage string) bool {
	for i, name := range s.Names {
		if name == stage {
			return int(s.At[row]) > i
		}
	}
	return false
}

// stagePrefix makes the field of [ChangedField] that stands for the stage of a model. No declared field has a space in its name.
const stagePrefix = "stage "

// StageField gives what is watched where changes of a stage are spoken of: changed(stage("journey")).
func StageField(entity, model string) ChangedField { return ChangedField{entity, stagePrefix + model} }

// Stage gives the stage model whose changes are watched, where it is not a declared field's.
func (f ChangedField) Stage() (model string, ok bool) { return strings.CutPrefix(f.Field, stagePrefix) }

// watched gives the value of a field, or of what is watched like one. A stage is known once its model was evaluated.
func (r *record) watched(field string) (any, error) {
	model, ok := (ChangedField{Field: field}).Stage()
	if !ok {
		return r.named(field)
	}
	staged, err := r.staged(model)
	if err != nil {
		return nil, err
	}
	return celtypes.String(staged.Stage(r.row)), nil
}

// staged gives the stages of a model that the record is of.
func (r *record) staged(model string) (*Staged, error) {
	if r.stored == nil {
		if s := r.data.Stages[model]; s != nil {
			return s, nil
		}
	}
	return nil, &Unknown{What: fmt.Sprintf("stage %s is not known", model)}
}

func scoreFunction(b *playbook.Book) []cel.FunctionOpt {
	return keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		return cel.Overload("score_"+entity, []*cel.Type{cel.StringType, t}, cel.IntType, cel.BinaryBinding(func(name, r ref.Val) ref.Val {
			row := r.(*record)
			scored := row.data.Scores[string(name.(celtypes.String))]
			if scored == nil || row.stored != nil {
				return celtypes.WrapErr(&Unknown{What: fmt.Sprintf("score %s is not known", name.Value())})
			}
			return celtypes.Int(scored.Points[row.row])
		}))
	})
}

func stageFunction(b *playbook.Book) []cel.FunctionOpt {
	return keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		return cel.Overload("stage_"+entity, []*cel.Type{cel.StringType, t}, cel.StringType, cel.BinaryBinding(func(model, r ref.Val) ref.Val {
			row := r.(*record)
			staged, err := row.staged(string(model.(celtypes.String)))
			if err != nil {
				return celtypes.WrapErr(err)
			}
			return celtypes.String(staged.Stage(row.row))
		}))
	})
}

func atLeastFunction(b *playbook.Book) []cel.FunctionOpt {
	return keyed(b, func(entity string, t *cel.Type) cel.FunctionOpt {
		args := []*cel.Type{cel.StringType, cel.StringType, t}
		return cel.Overload("at_least_"+entity, args, cel.BoolType, cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			row := args[2].(*record)
			staged, err := row.staged(string(args[0].(celtypes.String)))
			if err != nil {
				return celtypes.WrapErr(err)
			}
			return celtypes.Bool(staged.atLeast(row.row, string(args[1].(celtypes.String))))
		}))
	})
}
