//go:build unix

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"
)

// planned is what planning a world of some scale took.
type planned struct {
	scale                float64
	dir                  string
	members              int64
	applied              cost
	first                child // the plan that reads the changed file
	again                cost  // the best of plans from the cache
	turns                int   // so many
	cached               bool  // there was one
	load, evaluate, plan cost  // in one process, one after the other
}

// measurePlan is the bar P4 and growth: five plays are launched over the world, one account of a hundred changes, and the real binary plans.
func measurePlan(ctx context.Context, b *bench) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	var sizes []*planned
	for _, scale := range []float64{b.scale / 10, b.scale} {
		p, err := b.launchWorld(ctx, scale)
		if err != nil {
			return err
		}
		if err := b.planWorld(ctx, p); err != nil {
			return err
		}
		if err := b.planInRooms(ctx, &planned{dir: p.dir}, 1); err != nil { // fills its cache
			return err
		}
		sizes = append(sizes, p)
	}
	for range b.rounds { // the sizes take turns: growth is a ratio, and the machine is not always as fast
		for _, p := range sizes {
			times := int(math.Round(b.scale / p.scale)) // the best of short times is a luckier one than that of long times: both sizes take about as long
			if err := b.planAgain(ctx, p, times); err != nil {
				return err
			}
			if err := b.planInRooms(ctx, p, times); err != nil {
				return err
			}
		}
	}
	b.reportPlan(sizes[0], sizes[1])
	return nil
}

// launchWorld makes a playbook's folder whose five plays have been applied, and changes one account of a hundred then.
func (b *bench) launchWorld(ctx context.Context, scale float64) (*planned, error) {
	world, err := b.ensureWorld(ctx, scale)
	if err != nil {
		return nil, err
	}
	p := &planned{scale: scale}
	if p.dir, err = b.assemble(fmt.Sprintf("p4-%v", scale), world, "p4"); err != nil {
		return nil, err
	}
	b.say("launching five plays over the world at scale %v", scale)
	applied, err := b.ownPlayctl(ctx, p.dir, "apply", "--yes", "--concise")
	if err != nil {
		return nil, err
	}
	p.applied = applied.cost
	if p.members, err = countRows(filepath.Join(p.dir, ".playctl", "state.db"), "members"); err != nil {
		return nil, err
	}
	return p, changeAccounts(world, p.dir)
}

// planWorld plans by the real binary with the changed file not read yet.
func (b *bench) planWorld(ctx context.Context, p *planned) error {
	var err error
	if p.first, err = runChild(ctx, newChild(ctx, p.dir, b.playctl, planArgs()...)); err != nil {
		return err
	}
	p.cached = exists(filepath.Join(p.dir, ".playctl", "cache"))
	return nil
}

func planArgs() []string {
	return []string{"plan", "--concise", "--at", worldEnd.Add(time.Hour).Format(time.RFC3339), "--allow", "removals"}
}

// planAgain plans by the real binary from the cache, so many times.
func (b *bench) planAgain(ctx context.Context, p *planned, times int) error {
	again, err := average(times, func() (cost, error) {
		c, err := runChild(ctx, newChild(ctx, p.dir, b.playctl, planArgs()...))
		return c.cost, err
	})
	if err != nil {
		return err
	}
	p.again, p.turns = p.again.better(again), p.turns+1
	return nil
}

// average does something so many times, and gives what one time took; of memory, what was held by the first.
func average(times int, do func() (cost, error)) (cost, error) {
	var all cost
	for n := range times {
		c, err := do()
		if err != nil {
			return cost{}, err
		}
		if n == 0 {
			all.Peak = c.Peak
		}
		all.CPU, all.Wall = all.CPU+c.CPU, all.Wall+c.Wall
	}
	all.CPU, all.Wall = all.CPU/time.Duration(times), all.Wall/time.Duration(times)
	return all, nil
}

// planInRooms plans in a worker, room by room, each so many times. It has a cache of its own: that of the binary, which is another build, it would
// write anew each time.
func (b *bench) planInRooms(ctx context.Context, p *planned, times int) error {
	w, err := b.startWorker(ctx, "planner", 2)
	if err != nil {
		return err
	}
	defer w.end()
	for _, step := range []struct {
		do   string
		cost *cost
	}{{"open", nil}, {"keep", &p.load}, {"evaluate", &p.evaluate}, {"rest", &p.plan}} {
		t, err := average(times, func() (cost, error) {
			t, err := w.do(ask{Do: step.do, Dir: p.dir, Cache: filepath.Join(p.dir, ".playctl", "rooms")})
			if err != nil {
				return cost{}, err
			}
			return t.cost(), nil
		})
		if err != nil {
			return err
		}
		if step.cost != nil {
			*step.cost = step.cost.better(t)
		}
	}
	return nil
}

