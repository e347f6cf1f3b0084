package exprtest

import (
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// World is the records of a playbook's entities, and what a run knows beside them.
type World struct {
	Records map[string][]*Record // by entity
	Facts   Facts

	busy  string // the entity that questions are best asked of, for its many records
	crowd string // the entity that is in a crowd around some record; "" for none
}

// Record is one record as a source gives it.
type Record struct {
	Key     string            `json:"key,omitempty"`
	Parents map[string]string `json:"parents,omitempty"` // keys, by entity; absent where it names none
	// Values are the fields that are known: bool, int64, float64, string, time.Time, []any or map[string]any. The key is not among them.
	Values map[string]any `json:"values,omitempty"`
}

// Facts are what expressions can ask for beside fields. Rows go by their records' keys.
type Facts struct {
	Now      time.Time                    `json:"now"`
	Vars     map[string]any               `json:"vars"`
	Segments map[string]map[string]string `json:"segments"` // who is in (T) and who is unknown (?), by segment
	Scores   map[string]map[string]int64  `json:"scores"`   // points, by score; a score that is absent was not evaluated
	Stages   map[string]map[string]string `json:"stages"`   // by model; a model that is absent was not evaluated
	Changes  []Change                     `json:"changes"`
	Enrolled map[string]map[string]bool   `json:"enrolled"` // by play
	Finished map[string]map[string]string `json:"finished"` // outcomes, by play
}

// Change is an observed change of a field, or of a stage if Field is that of [expr.StageField].
type Change struct {
	Entity, Field, Key, From, To string
	At                           time.Time
}

// Size gives how many records there are.
func (w *World) Size() int {
	n := 0
	for _, list := range w.Records {
		n += len(list)
	}
	return n
}

// Data makes what expressions are evaluated over.
func (w *World) Data(b *playbook.Book) *expr.Data {
	builders := make([]*frame.Builder, len(b.Entities))
	for i, e := range b.Entities {
		builders[i] = w.builder(e)
	}
	d := &expr.Data{Frame: frame.Link(builders), Now: w.Facts.Now, Vars: w.Facts.Vars, Hash: hash, Plays: standing{&w.Facts}, Segments: map[string]frame.Verdict{},
		Scores: map[string]*expr.Scored{}, Stages: map[string]*expr.Staged{}, Engaged: map[string]frame.Bits{}, Changes: w.Facts.changes()}
	if len(d.Changes) == 0 {
		d.Hash = nil // as in a run without a state
	}
	w.Facts.evaluated(b, d)
	for _, e := range b.Entities {
		if e.Time != "" {
			d.Engaged[e.Name] = engaged(e, d.Frame.Table(e.Name))
		}
	}
	return d
}

// builder makes the columns of an entity.
func (w *World) builder(e *playbook.Entity) *frame.Builder {
	out := &frame.Builder{Entity: e.Name, Time: e.Time}
	for _, f := range e.Fields {
		c := frame.NewColumn(f.Name, f.Type)
		for _, r := range w.Records[e.Name] {
			if value, known := r.Values[f.Name]; known {
				c.Append(value)
			} else if f.Name == e.Key {
				c.AppendString(r.Key)
			} else {
				c.AppendMissing()
			}
		}
		if out.Columns = append(out.Columns, c); f.Name == e.Key {
			out.Key = c
		}
	}
	for _, p := range e.Parents {
		keys := frame.NewColumn(p.Column, frame.Type{Kind: frame.String})
		for _, r := range w.Records[e.Name] {
			if key, known := r.Parents[p.Entity]; known {
				keys.AppendString(key)
			} else {
				keys.AppendMissing()
			}
		}
		out.Parents = append(out.Parents, frame.ParentLink{Entity: p.Entity, Plural: e.Plural, Keys: keys})
	}
	takenBack(out)
	return out
}

// takenBack appends a record and takes it back, as readers do with one that turns out bad: dictionaries then hold texts that no record has.
func takenBack(b *frame.Builder) {
	n := b.Rows()
	for _, c := range b.Columns {
		switch c.Type.Kind {
		case frame.String:
			c.AppendString("[ taken back")
		case frame.List, frame.Map:
			if c.Elems.Type.Kind == frame.String {
				c.Elems.AppendString("( taken back")
			}
			if c.MapKeys != nil {
				c.MapKeys.AppendString("taken back")
			}
		}
	}
	for _, p := range b.Parents {
		p.Keys.AppendString("taken back")
	}
	b.Truncate(n)
}

// engaged are the events that count as engagement: those with a bool that is true, the first that is declared.
func engaged(e *playbook.Entity, t *frame.Table) frame.Bits {
	out := frame.NewBits(t.Rows)
	i := slices.IndexFunc(t.Columns, func(c *frame.Column) bool { return c.Type.Kind == frame.Bool })
	for row := range t.Rows {
		if i >= 0 && t.Columns[i].IsKnown(row) && t.Columns[i].Bools[row] {
			out.Add(row)
		}
	}
	return out
}
