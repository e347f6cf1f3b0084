package vector

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/playctl/playctl/pkg/expr"
)

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

// fixedOf makes the kernel of a node's value.
func fixedOf(n *expr.Node, value any) (part, error) {
	if !fits(value, n.Shape) {
		return none("%s is of no one type", n.Text())
	}
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

// constant makes the kernel of a constant.
func (b *binder) constant(n *expr.Node) (part, error) {
	if !n.Shape.Scalar() {
		return none("a list, a map or a value of any type that is the same everywhere")
	}
	value, err := b.engine.constant(n)
	var unknown *expr.Unknown
	if errors.As(err, &unknown) {
		return part{&unknownValue{n.Shape.Kind}, 0}, nil
	} else if err != nil {
		return part{}, err
	}
	return fixedOf(n, value)
}

// element makes the kernel of a loop's variable.
func (b *binder) element(n *expr.Node) (part, error) {
	if v, ok := b.elements[n.Var]; ok {
		return fixedOf(n, v)
	}
	if o := b.over[n.Var]; o.elems != nil {
		return part{&element{n.Var, o.elems}, 2}, nil
	}
	return none("values that map made are not gone over again")
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

// value gives the value of a constant; not ok if it is unknown, differs from record to record, or is of another type than the node's shape says: the
// type of math.greatest(1, 2.0) shows only when it is evaluated.
func (b *binder) value(n *expr.Node) (value any, ok bool) {
	switch n.Op {
	case expr.OpElement:
		value, ok = b.elements[n.Var]
	case expr.OpConst:
		var err error
		value, err = b.engine.constant(n)
		ok = err == nil
	}
	if !ok || !fits(value, n.Shape) {
		return nil, false
	}
	return value, true
}

// fits reports whether a value is of the type that a shape stands for, with all that is in it.
func fits(value any, s expr.Shape) (ok bool) {
	switch s.Kind {
	case expr.KindBool:
		_, ok = value.(bool)
	case expr.KindInt:
		_, ok = value.(int64)
	case expr.KindDouble:
		_, ok = value.(float64)
	case expr.KindString:
		_, ok = value.(string)
	case expr.KindTime:
		_, ok = value.(time.Time)
	case expr.KindDuration:
		_, ok = value.(time.Duration)
	case expr.KindList:
		var list []any
		list, ok = value.([]any)
		return ok && !slices.ContainsFunc(list, func(x any) bool { return !fits(x, *s.Elem) })
	case expr.KindMap:
		var entries map[string]any
		entries, ok = value.(map[string]any)
		for _, x := range entries {
			ok = ok && fits(x, *s.Elem)
		}
	}
	return ok
}
