package vector

import "github.com/playctl/playctl/pkg/expr"

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
	inner := &binder{engine: b.engine, program: b.program, tables: b.tables, elements: b.elements, over: b.over, leaf: leaf.found.Key, dict: dict, slots: b.slots}
	test, err := inner.kernel(n)
	if err != nil { // as a whole it has no kernel; its parts may have
		return part{}, false, nil
	}
	k := &distinct{codes: codes, test: test, dict: dict, slot: b.slots, direct: 2*len(dict) > rows}
	b.slots = inner.slots + 1
	k.slot = b.slots - 1
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
		for _, v := range bound {
			if v == n.Var {
				return
			}
		}
		l.several = true
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
