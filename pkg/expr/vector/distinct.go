package vector

import (
	"slices"

	"github.com/playctl/playctl/pkg/expr"
)

// distinct is a condition on one text column, evaluated once per distinct value. Where nearly all values differ it is evaluated for each place.
type distinct struct {
	codes  kernel   // the column's codes
	test   kernel   // the condition, over batches whose variable 0 stands for codes
	dict   []string // that they are codes of
	slot   int
	direct bool // nearly all values differ
}

// noCode stands for a missing value in batches of codes.
const noCode = ^uint32(0)

// What is known of a distinct value: bit 0 is set where the condition holds, bit 1 where it is unknown.
const (
	isUnknown = 2
	unasked   = 4
	asked     = 5
)

// answers are what one worker found out about the distinct values.
type answers struct {
	of      []uint8 // by code
	missing uint8
	left    int // how many are unasked
}

func (k *distinct) eval(w *worker, b *batch) vec {
	v := k.codes.eval(w, b)
	if k.direct {
		return k.test.eval(w, &batch{n: b.n, vars: []rows{{list: k.withMissing(w, v)}}})
	}
	found := k.answers(w)
	if found.left > 0 {
		k.ask(w, found, k.unasked(w, found, v))
	}
	out := vec{n: b.n, truth: w.words.take(wordsFor(b.n)), unknown: w.words.take(wordsFor(b.n))}
	for word := range out.truth {
		var t, u uint64
		part := v.codes[word<<6 : min(word<<6+64, b.n)]
		for _, code := range part {
			a := uint64(found.of[code])
			t, u = t>>1|a<<63, u>>1|a>>1<<63
		}
		out.truth[word], out.unknown[word] = t>>(64-len(part)), u>>(64-len(part))
	}
	k.setMissing(found.missing, v, &out)
	return out
}

// setMissing gives the answer for a missing value where there is none.
func (k *distinct) setMissing(answer uint8, v vec, out *vec) {
	if v.known == nil {
		return
	}
	var t, u uint64
	if answer&1 != 0 {
		t = ^t
	}
	if answer&isUnknown != 0 {
		u = ^u
	}
	for i, known := range v.known {
		out.truth[i] = out.truth[i]&known | t&^known
		out.unknown[i] = out.unknown[i]&known | u&^known
	}
	clip(out.truth, out.n)
	clip(out.unknown, out.n)
}

// withMissing gives codes with those of places without a value marked.
func (k *distinct) withMissing(w *worker, v vec) []uint32 {
	if v.known == nil {
		return v.codes[:v.n]
	}
	out := w.codes.take(v.n)
	for i, code := range v.codes[:v.n] {
		if out[i] = code; !v.isKnown(i) {
			out[i] = noCode
		}
	}
	return out
}

// answers gives what the worker knows. Of few values all are asked at once.
func (k *distinct) answers(w *worker) *answers {
	if found, ok := w.slots[k.slot].(*answers); ok {
		return found
	}
	found := &answers{of: slices.Repeat([]uint8{unasked}, len(k.dict)), left: len(k.dict)}
	w.slots[k.slot] = found
	missing := k.test.eval(w, &batch{n: 1, vars: []rows{{list: []uint32{noCode}}}})
	found.missing = answer(missing, 0)
	if len(k.dict) <= block {
		all := w.codes.take(len(k.dict))
		for i := range all {
			all[i] = uint32(i)
		}
		k.ask(w, found, all)
	}
	return found
}

// unasked gives the codes of places that were not asked yet, each once; also of places without a value, of which the answer is put right later.
func (k *distinct) unasked(w *worker, found *answers, v vec) []uint32 {
	out := w.codes.take(v.n)[:0]
	for _, code := range v.codes[:v.n] {
		if found.of[code] == unasked {
			found.of[code] = asked
			out = append(out, code)
		}
	}
	return out
}

// ask evaluates the condition for codes.
func (k *distinct) ask(w *worker, found *answers, codes []uint32) {
	if len(codes) == 0 {
		return
	}
	m := w.mark()
	v := k.test.eval(w, &batch{n: len(codes), vars: []rows{{list: codes}}})
	for i, code := range codes {
		found.of[code] = answer(v, i)
	}
	found.left -= len(codes)
	w.back(m)
}

func answer(v vec, i int) uint8 {
	switch {
	case v.isTrue(i):
		return 1
	case v.isUnknown(i):
		return isUnknown
	}
	return 0
}