// ownPlayctl runs a command of playctl at the end of the world.
func (b *bench) ownPlayctl(ctx context.Context, dir string, args ...string) (child, error) {
	c, err := selfCommand(ctx, dir, commandWord, args...)
	if err != nil {
		return child{}, err
	}
	return runChild(ctx, c)
}

func (b *bench) reportPlan(small, large *planned) {
	source := "from the cache"
	if !large.cached {
		source = "without a cache: playctl made none"
	}
	limit := 5 * min(b.scale, 1)
	b.report.check(check{bar: "P4", what: fmt.Sprintf("`plan`: five plays, %d members, 1 %% of the accounts changed, %s", large.members, source),
		ours: seconds(large.again.CPU), shown: seconds(large.again.CPU), value: large.again.CPU.Seconds(), limit: limit, says: fmt.Sprintf("≤ %v s", limit)})
	b.report.check(check{bar: "P4", what: "the same: most memory held", ours: mib(large.again.Peak), shown: mib(large.again.Peak),
		value: float64(large.again.Peak), limit: 1.5 * (1 << 30), says: "≤ 1.5 GiB"})
	t := table{title: fmt.Sprintf("Growth from %v to %v of the world", small.scale, large.scale), head: []string{"", "processor, small", "processor, large", "×",
		"most memory, small", "most memory, large", "×"}}
	rooms := grownRooms(small, large)
	for _, r := range rooms {
		t.rows = append(t.rows, r.row())
	}
	t.below = []string{"Load, evaluate and the rest are rooms of one process, one after the other: memory is the most that it has held so far.",
		fmt.Sprintf("Turns: %d plans from the cache and %d processes with rooms, the sizes one after the other, the small one ten times each turn; of the turns' times the best counts, since what else the machine does only "+
			"ever adds to them, and of their memory the most. The accounts are read anew once, and launched once.", large.turns, b.rounds)}
	b.report.add(t)
	b.checkGrowth(small, large, rooms)
}

// grown is what a room cost over the small world and the large one.
type grown struct {
	name         string
	small, large cost
	once         bool // measured once for each world, so shown, and not held against the bar
}

// grownRooms are all that are shown, and all but those that were measured once are held against the bar.
func grownRooms(small, large *planned) []grown {
	return []grown{
		{name: "load", small: small.load, large: large.load},
		{name: "evaluate", small: small.evaluate, large: large.evaluate},
		{name: "the rest of planning", small: small.plan, large: large.plan},
		{name: "`playctl plan`, from the cache", small: small.again, large: large.again},
		{name: "`playctl plan`, the accounts read anew", small: small.first.cost, large: large.first.cost, once: true},
		{name: "`playctl apply`, the launch", small: small.applied, large: large.applied, once: true},
	}
}

// checkGrowth holds what grew most against the bar. A tenth of the world may cost no less than a tenth: 11 is what is allowed.
func (b *bench) checkGrowth(small, large *planned, rooms []grown) {
	worst, what := 0.0, ""
	for _, r := range rooms {
		if r.once {
			continue
		}
		if x := r.time(); x > worst {
			worst, what = x, r.name+": processor time"
		}
		if x := r.memory(); x > worst {
			worst, what = x, r.name+": memory"
		}
	}
	b.report.check(check{bar: "P4", what: fmt.Sprintf("growth from %v to %v of the world, what grew most: %s", small.scale, large.scale, what), value: worst,
		shown: short(worst) + "×", limit: 11, says: "≤ 11×"})
}

func large2small(large, small float64) float64 {
	if small == 0 {
		return 0
	}
	return large / small
}

// time is by how many times the processor's time grew, and memory by how many the most that was held.
func (g *grown) time() float64   { return large2small(g.large.CPU.Seconds(), g.small.CPU.Seconds()) }
func (g *grown) memory() float64 { return large2small(float64(g.large.Peak), float64(g.small.Peak)) }

func (g *grown) row() []string {
	return []string{g.name, seconds(g.small.CPU), seconds(g.large.CPU), short(g.time()), mib(g.small.Peak), mib(g.large.Peak), short(g.memory())}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
