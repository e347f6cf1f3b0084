package exprtest_test

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/expr/exprtest"
	"github.com/playctl/playctl/pkg/frame"
)

// mutant is the reference with one thing wrong: with what it is told, or with what it says.
type mutant struct {
	name  string
	data  func(d *expr.Data) (restore func()) // makes its data wrong and gives what makes it right again; nil for nothing
	says  func(v *frame.Verdict, rows int)    // nil for nothing
	pairs int                                 // by when it must be caught
	world int                                 // the only world to look at, for what shows in large ones only; 0 for all from the first on
}

// Name implements exprtest.Engine.
func (m *mutant) Name() string { return m.name }

// Over implements exprtest.Engine.
func (m *mutant) Over(d *expr.Data, _ []*expr.Program) exprtest.Session { return &mutated{m, d} }

type mutated struct {
	*mutant
	d *expr.Data
}

// Verdict implements exprtest.Session.
func (m *mutated) Verdict(ctx context.Context, p *expr.Program) (frame.Verdict, error) {
	if m.data != nil {
		defer m.data(m.d)()
	}
	v, err := p.Verdict(ctx, m.d)
	if m.says != nil {
		m.says(&v, m.d.Frame.Table(p.Scope.Self).Rows)
	}
	return v, err
}

// Lists implements exprtest.Lister.
func (m *mutated) Lists(ctx context.Context, p *expr.Program, of frame.Bits) (exprtest.Lists, error) {
	if m.data != nil {
		defer m.data(m.d)()
	}
	return exprtest.Reference{}.Over(m.d, nil).(exprtest.Lister).Lists(ctx, p, of)
}

// columns lets change see every column of a frame, those of elements included, and restores what it changed.
func columns(change func(c *frame.Column)) func(d *expr.Data) func() {
	return func(d *expr.Data) func() {
		var undo []func()
		var visit func(c *frame.Column)
		visit = func(c *frame.Column) {
			ints, doubles, bools, known, dict := slices.Clone(c.Ints), slices.Clone(c.Doubles), slices.Clone(c.Bools), slices.Clone(c.Known), c.Dict
			undo = append(undo, func() { c.Ints, c.Doubles, c.Bools, c.Known, c.Dict = ints, doubles, bools, known, dict })
			change(c)
			if c.Elems != nil {
				visit(c.Elems)
			}
		}
		for _, t := range d.Frame.Tables {
			for _, c := range t.Columns {
				visit(c)
			}
		}
		return func() {
			for _, f := range undo {
				f()
			}
		}
	}
}

// times lets change see the columns of times.
func times(change func(c *frame.Column)) func(d *expr.Data) func() {
	return columns(func(c *frame.Column) {
		if c.Type.Kind == frame.Time {
			change(c)
		}
	})
}

// lists lets change see the children of every record.
func lists(change func(list []uint32)) func(d *expr.Data) func() {
	return func(d *expr.Data) func() {
		var undo []func()
		for _, t := range d.Frame.Tables {
			for _, r := range t.Parents() {
				down := slices.Clone(r.Down)
				undo = append(undo, func() { copy(r.Down, down) })
				for row := range r.Parent.Rows {
					change(r.Of(row))
				}
			}
		}
		return func() {
			for _, f := range undo {
				f()
			}
		}
	}
}

// clock lets the run's time be another.
func clock(by time.Duration) func(d *expr.Data) func() {
	return func(d *expr.Data) func() {
		now := d.Now
		d.Now = now.Add(by)
		return func() { d.Now = now }
	}
}

// texts replaces every string of a dictionary.
func texts(change func(string) string) func(d *expr.Data) func() {
	return columns(func(c *frame.Column) {
		if c.Dict != nil {
			other := &frame.Dict{}
			for _, s := range c.Dict.Values {
				other.Values = append(other.Values, change(s))
			}
			c.Dict = other
		}
	})
}

