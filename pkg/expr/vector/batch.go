package vector

import (
	"math/bits"

	"github.com/playctl/playctl/pkg/frame"
)

// block is how many places are evaluated at once: few enough that their values stay in the processor's cache.
const block = 2048

// rows are the rows that a variable stands for in a batch: a run of them, or a list.
type rows struct {
	from uint32   // of a run: from, from+1, …
	list []uint32 // nil for a run
}

func (r rows) at(i int) uint32 {
	if r.list == nil {
		return r.from + uint32(i)
	}
	return r.list[i]
}

// batch is a number of places.
type batch struct {
	n    int
	vars []rows // by variable; those of loops are set within them only
}

// narrowed gives the batch of some of the places, and which those are.
func (b *batch) narrowed(w *worker, at []uint64) (*batch, []uint32) {
	places := w.codes.take(countBits(at))
	fillPlaces(places, at)
	return b.pick(w, places), places
}

// pick gives the batch of the places listed.
func (b *batch) pick(w *worker, places []uint32) *batch {
	out := &batch{n: len(places), vars: make([]rows, len(b.vars))}
	for v, r := range b.vars {
		list := w.codes.take(len(places))
		if r.list == nil {
			for i, p := range places {
				list[i] = r.from + p
			}
		} else if len(r.list) > 0 {
			for i, p := range places {
				list[i] = r.list[p]
			}
		}
		out.vars[v] = rows{list: list}
	}
	return out
}

// fillPlaces lists the places of a bitmap.
func fillPlaces(places []uint32, at []uint64) {
	i := 0
	for k, word := range at {
		for word != 0 {
			places[i] = uint32(k<<6 + bits.TrailingZeros64(word))
			i++
			word &= word - 1
		}
	}
}

func countBits(words []uint64) int { return frame.Bits(words).Count() }

// wordsFor gives how many words a bitmap of n places has.
func wordsFor(n int) int { return (n + 63) / 64 }

// clip takes the places past n out of a bitmap.
func clip(words []uint64, n int) {
	if n&63 != 0 {
		words[n>>6] &= 1<<(n&63) - 1
	}
}

// arena hands out slices that are given back all at once.
type arena[T any] struct {
	slab []T
	used int
}

// take gives a slice of n values, which may be anything.
func (a *arena[T]) take(n int) []T {
	if a.used+n > len(a.slab) {
		a.slab, a.used = make([]T, max(2*len(a.slab), n, 4*block)), 0
	}
	out := a.slab[a.used : a.used+n : a.used+n]
	a.used += n
	return out
}

// back gives back what was taken since used was as much. After the slab grew in between, what lies before stays taken a little longer.
func (a *arena[T]) back(used int) { a.used = min(used, a.used) }

// mark remembers how much of every arena is taken.
type mark struct{ words, ints, doubles, codes, texts int }

func (w *worker) mark() mark {
	return mark{w.words.used, w.ints.used, w.doubles.used, w.codes.used, w.texts.used}
}

func (w *worker) back(m mark) {
	w.words.back(m.words)
	w.ints.back(m.ints)
	w.doubles.back(m.doubles)
	w.codes.back(m.codes)
	w.texts.back(m.texts)
}

// zeros gives an empty bitmap of n places.
func (w *worker) zeros(n int) []uint64 {
	words := w.words.take(wordsFor(n))
	clear(words)
	return words
}

// ones gives a full bitmap of n places.
func (w *worker) ones(n int) []uint64 {
	words := w.words.take(wordsFor(n))
	for i := range words {
		words[i] = ^uint64(0)
	}
	clip(words, n)
	return words
}

// bitsOf gives the places of a bitmap, for range loops.
func bitsOf(words []uint64) func(func(int) bool) { return frame.Bits(words).Rows }
