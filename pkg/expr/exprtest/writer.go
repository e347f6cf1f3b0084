package exprtest

import (
	"math/rand/v2"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/playbook"
)

// Writer writes random expressions of a scope: mostly what people write, at times anything that the language allows. Nearly all of them
// compile; what does not is left to the one who asks.
type Writer struct {
	dice
	book  *playbook.Book
	vars  []variable
	names []string // that no element may have
	loops int      // how many macros may still be within each other
	crowd string   // an entity to speak of rather than of others; "" for none
	tame  bool     // only what people write often
	odds  map[typ][]odds
}

// variable is a name that stands for a value.
type variable struct {
	name string
	t    typ
}

// NewWriter makes a writer. loops is how many macros may be within each other: they multiply what evaluating costs.
func NewWriter(r *rand.Rand, b *playbook.Book, s expr.Scope, loops int) *Writer {
	w := &Writer{dice: dice{Rand: r, odd: []float64{0.02, 0.1, 0.4}[r.IntN(3)]}, book: b, loops: loops, names: s.Names(), odds: map[typ][]odds{}, tame: r.IntN(2) == 0}
	w.vars = append(w.vars, variable{s.Self, recordOf(s.Self)})
	for _, bound := range s.Bound {
		w.vars = append(w.vars, variable{bound, recordOf(bound)})
	}
	if s.Element.Name != "" {
		w.vars = append(w.vars, variable{s.Element.Name, recordOf(s.Element.Entity)})
	}
	return w
}

// Condition writes a condition.
func (w *Writer) Condition() *Node {
	depth := w.depth()
	if n := w.composed(boolean, depth); n != nil && w.chance(0.97) {
		return n
	}
	return w.write(boolean, depth)
}

// Records writes a list of records, or one record.
func (w *Writer) Records() *Node {
	e := w.reachable()
	if e == "" || w.chance(0.1) {
		return w.write(recordOf(pick(w.dice, w.reach(true)).entity), 2)
	}
	return w.write(listOf(recordOf(e)), 1+w.depth())
}

// depth draws how deep an expression goes: most are shallow.
func (w *Writer) depth() int { return []int{1, 1, 2, 2, 2, 3, 3, 4, 5}[w.IntN(9)] }

// write writes an expression of a type.
func (w *Writer) write(t typ, depth int) *Node {
	if depth > 0 && w.chance(0.85) {
		if n := w.composed(t, depth); n != nil {
			return n
		}
	}
	if t == boolean && w.chance(0.6) {
		return w.compared(0)
	}
	return w.leaf(t)
}

// leaf writes an expression without parts: mostly a field.
func (w *Writer) leaf(t typ) *Node {
	if e := t.entity(); e != "" {
		if n := w.record(e); n != nil {
			return n
		}
		return form(t, primary, "list[i]", hole+"[0]", w.leaf(listOf(t)))
	}
	if e := t.elem().entity(); e != "" && t.isList() {
		return w.leafRecords(t, e)
	}
	if n := w.element(t); n != nil {
		return n
	}
	if w.chance(0.85) {
		if n := w.field(t); n != nil {
			return n
		}
	}
	if w.chance(0.4) {
		if n := w.variable(t); n != nil {
			return n
		}
	}
	if t == boolean && w.chance(0.8) {
		return w.has()
	}
	return w.literal(t, string(t))
}

// leafRecords writes a list of records of an entity.
func (w *Writer) leafRecords(t typ, entity string) *Node {
	if n := w.children(entity); n != nil {
		return n
	}
	if n := w.record(entity); n != nil {
		return form(t, primary, "[…]", "[§]", n)
	}
	// A record from which one can get there by several steps.
	for _, e := range w.book.Entities {
		for _, c := range below(w.book, e.Name) {
			if c.entity == entity && (w.record(e.Name) != nil || w.children(e.Name) != nil) {
				return form(t, primary, "list.map, flatten", "§.map(z, z."+c.plural+").flatten()", w.leaf(listOf(recordOf(e.Name))))
			}
		}
	}
	return form(t, primary, "list[i]", "[§]", form(recordOf(entity), primary, "self", w.vars[0].name)) // does not compile; seldom
}

