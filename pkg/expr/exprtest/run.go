package exprtest

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/playctl/playctl/pkg/expr"
)

// Run puts random questions about random worlds to engines, the first of which is right.
type Run struct {
	Engines []Engine
	Seed    uint64
	Pairs   int // of a question and a world, at the least
	World   int // only that world, for finding a disagreement again; -1 for all
	// Smaller, if set, shrinks each disagreement.
	Smaller bool
	// Most is after how many disagreements to stop; 0 is after the first.
	Most int
}

// batch is how many questions each world is asked, and how many macros may be within each other there.
var batch = map[Scale]struct{ questions, loops int }{Small: {200, 2}, Large: {40, 1}, Crowded: {30, 1}}

// scaleOf tells how large the world of a number is: one in ten is large, one in a hundred crowded.
func scaleOf(world int) Scale {
	switch {
	case world%100 == 23:
		return Crowded
	case world%10 == 7:
		return Large
	}
	return Small
}

// Do runs, and gives what it found and counted. An error is the context's, or about a playbook that can't be read.
func (r *Run) Do(ctx context.Context) ([]*Disagreement, *Tally, error) {
	tally := NewTally()
	var out []*Disagreement
	for world := max(r.World, 0); tally.Pairs < r.Pairs && len(out) <= r.Most; world++ {
		found, err := r.world(ctx, world, tally)
		if err != nil {
			return out, tally, fmt.Errorf("seed %d, world %d: %w", r.Seed, world, err)
		}
		if out = append(out, found...); ctx.Err() != nil || r.World >= 0 {
			break
		}
	}
	return out, tally, ctx.Err()
}

// world puts questions about one world.
func (r *Run) world(ctx context.Context, number int, tally *Tally) ([]*Disagreement, error) {
	random := rand.New(rand.NewPCG(r.Seed, uint64(number)))
	b, err := RandomBook(random)
	if err != nil {
		return nil, err
	}
	scale := scaleOf(number)
	w := RandomWorld(random, b.Book, scale)
	loops := batch[scale].loops
	if scale == Small && random.IntN(8) == 0 {
		loops++
	}
	var list []*Compiled
	for refused := 0; len(list) < batch[scale].questions && refused < 10*batch[scale].questions; {
		q, err := again(random, list, RandomQuestion(random, b, w, loops)).compile(b)
		if err != nil {
			refused++
			tally.Refused++
			continue
		}
		list = append(list, q)
	}
	found := Ask(ctx, w.Data(b.Book), r.Engines, list, tally)
	for i, d := range found {
		d.Book, d.World, d.Found = b, w, fmt.Sprintf("seed %d, world %d", r.Seed, number)
		if r.Smaller && i < 3 && ctx.Err() == nil {
			found[i] = Shrink(ctx, d, r.Engines)
		}
	}
	return found, nil
}

// again joins one in eight conditions with one that was asked before, so that they have parts in common, which engines may evaluate only once.
func again(r *rand.Rand, asked []*Compiled, q Question) Question {
	if len(asked) == 0 || q.Condition == "" || r.IntN(8) > 0 {
		return q
	}
	old := asked[r.IntN(len(asked))]
	if old.Self != q.Self || old.Condition == "" {
		return q
	}
	one, other := old.nodes[0], q.nodes[0]
	return q.asked([]*Node{[]*Node{
		form(boolean, and, "&& again", "§ && §", one, other), form(boolean, or, "|| again", "§ || !§", one, other), form(boolean, unary, "! again", "!§", one),
		form(boolean, ternary, "?: again", "§ ? § : §", other, one, other), form(boolean, relation, "== again", "§ == §", one, other),
	}[r.IntN(5)]})
}

// RandomQuestion writes a question that goes with a world: a condition mostly, else records, or each of them. loops is how many macros may be
// within each other.
func RandomQuestion(r *rand.Rand, b *Book, in *World, loops int) Question {
	q := Question{Self: b.Entities[r.IntN(len(b.Entities))].Name}
	if r.IntN(2) == 0 {
		q.Self = in.busy
	}
	w := NewWriter(r, b.Book, expr.Scope{Self: q.Self}, loops)
	w.crowd = in.crowd
	switch n := r.IntN(100); {
	case n < 88:
		return q.asked([]*Node{w.Condition()})
	case n < 95:
		q.Records = "?"
		return q.asked([]*Node{w.Records()})
	}
	entity := w.reachable()
	if entity == "" {
		return q.asked([]*Node{w.Condition()})
	}
	q.Records, q.As = "?", "it"
	list := w.write(listOf(recordOf(entity)), 1)
	when := NewWriter(r, b.Book, expr.Scope{Self: q.Self, Element: expr.Element{Name: q.As, Entity: entity}}, loops-1)
	return q.asked([]*Node{list, when.Condition()})
}
