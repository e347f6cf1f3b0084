package expr

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
)

// The operators that engines must know by name; functions go by the names that authors write.
const (
	And, Or, Not            = operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot
	Choose                  = operators.Conditional
	Equals, NotEquals, In   = operators.Equals, operators.NotEquals, operators.In
	Less, LessEquals        = operators.Less, operators.LessEquals
	Greater, GreaterEquals  = operators.Greater, operators.GreaterEquals
	Add, Subtract, Multiply = operators.Add, operators.Subtract, operators.Multiply
	Divide, Modulo, Negate  = operators.Divide, operators.Modulo, operators.Negate
	Index                   = operators.Index
	optionalOr              = "orValue"
)

// lowering makes the nodes of one program.
type lowering struct {
	program *Program
	tree    *ast.AST
	// bound are the names that stand for variables, the innermost last: several may have the same name.
	bound []boundName
	// elsewhere says that something is spoken of that does not hang on the program's record.
	elsewhere bool
}

// boundName is a name that stands for a variable: 0 is the program's record, others are numbered by how deep their loops are nested, so that
// what means the same has the same numbers in every program.
type boundName struct {
	name     string
	variable int
	element  bool // it stands for a value, not for a record
}

func newLowering(p *Program) *lowering {
	l := &lowering{program: p, tree: p.ast.NativeRep()}
	if p.Scope.Self != "" {
		l.bound = append(l.bound, boundName{name: p.Scope.Self})
	}
	return l
}

// lower makes the node of a program, and tells whether it speaks of what does not hang on the program's record. An [Element] is the variable 1.
func lower(p *Program) (n *Node, elsewhere bool) {
	l := newLowering(p)
	if name := p.Scope.Element.Name; name != "" {
		l.bind(name, false)
	}
	n = l.lower(l.tree.Expr())
	return n, l.elsewhere
}

// bind makes a variable of a name and gives its number.
func (l *lowering) bind(name string, element bool) int {
	depth := 1
	if len(l.bound) > 0 {
		depth = l.bound[len(l.bound)-1].variable + 1
	}
	l.bound = append(l.bound, boundName{name, depth, element})
	return depth
}

// lower makes the node of an expression, folding what speaks of no record.
func (l *lowering) lower(x ast.Expr) *Node {
	n := l.node(x)
	n.expr, n.of = x, l.program
	if n.Shape.Kind == KindOther {
		n.Shape = shapeOf(l.tree.GetType(x.ID()))
	}
	if n.Op == OpOther {
		n.Free, n.names = l.freeOf(x)
		n.Key = "other:" + fmt.Sprintf("%p:%d", l.program, x.ID())
	} else {
		n.finish()
		n.names = l.namesOf(n.Free)
	}
	// What has no form may speak of anything beside the record; what has one is made of parts that were looked at.
	foreign := (n.Op == OpOther || len(n.Free) == 0) && l.foreign(x)
	if len(n.Free) == 0 && !foreign {
		return &Node{Op: OpConst, Shape: n.Shape, Key: "const:" + l.constantKey(x), expr: x, of: l.program}
	}
	return n
}

// constantKey gives the same text for constants that are written the same; that their names mean the same everywhere is so, because none
// of them is bound.
func (l *lowering) constantKey(x ast.Expr) string {
	if text, err := cel.ExprToString(x, l.tree.SourceInfo()); err == nil {
		return strconv.Quote(text)
	}
	return fmt.Sprintf("%p:%d", l.program, x.ID())
}

// node makes the node of an expression but for what all nodes have.
func (l *lowering) node(x ast.Expr) *Node {
	switch x.Kind() {
	case ast.IdentKind:
		return l.ident(x.AsIdent())
	case ast.SelectKind:
		return l.selection(x.AsSelect().Operand(), x.AsSelect().FieldName(), x.AsSelect().IsTestOnly())
	case ast.CallKind:
		return l.call(x)
	case ast.ComprehensionKind:
		return l.loop(x.AsComprehension())
	}
	return &Node{Op: OpOther}
}

func (l *lowering) ident(name string) *Node {
	for _, b := range slices.Backward(l.bound) {
		if b.name == name {
			if b.element {
				return &Node{Op: OpElement, Var: b.variable}
			}
			return &Node{Op: OpRecord, Var: b.variable}
		}
	}
	return &Node{Op: OpOther}
}

