package vector

import (
	"errors"
	"fmt"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// kernel computes one node for a batch.
type kernel interface {
	eval(w *worker, b *batch) vec
}

// binder makes the kernels of one program over the data of a run.
type binder struct {
	engine  *Engine
	program *expr.Program
	tables  map[int]*frame.Table // of the rows that variables stand for, by variable
	slots   int                  // of the state that workers keep for kernels
	around  int                  // how many times the node around was announced whose values are kept
	slow    []Slow
	// elements are the values that loops' variables stand for while loops over lists that are written out are unrolled.
	elements map[int]any
	copies   int          // of the loops' bodies that are made so
	over     map[int]over // what loops go over whose variables stand for values
	// leaf is the key of the text column that stands for its distinct values; "" for none.
	leaf string
	dict []string
}

// over is a list of values, or a map, that a loop goes over.
type over struct {
	list  *expr.Node
	elems *column
}

// errNone is why a node has no kernel.
type errNone struct{ why string }

// Error gives the reason.
func (e *errNone) Error() string { return e.why }

// lacking is why something has no kernel.
func lacking(format string, args ...any) error { return &errNone{fmt.Sprintf(format, args...)} }

func none(format string, args ...any) (part, error) { return part{}, lacking(format, args...) }

// bind makes the kernel of a node. Where there is none, cel-go evaluates it if it is a single value; else the node around it.
func (b *binder) bind(n *expr.Node) (part, error) {
	slow := b.slow
	p, err := b.shared(n)
	if err == nil {
		return p, nil
	}
	b.slow = slow // its parts are evaluated with it
	var why *errNone
	if !errors.As(err, &why) || !b.evaluable(n) {
		return p, err
	}
	return b.reference(n, why.why)
}

// kernel makes the kernel of a node, of which nothing else is known.
func (b *binder) kernel(n *expr.Node) (part, error) {
	if n.Key == b.leaf && b.leaf != "" {
		return part{&distinctValue{b.dict}, 1}, nil
	}
	if p, ok, err := b.distinct(n); ok || err != nil {
		return p, err
	}
	switch n.Op {
	case expr.OpConst:
		return b.constant(n)
	case expr.OpRecord:
		return part{&variable{n.Var}, 0}, nil
	case expr.OpElement:
		return b.element(n)
	case expr.OpField:
		return b.field(n)
	case expr.OpParent:
		return b.parent(n)
	case expr.OpChildren:
		return b.children(n)
	case expr.OpHas:
		return b.has(n)
	case expr.OpDefault:
		return b.orDefault(n)
	case expr.OpCall:
		f := b.engine.functions[n.Name]
		if f.bind == nil {
			return none("%s has no kernel", n.Name)
		}
		return f.bind(b, n)
	case expr.OpExists, expr.OpAll, expr.OpExistsOne, expr.OpFilter, expr.OpMap:
		return b.loop(n)
	}
	return none("it has no form of its own")
}

// args makes the kernels of a node's arguments.
func (b *binder) args(n *expr.Node) ([]part, float64, error) {
	parts, cost := make([]part, len(n.Args)), 0.0
	for i, a := range n.Args {
		p, err := b.bind(a)
		if err != nil {
			return nil, 0, err
		}
		parts[i] = p
		cost += p.cost
	}
	return parts, cost, nil
}

// tableOf gives the table of the records that a node yields, or of those in the list that it yields.
func (b *binder) tableOf(n *expr.Node) *frame.Table {
	if n.Shape.Kind == expr.KindList && n.Shape.Elem != nil {
		return b.engine.data.Frame.Table(n.Shape.Elem.Entity)
	}
	return b.engine.data.Frame.Table(n.Shape.Entity)
}

// What a look-up costs, in nanoseconds, roughly.
const (
	loading  = 1.0
	visiting = 8.0 // another record
	finding  = 6.0 // a key
)
