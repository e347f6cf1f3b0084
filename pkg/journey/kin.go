package journey

import (
	"slices"

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

// kin is a record in a lineage.
type kin struct {
	table *frame.Table
	row   int
}

// lineage gives a record and every record above it: one of each entity, the nearest, nearer ones first.
func (r *run) lineage(entity string, row int) []kin {
	out := append(make([]kin, 0, 4), kin{r.data.Frame.Table(entity), row})
	for i := 0; i < len(out); i++ {
		for _, rel := range out[i].table.Parents() {
			up := int(rel.Up[out[i].row])
			known := slices.ContainsFunc(out, func(k kin) bool { return k.table == rel.Parent })
			if !known && up >= 0 {
				out = append(out, kin{rel.Parent, up})
			}
		}
	}
	return out
}

// ancestor gives the record of an entity that is a record itself, or above it.
func (r *run) ancestor(entity string, row int, of string) (int, bool) {
	if entity == of {
		return row, true
	}
	for _, k := range r.lineage(entity, row) {
		if k.table.Entity == of {
			return k.row, true
		}
	}
	return 0, false
}