// selection makes the node of operand.name, or of has(operand.name).
func (l *lowering) selection(operand ast.Expr, name string, test bool) *Node {
	out := l.selected(l.lower(operand), name)
	if test && out.Op != OpOther {
		return &Node{Op: OpHas, Shape: Shape{Kind: KindBool}, Args: []*Node{out.finish()}}
	}
	return out
}

// selected makes the node of a record's field, parent or children, or of a map's value.
func (l *lowering) selected(of *Node, name string) *Node {
	switch of.Shape.Kind {
	case KindMap:
		key := &Node{Op: OpConst, Shape: Shape{Kind: KindString}, Name: name, Key: "const:" + strconv.Quote(strconv.Quote(name)), of: l.program}
		return &Node{Op: OpCall, Name: Index, Shape: *of.Shape.Elem, Args: []*Node{of, key}}
	case KindRecord:
		if of.Op != OpConst && of.Op != OpOther {
			return l.ofRecord(of, name)
		}
	}
	return &Node{Op: OpOther}
}

func (l *lowering) ofRecord(of *Node, name string) *Node {
	e := l.program.types.book.Entity(of.Shape.Entity)
	if f := e.Field(name); f != nil && !f.Unread {
		return &Node{Op: OpField, Name: name, Shape: shapeOf(celType(f.Type)), Args: []*Node{of}}
	}
	for _, p := range e.Parents {
		if p.Entity == name {
			return &Node{Op: OpParent, Name: name, Shape: Shape{Kind: KindRecord, Entity: name}, Args: []*Node{of}}
		}
	}
	for _, child := range l.program.types.book.Entities {
		for _, p := range child.Parents {
			if p.Entity == e.Name && child.Plural == name {
				elem := Shape{Kind: KindRecord, Entity: child.Name}
				return &Node{Op: OpChildren, Name: name, Shape: Shape{Kind: KindList, Elem: &elem}, Args: []*Node{of}}
			}
		}
	}
	return &Node{Op: OpOther}
}

func (l *lowering) call(x ast.Expr) *Node {
	call := x.AsCall()
	if call.FunctionName() == optionalOr && call.IsMemberFunction() {
		return l.orValue(call)
	}
	if isOptSelect(x) {
		return &Node{Op: OpOther} // on its own it is an optional value
	}
	out := &Node{Op: OpCall, Name: call.FunctionName()}
	if out.Name == In && call.Args()[1].Kind() == ast.ListKind && call.Args()[1].AsList().Size() == 0 {
		return out // false whatever the value is, also where it is missing: cel-go looks no further
	}
	if call.IsMemberFunction() {
		out.Args = append(out.Args, l.lower(call.Target()))
	}
	for _, a := range call.Args() {
		out.Args = append(out.Args, l.lower(a))
	}
	return out
}

// orValue makes the node of a.?b.orValue(c), also of a longer path: a.?b.c.
func (l *lowering) orValue(call ast.CallExpr) *Node {
	value, known := l.optional(call.Target())
	if value == nil {
		return &Node{Op: OpOther}
	}
	if known.Op == OpRecord { // a variable stands for a record that is there
		known = nil
	}
	return &Node{Op: OpDefault, Args: []*Node{value, l.lower(call.Args()[0]), known}}
}

// optional makes the node of the value of an optional selection, and of what must be known for it to be there or not; nil if it is not made of
// selections only.
func (l *lowering) optional(x ast.Expr) (value, known *Node) {
	operand, name := selects(x)
	if operand == nil || x.Kind() == ast.SelectKind && x.AsSelect().IsTestOnly() {
		return nil, nil
	}
	var of *Node
	if isOptional(l.tree.GetType(operand.ID())) {
		if of, known = l.optional(operand); of == nil {
			return nil, nil
		}
	} else {
		of = l.lower(operand)
		known = of
	}
	value = l.selected(of, name)
	if value.Op == OpOther || len(of.Free) == 0 {
		return nil, nil
	}
	value.expr, value.of = x, l.program
	value.finish()
	value.names = l.namesOf(value.Free)
	return value, known
}

