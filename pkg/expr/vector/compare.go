package vector

import (
	"cmp"
	"time"

	"github.com/playctl/playctl/pkg/expr"
)

// order is what a comparison asks for: which of less, equal and greater make it true.
type order uint8

const (
	less order = 1 << iota
	equal
	greater
)

// orders are the comparisons by operator.
var orders = map[string]order{
	expr.Equals: equal, expr.NotEquals: less | greater,
	expr.Less: less, expr.LessEquals: less | equal, expr.Greater: greater, expr.GreaterEquals: greater | equal,
}

// flipped is the comparison with its sides exchanged.
func (o order) flipped() order {
	return o&equal | o&less<<2 | o&greater>>2
}

// compare is a comparison of two values of one kind, or of an int and a double.
type compare struct {
	a, b kernel
	kind expr.Kind
	want order
}

func (k *compare) eval(w *worker, b *batch) vec {
	x, y := k.a.eval(w, b), k.b.eval(w, b)
	if k.kind == expr.KindBool {
		return condition(w, b.n, compareTruth(w, k.want, x, y), bothKnown(w, knownTruth(w, x), knownTruth(w, y)))
	}
	known := bothKnown(w, x.known, y.known)
	out := w.words.take(wordsFor(b.n))
	switch k.kind {
	case expr.KindDouble:
		comparePairs(out, k.want, x.asDoubles(w), y.asDoubles(w))
	case expr.KindString:
		compareTexts(out, k.want, &x, &y)
	case expr.KindRecord:
		compareRows(out, k.want, x.rows, y.rows, b.n)
	default:
		comparePairs(out, k.want, x.ints, y.ints)
	}
	return condition(w, b.n, out, known)
}

// asDoubles gives numbers as doubles: an int and a double compare so.
func (v *vec) asDoubles(w *worker) []float64 {
	if v.doubles != nil || v.ints == nil {
		return v.doubles
	}
	out := w.doubles.take(v.n)
	for i, x := range v.ints[:v.n] {
		out[i] = float64(x)
	}
	return out
}

// comparePairs compares place by place. Of NaN nothing holds but !=.
func comparePairs[T cmp.Ordered](out []uint64, want order, x, y []T) {
	clear(out)
	y = y[:len(x)]
	switch want {
	case less:
		for i, v := range x {
			out[i>>6] |= bit(v < y[i]) << (i & 63)
		}
	case less | equal:
		for i, v := range x {
			out[i>>6] |= bit(v <= y[i]) << (i & 63)
		}
	case greater:
		for i, v := range x {
			out[i>>6] |= bit(v > y[i]) << (i & 63)
		}
	case greater | equal:
		for i, v := range x {
			out[i>>6] |= bit(v >= y[i]) << (i & 63)
		}
	case equal:
		for i, v := range x {
			out[i>>6] |= bit(v == y[i]) << (i & 63)
		}
	default:
		for i, v := range x {
			out[i>>6] |= bit(v != y[i]) << (i & 63)
		}
	}
}

// compareTexts compares texts by code point, which is by byte; codes of one dictionary are equal if their texts are.
func compareTexts(out []uint64, want order, x, y *vec) {
	if len(x.dict) > 0 && len(y.dict) > 0 && &x.dict[0] == &y.dict[0] && (want == equal || want == less|greater) {
		comparePairs(out, want, x.codes[:x.n], y.codes)
		return
	}
	clear(out)
	for i := range x.n {
		if !x.isKnown(i) || !y.isKnown(i) {
			continue
		}
		found := equal
		if a, b := x.text(i), y.text(i); a < b {
			found = less
		} else if a > b {
			found = greater
		}
		out[i>>6] |= bit(want&found != 0) << (i & 63)
	}
}

func compareRows(out []uint64, want order, x, y rows, n int) {
	clear(out)
	for i := range n {
		out[i>>6] |= bit((x.at(i) == y.at(i)) == (want == equal)) << (i & 63)
	}
}

// compareTruth compares conditions; false is less than true.
func compareTruth(w *worker, want order, x, y vec) []uint64 {
	out := w.zeros(x.n)
	for i, a := range x.truth {
		b := y.truth[i]
		if want&less != 0 {
			out[i] |= ^a & b
		}
		if want&equal != 0 {
			out[i] |= ^(a ^ b)
		}
		if want&greater != 0 {
			out[i] |= a &^ b
		}
	}
	clip(out, x.n)
	return out
}

