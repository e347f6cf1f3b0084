package vector

import (
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// inSegment asks whether a record is in a segment that was evaluated.
type inSegment struct {
	of      kernel
	verdict frame.Verdict
	certain bool // nothing of it is unknown
}

func (k *inSegment) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	out := vec{n: b.n, truth: bitsAt(w, k.verdict.True, r.rows, b.n)}
	if !k.certain {
		out.unknown = bitsAt(w, k.verdict.Unknown, r.rows, b.n)
	}
	return ofRecord(w, out, r.known)
}

// ofRecord makes a condition unknown where there is no record.
func ofRecord(w *worker, v vec, known []uint64) vec {
	if known == nil {
		return v
	}
	truth, unknown := w.words.take(len(v.truth)), w.zeros(v.n)
	copy(unknown, v.unknown)
	for i, k := range known {
		truth[i] = v.truth[i] & k
		unknown[i] |= ^k
	}
	clip(unknown, v.n)
	return vec{n: v.n, truth: truth, unknown: unknown}
}

// holds asks whether a record is among rows.
type holds struct {
	of   kernel
	rows frame.Bits
}

func (k *holds) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	return condition(w, b.n, bitsAt(w, k.rows, r.rows, b.n), r.known)
}

// points are a record's points of a score that was evaluated.
type points struct {
	of     kernel
	scored *expr.Scored
}

func (k *points) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	return vec{n: b.n, known: r.known, ints: gather(&w.ints, k.scored.Points, r.rows, b.n, r.known)}
}

// stage is a record's stage of a model that was evaluated.
type stage struct {
	of    kernel
	at    []int32
	names []string // the first is ""
}

func (k *stage) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	out := vec{n: b.n, known: r.known, codes: w.codes.take(b.n), dict: k.names}
	for i := range out.codes {
		if out.codes[i] = 0; r.isKnown(i) {
			out.codes[i] = uint32(k.at[r.rows.at(i)])
		}
	}
	return out
}

// atLeast asks whether a record stands at a stage or beyond it.
type atLeast struct {
	of    kernel
	at    []int32
	least int32
}

func (k *atLeast) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	out := w.zeros(b.n)
	for i := range b.n {
		if r.isKnown(i) {
			out[i>>6] |= bit(k.at[r.rows.at(i)] >= k.least) << (i & 63)
		}
	}
	return condition(w, b.n, out, r.known)
}

// standing asks where a record stands in plays, by its key.
type standing struct {
	of    kernel
	table *frame.Table
	asks  func(key string) bool
}

func (k *standing) eval(w *worker, b *batch) vec {
	r := k.of.eval(w, b)
	out := w.zeros(b.n)
	for i := range b.n {
		if r.isKnown(i) {
			out[i>>6] |= bit(k.asks(k.table.Key(int(r.rows.at(i))))) << (i & 63)
		}
	}
	return condition(w, b.n, out, r.known)
}
