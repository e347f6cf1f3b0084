//go:build unix

package main

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/segment"
)

// measureGraph is the bar P2: all segments, scores and stages of a playbook, each once, on one thread and on two.
func measureGraph(ctx context.Context, b *bench) error {
	world, err := b.ensureWorld(ctx, b.scale)
	if err != nil {
		return err
	}
	dir, err := b.assemble("p2", world, "p2")
	if err != nil {
		return err
	}
	w, err := b.startWorker(ctx, "graph", 2)
	if err != nil {
		return err
	}
	defer w.end()
	if _, err := w.do(ask{Do: "load", Dir: dir}); err != nil {
		return err
	}
	best, last := map[int]cost{}, &told{}
	for round := range b.rounds {
		if round > 0 && best[1].Wall > longEnough {
			break
		}
		for _, threads := range []int{1, 2} {
			if last, err = w.do(ask{Do: "evaluate", Threads: threads}); err != nil {
				return err
			}
			best[threads] = best[threads].better(last.cost())
		}
	}
	b.reportGraph(best[1], best[2], last)
	return nil
}

// longEnough is how long a thing takes that one turn measures well enough.
const longEnough = 30 * time.Second

func (b *bench) reportGraph(one, two cost, last *told) {
	b.report.check(check{bar: "P2", what: "fifty segments, two scores, one stage model: processor time, one thread", ours: seconds(one.CPU), value: one.CPU.Seconds(),
		limit: 3 * min(b.scale, 1), shown: seconds(one.CPU), says: "≤ " + seconds(time.Duration(3e9*min(b.scale, 1)))})
	b.report.check(check{bar: "P2", what: "the same on two threads: time on the clock", ours: seconds(two.Wall), peer: seconds(one.Wall) + " on one",
		value: one.Wall.Seconds() / two.Wall.Seconds(), limit: 1.7, atLeast: true, says: "≥ 1.7"})
	t := table{title: "P2: what it found", text: true, head: []string{"segment or stage", "records", "segment or stage", "records", "segment or stage", "records"}}
	names := make([]string, 0, len(last.Rows))
	for name := range last.Rows {
		names = append(names, name)
	}
	sort.Strings(names)
	for i := 0; i < len(names); i += 3 {
		var row []string
		for _, name := range names[i:min(i+3, len(names))] {
			row = append(row, name, fmt.Sprint(last.Rows[name]))
		}
		for len(row) < len(t.head) {
			row = append(row, "")
		}
		t.rows = append(t.rows, row)
	}
	b.report.add(t)
}

func seconds(d time.Duration) string { return short(d.Seconds()) + " s" }

// evaluate evaluates all segments, and the scores and stages that they ask for, anew each time.
func (d *desk) evaluate(ctx context.Context, a ask) (*told, error) {
	if d.given == nil {
		return nil, fmt.Errorf("no world is loaded")
	}
	var result *segment.Result
	t, err := measure(a.Loops, func() (err error) {
		result, err = d.program.Segments.Evaluate(ctx, d.data(), d.given.Lists)
		return err
	})
	if err != nil {
		return nil, err
	}
	t.Rows = map[string]int64{}
	for _, s := range result.Segments {
		t.Rows[s.Name] = int64(s.Matched)
	}
	for _, m := range result.Stages {
		for _, s := range m.Stages {
			t.Rows[m.Name+": "+s.Name] = int64(s.Count)
		}
	}
	return t, nil
}

// data is what a run evaluates over, before it knows anything.
func (d *desk) data() *expr.Data {
	data := &expr.Data{Frame: d.given.Read.Frame, Now: worldEnd, Vars: map[string]any{}}
	for _, v := range d.program.Book.Variables {
		data.Vars[v.Name] = v.Value
	}
	return data
}
