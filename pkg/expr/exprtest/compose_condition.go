package exprtest

import (
	"fmt"

	"github.com/playctl/playctl/pkg/playbook"
)

// conditionWays are the ways to write conditions that are more than a form.
func (w *Writer) conditionWays(add func(int, func(int) *Node)) {
	add(26, w.compared)
	add(8, w.among)
	add(5, func(int) *Node { return w.has() })
	add(22, w.macroCondition)
	add(6, w.quiet)
	add(9, w.windowSize)
	add(5, func(int) *Node { return w.segment() })
	add(4, func(int) *Node { return w.atLeast() })
	add(3, func(int) *Node { return w.scored() })
	add(4, func(int) *Node { return w.changed() })
	add(3, func(int) *Node { return w.play() })
	add(2, w.sameRecord)
	add(1, func(int) *Node { return w.hasValue() })
	add(2, func(int) *Node { return w.hasKey() })
}

// comparable are the types whose values are ordered, the most usual first.
var comparable = []typ{integer, integer, text, text, double, double, moment, moment, span, boolean}

// compared writes a comparison, of a field with a literal mostly.
func (w *Writer) compared(depth int) *Node {
	t := pick(w.dice, comparable)
	if w.chance(0.06) {
		t = pick(w.dice, []typ{listOf(text), listOf(integer), listOf(double), mapOf(integer), mapOf(double), mapOf(text)})
	}
	left := w.write(t, depth-2)
	place := left.place
	if place == "" {
		place = string(t)
	}
	var right *Node
	if w.chance(0.65) {
		right = w.literal(t, place)
	} else {
		right = w.write(t, depth-2)
	}
	if w.chance(0.1) {
		left, right = right, left
	}
	signs := []string{"==", "==", "!=", "<", "<=", ">", ">=", ">="}
	if t.elem() != "" {
		signs = signs[:3]
	}
	sign := pick(w.dice, signs)
	return form(boolean, relation, sign+" of "+string(t)+"s", "§ "+sign+" §", left, right)
}

// among writes x in a list or a map.
func (w *Writer) among(depth int) *Node {
	t := pick(w.dice, []typ{text, text, text, integer, double, moment, boolean})
	switch n := w.IntN(10); {
	case n < 4:
		left := w.write(t, depth-1)
		kids := []*Node{left}
		list := ""
		for i := range 1 + w.IntN(4) {
			if i > 0 {
				list += ", "
			}
			list += hole
			kids = append(kids, w.literal(t, left.place+string(t)))
		}
		return form(boolean, relation, "in literals", "§ in ["+list+"]", kids...)
	case n < 6:
		return form(boolean, relation, "literal in list", "§ in §", w.literal(t, "in"), w.write(listOf(t), depth-1))
	case n < 8:
		return form(boolean, relation, "in list", "§ in §", w.write(t, depth-1), w.write(listOf(t), depth-1))
	}
	return form(boolean, relation, "in map", "§ in §", w.write(text, depth-2), w.write(mapOf(pick(w.dice, []typ{integer, text, double})), depth-1))
}

// has writes whether a field, a parent or children are there.
func (w *Writer) has() *Node {
	r := pick(w.dice, w.reach(w.chance(0.2)))
	e := w.book.Entity(r.entity)
	if len(e.Parents) > 0 && w.chance(0.25) {
		return form(boolean, primary, "has(parent)", "has("+r.text+"."+pick(w.dice, e.Parents).Entity+")")
	}
	if c := below(w.book, r.entity); len(c) > 0 && w.chance(0.05) {
		return form(boolean, primary, "has(children)", "has("+r.text+"."+pick(w.dice, c).plural+")")
	}
	return form(boolean, primary, "has(field)", "has("+r.text+"."+pick(w.dice, e.Fields).Name+")")
}

// hasKey writes whether a map has a key, and mostly what stands there too: two parts that have the look-up in common.
func (w *Writer) hasKey() *Node {
	m := w.field(mapOf(integer))
	if m == nil {
		return nil
	}
	entry := m.String() + "." + pick(w.dice, []string{"Core", "Data", "Software", "web"})
	if w.chance(0.3) {
		return form(boolean, primary, "has(map.key)", "has("+entry+")")
	}
	return form(boolean, and, "has(map.key) && map.key", "has("+entry+") && "+entry+" > §", w.literal(integer, m.place))
}

func (w *Writer) hasValue() *Node {
	r := pick(w.dice, w.reach(false))
	return form(boolean, primary, "hasValue", r.text+".?"+pick(w.dice, w.book.Entity(r.entity).Fields).Name+".hasValue()")
}

