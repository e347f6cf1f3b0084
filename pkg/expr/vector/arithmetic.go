package vector

import (
	"math"
	"math/bits"

	"github.com/playctl/playctl/pkg/expr"
)

// arithmetic is an operator on numbers, times and durations of which some results are unknown: integer overflow, division by zero, times
// and durations out of range.
type arithmetic struct {
	a, b    kernel
	ints    func(x, y int64) (int64, bool) // nil for doubles
	doubles func(x, y float64) float64
}

func (k *arithmetic) eval(w *worker, b *batch) vec {
	x, y := k.a.eval(w, b), k.b.eval(w, b)
	out := vec{n: b.n, known: bothKnown(w, x.known, y.known)}
	if k.doubles != nil {
		out.doubles = w.doubles.take(b.n)
		for i := range out.doubles {
			out.doubles[i] = k.doubles(x.doubles[i], y.doubles[i])
		}
		return out
	}
	out.ints = w.ints.take(b.n)
	bad := w.zeros(b.n)
	for i := range out.ints {
		v, ok := k.ints(x.ints[i], y.ints[i])
		out.ints[i] = v
		bad[i>>6] |= bit(!ok) << (i & 63)
	}
	out.known = without(w, out.known, bad, b.n)
	return out
}

// without takes places out of those that are known.
func without(w *worker, known, bad []uint64, n int) []uint64 {
	any := uint64(0)
	for _, word := range bad {
		any |= word
	}
	if any == 0 {
		return known
	}
	out := w.words.take(len(bad))
	for i, k := range orOnes(w, known, n) {
		out[i] = k &^ bad[i]
	}
	return out
}

// negate is unary minus.
type negate struct{ of kernel }

func (k *negate) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	out := vec{n: b.n, known: v.known}
	if v.doubles != nil {
		out.doubles = w.doubles.take(b.n)
		for i, x := range v.doubles[:b.n] {
			out.doubles[i] = -x
		}
		return out
	}
	out.ints = w.ints.take(b.n)
	bad := w.zeros(b.n)
	for i, x := range v.ints[:b.n] {
		out.ints[i] = -x
		bad[i>>6] |= bit(x == math.MinInt64) << (i & 63)
	}
	out.known = without(w, v.known, bad, b.n)
	return out
}

func addInts(x, y int64) (int64, bool) {
	sum := x + y
	return sum, (x^sum)&(y^sum) >= 0
}

func subtractInts(x, y int64) (int64, bool) {
	d := x - y
	return d, (x^y)&(x^d) >= 0
}

func multiplyInts(x, y int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(x), uint64(y))
	high := int64(hi)
	if x < 0 {
		high -= y
	}
	if y < 0 {
		high -= x
	}
	return int64(lo), high == int64(lo)>>63
}

func divideInts(x, y int64) (int64, bool) {
	if y == 0 || x == math.MinInt64 && y == -1 {
		return 0, false
	}
	return x / y, true
}

func moduloInts(x, y int64) (int64, bool) {
	if y == 0 || x == math.MinInt64 && y == -1 {
		return 0, false
	}
	return x % y, true
}

// Times go from year 1 to 9999, and durations are nanoseconds in 64 bits, both as CEL has them.
const (
	minTime     = -62135596800 * second
	maxTime     = 253402300800*second - 1
	maxDuration = math.MaxInt64 / 1000
	second      = 1_000_000 // microseconds
)

func timeAnd(sum int64, ok bool) (int64, bool) { return sum, ok && sum >= minTime && sum <= maxTime }

func durationOf(d int64, ok bool) (int64, bool) {
	return d, ok && d >= -maxDuration && d <= maxDuration
}

func addTime(x, d int64) (int64, bool) { return timeAnd(addInts(x, d)) }

func subtractTime(x, d int64) (int64, bool) { return timeAnd(subtractInts(x, d)) }

func addDurations(x, y int64) (int64, bool) { return durationOf(addInts(x, y)) }

func subtractDurations(x, y int64) (int64, bool) { return durationOf(subtractInts(x, y)) }

// between is the duration between two times. Whole seconds must not overflow on their own, as cel-go has it.
func between(x, y int64) (int64, bool) {
	seconds := floor(x) - floor(y)
	if seconds > math.MaxInt64/1_000_000_000 || seconds < math.MinInt64/1_000_000_000 {
		return 0, false
	}
	return durationOf(x-y, true)
}

// floor gives the whole seconds of microseconds.
func floor(x int64) int64 {
	s := x / second
	if x%second < 0 {
		s--
	}
	return s
}

// toDouble and toInt convert numbers.
type toDouble struct{ of kernel }

func (k *toDouble) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	return vec{n: b.n, known: v.known, doubles: v.asDoubles(w)}
}

type toInt struct{ of kernel }

func (k *toInt) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	if v.doubles == nil {
		return v
	}
	out := vec{n: b.n, ints: w.ints.take(b.n)}
	bad := w.zeros(b.n)
	for i, x := range v.doubles[:b.n] {
		if !(x > math.MinInt64 && x < math.MaxInt64) {
			bad[i>>6] |= 1 << (i & 63)
			x = 0
		}
		out.ints[i] = int64(x)
	}
	out.known = without(w, v.known, bad, b.n)
	return out
}

// intOperation gives the operator on integers, times and durations by what its sides are; nil if there is none.
func intOperation(name string, a, b expr.Kind) func(x, y int64) (int64, bool) {
	type form struct {
		name string
		a, b expr.Kind
	}
	return map[form]func(x, y int64) (int64, bool){
		{expr.Add, expr.KindInt, expr.KindInt}:                addInts,
		{expr.Subtract, expr.KindInt, expr.KindInt}:           subtractInts,
		{expr.Multiply, expr.KindInt, expr.KindInt}:           multiplyInts,
		{expr.Divide, expr.KindInt, expr.KindInt}:             divideInts,
		{expr.Modulo, expr.KindInt, expr.KindInt}:             moduloInts,
		{expr.Add, expr.KindTime, expr.KindDuration}:          addTime,
		{expr.Add, expr.KindDuration, expr.KindTime}:          func(d, x int64) (int64, bool) { return addTime(x, d) },
		{expr.Subtract, expr.KindTime, expr.KindDuration}:     subtractTime,
		{expr.Subtract, expr.KindTime, expr.KindTime}:         between,
		{expr.Add, expr.KindDuration, expr.KindDuration}:      addDurations,
		{expr.Subtract, expr.KindDuration, expr.KindDuration}: subtractDurations,
	}[form{name, a, b}]
}

// doubleOperation gives the operator on doubles, which follow IEEE; nil if there is none.
func doubleOperation(name string) func(x, y float64) float64 {
	return map[string]func(x, y float64) float64{
		expr.Add:      func(x, y float64) float64 { return x + y },
		expr.Subtract: func(x, y float64) float64 { return x - y },
		expr.Multiply: func(x, y float64) float64 { return x * y },
		expr.Divide:   func(x, y float64) float64 { return x / y },
	}[name]
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
