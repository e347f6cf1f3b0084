package exprtest

import "slices"

// odds is a way to write an expression and how often it is taken.
type odds struct {
	weight int
	write  func(depth int) *Node
}

// composed writes an expression of a type in one of the ways that there are for it; nil if there is none.
func (w *Writer) composed(t typ, depth int) *Node {
	ways, known := w.odds[t]
	if !known {
		ways = w.ways(t)
		w.odds[t] = ways
	}
	total := 0
	for _, o := range ways {
		total += o.weight
	}
	if total == 0 {
		return nil
	}
	for range 5 { // some ways are none at times: without loops left, without such a record
		n := w.IntN(total)
		for _, o := range ways {
			if n -= o.weight; n < 0 {
				if node := o.write(depth); node != nil {
					return node
				}
				break
			}
		}
	}
	return nil
}

// ways gives the ways to write a type.
func (w *Writer) ways(t typ) []odds {
	var out []odds
	add := func(weight int, write func(depth int) *Node) { out = append(out, odds{weight, write}) }
	addAll := func(list []simple, elem typ) {
		for _, f := range list {
			if w.tame && f.weight == 1 {
				continue
			}
			add(f.weight, func(depth int) *Node { return w.simple(f, t, elem, depth) })
		}
	}
	if e := t.entity(); e != "" {
		add(1, func(depth int) *Node {
			return form(t, primary, "list[i]", "§[§]", w.write(listOf(t), depth-1), w.special("small"))
		})
		add(3, func(int) *Node { return w.record(e) })
		return out
	}
	if e := t.elem().entity(); e != "" {
		w.recordWays(t, e, add)
		return out
	}
	addAll(simples[t], t)
	if t != span && t.elem() == "" {
		addAll(simples["T"], t)
		add(4, func(int) *Node { return w.optionalField(t) })
		add(2, func(depth int) *Node { return w.distant(t, depth) })
	}
	switch {
	case t == boolean:
		w.conditionWays(add)
		addAll(simples["any"], t)
	case t == integer:
		w.countWays(add)
	case t == text:
		add(2, func(int) *Node { return w.stage() })
	case t.isList():
		addAll(simples[listOf("T")], t.elem())
		w.listWays(t, add)
	case t.isMap():
		addAll(simples[mapOf("T")], t.elem())
	}
	return out
}

// optionalField writes a field with a value in its place where it is missing, also of a parent that may be missing.
func (w *Writer) optionalField(t typ) *Node {
	var all []*Node
	for _, r := range w.reach(false) {
		for _, f := range w.book.Entity(r.entity).Fields {
			if fieldType(f.Type) == t {
				all = append(all, form(t, primary, ".?field.orValue", r.text+".?"+f.Name+".orValue(§)", w.literal(t, r.entity+"."+f.Name)))
			}
		}
		for _, p := range w.book.Entity(r.entity).Parents {
			for _, f := range w.book.Entity(p.Entity).Fields {
				if fieldType(f.Type) == t && w.chance(0.3) {
					all = append(all, form(t, primary, ".?parent.?field.orValue", r.text+".?"+p.Entity+".?"+f.Name+".orValue(§)", w.literal(t, p.Entity+"."+f.Name)))
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return pick(w.dice, all)
}

// distant writes a field of a record of a list: account.people[0].title.
func (w *Writer) distant(t typ, depth int) *Node {
	e := w.reachable()
	if e == "" {
		return nil
	}
	for _, f := range w.book.Entity(e).Fields {
		if fieldType(f.Type) == t && w.chance(0.6) {
			list := w.write(listOf(recordOf(e)), depth-1)
			if w.chance(0.3) {
				return form(t, primary, "list[?i].?field", "§[?§].?"+f.Name+".orValue(§)", list, w.special("small"), w.literal(t, e+"."+f.Name))
			}
			return form(t, primary, "list[i].field", "§[§]."+f.Name, list, w.special("small"))
		}
	}
	return nil
}

// reachable gives an entity of which there are children within reach; "" for none.
func (w *Writer) reachable() string {
	var all []string
	for _, r := range w.reach(w.chance(0.2)) {
		for _, c := range below(w.book, r.entity) {
			all = append(all, c.entity)
		}
	}
	switch {
	case len(all) == 0:
		return ""
	case slices.Contains(all, w.crowd) && w.chance(0.7):
		return w.crowd
	}
	return pick(w.dice, all)
}
