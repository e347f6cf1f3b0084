package vector

import (
	"math"
	"slices"
	"time"

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

// asked gives the record that a function is asked about, which is its last argument, and the constants before it.
func (b *binder) asked(n *expr.Node) (of part, words []string, err error) {
	last := len(n.Args) - 1
	for _, a := range n.Args[:last] {
		v, ok := b.value(a)
		text, isText := v.(string)
		if !ok || !isText {
			return of, nil, lacking("%s of a name that differs from record to record", n.Name)
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
	if i := slices.Index(staged.Names, words[1]); i >= 0 {
		k.least = int32(i + 1)
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