// distinctValue is the column's value in the condition: the text of the code that variable 0 stands for.
type distinctValue struct{ dict []string }

func (k *distinctValue) eval(w *worker, b *batch) vec {
	out := vec{n: b.n, dict: k.dict, codes: b.vars[0].list} // codes are always listed
	for i, code := range out.codes {
		if code == noCode {
			return k.known(w, out, i)
		}
	}
	return out
}

// known marks the places without a value, of which the first is given.
func (k *distinctValue) known(w *worker, v vec, first int) vec {
	codes := w.codes.take(v.n)
	copy(codes, v.codes)
	v.known = w.ones(v.n)
	for i := first; i < v.n; i++ {
		if codes[i] == noCode {
			codes[i] = 0
			v.known[i>>6] &^= 1 << (i & 63)
		}
	}
	v.codes = codes
	return v
}

// distinct makes the kernel of a condition on one text column, to be evaluated once per distinct value. Not ok if the node is something else.
func (b *binder) distinct(n *expr.Node) (part, bool, error) {
	if n.Shape.Kind != expr.KindBool || b.leaf != "" || n.Op == expr.OpHas || n.Op == expr.OpConst {
		return part{}, false, nil
	}
	leaf := &leaves{}
	if leaf.visit(n, nil); leaf.several || leaf.found == nil {
		return part{}, false, nil
	}
	codes, err := b.kernel(leaf.found)
	if err != nil {
		return part{}, false, nil
	}
	dict, rows := b.dictOf(leaf.found)
	if dict == nil {
		return part{}, false, nil
	}
	inner := &binder{engine: b.engine, program: b.program, tables: b.tables, elements: b.elements, copies: b.copies, over: b.over, leaf: leaf.found.Key, dict: dict, slots: b.slots}
	test, err := inner.kernel(n)
	if err != nil { // as a whole it has no kernel; its parts may have
		return part{}, false, nil
	}
	k := &distinct{codes: codes, test: test, dict: dict, slot: inner.slots, direct: 2*len(dict) > rows}
	b.slots = inner.slots + 1
	cost := codes.cost + 1.5
	if k.direct {
		cost = codes.cost + test.cost
	}
	return part{k, cost}, true, nil
}

// dictOf gives the distinct values of a text column, and how many rows its table has; nil if there is none.
func (b *binder) dictOf(n *expr.Node) ([]string, int) {
	if n.Op == expr.OpField {
		t := b.tableOf(n.Args[0])
		dict := t.Column(n.Name).Dict.Values
		if len(dict) == 0 {
			dict = noTexts
		}
		return dict, t.Rows
	}
	name, _ := b.value(n.Args[0])
	model, _ := name.(string)
	if staged := b.engine.data.Stages[model]; staged != nil {
		return append([]string{""}, staged.Names...), len(staged.At)
	}
	return nil, 0
}

// leaves looks for the one text column that an expression speaks of.
type leaves struct {
	found   *expr.Node
	several bool // or something else is spoken of
}

// visit looks at a node; bound are the variables of loops around it, within the expression.
func (l *leaves) visit(n *expr.Node, bound []int) {
	switch {
	case n == nil || n.Op == expr.OpConst:
		return
	case isText(n):
		if l.found != nil && l.found.Key != n.Key {
			l.several = true
		}
		l.found = n
		return
	case n.Op == expr.OpRecord || n.Op == expr.OpField || n.Op == expr.OpOther:
		l.several = true
		return
	case (n.Op == expr.OpHas || n.Op == expr.OpDefault) && !ofVariable(n.Args[0]):
		l.several = true // that there is no record is another answer than that it has no value
		return
	case n.Op == expr.OpElement:
		l.several = l.several || !slices.Contains(bound, n.Var)
		return
	case n.Op >= expr.OpExists:
		bound = append(bound[:len(bound):len(bound)], n.Var)
	}
	for _, a := range n.Args {
		l.visit(a, bound)
	}
}

// isText reports whether a node is a text column: a field, or the stage of a model.
func isText(n *expr.Node) bool {
	if n.Shape.Kind != expr.KindString {
		return false
	}
	return n.Op == expr.OpField || n.Op == expr.OpCall && n.Name == "stage"
}

// ofVariable reports whether a field is one of a record that is surely there.
func ofVariable(n *expr.Node) bool { return n.Op == expr.OpField && n.Args[0].Op == expr.OpRecord }
