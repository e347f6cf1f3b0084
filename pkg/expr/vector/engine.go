package vector

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
)

// Engine evaluates programs over the records of one run. What a program asks for must have been evaluated and put into the data before: segments,
// scores, stages. One goroutine may use an engine at a time; it uses as many as the process may itself.
type Engine struct {
	data      *expr.Data
	functions map[string]function
	uses      map[string]int // how many times a node was announced, by its entity and key
	stores    map[string]*values
	constants map[string]constant
	columns   map[*frame.Column]*column
	keys      map[keyOf]int64
	slow      []Slow
	workers   []*worker
}

// keyOf is a key of a map column.
type keyOf struct {
	column *frame.Column
	key    string
}

// worker is what one goroutine works with.
type worker struct {
	ctx     context.Context
	words   arena[uint64]
	ints    arena[int64]
	doubles arena[float64]
	codes   arena[uint32]
	texts   arena[string]
	slots   []any // what kernels of the program keep from batch to batch
	err     error
}

// New makes an engine over a run's data.
func New(d *expr.Data) *Engine {
	return &Engine{data: d, functions: functions(), uses: map[string]int{}, stores: map[string]*values{}, constants: map[string]constant{},
		columns: map[*frame.Column]*column{}, keys: map[keyOf]int64{}}
}

// Announce tells what will be evaluated, so that what several expressions have in common is evaluated once.
func (e *Engine) Announce(programs ...*expr.Program) {
	for _, p := range programs {
		if p != nil && p.OfRecord() {
			e.announce(p.Scope.Self, p.Node())
		}
	}
}

func (e *Engine) announce(entity string, n *expr.Node) {
	if n == nil || n.Op == expr.OpConst || !slices.Contains(n.Free, 0) {
		return
	}
	e.uses[entity+n.Key]++
	for _, a := range n.Args {
		e.announce(entity, a)
	}
}

// Slow tells which parts of the programs evaluated so far had no kernel, and why, each once.
func (e *Engine) Slow() []Slow { return e.slow }

// note keeps which parts had no kernel.
func (e *Engine) note(list ...Slow) {
	for _, s := range list {
		if !slices.Contains(e.slow, s) {
			e.slow = append(e.slow, s)
		}
	}
}

// Check makes the kernels of a program without evaluating it, for [Engine.Slow]. It leaves programs alone that speak of more than a record.
func (e *Engine) Check(p *expr.Program) {
	if p.OfRecord() {
		_, _ = e.bind(p, p.Node()) // what has no kernel is noted
	}
}

// Verdict evaluates a condition for every row of its entity's table. The error is the context's, wrapped.
func (e *Engine) Verdict(ctx context.Context, p *expr.Program) (frame.Verdict, error) {
	return e.VerdictOf(ctx, p, nil)
}

// VerdictOf evaluates a condition for some rows of its entity's table; nil for all. Of other rows nothing is true or unknown.
func (e *Engine) VerdictOf(ctx context.Context, p *expr.Program, of frame.Bits) (frame.Verdict, error) {
	t := e.data.Frame.Table(p.Scope.Self)
	out := frame.NewVerdict(t.Rows)
	bound, err := e.bind(p, p.Node())
	if err == nil {
		err = e.run(ctx, bound, t.Rows, of, func(_ *worker, b *batch, v vec) {
			put(out.True, b.vars[0], v.truth)
			put(out.Unknown, b.vars[0], v.unknown)
		})
	}
	if err != nil {
		return out, fmt.Errorf("evaluating %s: %w", p, err)
	}
	return out, nil
}

// put sets the bits of rows.
func put(into frame.Bits, r rows, from []uint64) {
	if r.list == nil {
		copy(into[r.from>>6:], from) // blocks begin at whole words
		return
	}
	for i := range bitsOf(from) {
		into.Add(int(r.list[i]))
	}
}

// program is a bound program.
type program struct {
	kernel
	slots int
}

// bind makes the kernels of a node of a program. What has none is noted: the parts that cel-go evaluates, or the program as a whole, of which the
// error then is an [errNone].
func (e *Engine) bind(p *expr.Program, n *expr.Node) (program, error) {
	b := e.binder(p, 0, e.data.Frame.Table(p.Scope.Self))
	if of := p.Scope.Element.Entity; of != "" {
		b.tables[1] = e.data.Frame.Table(of)
	}
	k, err := b.bind(n)
	var why *errNone
	if errors.As(err, &why) {
		b.slow = []Slow{{p, p.String(), why.why}}
	}
	e.note(b.slow...)
	return program{k.kernel, b.slots}, err
}

// binder begins to make kernels over rows of a table that a variable stands for.
func (e *Engine) binder(p *expr.Program, variable int, t *frame.Table) *binder {
	return &binder{engine: e, program: p, tables: map[int]*frame.Table{variable: t}, over: map[int]over{}}
}

// run evaluates a program block by block.
func (e *Engine) run(ctx context.Context, p program, total int, of frame.Bits, sink func(*worker, *batch, vec)) error {
	return e.runOf(ctx, p, 0, total, of, sink)
}

// runOf runs a program over rows that a variable stands for.
func (e *Engine) runOf(ctx context.Context, p program, variable, total int, of frame.Bits, sink func(*worker, *batch, vec)) error {
	blocks := (total + block - 1) / block
	n := max(1, min(blocks, max(2, runtime.GOMAXPROCS(0))))
	for len(e.workers) < n {
		e.workers = append(e.workers, &worker{})
	}
	var next atomic.Int64
	work := func(w *worker) {
		w.ctx, w.err, w.slots = ctx, nil, make([]any, p.slots)
		for w.err == nil {
			at := int(next.Add(1)) - 1
			if at >= blocks || stopped(ctx) {
				return
			}
			m := w.mark()
			if b := blockOf(w, at, total, of); b.n > 0 {
				b.vars = append(make([]rows, variable, variable+1), b.vars[0])
				sink(w, b, p.eval(w, b))
			}
			w.back(m)
		}
	}
	var wg sync.WaitGroup
	for _, w := range e.workers[1:n] {
		wg.Go(func() { work(w) })
	}
	work(e.workers[0])
	wg.Wait()
	for _, w := range e.workers[:n] {
		if w.err != nil {
			return w.err
		}
	}
	return ctx.Err()
}

// blockOf makes the batch of a block: all of its rows, or those asked for.
func blockOf(w *worker, at, total int, of frame.Bits) *batch {
	from, n := at*block, min(block, total-at*block)
	if of == nil {
		return &batch{n: n, vars: []rows{{from: uint32(from)}}}
	}
	part := of[min(from>>6, len(of)):min((from+n+63)>>6, len(of))]
	count := countBits(part)
	if count == n {
		return &batch{n: n, vars: []rows{{from: uint32(from)}}}
	}
	list := w.codes.take(count)
	fillPlaces(list, part)
	for i := range list {
		list[i] += uint32(from)
	}
	return &batch{n: count, vars: []rows{{list: list}}}
}

// column gives a field's column with what is known of it.
func (e *Engine) column(t *frame.Table, field string) *column { return e.whole(t.Column(field)) }

func (e *Engine) whole(c *frame.Column) *column {
	if e.columns[c] == nil {
		e.columns[c] = columnOf(c)
	}
	return e.columns[c]
}

// keyCode gives the code of a map's key, or absent.
func (e *Engine) keyCode(c *column, key string) int64 {
	at := keyOf{c.Column, key}
	if code, ok := e.keys[at]; ok {
		return code
	}
	e.keys[at] = int64(slices.Index(c.MapKeys.Dict.Values, key))
	return e.keys[at]
}
