package journey

import (
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
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
	for _, f := range fields {
		w := &watcher{data: d, field: f, table: d.Frame.Table(f.Entity), hasher: s.Meta.Hasher(), hashes: map[string]string{}, last: lastSeen(s.Seen, f)}
		if model, ok := f.Stage(); !ok {
			w.column = w.table.Column(f.Field)
		} else if w.staged = d.Stages[model]; w.staged == nil { // not evaluated yet
			continue
		}
		for row := range w.table.Rows {
			hash, known := w.hash(row)
			if !known {
				continue
			}
			last, before := w.before(row)
			if before && last == hash {
				continue
			}
			r := state.Record{Entity: f.Entity, Key: w.table.Key(row)}
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

// watcher looks at one field of every record, in the order of their keys.
type watcher struct {
	data   *expr.Data
	field  expr.ChangedField
	table  *frame.Table
	column *frame.Column // nil for what is watched like a field and is none
	staged *expr.Staged  // nil for what is no stage
	hasher *state.Hasher
	hashes map[string]string // of values that came before, up to a number
	last   []*state.Seen     // by the last run, of records from where the watcher is
}

// lastSeen gives what the last run saw of a field, by record key.
func lastSeen(all []state.Seen, f expr.ChangedField) []*state.Seen {
	var out []*state.Seen
	for i := range all {
		if v := &all[i]; v.Record.Entity == f.Entity && v.Field == f.Field {
			out = append(out, v)
		}
	}
	return out
}

// before gives what the last run saw of a row, as a hash, and whether it saw anything.
func (w *watcher) before(row int) (hash string, seen bool) {
	if len(w.last) == 0 {
		return "", false
	}
	key := w.table.Key(row)
	for len(w.last) > 0 && w.last[0].Record.Key < key {
		w.last = w.last[1:]
	}
	if len(w.last) > 0 && w.last[0].Record.Key == key {
		return w.last[0].Value, true
	}
	return "", false
}

// hash gives the hash of a row's value, and whether it has one.
func (w *watcher) hash(row int) (hash string, known bool) {
	text, known := w.text(row)
	if !known {
		return "", false
	}
	if hash, known = w.hashes[text]; known {
		return hash, true
	}
	hash = w.hasher.ValueHash(text)
	if len(w.hashes) < manyValues {
		w.hashes[text] = hash
	}
	return hash, true
}

// manyValues is how many values of a field are remembered with their hashes: a field that has more hardly ever has one twice.
const manyValues = 10_000

// text gives a row's value as text, and whether it has one.
func (w *watcher) text(row int) (text string, known bool) {
	c := w.column
	switch {
	case w.staged != nil:
		return w.staged.Stage(row), true
	case c == nil:
		return w.evaluated(row)
	case !c.IsKnown(row):
		return "", false
	}
	switch c.Type.Kind {
	case frame.String:
		return c.Text(row), true
	case frame.Bool:
		return playbook.Text(c.Bools[row]), true
	case frame.Int:
		return playbook.Text(c.Ints[row]), true
	case frame.Double:
		return playbook.Text(c.Doubles[row]), true
	case frame.Time:
		return playbook.Text(time.UnixMicro(c.Ints[row])), true
	}
	return w.evaluated(row)
}

// evaluated gives a row's value as text as an expression has it, and whether it has one.
func (w *watcher) evaluated(row int) (text string, known bool) {
	value, known := w.data.Fields(w.field.Entity, row, []string{w.field.Field})[w.field.Field]
	return playbook.Text(value), known
}