// element gives a variable of a macro that has the type; often, as macros are about their elements.
func (w *Writer) element(t typ) *Node {
	var own []variable
	for _, v := range w.vars {
		if v.t == t {
			own = append(own, v)
		}
	}
	if len(own) == 0 || w.chance(0.3) {
		return nil
	}
	return form(t, primary, "element", own[len(own)-1-w.IntN(min(2, len(own)))].name)
}

// variable gives a variable of the playbook.
func (w *Writer) variable(t typ) *Node {
	var own []string
	for _, v := range w.book.Variables {
		if fieldType(v.Type) == t {
			own = append(own, v.Name)
		}
	}
	if len(own) == 0 {
		return nil
	}
	return form(t, primary, "vars", "vars."+pick(w.dice, own))
}

// reached is a record that an expression can speak of, and how.
type reached struct{ entity, text, name string }

// reach gives the records that variables stand for and, if far, those above them; the latest variable twice.
func (w *Writer) reach(far bool) []reached {
	var out []reached
	for i, v := range w.vars {
		e := v.t.entity()
		if e == "" {
			continue
		}
		out = append(out, reached{e, v.name, "record"})
		if i == len(w.vars)-1 {
			out = append(out, reached{e, v.name, "record"}, reached{e, v.name, "record"})
		}
		if far {
			out = append(out, w.above(e, v.name, 2)...)
		}
	}
	return out
}

func (w *Writer) above(entity, text string, levels int) []reached {
	var out []reached
	for _, p := range w.book.Entity(entity).Parents {
		r := reached{p.Entity, text + "." + p.Entity, "parent"}
		if out = append(out, r); levels > 1 {
			out = append(out, w.above(r.entity, r.text, levels-1)...)
		}
	}
	return out
}

// record gives a record of an entity; nil if none can be reached.
func (w *Writer) record(entity string) *Node {
	var all []reached
	for _, r := range w.reach(true) {
		if r.entity == entity {
			all = append(all, r)
		}
	}
	if len(all) == 0 {
		return nil
	}
	r := pick(w.dice, all)
	return form(recordOf(entity), primary, r.name, r.text)
}

// children gives the children of an entity of a record; nil if there is none to be reached.
func (w *Writer) children(entity string) *Node {
	var all []*Node
	for _, r := range w.reach(w.chance(0.2)) {
		for _, c := range below(w.book, r.entity) {
			if c.entity == entity {
				all = append(all, form(listOf(recordOf(entity)), primary, "children", r.text+"."+c.plural))
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return pick(w.dice, all)
}

// field gives a field of a type of a record; nil if no record has one.
func (w *Writer) field(t typ) *Node {
	var all []*Node
	for _, r := range w.reach(w.chance(0.2)) {
		for _, f := range w.book.Entity(r.entity).Fields {
			if fieldType(f.Type) == t {
				n := form(t, primary, "field", r.text+"."+f.Name)
				if r.name == "parent" {
					n.name = "field of a parent"
				}
				n.place = r.entity + "." + f.Name
				all = append(all, n)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return pick(w.dice, all)
}

// newName gives a name for a macro's elements; seldom that of an outer macro's.
func (w *Writer) newName() string {
	for {
		name := pick(w.dice, []string{"x", "p", "a", "o", "v", "y", "i", "k", "e"})
		taken := slices.ContainsFunc(w.vars, func(v variable) bool { return v.name == name })
		if !slices.Contains(w.names, name) && (!taken || w.chance(0.05)) {
			return name
		}
	}
}

// within lets inner write what a macro does with an element of a type.
func (w *Writer) within(name string, t typ, inner func() *Node) *Node {
	vars := w.vars
	w.vars, w.loops = append(slices.Clone(vars), variable{name, t}), w.loops-1
	defer func() { w.vars, w.loops = vars, w.loops+1 }()
	return inner()
}
