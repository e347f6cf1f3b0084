package expr

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
)

// Node is a checked expression in a small typed form, for engines other than cel-go. It is what the macros stand for rather than what they
// make of it, with constants folded: a part that speaks of no record is one node. Nodes are made once per program and never change.
type Node struct {
	Op    Op
	Shape Shape
	Name  string // of a field, a parent, children, a function or an operator
	Var   int    // of OpRecord, OpElement: the variable; of loops: the one that they bind
	// Args are, by Op, what the node is made of:
	//
	//	OpField, OpParent, OpChildren   the record
	//	OpHas                           what may be there: an OpField, an OpParent, OpChildren, or a map's value (an OpCall of [Index])
	//	OpDefault                       the value, the default, and what must be known for either; nil for nothing
	//	OpCall                          the target first, and the arguments
	//	loops                           the list, the condition and the value, nil where there is none
	Args []*Node
	// Free are the variables that the node speaks of, ascending: 0 is the program's record, others are bound by loops around it.
	Free []int
	// Key is the same for nodes that mean the same, also of other programs of the same entity.
	Key string

	expr  ast.Expr
	of    *Program
	names []string // of Free, as the expression calls them

	plan    sync.Once
	planned cel.Program
	failed  error
}

// Op is what a node does.
type Op uint8

// What nodes do.
const (
	OpOther     Op = iota // what has no form here; cel-go evaluates it
	OpConst               // speaks of no record: the same for all of them
	OpRecord              // the record that Var stands for
	OpElement             // the value that Var stands for
	OpField               // a field of a record
	OpParent              // a parent of a record
	OpChildren            // a record's children
	OpHas                 // whether something is there
	OpDefault             // a value, or else a default
	OpCall                // an operator or a function
	OpExists              // list.exists(x, condition)
	OpAll                 // list.all(x, condition)
	OpExistsOne           // list.exists_one(x, condition)
	OpFilter              // list.filter(x, condition)
	OpMap                 // list.map(x, value), list.map(x, condition, value)
)

// Kind is the kind of a node's values.
type Kind uint8

// The kinds of values.
const (
	KindOther Kind = iota // engines leave it to cel-go
	KindBool
	KindInt
	KindDouble
	KindString
	KindTime
	KindDuration
	KindRecord
	KindList
	KindMap
)

// Shape is the type of a node's values.
type Shape struct {
	Kind   Kind
	Entity string // of a record
	Elem   *Shape // of a list's elements and a map's values
}

// Scalar reports whether values are single ones: no records, lists or maps.
func (s Shape) Scalar() bool { return s.Kind >= KindBool && s.Kind <= KindDuration }

func shapeOf(t *cel.Type) Shape {
	switch {
	case t == nil:
		return Shape{}
	case t.IsExactType(cel.BoolType):
		return Shape{Kind: KindBool}
	case t.IsExactType(cel.IntType):
		return Shape{Kind: KindInt}
	case t.IsExactType(cel.DoubleType):
		return Shape{Kind: KindDouble}
	case t.IsExactType(cel.StringType):
		return Shape{Kind: KindString}
	case t.IsExactType(cel.TimestampType):
		return Shape{Kind: KindTime}
	case t.IsExactType(cel.DurationType):
		return Shape{Kind: KindDuration}
	case t.Kind() == cel.ListKind:
		elem := shapeOf(t.Parameters()[0])
		return Shape{Kind: KindList, Elem: &elem}
	case t.Kind() == cel.MapKind:
		value := shapeOf(t.Parameters()[1])
		return Shape{Kind: KindMap, Elem: &value}
	case entityOf(t) != "":
		return Shape{Kind: KindRecord, Entity: entityOf(t)}
	}
	return Shape{}
}

// Node gives the program's typed form, made once.
func (p *Program) Node() *Node {
	p.once.Do(func() { p.node, p.elsewhere = lower(p) })
	return p.node
}

// OfRecord reports whether the program speaks of nothing but its entity's record and what hangs on it: not of a member, its steps or
// further records. Only then it can be evaluated for every row of a table.
func (p *Program) OfRecord() bool {
	p.Node()
	return p.Scope.Self != "" && !p.elsewhere
}

// Node gives the list's records for which the condition holds: a filter of the list's node. It is made at each call.
func (e *Each) Node() *Node {
	list := e.List.Node()
	if e.When == nil {
		return list
	}
	l := newLowering(e.When)
	variable := l.bind(e.When.Scope.Element.Name, false)
	when := l.lower(e.When.ast.NativeRep().Expr())
	out := &Node{Op: OpFilter, Shape: list.Shape, Var: variable, Args: []*Node{list, when, nil}, of: e.List}
	return out.finish()
}

// Text gives the node as it is written, on one line.
func (n *Node) Text() string {
	if n.expr == nil {
		return n.Name
	}
	return newReading(n.of.Source, n.of.Scope, n.of.ast.NativeRep()).text(n.expr)
}

// finish fills in what follows from the parts.
func (n *Node) finish() *Node {
	var key strings.Builder
	key.WriteString(strconv.Itoa(int(n.Op)) + ":" + n.Name)
	if n.Op == OpRecord || n.Op == OpElement {
		n.Free = []int{n.Var}
		key.WriteString("#" + strconv.Itoa(n.Var))
	}
	key.WriteByte('(')
	for i, a := range n.Args {
		if i > 0 {
			key.WriteByte(',')
		}
		if a == nil {
			continue
		}
		key.WriteString(a.Key)
		n.Free = append(n.Free, a.Free...)
	}
	key.WriteByte(')')
	slices.Sort(n.Free)
	n.Free = slices.Compact(n.Free)
	if n.binds() {
		key.WriteString("#" + strconv.Itoa(n.Var))
		n.Free = slices.DeleteFunc(n.Free, func(v int) bool { return v == n.Var })
	}
	n.Key = key.String()
	return n
}

// binds reports whether the node is a loop.
func (n *Node) binds() bool { return n.Op >= OpExists }
