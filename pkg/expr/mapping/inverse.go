package mapping

import (
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	celtypes "github.com/google/cel-go/common/types"

	"github.com/playctl/playctl/pkg/playbook"
)

// Placed is a value at a place: json.paging.next.after is Root "json" and Steps "paging", "next", "after".
type Placed struct {
	Root  string
	Steps []any // string: a field of an object; int: an element of a list
	Value any
	// Weak says that the value is one of many that would do, so that another one at the same place comes before it.
	Weak bool
}

// Inverse gives what must stand where so that the program gives a value; known are the variables that have a value already. ok is false where that
// can't be told: of expressions that are more than places, constants, comparisons of those, and choices among them.
func (p *Program) Inverse(value any, known Values) (placed []Placed, ok bool) {
	i := inversion{known: known}
	ok = i.expr(p.tree, value)
	return i.placed, ok
}

// other is a value that is none of those that anybody compares with.
const other = "OTHER"

type inversion struct {
	known  Values
	placed []Placed
}

// try keeps what was placed only if all of it could be.
func (i *inversion) try(f func() bool) bool {
	kept := len(i.placed)
	if f() {
		return true
	}
	i.placed = i.placed[:kept]
	return false
}

func (i *inversion) expr(e ast.Expr, value any) bool {
	if root, steps, ok := i.place(e); ok {
		i.placed = append(i.placed, Placed{Root: root, Steps: steps, Value: value})
		return true
	}
	if i.try(func() bool { return i.found(e, value) }) {
		return true
	}
	switch e.Kind() {
	case ast.LiteralKind:
		literal, err := plain(e.AsLiteral())
		return err == nil && literal == value
	case ast.SelectKind: // has(x.y)
		return e.AsSelect().IsTestOnly() && i.has(e, value)
	case ast.MapKind:
		return i.object(e.AsMap(), value)
	case ast.CallKind:
		return i.call(e.AsCall(), value)
	case ast.ListKind:
		return i.list(e.AsList(), value)
	case ast.ComprehensionKind:
		return i.comprehension(e.AsComprehension(), value)
	}
	return false
}

// list is one of as many elements.
func (i *inversion) list(l ast.ListExpr, value any) bool {
	values, ok := value.([]any)
	if !ok || len(values) != l.Size() {
		return false
	}
	for at, e := range l.Elements() {
		if !i.expr(e, values[at]) {
			return false
		}
	}
	return true
}

// constant gives what an expression is that does not depend on what is read.
func (i *inversion) constant(e ast.Expr) (any, bool) {
	switch e.Kind() {
	case ast.LiteralKind:
		value, err := plain(e.AsLiteral())
		return value, err == nil
	case ast.IdentKind:
		value, ok := i.known[e.AsIdent()]
		return value, ok
	case ast.SelectKind:
		if s := e.AsSelect(); s.Operand().Kind() == ast.IdentKind {
			value, ok := i.known[s.Operand().AsIdent()+"."+s.FieldName()]
			return value, ok
		}
	}
	return nil, false
}

// place reads an expression that is nothing but a place.
func (i *inversion) place(e ast.Expr) (root string, steps []any, ok bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return e.AsIdent(), nil, true
	case ast.SelectKind:
		s := e.AsSelect()
		if s.IsTestOnly() {
			return "", nil, false
		}
		root, steps, ok = i.place(s.Operand())
		return root, append(steps[:len(steps):len(steps)], s.FieldName()), ok
	case ast.CallKind:
		c := e.AsCall()
		switch c.FunctionName() {
		case operators.Index, operators.OptIndex, operators.OptSelect:
			root, steps, ok = i.place(c.Args()[0])
			step, known := i.step(c.Args()[1])
			return root, append(steps[:len(steps):len(steps)], step), ok && known
		}
	}
	return "", nil, false
}

// step is the field or element in it.x[field].
func (i *inversion) step(e ast.Expr) (any, bool) {
	value, _ := i.constant(e)
	switch v := value.(type) {
	case string:
		return v, true
	case int64:
		return int(v), v >= 0
	}
	return nil, false
}

// has has a field be there, or not.
func (i *inversion) has(e ast.Expr, value any) bool {
	s := e.AsSelect()
	root, steps, ok := i.place(s.Operand())
	if ok && value == true {
		i.placed = append(i.placed, Placed{Root: root, Steps: append(steps, s.FieldName()), Value: other, Weak: true})
	}
	return ok
}

func (i *inversion) object(m ast.MapExpr, value any) bool {
	values, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for _, entry := range m.Entries() {
		field := entry.AsMapEntry()
		if field.Key().Kind() != ast.LiteralKind {
			return false
		}
		name, _ := plain(field.Key().AsLiteral())
		if v, there := values[playbook.Text(name)]; there && !i.try(func() bool { return i.expr(field.Value(), v) }) {
			return false
		}
	}
	return true
}