// loop makes the node of what a macro wrote out: known by the step that it makes for each element.
func (l *lowering) loop(loop ast.ComprehensionExpr) *Node {
	op, condition, value := stepOf(loop)
	if op == OpOther || loop.HasIterVar2() {
		return &Node{Op: OpOther}
	}
	list := l.lower(loop.IterRange())
	isMap := list.Shape.Kind == KindMap // a loop goes over its keys
	if list.Shape.Kind != KindList && !isMap {
		return &Node{Op: OpOther}
	}
	variable := l.bind(loop.IterVar(), isMap || list.Shape.Elem.Kind != KindRecord)
	defer func() { l.bound = l.bound[:len(l.bound)-1] }()
	out := &Node{Op: op, Var: variable, Args: []*Node{list, nil, nil}}
	if condition != nil {
		out.Args[1] = l.lower(condition)
	}
	if value != nil {
		out.Args[2] = l.lower(value)
	}
	return out
}

// stepOf takes a macro's step apart: accu || p, accu && p, p ? accu + 1 : accu, accu + [v], known(p) ? accu + [v] : accu.
func stepOf(loop ast.ComprehensionExpr) (op Op, condition, value ast.Expr) {
	step := loop.LoopStep()
	if step.Kind() != ast.CallKind {
		return OpOther, nil, nil
	}
	args := step.AsCall().Args()
	accu := func(x ast.Expr) bool { return isIdent(x, loop.AccuVar()) }
	switch name := step.AsCall().FunctionName(); {
	case name == operators.LogicalOr && accu(args[0]):
		return OpExists, args[1], nil
	case name == operators.LogicalAnd && accu(args[0]):
		return OpAll, args[1], nil
	case name == operators.Add && accu(args[0]):
		return OpMap, nil, single(args[1])
	case name != operators.Conditional || !accu(args[2]):
		return OpOther, nil, nil
	}
	longer := args[1].AsCall().Args()
	if element := single(longer[1]); element == nil {
		return OpExistsOne, args[0], nil
	} else if known := args[0]; known.Kind() != ast.CallKind || known.AsCall().FunctionName() != knownName {
		return OpOther, nil, nil
	} else if condition = known.AsCall().Args()[0]; isIdent(element, loop.IterVar()) {
		return OpFilter, condition, nil
	} else {
		return OpMap, condition, element
	}
}

// single gives the element of a list that is written out with one; nil for anything else.
func single(x ast.Expr) ast.Expr {
	if x.Kind() != ast.ListKind || x.AsList().Size() != 1 {
		return nil
	}
	return x.AsList().Elements()[0]
}

// freeOf gives the variables that an expression without a form speaks of, and what it calls them.
func (l *lowering) freeOf(x ast.Expr) (free []int, names []string) {
	idents := map[string]bool{}
	for _, n := range ast.MatchDescendants(ast.NavigateExpr(l.tree, x), ast.KindMatcher(ast.IdentKind)) {
		idents[n.AsIdent()] = true
	}
	for i, b := range l.bound {
		hidden := slices.ContainsFunc(l.bound[i+1:], func(o boundName) bool { return o.name == b.name })
		if idents[b.name] && !hidden {
			free, names = append(free, b.variable), append(names, b.name)
		}
	}
	return free, names
}

// namesOf gives what the expression calls variables here.
func (l *lowering) namesOf(free []int) []string {
	names := make([]string, len(free))
	for i, v := range free {
		for _, b := range l.bound {
			if b.variable == v {
				names[i] = b.name
			}
		}
	}
	return names
}

// foreign reports whether an expression speaks of what does not hang on the program's record, and notes it: no loop's variable has such a name.
func (l *lowering) foreign(x ast.Expr) bool {
	scope := l.program.Scope
	found := slices.ContainsFunc(ast.MatchDescendants(ast.NavigateExpr(l.tree, x), ast.KindMatcher(ast.IdentKind)), func(n ast.NavigableExpr) bool {
		name := n.AsIdent()
		return scope.Play != nil && (name == "member" || name == "steps") || slices.Contains(scope.Bound, name)
	})
	l.elsewhere = l.elsewhere || found
	return found
}
