package render

import (
	"maps"
	"slices"
	"strings"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/plan"
)

// fewChanges is how many different changes of a field are told apart.
const fewChanges = 3

// fieldChange is one change of a field that some records have in common.
type fieldChange struct {
	words  string
	count  int
	sample string // a record's key
}

// fieldChanges are the changes of one field.
type fieldChanges struct {
	name    string
	count   int
	changes []fieldChange // in the order of their first
}

// set lists what is set: a line for each field and change where there are few, else a line with an example.
func (s *sheet) set(g *group, target string) {
	fields := s.changesOf(g)
	sure := ""
	if g.certainty == plan.Assumed {
		sure = g.sure()
	}
	if len(fields) == 1 && len(fields[0].changes) <= fewChanges {
		for _, c := range fields[0].changes {
			s.operation(g, target+" "+clean(fields[0].name), c.count, points(c.words, sure))
		}
		s.list(g)
		return
	}
	if len(fields) == 1 {
		s.operation(g, target+" "+clean(fields[0].name), len(g.operations), points(s.various(&fields[0]), sure))
	} else {
		s.operation(g, target, len(g.operations), points(counted(len(fields), "field"), sure))
		for i := range fields {
			s.fieldRows(&fields[i])
		}
	}
	s.list(g)
}

// fieldRows lists the changes of one of several fields.
func (s *sheet) fieldRows(f *fieldChanges) {
	name := clean(f.name)
	if len(f.changes) > fewChanges {
		s.row(fieldRow, deep, cell{text: number(f.count), right: true}, cell{close: true, text: name + ": " + s.various(f)})
		return
	}
	for _, c := range f.changes {
		s.row(fieldRow, deep, cell{text: number(c.count), right: true}, cell{close: true, text: name + ": " + c.words})
	}
}

// various words a field whose changes are too many to tell apart.
func (s *sheet) various(f *fieldChanges) string {
	text := number(len(f.changes)) + " different changes"
	if !s.NoValues {
		text += ", such as " + f.changes[0].words + " (" + clean(f.changes[0].sample) + ")"
	}
	return text
}

// changesOf gathers what a group sets, by field, sorted by name.
func (s *sheet) changesOf(g *group) []fieldChanges {
	byName := map[string]*fieldChanges{}
	positions := map[[2]string]int{}
	for _, o := range g.operations {
		for name, after := range o.Fields {
			f := byName[name]
			if f == nil {
				f = &fieldChanges{name: name}
				byName[name] = f
			}
			before, known := o.Before[name]
			words := s.change(before, known || o.Certainty == plan.Known, after)
			at, seen := positions[[2]string{name, words}]
			if !seen {
				at = len(f.changes)
				positions[[2]string{name, words}] = at
				f.changes = append(f.changes, fieldChange{words: words, sample: o.Record.Key})
			}
			f.changes[at].count++
			f.count++
		}
	}
	out := make([]fieldChanges, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		out = append(out, *byName[name])
	}
	return out
}

// changesIn writes what one operation sets, sorted by field.
func (s *sheet) changesIn(o *plan.Operation) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		before, known := o.Before[name]
		out = append(out, clean(name)+": "+s.change(before, known || o.Certainty == plan.Known, o.Fields[name]))
	}
	return strings.Join(out, ", ")
}

// change words one change of a value: "lead" → "mql". A value that a system which can be read does not give is empty.
func (s *sheet) change(before string, known bool, after any) string {
	if s.NoValues {
		return "changes"
	}
	from := "?"
	_, text := after.(string)
	switch {
	case known && before == "":
		from = "(empty)"
	case known && text:
		from = s.quoted(before)
	case known:
		from = clean(before)
	}
	return from + " → " + s.value(after)
}

// value writes a value of the language: text in quotes, anything else as it is.
func (p *Printer) value(v any) string {
	switch v := v.(type) {
	case nil:
		return "(empty)"
	case string:
		if v == "" {
			return "(empty)"
		}
		return p.quoted(v)
	}
	text := clean(connector.Text(v))
	if !p.Full {
		text = cut(p.hidden(text), longValue)
	}
	return text
}

// fields writes a payload, sorted by name: text "Acme is surging", to "#sdr".
func (p *Printer) fields(fields map[string]any) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, clean(name)+" "+p.value(fields[name]))
	}
	return strings.Join(out, ", ")
}
