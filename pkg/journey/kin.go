package journey

import (
	"github.com/playctl/playctl/pkg/frame"
)

// lineage gives a record and every record above it: one of each entity, the nearest.
func (r *run) lineage(entity string, row int) map[string]int {
	out := map[string]int{entity: row}
	queue := []*frame.Table{r.data.Frame.Table(entity)}
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		for _, rel := range t.Parents() {
			parent := rel.Parent.Entity
			if _, known := out[parent]; known || rel.Up[out[t.Entity]] < 0 {
				continue
			}
			out[parent] = int(rel.Up[out[t.Entity]])
			queue = append(queue, rel.Parent)
		}
	}
	return out
}

// ancestor gives the record of an entity that is a record itself, or above it.
func (r *run) ancestor(entity string, row int, of string) (int, bool) {
	if entity == of {
		return row, true
	}
	up, ok := r.lineage(entity, row)[of]
	return up, ok
}
