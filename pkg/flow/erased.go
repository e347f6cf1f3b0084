package flow

import (
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/state"
)

// forgotten reports whether records were erased; nil where none was. It costs a hash a record.
func forgotten(s *state.Snapshot) func(state.Record) bool {
	if len(s.Erased) == 0 {
		return nil
	}
	marks := make(map[string]bool, len(s.Erased))
	for _, e := range s.Erased {
		marks[e.Mark] = true
	}
	hasher := s.Meta.Hasher()
	return func(r state.Record) bool { return marks[hasher.Mark(r)] }
}

// withoutErased gives the frame without the records that were erased: nothing is evaluated, kept or told of them.
func withoutErased(f *frame.Frame, erased func(state.Record) bool) *frame.Frame {
	if erased == nil {
		return f
	}
	gone := map[string]frame.Bits{}
	for _, t := range f.Tables {
		if !t.HasKey() {
			continue
		}
		rows := frame.NewBits(t.Rows)
		for row := range t.Rows {
			if erased(state.Record{Entity: t.Entity, Key: t.Key(row)}) {
				rows.Add(row)
			}
		}
		if rows.Count() > 0 {
			gone[t.Entity] = rows
		}
	}
	if len(gone) == 0 {
		return f
	}
	return f.Without(gone)
}
