package vector

import "slices"

// distinct is a condition on one text column, evaluated once per distinct value. Where nearly all values differ it is evaluated for each place.
type distinct struct {
	codes  kernel   // the column's codes
	test   kernel   // the condition, over batches whose variable 0 stands for codes
	dict   []string // that they are codes of
	slot   int
	direct bool // nearly all values differ
}

// noCode stands for a missing value in batches of codes.
const noCode = ^uint32(0)

// What is known of a distinct value: bit 0 is set where the condition holds, bit 1 where it is unknown.
const (
	isUnknown = 2
	unasked   = 4
	asked     = 5
)

// answers are what one worker found out about the distinct values.
type answers struct {
	of      []uint8 // by code
	missing uint8
	left    int // how many are unasked
}

func (k *distinct) eval(w *worker, b *batch) vec {
	v := k.codes.eval(w, b)
	if k.direct {
		return k.test.eval(w, &batch{n: b.n, vars: []rows{{list: k.withMissing(w, v)}}})
	}
	found := k.answers(w)
	if found.left > 0 {
		k.ask(w, found, k.unasked(w, found, v))
	}
	out := vec{n: b.n, truth: w.words.take(wordsFor(b.n)), unknown: w.words.take(wordsFor(b.n))}
	for word := range out.truth {
		var t, u uint64
		part := v.codes[word<<6 : min(word<<6+64, b.n)]
		for _, code := range part {
			a := uint64(found.of[code])
			t, u = t>>1|a<<63, u>>1|a>>1<<63
		}
		out.truth[word], out.unknown[word] = t>>(64-len(part)), u>>(64-len(part))
	}
	k.setMissing(found.missing, v, &out)
	return out
}

// setMissing gives the answer for a missing value where there is none.
func (k *distinct) setMissing(answer uint8, v vec, out *vec) {
	if v.known == nil {
		return
	}
	var t, u uint64
	if answer&1 != 0 {
		t = ^t
	}
	if answer&isUnknown != 0 {
		u = ^u
	}
	for i, known := range v.known {
		out.truth[i] = out.truth[i]&known | t&^known
		out.unknown[i] = out.unknown[i]&known | u&^known
	}
	clip(out.truth, out.n)
	clip(out.unknown, out.n)
}

// withMissing gives codes with those of places without a value marked.
func (k *distinct) withMissing(w *worker, v vec) []uint32 {
	if v.known == nil {
		return v.codes[:v.n]
	}
	out := w.codes.take(v.n)
	for i, code := range v.codes[:v.n] {
		if out[i] = code; !v.isKnown(i) {
			out[i] = noCode
		}
	}
	return out
}

// answers gives what the worker knows. Of few values all are asked at once.
func (k *distinct) answers(w *worker) *answers {
	if found, ok := w.slots[k.slot].(*answers); ok {
		return found
	}
	found := &answers{of: slices.Repeat([]uint8{unasked}, max(len(k.dict), 1)), left: len(k.dict)}
	w.slots[k.slot] = found
	missing := k.test.eval(w, &batch{n: 1, vars: []rows{{list: []uint32{noCode}}}})
	found.missing = answer(missing, 0)
	if len(k.dict) == 0 {
		found.of[0] = 0
	} else if len(k.dict) <= block {
		all := w.codes.take(len(k.dict))
		for i := range all {
			all[i] = uint32(i)
		}
		k.ask(w, found, all)
	}
	return found
}

// unasked gives the codes of places that were not asked yet, each once.
func (k *distinct) unasked(w *worker, found *answers, v vec) []uint32 {
	out := w.codes.take(v.n)[:0]
	for i, code := range v.codes[:v.n] {
		if found.of[code] == unasked && v.isKnown(i) {
			found.of[code] = asked
			out = append(out, code)
		}
	}
	for i, code := range v.codes[:v.n] { // codes of places without a value mean nothing; an answer must be there all the same
		if found.of[code] == unasked && !v.isKnown(i) {
			found.of[code] = asked
			out = append(out, code)
		}
	}
	return out
}

// ask evaluates the condition for codes.
func (k *distinct) ask(w *worker, found *answers, codes []uint32) {
	if len(codes) == 0 {
		return
	}
	m := w.mark()
	v := k.test.eval(w, &batch{n: len(codes), vars: []rows{{list: codes}}})
	for i, code := range codes {
		found.of[code] = answer(v, i)
	}
	found.left -= len(codes)
	w.back(m)
}

func answer(v vec, i int) uint8 {
	switch {
	case v.isTrue(i):
		return 1
	case v.isUnknown(i):
		return isUnknown
	}
	return 0
}

// distinctValue is the column's value in the condition: the text of the code that variable 0 stands for.
type distinctValue struct{ dict []string }

func (k *distinctValue) eval(w *worker, b *batch) vec {
	out := vec{n: b.n, dict: k.dict, codes: b.vars[0].list}
	if out.codes == nil {
		out.codes = w.codes.take(b.n)
		for i := range out.codes {
			out.codes[i] = b.vars[0].from + uint32(i)
		}
	}
	for i, code := range out.codes {
		if code == noCode {
			return k.known(w, out, i)
		}
	}
	return out
}

// known marks the places without a value, of which the first is given.
func (k *distinctValue) known(w *worker, v vec, first int) vec {
	codes := w.codes.take(v.n)
	copy(codes, v.codes)
	v.known = w.ones(v.n)
	for i := first; i < v.n; i++ {
		if codes[i] == noCode {
			codes[i] = 0
			v.known[i>>6] &^= 1 << (i & 63)
		}
	}
	v.codes = codes
	return v
}
