package expr

import (
	"fmt"
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/playbook"
)

// score checks the score that an expression speaks of, and that it is of the record's entity.
func (i *inspector) score(args []ast.Expr) {
	name, ok := i.name(args[0], "score")
	if !ok {
		return
	}
	s := i.env.book.Score(name)
	if s == nil {
		i.fail(args[0], diag.Suggest(name, i.env.book.ScoreNames()), "there is no score %q", name)
		return
	}
	if i.isOf(args[0], s.Of, args[1], "score "+name, fmt.Sprintf("score(%q, ", name)) {
		i.uses.Scores = append(i.uses.Scores, name)
	}
}

// stage checks the stage model that stage("x") or atLeast("x", "name") speaks of, and the name of the stage.
func (i *inspector) stage(function string, args []ast.Expr) {
	m := i.stageModel(args[0], function)
	if m == nil {
		return
	}
	call := fmt.Sprintf("%s(%q, ", function, m.Name)
	if function == "atLeast" {
		name, ok := i.name(args[1], function)
		if !ok || !i.stageName(args[1], m, name) {
			return
		}
		call += fmt.Sprintf("%q, ", name)
	}
	if i.isOf(args[0], m.Of, args[len(args)-1], "stage "+m.Name, call) {
		i.uses.Stages = append(i.uses.Stages, m.Name)
	}
}

// stageModel gives the stage model that a name stands for; nil if there is none, which is reported.
func (i *inspector) stageModel(x ast.Expr, function string) *playbook.StageModel {
	name, ok := i.name(x, function)
	if !ok {
		return nil
	}
	m := i.env.book.StageModel(name)
	if m == nil {
		i.fail(x, diag.Suggest(name, i.env.book.StageModelNames()), "there are no stages %q", name)
	}
	return m
}

// stageName reports a name that no stage of a model has.
func (i *inspector) stageName(x ast.Expr, m *playbook.StageModel, name string) bool {
	if m.Index(name) >= 0 {
		return true
	}
	i.fail(x, diag.Suggest(name, m.StageNames()), "stages %s have no stage %q", m.Name, name)
	return false
}

// isOf reports whether what an expression speaks of is of the entity of the record that it is asked of. One that is not is a problem;
// that there is no such entity was reported.
func (i *inspector) isOf(x ast.Expr, of string, record ast.Expr, what, call string) bool {
	found := entityOf(i.typeOf(record))
	if i.env.book.Entity(of) == nil || found == of {
		return i.env.book.Entity(of) != nil
	}
	if found == "" { // which record it is shows only when it is evaluated; or its declaration could not be read, which was reported
		if !i.env.lenience {
			i.fail(record, "ask it of a record of "+of, "%s is of %s, and this may be any value", what, of)
		}
		return false
	}
	i.fail(x, i.elsewhere(found, of, call), "%s is of %s, not of %s", what, of, found)
	return false
}

// compared checks the texts that stage("x") is compared with: one that is no stage's name would never be equal.
func (i *inspector) compared(args []ast.Expr) {
	for n, a := range args {
		m := i.stageOf(a)
		if m == nil {
			continue
		}
		with := []ast.Expr{args[1-n]}
		if with[0].Kind() == ast.ListKind {
			with = with[0].AsList().Elements()
		}
		for _, x := range with {
			if name, ok := literalText(x); ok && name != "" {
				i.stageName(x, m, name)
			}
		}
	}
}

// stageOf gives the stage model of a call of stage("x"); nil for anything else.
func (i *inspector) stageOf(x ast.Expr) *playbook.StageModel {
	if x.Kind() != ast.CallKind || x.AsCall().FunctionName() != "stage" {
		return nil
	}
	name, _ := literalText(x.AsCall().Args()[0])
	return i.env.book.StageModel(name)
}

// changedStage checks changed(stage("x"), from, to, d), of which the macro made changed(r, "stage " + "x", from, to, d). It reports whether
// it is one.
func (i *inspector) changedStage(args []ast.Expr) bool {
	if args[1].Kind() != ast.CallKind || args[1].AsCall().FunctionName() != operators.Add {
		return false
	}
	parts := args[1].AsCall().Args()
	if prefix, _ := literalText(parts[0]); prefix != stagePrefix {
		return false
	}
	name := parts[1]
	m := i.stageModel(name, "stage")
	if m == nil || !i.isOf(name, m.Of, args[0], "stage "+m.Name, fmt.Sprintf("stage(%q, ", m.Name)) {
		return true
	}
	for _, a := range args[2:4] {
		switch text, ok := literalText(a); {
		case !i.typeOf(a).IsExactType(cel.StringType):
			i.fail(a, `"*" stands for any stage, "" for none`, "a stage is text and never %s", typeName(i.typeOf(a)))
		case ok && text != "*" && text != "":
			i.stageName(a, m, text)
		}
	}
	i.uses.Stages = append(i.uses.Stages, m.Name)
	i.uses.Changed = append(i.uses.Changed, StageField(m.Of, m.Name))
	return true
}

// scoreHint suggests what the bare name of a score or of stages may have been meant to be; "" if it is none.
func (r *reading) scoreHint(name string) string {
	switch book := r.env.book; {
	case book.Score(name) != nil:
		return fmt.Sprintf("did you mean score(%q)?", name)
	case book.StageModel(name) != nil:
		return fmt.Sprintf("did you mean stage(%q)?", name)
	case slices.ContainsFunc(book.Stages, func(m *playbook.StageModel) bool { return m.Index(name) >= 0 }):
		return fmt.Sprintf("the name of a stage is quoted: %q", name)
	}
	return ""
}
