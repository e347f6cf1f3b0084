package vector

import (
	"math"
	"regexp"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

func bindAnd(b *binder, n *expr.Node) (part, error) { return bindConnective(b, n, false) }
func bindOr(b *binder, n *expr.Node) (part, error)  { return bindConnective(b, n, true) }

func bindConnective(b *binder, n *expr.Node, or bool) (part, error) {
	var parts []part
	for _, a := range operands(n, n.Name, nil) {
		p, err := b.bind(a)
		if err != nil {
			return p, err
		}
		parts = append(parts, p)
	}
	return joined(parts, or), nil
}

// operands lists what a chain of one operator connects.
func operands(n *expr.Node, name string, into []*expr.Node) []*expr.Node {
	if n.Op != expr.OpCall || n.Name != name {
		return append(into, n)
	}
	for _, a := range n.Args {
		into = operands(a, name, into)
	}
	return into
}

func bindNot(b *binder, n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	return part{&not{of}, of.cost}, err
}

func bindChoose(b *binder, n *expr.Node) (part, error) {
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	if !n.Shape.Scalar() {
		return none("a choice between what is no single value")
	}
	return part{&choose{args[0], args[1], args[2], n.Shape.Kind == expr.KindBool}, cost + 3}, nil
}

func bindCompare(b *binder, n *expr.Node) (part, error) {
	x, y := n.Args[0], n.Args[1]
	want, exact := orders[n.Name], n.Name == expr.Equals || n.Name == expr.NotEquals // an int never equals a double
	if v, ok := b.value(x); ok {
		switch v.(type) {
		case int64, float64, time.Time, time.Duration:
			x, y, want = y, x, want.flipped()
		}
	}
	if v, ok := b.value(y); ok {
		if p, ok, err := b.compareWith(x, v, want); ok || err != nil {
			return p, err
		}
	}
	kind, ok := compared(x.Shape, y.Shape, exact)
	if !ok {
		return none("%s between what is no single value", n.Name)
	}
	p, err := b.bind(x)
	if err != nil {
		return p, err
	}
	q, err := b.bind(y)
	if err != nil {
		return q, err
	}
	cost := p.cost + q.cost + 2
	if kind == expr.KindString {
		cost += 8
	}
	return part{&compare{p, q, kind, want}, cost}, nil
}

// compared gives the kind as which two values compare.
func compared(x, y expr.Shape, exact bool) (expr.Kind, bool) {
	number := func(k expr.Kind) bool { return k == expr.KindInt || k == expr.KindDouble }
	switch {
	case x.Kind == expr.KindRecord && y.Kind == expr.KindRecord:
		return x.Kind, exact && x.Entity == y.Entity
	case x.Kind == y.Kind:
		return x.Kind, x.Scalar()
	case number(x.Kind) && number(y.Kind) && !exact:
		return expr.KindDouble, true
	}
	return 0, false
}

// compareWith makes the kernel of a comparison of a number or a time with a constant.
func (b *binder) compareWith(x *expr.Node, v any, want order) (part, bool, error) {
	var k kernel
	of, err := b.bind(x)
	if err != nil {
		return of, false, err
	}
	switch c := v.(type) {
	case int64:
		if k = (&compareInts{of, want, c}); x.Shape.Kind == expr.KindDouble {
			k = &compareDoubles{of, want, float64(c)}
		}
	case float64:
		k = &compareDoubles{of, want, c}
	case time.Time:
		micros, ok := microsOf(c)
		if !ok {
			return part{}, false, &errNone{"a time finer than microseconds"}
		}
		k = &compareInts{of, want, micros}
	case time.Duration:
		if c%time.Microsecond != 0 {
			return part{}, false, &errNone{"a duration finer than microseconds"}
		}
		k = &compareInts{of, want, c.Microseconds()}
	default:
		return part{}, false, nil
	}
	return part{k, of.cost + 1}, true, nil
}

func bindIn(b *binder, n *expr.Node) (part, error) {
	x, list := n.Args[0], n.Args[1]
	if list.Shape.Kind == expr.KindMap {
		v, cost, err := b.mapValue(list, x)
		return part{&mapHas{v}, cost}, err
	}
	if v, ok := b.value(list); ok {
		values, _ := v.([]any)
		return b.inSet(x, values)
	}
	kind := x.Shape.Kind
	if list.Shape.Kind != expr.KindList || !x.Shape.Scalar() || list.Shape.Elem.Kind != kind {
		return none("in a list of what is no single value")
	}
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	elems, err := b.elemsOf(list)
	return part{&listHas{args[0], args[1], elems, kind}, cost + 4*perList}, err
}

// inSet makes the kernel of in over values that are written out.
func (b *binder) inSet(x *expr.Node, values []any) (part, error) {
	of, err := b.bind(x)
	if err != nil {
		return of, err
	}
	switch x.Shape.Kind {
	case expr.KindString:
		set, ok := setOf(values, func(v any) (string, bool) { s, ok := v.(string); return s, ok })
		if !ok {
			return none("in a list of several types")
		}
		return part{&textTest{of, func(s string) bool { return set[s] }}, of.cost + 20}, nil
	case expr.KindDouble:
		set, ok := setOf(values, func(v any) (float64, bool) { f, ok := v.(float64); return f, ok })
		k := &inSet[float64]{of, func(_ *worker, v *vec) []float64 { return v.doubles }, set}
		if !ok {
			return none("in a list of several types")
		}
		return part{k, of.cost + 10}, nil
	case expr.KindInt, expr.KindTime:
		set, ok := setOf(values, wholeOf)
		if !ok {
			return none("in a list of several types")
		}
		return part{&inSet[int64]{of, func(_ *worker, v *vec) []int64 { return v.ints }, set}, of.cost + 10}, nil
	}
	return none("in a list of such values")
}

// setOf makes a set of values of one type; not ok if there are others.
func setOf[T comparable](values []any, of func(any) (T, bool)) (map[T]bool, bool) {
	set := map[T]bool{}
	for _, v := range values {
		x, ok := of(v)
		if !ok {
			return nil, false
		}
		set[x] = true
	}
	return set, true
}

func wholeOf(v any) (int64, bool) {
	if t, ok := v.(time.Time); ok {
		return microsOf(t)
	}
	n, ok := v.(int64)
	return n, ok
}

func bindArithmetic(b *binder, n *expr.Node) (part, error) {
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	kind, other := n.Args[0].Shape.Kind, n.Args[1].Shape.Kind
	switch {
	case kind == expr.KindString && other == expr.KindString && n.Name == expr.Add:
		return part{&concatenate{args[0], args[1]}, cost + 40}, nil
	case kind == expr.KindDouble && other == expr.KindDouble && doubleOperation(n.Name) != nil:
		return part{&arithmetic{a: args[0], b: args[1], doubles: doubleOperation(n.Name)}, cost + 3}, nil
	case intOperation(n.Name, kind, other) != nil:
		return part{&arithmetic{a: args[0], b: args[1], ints: intOperation(n.Name, kind, other)}, cost + 3}, nil
	}
	return none("%s has no kernel for such values", n.Name)
}

func bindNegate(b *binder, n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	if kind := n.Shape.Kind; err == nil && kind != expr.KindInt && kind != expr.KindDouble {
		return none("minus has no kernel for such values")
	}
	return part{&negate{of}, of.cost + 1}, err
}

func bindDouble(b *binder, n *expr.Node) (part, error) {
	return bindConversion(b, n, func(of kernel) kernel { return &toDouble{of} })
}

func bindInt(b *binder, n *expr.Node) (part, error) {
	return bindConversion(b, n, func(of kernel) kernel { return &toInt{of} })
}

func bindConversion(b *binder, n *expr.Node, k func(of kernel) kernel) (part, error) {
	if kind := n.Args[0].Shape.Kind; kind != expr.KindInt && kind != expr.KindDouble {
		return none("%s of such a value has no kernel", n.Name)
	}
	of, err := b.bind(n.Args[0])
	return part{k(of), of.cost + 1}, err
}

func bindTextTest(b *binder, n *expr.Node) (part, error) {
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	test := textTests[n.Name]
	if other, ok := b.value(n.Args[1]); ok {
		text := other.(string)
		return part{&textTest{args[0], func(s string) bool { return test(s, text) }}, cost + 25}, nil
	}
	return part{&textPair{args[0], args[1], test}, cost + 35}, nil
}

func bindMatches(b *binder, n *expr.Node) (part, error) {
	pattern, ok := b.value(n.Args[len(n.Args)-1])
	if !ok {
		return none("a pattern that differs from record to record")
	}
	re, err := regexp.Compile(pattern.(string))
	if err != nil {
		return none("a pattern that can't be read")
	}
	of, err := b.bind(n.Args[0])
	k := &matches{of: of, re: re, slot: b.slots}
	b.slots++
	return part{k, of.cost + 40}, err
}

func bindTextMap(b *binder, n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	return part{&textMap{of, textMaps[n.Name]}, of.cost + 60}, err
}

func bindSize(b *binder, n *expr.Node) (part, error) {
	of, err := b.bind(n.Args[0])
	if err != nil {
		return of, err
	}
	switch n.Args[0].Shape.Kind {
	case expr.KindString:
		return part{&textSize{of}, of.cost + 20}, nil
	case expr.KindList:
		return part{&listSize{of}, of.cost + 1}, nil
	case expr.KindMap:
		c, err := b.mapColumn(n.Args[0])
		return part{&mapSize{of, c}, of.cost + 2}, err
	}
	return none("size of such a value has no kernel")
}

func bindIndex(b *binder, n *expr.Node) (part, error) {
	if n.Args[0].Shape.Kind == expr.KindMap {
		v, cost, err := b.mapValue(n.Args[0], n.Args[1])
		return part{v, cost}, err
	}
	args, cost, err := b.args(n)
	if err != nil {
		return part{}, err
	}
	k := &listIndex{list: args[0], index: args[1]}
	switch elem := n.Args[0].Shape.Elem; {
	case n.Args[0].Shape.Kind != expr.KindList || n.Args[1].Shape.Kind != expr.KindInt || n.Args[0].Op == expr.OpMap:
		return none("an index of such a value")
	case elem.Scalar():
		if k.elems, err = b.elemsOf(n.Args[0]); err != nil {
			return part{}, err
		}
	case elem.Kind != expr.KindRecord:
		return none("a list of lists or maps")
	}
	return part{k, cost + 4}, nil
}

func bindGet(b *binder, n *expr.Node) (part, error) {
	v, cost, err := b.mapValue(n.Args[0], n.Args[1])
	if err != nil {
		return part{}, err
	}
	other, err := b.bind(n.Args[2])
	return part{&mapGet{v, other}, cost + other.cost + 3}, err
}

func bindFold(b *binder, n *expr.Node) (part, error) {
	list := n.Args[0]
	of, err := b.bind(list)
	if err != nil {
		return of, err
	}
	if list.Shape.Kind != expr.KindList {
		return none("%s of such a value has no kernel", n.Name)
	}
	k := newFold(n.Name, list.Shape.Elem.Kind)
	if k == nil {
		return none("%s of such values has no kernel", n.Name)
	}
	k.list = of
	if k.elems, err = b.elemsOf(list); err != nil {
		return part{}, err
	}
	return part{k, of.cost + 2*perList}, nil
}

func bindWithin(b *binder, n *expr.Node) (part, error) {
	k, cost, err := b.window(n)
	return part{k, cost}, err
}

// window makes the kernel of the events of the last so many days.
func (b *binder) window(n *expr.Node) (*after, float64, error) {
	limit, ok := b.limitOf(n.Args[1])
	if !ok {
		_, err := none("a window that is no constant")
		return nil, 0, err
	}
	return b.after(n, limit, nil)
}

func (b *binder) after(n *expr.Node, limit int64, since kernel) (*after, float64, error) {
	list, err := b.bind(n.Args[0])
	if err != nil {
		return nil, 0, err
	}
	clock := b.tableOf(n.Args[0]).Time()
	if clock == nil {
		_, err := none("a list without times")
		return nil, 0, err
	}
	return &after{list: list, clock: b.engine.whole(clock), limit: limit, since: since}, list.cost + 15, nil
}

func bindSince(b *binder, n *expr.Node) (part, error) {
	if v, ok := b.value(n.Args[1]); ok {
		k, cost, err := b.after(n, v.(time.Time).UnixMicro(), nil)
		return part{k, cost}, err
	}
	since, err := b.bind(n.Args[1])
	if err != nil {
		return since, err
	}
	k, cost, err := b.after(n, 0, since)
	return part{k, cost + since.cost}, err
}

func bindQuiet(b *binder, n *expr.Node) (part, error) {
	k, cost, err := b.window(n)
	return part{&quiet{k, b.engine.data.Engaged[n.Args[0].Shape.Elem.Entity]}, cost + 2*perList}, err
}

// asked gives the record that a function is asked about, which is its last argument, and the constants before it.
func (b *binder) asked(n *expr.Node) (of part, words []string, err error) {
	last := len(n.Args) - 1
	for _, a := range n.Args[:last] {
		v, ok := b.value(a)
		text, isText := v.(string)
		if !ok || !isText {
			_, err := none("%s of a name that differs from record to record", n.Name)
			return of, nil, err
		}
		words = append(words, text)
	}
	of, err = b.bind(n.Args[last])
	return of, words, err
}

func bindSegment(b *binder, n *expr.Node) (part, error) {
	of, words, err := b.asked(n)
	if err != nil {
		return of, err
	}
	v := b.engine.data.Segments[words[0]]
	return part{&inSegment{of, v, v.Unknown.Count() == 0}, of.cost + 0.5}, nil
}

func bindScore(b *binder, n *expr.Node) (part, error) {
	of, words, err := b.asked(n)
	if err != nil {
		return of, err
	}
	scored := b.engine.data.Scores[words[0]]
	if scored == nil {
		return part{&unknownValue{expr.KindInt}, 0}, nil
	}
	return part{&points{of, scored}, of.cost + 1}, nil
}

func bindStage(b *binder, n *expr.Node) (part, error) {
	of, words, err := b.asked(n)
	if err != nil {
		return of, err
	}
	staged := b.engine.data.Stages[words[0]]
	if staged == nil {
		return part{&unknownValue{expr.KindString}, 0}, nil
	}
	return part{&stage{of, staged.At, append([]string{""}, staged.Names...)}, of.cost + 1}, nil
}

func bindAtLeast(b *binder, n *expr.Node) (part, error) {
	of, words, err := b.asked(n)
	if err != nil {
		return of, err
	}
	staged := b.engine.data.Stages[words[0]]
	if staged == nil {
		return part{&unknownValue{expr.KindBool}, 0}, nil
	}
	k := &atLeast{of, staged.At, math.MaxInt32}
	for i, name := range staged.Names {
		if name == words[1] {
			k.least = int32(i + 1)
		}
	}
	return part{k, of.cost + 1}, nil
}

func bindChanged(b *binder, n *expr.Node) (part, error) {
	values := make([]any, 4)
	for i, a := range n.Args[1:] {
		v, ok := b.value(a)
		if !ok {
			return none("changed of values that differ from record to record")
		}
		values[i] = v
	}
	of, err := b.bind(n.Args[0])
	if err != nil {
		return of, err
	}
	rows := b.engine.data.ChangedRows(b.tableOf(n.Args[0]), values[0].(string), values[1], values[2], values[3].(time.Duration))
	return part{&holds{of, rows}, of.cost + 0.5}, nil
}

func bindEnrolled(b *binder, n *expr.Node) (part, error) {
	return bindStanding(b, n, func(words []string, key string) bool { return b.engine.data.Plays.Enrolled(words[0], key) })
}

func bindFinished(b *binder, n *expr.Node) (part, error) {
	return bindStanding(b, n, func(words []string, key string) bool { return b.engine.data.Plays.Finished(words[0], words[1], key) })
}

func bindStanding(b *binder, n *expr.Node, asks func(words []string, key string) bool) (part, error) {
	of, words, err := b.asked(n)
	if err != nil {
		return of, err
	}
	t := b.tableOf(n.Args[len(n.Args)-1])
	return part{&standing{of, t, func(key string) bool { return asks(words, key) }}, of.cost + 100}, nil
}

// bitsOf gives the places of a bitmap, for range loops.
func bitsOf(words []uint64) func(func(int) bool) { return frame.Bits(words).Rows }