// compareInts and compareDoubles compare with a constant: what most conditions are.
type compareInts struct {
	of   kernel
	want order
	with int64
}

func (k *compareInts) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := w.words.take(wordsFor(b.n))
	compareWith(out, k.want, v.ints[:b.n], k.with)
	return condition(w, b.n, out, v.known)
}

type compareDoubles struct {
	of   kernel
	want order
	with float64
}

func (k *compareDoubles) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := w.words.take(wordsFor(b.n))
	compareWith(out, k.want, v.asDoubles(w)[:b.n], k.with)
	return condition(w, b.n, out, v.known)
}

// compareWith compares with a constant, a word of the bitmap at a time.
func compareWith[T cmp.Ordered](out []uint64, want order, values []T, c T) {
	for k := range out {
		part := values[k<<6 : min(k<<6+64, len(values))]
		if want == less|greater {
			out[k] = ^compareWord(equal, part, c) << (64 - len(part)) >> (64 - len(part))
			continue
		}
		out[k] = compareWord(want, part, c)
	}
}

// compareWord compares up to 64 values. From the last on four bits at a time are shifted in, so that nothing waits for the value before it.
func compareWord[T cmp.Ordered](want order, v []T, c T) (word uint64) {
	last := len(v) &^ 3
	for i := len(v) - 1; i >= last; i-- {
		word = word<<1 | bit(holdsBetween(want, v[i], c))
	}
	switch want {
	case less:
		for v = v[:last]; len(v) >= 4; v = v[:len(v)-4] {
			p := v[len(v)-4:]
			word = word<<4 | bit(p[3] < c)<<3 | bit(p[2] < c)<<2 | bit(p[1] < c)<<1 | bit(p[0] < c)
		}
	case less | equal:
		for v = v[:last]; len(v) >= 4; v = v[:len(v)-4] {
			p := v[len(v)-4:]
			word = word<<4 | bit(p[3] <= c)<<3 | bit(p[2] <= c)<<2 | bit(p[1] <= c)<<1 | bit(p[0] <= c)
		}
	case greater:
		for v = v[:last]; len(v) >= 4; v = v[:len(v)-4] {
			p := v[len(v)-4:]
			word = word<<4 | bit(p[3] > c)<<3 | bit(p[2] > c)<<2 | bit(p[1] > c)<<1 | bit(p[0] > c)
		}
	case greater | equal:
		for v = v[:last]; len(v) >= 4; v = v[:len(v)-4] {
			p := v[len(v)-4:]
			word = word<<4 | bit(p[3] >= c)<<3 | bit(p[2] >= c)<<2 | bit(p[1] >= c)<<1 | bit(p[0] >= c)
		}
	case equal:
		for v = v[:last]; len(v) >= 4; v = v[:len(v)-4] {
			p := v[len(v)-4:]
			word = word<<4 | bit(p[3] == c)<<3 | bit(p[2] == c)<<2 | bit(p[1] == c)<<1 | bit(p[0] == c)
		}
	}
	return word
}

// holdsBetween compares two values. Of NaN nothing holds.
func holdsBetween[T cmp.Ordered](want order, x, y T) bool {
	return want&less != 0 && x < y || want&equal != 0 && x == y || want&greater != 0 && x > y
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
	p, err := b.bind(x)
	if err != nil {
		return p, err
	}
	if v, ok := b.value(y); ok {
		if k, err := compareWithValue(p, x.Shape.Kind, v, want); k != nil || err != nil {
			return part{k, p.cost + 1}, err
		}
	}
	kind, ok := compared(x.Shape, y.Shape, exact)
	if !ok {
		return none("%s between what is no single value", n.Name)
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

// compareWithValue makes the kernel of a comparison of a value with a constant that is a number or a time; nil for others.
func compareWithValue(of kernel, kind expr.Kind, v any, want order) (kernel, error) {
	switch c := v.(type) {
	case int64:
		if kind == expr.KindDouble {
			return &compareDoubles{of, want, float64(c)}, nil
		}
		return &compareInts{of, want, c}, nil
	case float64:
		return &compareDoubles{of, want, c}, nil
	case time.Time:
		micros, ok := microsOf(c)
		if !ok {
			return nil, lacking("a time finer than microseconds")
		}
		return &compareInts{of, want, micros}, nil
	case time.Duration:
		if c%time.Microsecond != 0 {
			return nil, lacking("a duration finer than microseconds")
		}
		return &compareInts{of, want, c.Microseconds()}, nil
	}
	return nil, nil
}
