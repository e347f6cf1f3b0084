package vector

import (
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// after are the events of a list that come after a time. Lists of events stand in order of time, those without one first.
type after struct {
	list  kernel
	clock *column
	limit int64  // microseconds; everywhere the same, unless
	since kernel // the time
}

func (k *after) eval(w *worker, b *batch) vec {
	out := k.list.eval(w, b)
	limit, lo := k.limit, w.codes.take(b.n)
	var since vec
	if k.since != nil {
		since = k.since.eval(w, b)
		out.known = bothKnown(w, out.known, since.known)
	}
	for i := range lo {
		if k.since != nil {
			limit = since.ints[i]
		}
		lo[i] = k.first(out.pool, out.lo[i], out.hi[i], limit)
	}
	out.lo = lo
	return out
}

// first gives the first of the elements from lo to hi that is after the limit. Of most lists not even the last is.
func (k *after) first(pool []uint32, lo, hi uint32, limit int64) uint32 {
	if lo == hi || !k.later(pool, hi-1, limit) {
		return hi
	}
	for hi--; lo < hi; {
		if middle := lo + (hi-lo)/2; k.later(pool, middle, limit) {
			hi = middle
		} else {
			lo = middle + 1
		}
	}
	return lo
}

// later reports whether an element is after the limit.
func (k *after) later(pool []uint32, element uint32, limit int64) bool {
	if pool != nil {
		element = pool[element]
	}
	return k.clock.Ints[element] > limit && (k.clock.whole || k.clock.IsKnown(int(element)))
}

// quiet asks whether none of the events after a time counts as engagement.
type quiet struct {
	recent  kernel
	engaged frame.Bits
}

func (k *quiet) eval(w *worker, b *batch) vec {
	v := k.recent.eval(w, b)
	out := w.ones(b.n)
	for i := range b.n {
		for at := v.lo[i]; at < v.hi[i]; at++ {
			if k.engaged.Has(int(v.row(at))) {
				out[i>>6] &^= 1 << (i & 63)
				break
			}
		}
	}
	return condition(w, b.n, out, v.known)
}

func bindWithin(b *binder, n *expr.Node) (part, error) {
	k, cost, err := b.window(n)
	return part{k, cost}, err
}

// window makes the kernel of the events of the last so many days.
func (b *binder) window(n *expr.Node) (*after, float64, error) {
	limit, ok := b.limitOf(n.Args[1])
	if !ok {
		return nil, 0, lacking("a window that is no constant")
	}
	return b.after(n, limit, nil)
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

func (b *binder) after(n *expr.Node, limit int64, since kernel) (*after, float64, error) {
	list, err := b.bind(n.Args[0])
	if err != nil {
		return nil, 0, err
	}
	clock := b.tableOf(n.Args[0]).Time()
	if clock == nil {
		return nil, 0, lacking("a list without times")
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
