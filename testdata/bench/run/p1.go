//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"time"
)

// engine evaluates the five segments, in a process of its own.
type engine struct {
	name     string
	accounts float64 // of its world
	small    bool    // its world is a tenth: a whole one would not fit in memory
	evaluate func(segment, loops int) (*told, error)
	end      func()

	loops [5]int
	best  [5]cost
	found [5]map[string]int64
}

// measureSegments is the bar P1: the five segments in every engine, in turns, on one thread.
func measureSegments(ctx context.Context, b *bench) error {
	engines, err := b.startEngines(ctx)
	defer func() {
		for _, e := range engines {
			e.end()
		}
	}()
	if err != nil {
		return err
	}
	for round := range b.rounds + 1 { // the first one warms up
		for s := range theFive {
			for _, e := range engines {
				if err := e.turn(s, round == 0); err != nil {
					return err
				}
			}
		}
		b.say("segments: round %d of %d", round, b.rounds)
	}
	if err := agree(engines); err != nil {
		return err
	}
	b.reportSegments(engines)
	return nil
}

// startEngines starts all engines that there are on this machine.
func (b *bench) startEngines(ctx context.Context) ([]*engine, error) {
	large, err := b.ensureWorld(ctx, b.scale)
	if err != nil {
		return nil, err
	}
	small, err := b.ensureWorld(ctx, b.scale/10)
	if err != nil {
		return nil, err
	}
	var engines []*engine
	for _, start := range []func() (*engine, error){
		func() (*engine, error) { return b.ownEngine(ctx, columnsEngine, large) },
		func() (*engine, error) { return b.ownEngine(ctx, referenceEngine, large) },
		func() (*engine, error) { return b.ownEngine(ctx, naiveEngine, small) },
		func() (*engine, error) { return b.duckEngine(ctx, large) },
		func() (*engine, error) { return b.postgresEngine(ctx, large) },
	} {
		e, err := start()
		if err != nil {
			return engines, err
		}
		if e != nil {
			engines = append(engines, e)
		}
	}
	return engines, nil
}

// ownEngine is one of this programme's engines.
func (b *bench) ownEngine(ctx context.Context, name, world string) (*engine, error) {
	b.say("loading %s for %s", world, name)
	dir, err := b.assemble("p1-"+name, world)
	if err != nil {
		return nil, err
	}
	w, err := b.startWorker(ctx, name, 1)
	if err != nil {
		return nil, err
	}
	if _, err := w.do(ask{Do: "load", Dir: dir}); err != nil {
		return nil, err
	}
	e := &engine{name: name, small: name == naiveEngine, end: w.end}
	e.evaluate = func(segment, loops int) (*told, error) {
		t, err := w.do(ask{Do: "segment", Engine: name, Segment: segment, Loops: loops})
		if err == nil {
			e.accounts = float64(t.Rows["accounts"])
		}
		return t, err
	}
	if name == naiveEngine {
		return e, e.checkNaive(w)
	}
	return e, nil
}

// checkNaive holds the maps against the reference over the same small world: no other engine has that one.
func (e *engine) checkNaive(w *worker) error {
	for s, f := range theFive {
		maps, err := e.evaluate(s, 1)
		if err != nil {
			return err
		}
		columns, err := w.do(ask{Do: "segment", Engine: referenceEngine, Segment: s})
		if err != nil {
			return err
		}
		if maps.Rows["matched"] != columns.Rows["matched"] {
			return fmt.Errorf("segment %s: %d accounts by maps, %d by the reference", f.name, maps.Rows["matched"], columns.Rows["matched"])
		}
	}
	return nil
}

// turn evaluates one segment. The first turn finds out how often it must be done to take long enough, a twentieth of a second.
func (e *engine) turn(s int, first bool) error {
	t, err := e.evaluate(s, max(e.loops[s], 1))
	if err != nil {
		return fmt.Errorf("%s: segment %s: %w", e.name, theFive[s].name, err)
	}
	if e.found[s] = t.Rows; !first {
		e.best[s] = e.best[s].better(t.cost())
		return nil
	}
	e.loops[s] = int(min(max(50*time.Millisecond/max(t.CPU, 1), 1), 100))
	return nil
}

