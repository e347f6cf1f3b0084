package vector

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/playctl/playctl/pkg/expr"
)

// part is an operand with what it costs for one place, in nanoseconds, roughly.
type part struct {
	kernel
	cost float64
}

// byCost puts the cheap operands first: the order makes no difference to the value.
func byCost(parts []part) []part {
	out := slices.Clone(parts)
	slices.SortStableFunc(out, func(a, b part) int { return cmp.Compare(a.cost, b.cost) })
	return out
}

// connective is && or || over operands, the cheap ones first. Operands are asked only where those before leave it open: && where none is
// known false, || where none is known true.
type connective struct {
	parts []part
	or    bool
}

func (k *connective) eval(w *worker, b *batch) vec {
	v := k.parts[0].eval(w, b)
	out := vec{n: b.n, truth: w.words.take(len(v.truth)), unknown: w.zeros(b.n)}
	copy(out.truth, v.truth)
	copy(out.unknown, v.unknown)
	k.rest(w, b, &out, k.parts[1:])
	return out
}

// rest takes in the operands after the first, on fewer places as soon as that pays.
func (k *connective) rest(w *worker, b *batch, out *vec, parts []part) {
	for i, p := range parts {
		open := w.words.take(len(out.truth))
		n := k.open(open, out)
		switch {
		case n == 0:
			return
		case pays(n, b.n, p.cost):
			sub, places := b.narrowed(w, open)
			v := (&connective{parts: parts[i:], or: k.or}).eval(w, sub)
			k.take(out, scatter(w, v, places, b.n))
			return
		}
		k.take(out, p.eval(w, b))
	}
}

// pays reports whether it pays to gather n of all places before something is evaluated that costs so much for each.
func pays(n, all int, cost float64) bool {
	const gathering = 6 // nanoseconds a place
	return float64(n)*(gathering+cost) < float64(all)*cost
}

// open marks the places that are still open, and counts them.
func (k *connective) open(into []uint64, v *vec) int {
	for i := range into {
		if k.or {
			into[i] = ^v.truth[i]
		} else {
			into[i] = v.truth[i] | v.unknown[i]
		}
	}
	clip(into, v.n)
	return countBits(into)
}

// take combines with the value of one more operand.
func (k *connective) take(out *vec, v vec) {
	for i := range out.truth {
		t, u := v.truth[i], uint64(0)
		if v.unknown != nil {
			u = v.unknown[i]
		}
		if k.or {
			out.truth[i] |= t
			out.unknown[i] = (out.unknown[i] | u) &^ out.truth[i]
			continue
		}
		possible := (out.truth[i] | out.unknown[i]) & (t | u)
		out.unknown[i] = (out.unknown[i] | u) & possible
		out.truth[i] &= t
	}
}

// scatter puts the values of some places back to where those are among n; elsewhere it is false.
func scatter(w *worker, v vec, places []uint32, n int) vec {
	out := vec{n: n, truth: w.zeros(n), unknown: w.zeros(n)}
	for i, p := range places {
		word, at := i>>6, uint(i&63)
		out.truth[p>>6] |= (v.truth[word] >> at & 1) << (p & 63)
		if v.unknown != nil {
			out.unknown[p>>6] |= (v.unknown[word] >> at & 1) << (p & 63)
		}
	}
	return out
}

// not is !.
type not struct{ of kernel }

func (k *not) eval(w *worker, b *batch) vec {
	v := k.of.eval(w, b)
	return vec{n: b.n, truth: falsity(w, v), unknown: v.unknown}
}

// falsity gives the places that are known false.
func falsity(w *worker, v vec) []uint64 {
	out := w.words.take(len(v.truth))
	for i, t := range v.truth {
		if out[i] = ^t; v.unknown != nil {
			out[i] &^= v.unknown[i]
		}
	}
	clip(out, v.n)
	return out
}

// knownTruth is a condition's known places as other values have them; nil for all.
func knownTruth(w *worker, v vec) []uint64 {
	if v.unknown == nil {
		return nil
	}
	out := w.words.take(len(v.unknown))
	for i, u := range v.unknown {
		out[i] = ^u
	}
	clip(out, v.n)
	return out
}

// choose is a ? b : c. Both values are computed; they have no effects.
type choose struct {
	when, yes, no kernel
	condition     bool // the values are conditions
}

func (k *choose) eval(w *worker, b *batch) vec {
	when, yes, no := k.when.eval(w, b), k.yes.eval(w, b), k.no.eval(w, b)
	if k.condition {
		yes.known, no.known = knownTruth(w, yes), knownTruth(w, no)
	}
	known := blendWords(w, when.truth, orOnes(w, yes.known, b.n), orOnes(w, no.known, b.n))
	if when.unknown != nil {
		for i := range known {
			known[i] &^= when.unknown[i]
		}
	}
	if k.condition {
		return condition(w, b.n, blendWords(w, when.truth, yes.truth, no.truth), known)
	}
	out := blend(w, when.truth, yes, no)
	out.known = known
	return out
}

func orOnes(w *worker, known []uint64, n int) []uint64 {
	if known == nil {
		return w.ones(n)
	}
	return known
}

func blendWords(w *worker, pick, yes, no []uint64) []uint64 {
	out := w.words.take(len(pick))
	for i, p := range pick {
		out[i] = yes[i]&p | no[i]&^p
	}
	return out
}

// blend takes the first value at the places picked and the second elsewhere; what is known is the caller's business.
func blend(w *worker, pick []uint64, yes, no vec) vec {
	out := vec{n: yes.n}
	switch {
	case yes.ints != nil:
		out.ints = blended(&w.ints, pick, yes.ints[:yes.n], no.ints)
	case yes.doubles != nil:
		out.doubles = blended(&w.doubles, pick, yes.doubles[:yes.n], no.doubles)
	default:
		out.texts = w.texts.take(yes.n)
		for i := range out.texts {
			if pick[i>>6]&(1<<(i&63)) != 0 {
				out.texts[i] = yes.text(i)
			} else {
				out.texts[i] = no.text(i)
			}
		}
	}
	return out
}

func blended[T any](a *arena[T], pick []uint64, yes, no []T) []T {
	out := a.take(len(yes))
	copy(out, no)
	for k, word := range pick {
		for ; word != 0; word &= word - 1 {
			i := k<<6 + bits.TrailingZeros64(word)
			out[i] = yes[i]
		}
	}
	return out
}

func bindAnd(b *binder, n *expr.Node) (part, error) { return bindConnective(b, n, false) }

func bindOr(b *binder, n *expr.Node) (part, error) { return bindConnective(b, n, true) }

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

// joined makes the connective of several conditions.
func joined(parts []part, or bool) part {
	if len(parts) == 1 {
		return parts[0]
	}
	parts = byCost(parts)
	cost, share := 0.0, 1.0
	for _, p := range parts { // each leaves less open
		cost += share * p.cost
		share *= 0.6
	}
	return part{&connective{parts, or}, cost + float64(len(parts))/10}
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