// mutants are faults that column engines have had, or may well have.
var mutants = []mutant{
	{name: "says otherwise of the last record", pairs: 200, says: func(v *frame.Verdict, rows int) {
		if rows > 0 {
			v.Unknown.Remove(rows - 1)
			v.True[(rows-1)>>6] ^= 1 << ((rows - 1) & 63)
		}
	}},
	{name: "unknown is false", pairs: 200, says: func(v *frame.Verdict, rows int) { v.Unknown = frame.NewBits(rows) }},
	{name: "unknown is true", pairs: 200, says: func(v *frame.Verdict, rows int) { v.True, v.Unknown = v.Unknown, frame.NewBits(rows) }},
	{name: "sets bits behind the last record", pairs: 200, says: func(v *frame.Verdict, rows int) {
		if rows%64 != 0 {
			v.True[rows>>6] |= 1 << (rows & 63)
		}
	}},
	{name: "true and unknown at once", pairs: 200, says: func(v *frame.Verdict, _ int) { copy(v.Unknown, v.True) }},
	{name: "one word too many", pairs: 200, says: func(v *frame.Verdict, _ int) { v.True = append(v.True, 0) }},
	{name: "only the first block", world: 27, says: func(v *frame.Verdict, rows int) {
		for row := 2048; row < rows; row++ {
			v.True.Remove(row)
		}
	}},
	{name: "panics over an empty table", pairs: 1000, says: func(_ *frame.Verdict, rows int) { _ = make([]int, rows)[0] }},
	{name: "its clock is a microsecond late", pairs: 1000, data: clock(time.Microsecond)},
	{name: "its clock is a microsecond early", pairs: 1000, data: clock(-time.Microsecond)},
	{name: "times to the millisecond", pairs: 1000, data: times(func(c *frame.Column) {
		for i, t := range c.Ints {
			c.Ints[i] = t - t%1000
		}
	})},
	{name: "an event without a time is of the year 1970", pairs: 2000, data: times(func(c *frame.Column) {
		for i := range c.Ints {
			c.Known.Add(i)
		}
	})},
	{name: "missing numbers are zero", pairs: 1000, data: columns(func(c *frame.Column) {
		for i := range c.Len() {
			if c.Type.Kind == frame.Int {
				c.Known.Add(i)
			}
		}
	})},
	{name: "integers by way of doubles", pairs: 5000, data: columns(func(c *frame.Column) {
		for i, n := range c.Ints {
			if c.Type.Kind == frame.Int {
				c.Ints[i] = int64(min(float64(n), math.Nextafter(1<<63, 0)))
			}
		}
	})},
	{name: "NaN is missing", pairs: 5000, data: columns(func(c *frame.Column) {
		for i, x := range c.Doubles {
			if math.IsNaN(x) {
				c.Known.Remove(i)
			}
		}
	})},
	{name: "infinity is the greatest number", pairs: 5000, data: columns(func(c *frame.Column) {
		for i, x := range c.Doubles {
			if math.IsInf(x, 1) {
				c.Doubles[i] = math.MaxFloat64
			}
		}
	})},
	{name: "texts are trimmed", pairs: 5000, data: texts(strings.TrimSpace)},
	{name: "texts without regard to case", pairs: 1000, data: texts(strings.ToLower)},
	{name: "children in another order", pairs: 1000, data: lists(slices.Reverse[[]uint32])},
	{name: "the last child twice, the first not at all", pairs: 1000, data: lists(func(list []uint32) {
		if len(list) > 1 {
			list[0] = list[len(list)-1]
		}
	})},
	{name: "after two thousand children it counts them double", world: 23, data: lists(func(list []uint32) {
		for i := 2048; i < len(list); i++ {
			list[i] = list[i-1]
		}
	})},
	{name: "every event is engagement", pairs: 2000, data: func(d *expr.Data) func() {
		was := d.Engaged
		d.Engaged = map[string]frame.Bits{}
		for name := range was {
			rows := d.Frame.Table(name).Rows
			d.Engaged[name] = frame.NewBits(rows)
			for row := range rows {
				d.Engaged[name].Add(row)
			}
		}
		return func() { d.Engaged = was }
	}},
}

// TestRun_catchesBrokenEngines holds that every fault shows within so many pairs, and that what is reported of it is small.
func TestRun_catchesBrokenEngines(t *testing.T) {
	for i := range mutants {
		m := &mutants[i]
		t.Run(m.name, func(t *testing.T) {
			run := &exprtest.Run{Engines: []exprtest.Engine{exprtest.Reference{}, m}, Seed: 7, Pairs: max(m.pairs, 1), World: cmp.Or(m.world, -1), Smaller: m.world == 0}
			found, tally, err := run.Do(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 {
				t.Fatalf("not caught in %d pairs", tally.Pairs)
			}
			t.Logf("caught in %d of %d pairs; %d records are left:\n%s", len(found), tally.Pairs, found[0].World.Size(), found[0])
		})
	}
}