// agree holds what the engines found against each other; those that know of unknown accounts also in that.
func agree(engines []*engine) error {
	for s, f := range theFive {
		var first *engine
		for _, e := range engines {
			if e.small {
				continue
			}
			if first == nil {
				first = e
			}
			for name, n := range e.found[s] {
				if want, ok := first.found[s][name]; ok && n != want {
					return fmt.Errorf("segment %s: %d accounts %s by %s, %d by %s", f.name, n, name, e.name, want, first.name)
				}
			}
		}
	}
	return nil
}

// perAccount is what a segment costs for each account, in nanoseconds.
func (e *engine) perAccount(s int) float64 { return float64(e.best[s].CPU) / e.accounts }

// total is what all segments cost for each account, in nanoseconds.
func (e *engine) total() float64 {
	sum := 0.0
	for s := range theFive {
		sum += e.perAccount(s)
	}
	return sum
}

// reportSegments tells what was measured and holds it against the bars.
func (b *bench) reportSegments(engines []*engine) {
	t := table{title: "P1: five segments, processor time in ns per account, one thread", head: []string{"engine"}}
	for _, f := range theFive {
		t.head = append(t.head, f.name)
	}
	t.head = append(t.head, "total", "playctl's part of it")
	byName := map[string]*engine{}
	for _, e := range engines {
		byName[e.name] = e
	}
	ours := byName[columnsEngine]
	for _, e := range engines {
		row := []string{engineTitles[e.name]}
		for s := range theFive {
			row = append(row, short(e.perAccount(s)))
		}
		t.rows = append(t.rows, append(row, short(e.total()), ratio(ours.total()/e.total())))
	}
	t.rows = append(t.rows, foundRow(ours))
	for _, f := range theFive {
		t.below = append(t.below, f.name+": `"+f.cel+"`")
	}
	b.report.add(t)
	b.checkSegments(ours, byName)
}

func foundRow(e *engine) []string {
	row := []string{"accounts found, the same by all of the same world"}
	for s := range theFive {
		row = append(row, fmt.Sprint(e.found[s]["matched"]))
	}
	return append(row, "", "")
}

var engineTitles = map[string]string{
	columnsEngine:   "playctl, by columns: known and unknown accounts",
	referenceEngine: "cel-go over columns (playctl's reference)",
	naiveEngine:     "cel-go, a map per record (a tenth of the world)",
	duckName:        "DuckDB in memory: counts",
	postgresName:    "Postgres, indexed: counts",
}

// checkSegments holds the engine by columns against the bars.
func (b *bench) checkSegments(ours *engine, others map[string]*engine) {
	if duck := others[duckName]; duck != nil {
		b.report.check(check{bar: "P1", what: "five segments in total, beside DuckDB", ours: ns(ours.total()), peer: ns(duck.total()),
			value: ours.total() / duck.total(), limit: 1.0 / 3, says: "≤ 1/3"})
		worst, at := 0.0, 0
		for s := range theFive {
			allowed := 1.0
			if s == regexSegment {
				allowed = 1.3
			}
			if r := ours.perAccount(s) / duck.perAccount(s) / allowed; r > worst {
				worst, at = r, s
			}
		}
		says, limit := "≤ 1 each", 1.0
		if at == regexSegment {
			says, limit = "≤ 1.3 for the regex, ≤ 1 else", 1.3
		}
		b.report.check(check{bar: "P1", what: "the segment that comes off worst beside DuckDB: " + theFive[at].name, ours: ns(ours.perAccount(at)),
			peer: ns(duck.perAccount(at)), value: ours.perAccount(at) / duck.perAccount(at), limit: limit, says: says})
	}
	reference := others[referenceEngine]
	b.report.check(check{bar: "P1", what: "five segments in total, beside cel-go over columns", ours: ns(ours.total()), peer: ns(reference.total()),
		value: ours.total() / reference.total(), limit: 1.0 / 8, says: "≤ 1/8"})
}

// regexSegment is the one of the five that has a regular expression.
const regexSegment = 2

// short shows a number with three digits that count, at most.
func short(x float64) string {
	switch {
	case x >= 100:
		return fmt.Sprint(math.Round(x))
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

func ns(x float64) string { return short(x) + " ns" }