// sameRecord writes whether two records are the same one, or whether a record is in a list.
func (w *Writer) sameRecord(depth int) *Node {
	r := pick(w.dice, w.reach(true))
	one := form(recordOf(r.entity), primary, r.name, r.text)
	if w.chance(0.4) {
		return form(boolean, relation, "record in list", "§ in §", one, w.write(listOf(recordOf(r.entity)), depth-1))
	}
	return form(boolean, relation, "record == record", "§ "+pick(w.dice, []string{"==", "!="})+" §", one, w.write(recordOf(r.entity), depth-1))
}

// about gives a record that is of an entity, as the last argument of a call: "" for the scope's own mostly, else ", x". Not ok if there is none.
func (w *Writer) about(entity string) (argument string, ok bool) {
	if w.vars[0].t == recordOf(entity) && w.chance(0.8) {
		return "", true
	}
	n := w.record(entity)
	if n == nil {
		return "", false
	}
	return ", " + n.String(), true
}

// call writes a call about something of the playbook and a record; nil if no such record can be reached.
func (w *Writer) call(t typ, function, of string, arguments ...string) *Node {
	record, ok := w.about(of)
	if !ok {
		return nil
	}
	list := ""
	for i, a := range arguments {
		if i > 0 {
			list += ", "
		}
		list += fmt.Sprintf("%q", a)
	}
	name := function
	if record != "" {
		name += " of another record"
	}
	return form(t, primary, name, function+"("+list+record+")")
}

func (w *Writer) segment() *Node {
	s := pick(w.dice, w.book.Segments)
	return w.call(boolean, "segment", s.Of, s.Name)
}

func (w *Writer) atLeast() *Node {
	m := pick(w.dice, w.book.Stages)
	if w.chance(0.3) {
		if left := w.call(text, "stage", m.Of, m.Name); left != nil {
			return form(boolean, relation, "stage == name", "§ == §", left, constant(text, pick(w.dice, append(m.StageNames(), "")), false))
		}
	}
	return w.call(boolean, "atLeast", m.Of, m.Name, pick(w.dice, m.StageNames()))
}

// scored writes whether a record has so many points.
func (w *Writer) scored() *Node {
	s := pick(w.dice, w.book.Scores)
	if left := w.call(integer, "score", s.Of, s.Name); left != nil {
		return form(boolean, relation, "score compared", "§ "+pick(w.dice, []string{">=", ">", "<"})+" §", left, w.literal(integer, "score"))
	}
	return nil
}

func (w *Writer) stage() *Node {
	m := pick(w.dice, w.book.Stages)
	return w.call(text, "stage", m.Of, m.Name)
}

func (w *Writer) play() *Node {
	p := pick(w.dice, w.book.Plays)
	if w.chance(0.5) {
		return w.call(boolean, "enrolled", p.Of, p.Name)
	}
	record, ok := w.about(p.Of)
	if !ok {
		return nil
	}
	if record != "" || w.chance(0.5) {
		return form(boolean, primary, "finished", fmt.Sprintf("finished(%q, %q%s)", p.Name, pick(w.dice, outcomes), record))
	}
	return form(boolean, primary, "finished", fmt.Sprintf("finished(%q)", p.Name))
}

// changed writes whether a field or a stage changed.
func (w *Writer) changed() *Node {
	r := pick(w.dice, w.reach(w.chance(0.2)))
	e := w.book.Entity(r.entity)
	if e.Key == "" {
		return nil
	}
	if n := w.changedStage(e, r.text); n != nil && w.chance(0.4) {
		return n
	}
	f := pick(w.dice, watchable(e))
	return w.change(r.text+"."+f.Name, func() *Node { return w.literal(fieldType(f.Type), e.Name+"."+f.Name) })
}

func (w *Writer) changedStage(e *playbook.Entity, record string) *Node {
	for _, m := range w.book.Stages {
		if m.Of == e.Name {
			return w.change(fmt.Sprintf("stage(%q, %s)", m.Name, record), func() *Node { return constant(text, pick(w.dice, append(m.StageNames(), "")), false) })
		}
	}
	return nil
}

// change writes changed(what, from, to, d) with as many arguments as it likes.
func (w *Writer) change(what string, value func() *Node) *Node {
	side := func() *Node {
		if w.chance(0.6) {
			return constant(text, "*", false)
		}
		return value()
	}
	switch w.IntN(3) {
	case 0:
		return form(boolean, primary, "changed", "changed("+what+")")
	case 1:
		return form(boolean, primary, "changed from to", "changed("+what+", §, §)", side(), side())
	}
	return form(boolean, primary, "changed from to within", "changed("+what+", §, §, §)", side(), side(), w.span())
}
