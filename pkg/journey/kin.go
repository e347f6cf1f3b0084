package journey

import (
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/state"
)

// rowOf finds the row of a record.
func (r *run) rowOf(record state.Record) (int, bool) {
	if t := r.data.Frame.Table(record.Entity); t != nil {
		return t.Row(record.Key)
	}
	return 0, false
}

// rowsOf finds the rows of n keys in a table, -1 for one that is not there. Both are in order: each key is sought from where the one before it stands.
func rowsOf(t *frame.Table, n int, key func(i int) string) []int {
	rows := make([]int, n)
	at, keyed, last := 0, t.HasKey(), ""
	for i := range rows {
		if !keyed {
			rows[i] = -1
			continue
		}
		k := key(i)
		if k < last { // of another entity
			at = 0
		}
		last = k
		at = state.Seek(at, t.Rows, func(row int) bool { return t.Key(row) < k })
		if rows[i] = at; at == t.Rows || t.Key(at) != k {
			rows[i] = -1
		}
	}
	return rows
}

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
