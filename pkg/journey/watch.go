package journey

import (
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
	"github.com/playctl/playctl/pkg/state"
)

// Watch compares the fields that some `changed` speaks of with how the last recorded run saw them, and leaves every change seen so far in
// the data. First sight is no change; a value that is missing now keeps the last one seen. What is to be kept comes back as transitions.
func Watch(d *expr.Data, fields []expr.ChangedField, s *state.Snapshot, now time.Time) state.Changes {
	var out state.Changes
	d.Hash = s.Meta.ValueHash
	d.Changes = map[expr.ChangedField]map[string][]expr.Change{}
	note := func(c state.Change) {
		field := expr.ChangedField{Entity: c.Record.Entity, Field: c.Field}
		if d.Changes[field] == nil {
			d.Changes[field] = map[string][]expr.Change{}
		}
		d.Changes[field][c.Record.Key] = append(d.Changes[field][c.Record.Key], expr.Change{From: c.From, To: c.To, At: c.At})
	}
	for _, c := range s.Changes {
		note(c)
	}
	type cell struct {
		record state.Record
		field  string
	}
	seen := make(map[cell]string, len(s.Seen))
	for _, v := range s.Seen {
		seen[cell{v.Record, v.Field}] = v.Value
	}
	for _, f := range fields {
		table := d.Frame.Table(f.Entity)
		for row := range table.Rows {
			value, known := d.Fields(f.Entity, row, []string{f.Field})[f.Field]
			if !known {
				continue
			}
			r := state.Record{Entity: f.Entity, Key: table.Key(row)}
			hash := d.Hash(playbook.Text(value))
			last, before := seen[cell{r, f.Field}]
			if before && last == hash {
				continue
			}
			out.Seen = append(out.Seen, state.Seen{Record: r, Field: f.Field, Value: hash})
			if before {
				c := state.Change{Record: r, Field: f.Field, From: last, To: hash, At: now}
				out.Changes = append(out.Changes, c)
				note(c)
			}
		}
	}
	return out
}
