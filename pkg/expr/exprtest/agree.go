package exprtest

import (
	"context"
	"fmt"
	"strings"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// Disagreement is a question to which an engine says otherwise than the first one.
type Disagreement struct {
	Book     *Book
	World    *World
	Question Question
	Engine   string
	Some     bool   // it was asked about some rows only
	Row      int    // the first of which it says otherwise
	Record   string // its key and fields
	Want     string // what the first engine says of the row
	Got      string
	Found    string // how to find it again
}

// Error tells all that is known of it.
func (d *Disagreement) Error() string {
	some := ""
	if d.Some {
		some = ", asked about some rows only,"
	}
	return fmt.Sprintf("%s\n  %s%s says %s, and should say %s, of row %d:\n  %s\n  %s", d.Question, d.Engine, some, d.Got, d.Want, d.Row, d.Record, d.Found)
}

// Ask puts questions about data to engines, the first of which is right, and gives the first disagreement on each. What is put is counted in the
// tally, which may be nil.
func Ask(ctx context.Context, d *expr.Data, engines []Engine, list []*Compiled, tally *Tally) []*Disagreement {
	if tally != nil {
		tally.Worlds++
	}
	return (&agreement{data: d, engines: engines, tally: tally}).questions(ctx, list)
}

// agreement puts questions to engines.
type agreement struct {
	data    *expr.Data
	engines []Engine
	tally   *Tally // may be nil
}

// questions puts questions to all engines and gives the first disagreement on each.
func (a *agreement) questions(ctx context.Context, list []*Compiled) []*Disagreement {
	sessions := make([]Session, len(a.engines))
	for i, e := range a.engines {
		sessions[i] = e.Over(a.data, programsOf(list))
	}
	var out []*Disagreement
	for i, q := range list {
		if d := a.question(ctx, sessions, q, i); d != nil {
			out = append(out, d)
		}
	}
	a.tally.slow(sessions, list)
	return out
}

// question puts one question to all sessions; the first is right. turn varies which rows alone are asked about too, whether before all are, and
// what is asked twice: what an engine remembers of some rows must not stand for others.
func (a *agreement) question(ctx context.Context, sessions []Session, q *Compiled, turn int) *Disagreement {
	n := a.data.Frame.Table(q.Self).Rows
	right := ask(ctx, sessions[0], q, n, nil)
	a.tally.answered(a.engines[0], q, false, &right)
	a.tally.count(q, &right)
	asked := []frame.Bits{nil}
	switch {
	case turn%6 == 0 && n > 0:
		asked = []frame.Bits{some(n, turn/6), nil}
	case turn%6 == 3 && n > 0:
		asked = []frame.Bits{nil, some(n, turn/6)}
	case turn%12 == 1:
		asked = []frame.Bits{nil, nil}
	}
	for i, s := range sessions[1:] {
		for _, rows := range asked {
			other := ask(ctx, s, q, n, rows)
			a.tally.answered(a.engines[i+1], q, rows != nil, &other)
			if row := right.differs(&other, rows); row >= 0 {
				return a.disagreement(q, i+1, row, &right, &other, rows != nil)
			}
		}
	}
	return nil
}

// some chooses rows: every second, a run of them, or one.
func some(n, turn int) frame.Bits {
	out := frame.NewBits(n)
	for row := range n {
		switch turn % 4 {
		case 0:
			if row%2 == turn/4%2 {
				out.Add(row)
			}
		case 1:
			if row >= n/3 && row <= n/2 {
				out.Add(row)
			}
		case 2:
			if row == n-1 {
				out.Add(row)
			}
		}
	}
	return out
}

func (a *agreement) disagreement(q *Compiled, engine, row int, right, other *answer, some bool) *Disagreement {
	d := &Disagreement{Question: q.Question, Engine: a.engines[engine].Name(), Some: some, Row: row, Want: right.word(row), Got: other.word(row)}
	if t := a.data.Frame.Table(q.Self); row < t.Rows {
		d.Record = describe(a.data, t, row)
	}
	return d
}

// describe writes a record with what is known of it and how many records it has below it.
func describe(d *expr.Data, t *frame.Table, row int) string {
	var names []string
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	fields := d.Fields(t.Entity, row, names)
	var words []string
	for _, name := range names {
		if value, known := fields[name]; known {
			words = append(words, fmt.Sprintf("%s: %q", name, playbook.Text(value)))
		}
	}
	for _, p := range t.Parents() {
		if up := p.Up[row]; up >= 0 {
			words = append(words, fmt.Sprintf("%s: %q", p.Parent.Entity, p.Parent.Key(int(up))))
		}
	}
	return t.Entity + " {" + strings.Join(words, ", ") + "}"
}

// Name makes a name for a file of the disagreement.
func (d *Disagreement) Name(number int) string {
	return strings.NewReplacer(" ", "-", ",", "").Replace(fmt.Sprintf("%s-%d.txtar", d.Found, number))
}
