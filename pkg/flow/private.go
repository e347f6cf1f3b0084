package flow

import (
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/secret"
	"github.com/playctl/playctl/pkg/source"
	"github.com/playctl/playctl/pkg/state"
)

// hideSensitive has the values of sensitive fields taken out of whatever is shown.
func hideSensitive(w *World, p *Program, read *source.Result) {
	for _, e := range p.Book.Entities {
		for _, field := range e.Sensitive {
			t := read.Frame.Table(e.Name)
			if column := t.Column(field); column != nil && column.Type.Kind == frame.String {
				w.Redactor.Hide(textsOf(column, t.Rows))
				continue
			}
			w.Redactor.Hide(listsOf(w, p, read, e.Name, field, t.Rows))
		}
	}
}

// textsOf gives the texts of a column.
func textsOf(c *frame.Column, rows int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for row := range rows {
			if c.IsKnown(row) && !yield(c.Text(row)) {
				return
			}
		}
	}
}

// listsOf gives the texts of a field whose values are lists.
func listsOf(w *World, p *Program, read *source.Result, entity, field string, rows int) func(yield func(string) bool) {
	data := newData(w, p, read.Frame)
	return func(yield func(string) bool) {
		for row := range rows {
			list, _ := data.Fields(entity, row, []string{field})[field].([]any)
			for _, item := range list {
				if text, ok := item.(string); ok && !yield(text) {
					return
				}
			}
		}
	}
}

// HideEvents takes sensitive values out of the events that a state's members remember, for showing them: those of fields that are sensitive in
// whatever entity has them.
func HideEvents(p *Program, s *state.Snapshot) {
	sensitive := map[string]bool{}
	for _, e := range p.Book.Entities {
		for _, field := range e.Sensitive {
			sensitive[field] = true
		}
	}
	if len(sensitive) == 0 {
		return
	}
	hide := func(e state.Event) {
		for name := range e {
			if sensitive[name] {
				e[name] = secret.Redacted
			}
		}
	}
	track := func(t *state.Track) {
		for i := range t.Done {
			hide(t.Done[i].Event)
		}
	}
	for i := range s.Members {
		m := &s.Members[i]
		hide(m.Event)
		track(&m.Track)
		for j := range m.Lanes {
			track(&m.Lanes[j].Track)
		}
	}
}
