package playbook

import (
	"slices"

	"github.com/playctl/playctl/pkg/document"
)

// StageModel says at which of some stages in order every record of an entity stands: at the furthest one whose rule holds, or at none.
// It does not remember: a record may jump over stages and move back.
type StageModel struct {
	Name   string
	At     document.Node
	Of     string // entity
	OfAt   document.Node
	Stages []*Stage // the nearest first
}

// Stage is one stage of a model.
type Stage struct {
	Name string
	At   document.Node
	When Expr
	By   string // who works the records that stand there; "" for nobody said
	ByAt document.Node
	SLA  Span // how long they may take to begin; zero for none
	Why  string
}

// StageModel gives the stage model of that name, or nil.
func (b *Book) StageModel(name string) *StageModel {
	return find(b.Stages, name, func(m *StageModel) string { return m.Name })
}

// StageModelNames gives the names of all stage models.
func (b *Book) StageModelNames() []string {
	return names(b.Stages, func(m *StageModel) string { return m.Name })
}

// Index gives where a stage stands in the model's order, from 0; -1 if there is none of that name.
func (m *StageModel) Index(stage string) int {
	return slices.IndexFunc(m.Stages, func(s *Stage) bool { return s.Name == stage })
}

// StageNames gives the names of the model's stages in its order.
func (m *StageModel) StageNames() []string {
	return names(m.Stages, func(s *Stage) string { return s.Name })
}
