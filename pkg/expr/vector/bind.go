package vector

import (
	"context"
	"errors"
	"fmt"
	"time"

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

func none(format string, args ...any) (part, error) {
	return part{}, &errNone{fmt.Sprintf(format, args...)}
}

// bind makes the kernel of a node. Where there is none, cel-go evaluates it if it is a single value; else the node around it.
func (b *binder) bind(n *expr.Node) (part, error) {
	p, err := b.shared(n)
	var why *errNone
	if err == nil || !errors.As(err, &why) || !b.evaluable(n) {
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

// table gives the table of the records that a node yields, or of those in the list that it yields.
func (b *binder) tableOf(n *expr.Node) *frame.Table {
	if n.Shape.Kind == expr.KindList && n.Shape.Elem != nil {
		return b.engine.data.Frame.Table(n.Shape.Elem.Entity)
	}
	return b.engine.data.Frame.Table(n.Shape.Entity)
}

// value gives the value of a constant; not ok if it is unknown, or differs from record to record.
func (b *binder) value(n *expr.Node) (value any, ok bool) {
	if n.Op == expr.OpElement {
		value, ok = b.elements[n.Var]
		return value, ok
	}
	if n.Op != expr.OpConst {
		return nil, false
	}
	value, err := b.engine.constant(n)
	return value, err == nil
}

// constant makes the kernel of a constant.
func (b *binder) constant(n *expr.Node) (part, error) {
	value, err := b.engine.constant(n)
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		if !n.Shape.Scalar() {
			return none("a list or a map that is unknown")
		}
		return part{&unknownValue{n.Shape.Kind}, 0}, nil
	} else if err != nil {
		return part{}, err
	}
	return fixedOf(value)
}

// element makes the kernel of a loop's variable.
func (b *binder) element(n *expr.Node) (part, error) {
	if v, ok := b.elements[n.Var]; ok {
		return fixedOf(v)
	}
	if o := b.over[n.Var]; o.elems != nil {
		return part{&element{n.Var, o.elems}, 2}, nil
	}
	return none("values that map made are not gone over again")
}

// fixed is the same value everywhere.
type fixed struct{ of vec }

func (k *fixed) eval(w *worker, b *batch) vec {
	out := k.of
	out.n = b.n
	switch {
	case out.ints != nil:
		out.ints = out.ints[:b.n]
	case out.doubles != nil:
		out.doubles = out.doubles[:b.n]
	case out.codes != nil:
		out.codes = out.codes[:b.n]
	case out.truth[0] != 0:
		out.truth = w.ones(b.n)
	default:
		out.truth = w.zeros(b.n)
	}
	return out
}

// fixedOf makes the kernel of a value.
func fixedOf(value any) (part, error) {
	var v vec
	switch x := value.(type) {
	case bool:
		v.truth = []uint64{bit(x)}
	case int64:
		v.ints = repeated(x)
	case float64:
		v.doubles = repeated(x)
	case string:
		v.codes, v.dict = make([]uint32, block), []string{x}
	case time.Time:
		micros, ok := microsOf(x)
		if !ok {
			return none("a time finer than microseconds")
		}
		v.ints = repeated(micros)
	case time.Duration:
		if x%time.Microsecond != 0 {
			return none("a duration finer than microseconds")
		}
		v.ints = repeated(x.Microseconds())
	default:
		return none("a list or a map that is written out stands alone")
	}
	return part{&fixed{v}, 0}, nil
}

func repeated[T any](v T) []T {
	out := make([]T, block)
	for i := range out {
		out[i] = v
	}
	return out
}

// microsOf gives a time in microseconds, if it is a whole number of them.
func microsOf(t time.Time) (int64, bool) { return t.UnixMicro(), t.Nanosecond()%1000 == 0 }

// unknownValue is unknown everywhere.
type unknownValue struct{ kind expr.Kind }

func (k *unknownValue) eval(w *worker, b *batch) vec {
	out := vec{n: b.n}
	switch k.kind {
	case expr.KindBool:
		out.truth, out.unknown = w.zeros(b.n), w.ones(b.n)
		return out
	case expr.KindDouble:
		out.doubles = w.doubles.take(b.n)
		clear(out.doubles)
	case expr.KindString:
		out.codes, out.dict = w.codes.take(b.n), noTexts
		clear(out.codes)
	default:
		out.ints = w.ints.take(b.n)
		clear(out.ints)
	}
	out.known = w.zeros(b.n)
	return out
}

// limitOf gives the end of a window before now; not ok if the duration is no constant.
func (b *binder) limitOf(n *expr.Node) (int64, bool) {
	v, ok := b.value(n)
	d, isDuration := v.(time.Duration)
	if !ok || !isDuration {
		return 0, false
	}
	return b.engine.data.Now.Add(-d).UnixMicro(), true
}

// constant gives the value of a constant of this run, evaluated once.
func (e *Engine) constant(n *expr.Node) (any, error) {
	if c, ok := e.constants[n.Key]; ok {
		return c.value, c.err
	}
	v, err := n.Constant(context.Background(), e.data)
	e.constants[n.Key] = constant{v, err}
	return v, err
}

type constant struct {
	value any
	err   error
}