func (i *inversion) call(c ast.CallExpr, value any) bool {
	args := c.Args()
	if c.IsMemberFunction() {
		args = append([]ast.Expr{c.Target()}, args...)
	}
	switch c.FunctionName() {
	case operators.Conditional:
		return i.try(func() bool { return i.expr(args[1], value) && i.holds(args[0], true) }) ||
			i.try(func() bool { return i.expr(args[2], value) && i.holds(args[0], false) })
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Equals, operators.NotEquals, operators.In, operators.OldIn,
		operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, "hasValue", "endsWith", "startsWith", "contains":
		truth, ok := value.(bool)
		return ok && i.condition(c.FunctionName(), args, truth)
	case operators.Add:
		return i.sum(args, value)
	case "merge":
		return i.merge(args[0], args[1], value)
	case "pick":
		return i.pick(args, value)
	case "text", "string":
		return i.expr(args[0], number(value))
	case "int", "double", "texts", "orValue", "or", "lower", "lowerAscii", "trim", "timestamp", "optional.of", "optional.ofNonZeroValue", "first", "dyn", "distinct":
		return i.expr(args[0], value)
	case "size":
		n, ok := value.(int64)
		list := make([]any, max(n, 0))
		for at := range list {
			list[at] = map[string]any{}
		}
		return ok && i.expr(args[0], list)
	}
	return false
}

// number gives text as the number that it may have been.
func number(value any) any {
	if text, ok := value.(string); ok && len(text) > 0 && len(text) < 19 && (text[0] != '0' || text == "0") {
		n := int64(0)
		for _, c := range text {
			if c < '0' || c > '9' {
				return value
			}
			n = n*10 + int64(c-'0')
		}
		return n
	}
	return value
}

func (i *inversion) holds(e ast.Expr, truth bool) bool { return i.expr(e, truth) }

func (i *inversion) condition(name string, args []ast.Expr, truth bool) bool {
	switch name {
	case operators.LogicalNot:
		return i.holds(args[0], !truth)
	case operators.LogicalAnd, operators.LogicalOr:
		if truth == (name == operators.LogicalAnd) {
			return i.try(func() bool { return i.holds(args[0], truth) && i.holds(args[1], truth) })
		}
		return i.try(func() bool { return i.holds(args[0], truth) }) || i.try(func() bool { return i.holds(args[1], truth) })
	case operators.Equals:
		return i.equals(args[0], args[1], truth)
	case operators.NotEquals:
		return i.equals(args[0], args[1], !truth)
	case operators.In, operators.OldIn:
		return i.among(args[0], args[1], truth)
	case "hasValue":
		return !truth || i.expr(args[0], other)
	case "endsWith", "startsWith", "contains":
		return i.equals(args[0], args[1], truth)
	}
	return i.compare(name, args, truth)
}

// equals has two be the same, or not; one of them is a constant.
func (i *inversion) equals(a, b ast.Expr, truth bool) bool {
	value, ok := i.constant(b)
	if !ok {
		a, b = b, a
		if value, ok = i.constant(b); !ok {
			return false
		}
	}
	if truth {
		return i.expr(a, value)
	}
	return i.weakly(a, differs(value))
}

// differs gives a value of the same type that is another.
func differs(value any) any {
	switch v := value.(type) {
	case bool:
		return !v
	case int64:
		return v + 1
	case float64:
		return v + 1
	}
	return other
}

func (i *inversion) weakly(e ast.Expr, value any) bool {
	kept := len(i.placed)
	if !i.expr(e, value) {
		return false
	}
	for at := kept; at < len(i.placed); at++ {
		i.placed[at].Weak = true
	}
	return true
}

// among has a value be in a list, or not.
func (i *inversion) among(a, list ast.Expr, truth bool) bool {
	switch {
	case list.Kind() == ast.ListKind && list.AsList().Size() > 0 && truth:
		return i.equals(a, list.AsList().Elements()[0], true)
	case list.Kind() == ast.ListKind:
		return i.weakly(a, other)
	case a.Kind() == ast.LiteralKind && truth:
		value, _ := plain(a.AsLiteral())
		return i.expr(list, []any{value})
	}
	return !truth
}

// compare has a number be on one side of a constant.
func (i *inversion) compare(name string, args []ast.Expr, truth bool) bool {
	if args[1].Kind() != ast.LiteralKind {
		return false
	}
	limit, ok := args[1].AsLiteral().(celtypes.Int)
	if !ok {
		return false
	}
	by := map[string]int64{operators.Less: -1, operators.LessEquals: 0, operators.Greater: 1, operators.GreaterEquals: 0}[name]
	if !truth {
		by = map[string]int64{operators.Less: 0, operators.LessEquals: 1, operators.Greater: 0, operators.GreaterEquals: -1}[name]
	}
	return i.weakly(args[0], int64(limit)+by)
}
