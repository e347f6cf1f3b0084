package plan

import (
	"cmp"
	"slices"
	"strings"
)

// sortOperations orders by play, step, verb, target and record, so that the same inputs give the same bytes.
func (b *builder) sortOperations() {
	ops := b.plan.Operations
	index, orders := make([]int, len(ops)), make([]int, len(ops))
	for i := range ops {
		index[i], orders[i] = i, b.orders[ofPlay{ops[i].Play, ops[i].Step}]
	}
	slices.SortFunc(index, func(i, j int) int {
		x, y := &ops[i], &ops[j]
		return cmp.Or(strings.Compare(x.Play, y.Play), orders[i]-orders[j], strings.Compare(x.Step, y.Step), int(x.Verb)-int(y.Verb),
			comparePlaces(x.Place(), y.Place()), strings.Compare(x.Record.Entity, y.Record.Entity), strings.Compare(x.Record.Key, y.Record.Key),
			strings.Compare(x.Key, y.Key), i-j)
	})
	sorted := make([]Operation, len(ops))
	position := make([]int, len(ops))
	for to, from := range index {
		sorted[to], position[from] = ops[from], to
	}
	b.plan.Operations = sorted
	b.plan.renumber(position)
}

// renumber has moves speak of operations by new positions.
func (p *Plan) renumber(position []int) {
	for move := range p.Moves() {
		for k, o := range move.Operations {
			move.Operations[k] = position[o]
		}
		slices.Sort(move.Operations)
	}
}
