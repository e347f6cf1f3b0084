package exprtest

import "fmt"

// recordWays are the ways to write lists of records of an entity.
func (w *Writer) recordWays(t typ, entity string, add func(int, func(int) *Node)) {
	event := w.book.Entity(entity).Time != ""
	add(8, func(int) *Node { return w.children(entity) })
	add(7, func(depth int) *Node { return w.filter(t, depth) })
	if event {
		add(8, func(depth int) *Node {
			return form(t, primary, "within", "§.within(§)", w.write(t, depth-1), w.window())
		})
		add(4, func(depth int) *Node {
			return form(t, primary, "since", "§.since(§)", w.write(t, depth-1), w.sinceWhen(depth))
		})
	}
	add(1, func(depth int) *Node {
		return form(t, sum, "records +", "§ + §", w.write(t, depth-1), w.write(t, depth-1))
	})
	add(1, func(depth int) *Node {
		return form(t, ternary, "?: of records", "§ ? § : §", w.write(boolean, depth-1), w.write(t, depth-1), w.write(t, depth-1))
	})
	add(1, func(depth int) *Node {
		return form(t, primary, "slice of records", "§.slice(§, §)", w.write(t, depth-1), w.special("small"), w.special("small"))
	})
	add(2, func(depth int) *Node { return w.parentsOf(t, entity, depth) })
	add(2, func(depth int) *Node { return w.grandchildren(t, entity, depth) })
}

// window writes how far a window reaches back.
func (w *Writer) window() *Node {
	if w.chance(0.9) {
		return form(span, primary, "days", "days(§)", w.days())
	}
	return w.write(span, 1)
}

// sinceWhen writes a time that a list of events begins at.
func (w *Writer) sinceWhen(depth int) *Node {
	if w.chance(0.5) {
		return form(moment, primary, "daysAgo", "daysAgo(§)", w.days())
	}
	return w.write(moment, min(depth-1, 1))
}

// filter writes those of a list for which something holds.
func (w *Writer) filter(t typ, depth int) *Node {
	if w.loops == 0 {
		return nil
	}
	name := w.newName()
	list := w.write(t, depth-1)
	condition := w.within(name, t.elem(), func() *Node { return w.write(boolean, depth-1) })
	return form(t, primary, "filter", fmt.Sprintf("§.filter(%s, §)", name), list, condition)
}

// parentsOf writes the parents of a list's records: people.map(p, p.account).
func (w *Writer) parentsOf(t typ, entity string, depth int) *Node {
	for _, c := range below(w.book, entity) {
		if w.loops > 0 && w.children(c.entity) != nil && w.chance(0.5) {
			return form(t, primary, "map to parents", fmt.Sprintf("§.map(z, z.%s)", entity), w.write(listOf(recordOf(c.entity)), depth-1))
		}
	}
	return nil
}

// grandchildren writes the children of a list's records, in one list.
func (w *Writer) grandchildren(t typ, entity string, depth int) *Node {
	for _, p := range w.book.Entity(entity).Parents {
		if w.loops > 0 && w.children(p.Entity) != nil && w.chance(0.5) {
			return form(t, primary, "list.map, flatten", fmt.Sprintf("§.map(z, z.%s).flatten()", w.book.Entity(entity).Plural), w.write(listOf(recordOf(p.Entity)), depth-1))
		}
	}
	return nil
}

// list writes a list to go over: of records mostly.
func (w *Writer) list(depth int) *Node {
	if e := w.reachable(); e != "" && w.chance(0.8) {
		return w.write(listOf(recordOf(e)), depth)
	}
	if w.chance(0.15) {
		return w.write(mapOf(pick(w.dice, []typ{integer, text, double})), 0)
	}
	t := listOf(pick(w.dice, scalars))
	if n := w.field(t); n != nil && w.chance(0.6) {
		return n
	}
	return w.write(t, depth)
}

// macroCondition writes exists, all or exists_one.
func (w *Writer) macroCondition(depth int) *Node {
	if w.loops == 0 {
		return nil
	}
	macro := pick(w.dice, []string{"exists", "exists", "exists", "exists", "all", "all", "exists_one"})
	list, name := w.list(depth-2), w.newName()
	elem := list.t.elem()
	if list.t.isMap() {
		if elem = text; list.name == "{…}" {
			return nil // going over one is an error
		}
	}
	inner := w.within(name, elem, func() *Node { return w.write(boolean, depth-1) })
	return form(boolean, primary, macro, fmt.Sprintf("§.%s(%s, §)", macro, name), list, inner)
}

// quiet writes whether there was no engagement.
func (w *Writer) quiet(depth int) *Node {
	e := w.reachable()
	if e == "" || w.book.Entity(e).Time == "" {
		return nil
	}
	return form(boolean, primary, "quiet", "§.quiet(§)", w.write(listOf(recordOf(e)), depth-2), w.window())
}

// windowSize writes whether there are so many of a list.
func (w *Writer) windowSize(depth int) *Node {
	e := w.reachable()
	if e == "" {
		return nil
	}
	if w.chance(0.1) { // which tells one more from one less, however many there are
		return form(boolean, relation, "records size % 3", "§.size() % 3 == §", w.write(listOf(recordOf(e)), depth-1), constant(integer, int64(w.IntN(3)), false))
	}
	sign := pick(w.dice, []string{">=", ">", "==", "<", "!="})
	return form(boolean, relation, "records size compared", "§.size() "+sign+" §", w.write(listOf(recordOf(e)), depth-1), constant(integer, int64(w.IntN(4)), false))
}

// countWays are the ways to write integers that are more than a form.
func (w *Writer) countWays(add func(int, func(int) *Node)) {
	add(8, func(depth int) *Node {
		if e := w.reachable(); e != "" {
			return form(integer, primary, "records size", "§.size()", w.write(listOf(recordOf(e)), depth-1))
		}
		return nil
	})
	add(2, func(int) *Node {
		return form(integer, primary, "count", fmt.Sprintf("count(%q)", pick(w.dice, w.book.Segments).Name))
	})
	add(5, func(int) *Node {
		s := pick(w.dice, w.book.Scores)
		return w.call(integer, "score", s.Of, s.Name)
	})
}

// listWays are the ways to write lists of scalars that are more than a form.
func (w *Writer) listWays(t typ, add func(int, func(int) *Node)) {
	add(3, func(depth int) *Node { return w.filter(t, depth) })
	add(9, func(depth int) *Node { return w.mapped(t, depth, false) })
	add(5, func(depth int) *Node { return w.mapped(t, depth, true) })
}

// mapped writes what becomes of each element of a list; of those for which something holds if filtered.
func (w *Writer) mapped(t typ, depth int, filtered bool) *Node {
	if w.loops == 0 {
		return nil
	}
	list, name := w.list(depth-1), w.newName()
	elem := list.t.elem()
	if list.t.isMap() {
		if elem = text; list.name == "{…}" {
			return nil
		}
	}
	var condition *Node
	value := w.within(name, elem, func() *Node {
		if filtered {
			condition = w.write(boolean, depth-1)
		}
		if w.chance(0.7) {
			return w.leaf(t.elem())
		}
		return w.write(t.elem(), depth-1)
	})
	if filtered {
		return form(t, primary, "map with filter", fmt.Sprintf("§.map(%s, §, §)", name), list, condition, value)
	}
	return form(t, primary, "map", fmt.Sprintf("§.map(%s, §)", name), list, value)
}
