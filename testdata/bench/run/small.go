//go:build unix

package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// operationsEach is how many operations the small playbook plans for each company.
const operationsEach = 2

// assembleSmall makes a folder with the small playbook and as many companies as give that many operations.
func (b *bench) assembleSmall(name string, operations int) (dir string, err error) {
	if dir, err = b.fresh(name, "data"); err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(b.root, "testdata", "bench", "playbooks", "small", "playbook.yaml"))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "playbook.yaml"), text, 0o644); err != nil {
		return "", err
	}
	file, err := os.Create(filepath.Join(dir, "data", "companies.csv"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriter(file)
	fmt.Fprintln(out, "id,name,tier")
	for i := range operations / operationsEach {
		fmt.Fprintf(out, "c-%06d,Company %d,gold\n", i, i)
	}
	return dir, out.Flush()
}

// scaled is a number of operations of a bar, fewer in a try of less than the whole world.
func (b *bench) scaled(operations int) int {
	return max(int(float64(operations)*min(b.scale, 1)), 200) / operationsEach * operationsEach
}

// play runs the binary in a folder, so often, and gives the best of it and the last run.
func (b *bench) play(ctx context.Context, rounds int, dir string, args ...string) (cost, child, error) {
	var best cost
	var last child
	for range rounds {
		var err error
		if last, err = runChild(ctx, newChild(ctx, dir, b.playctl, args...)); err != nil {
			return best, last, err
		}
		best = best.better(last.cost)
	}
	return best, last, nil
}

// measureSmall is the bar P5: plans of as many operations as Terraform plans resources, all of them new and none of them changed.
func measureSmall(ctx context.Context, b *bench) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	created, unchanged := b.scaled(20_000), b.scaled(10_000)
	dir, err := b.assembleSmall("p5-new", created)
	if err != nil {
		return err
	}
	fresh, _, err := b.play(ctx, b.rounds, dir, "plan")
	if err != nil {
		return err
	}
	if dir, err = b.assembleSmall("p5-same", unchanged); err != nil {
		return err
	}
	if _, _, err := b.play(ctx, 1, dir, "apply", "--yes", "--concise"); err != nil {
		return err
	}
	same, _, err := b.play(ctx, b.rounds, dir, "plan", "--detailed-exitcode") // 0 says that there is nothing to do
	if err != nil {
		return err
	}
	peer, err := b.measureTerraform(ctx, created, unchanged)
	if err != nil {
		return err
	}
	b.report.check(check{bar: "P5", what: fmt.Sprintf("`plan` of %d new operations, beside Terraform's of as many new resources%s", created, peer.note),
		ours: seconds(fresh.CPU), peer: seconds(peer.created), value: fresh.CPU.Seconds() / peer.created.Seconds(), limit: 1.0 / 50, says: "≤ 1/50"})
	b.report.check(check{bar: "P5", what: fmt.Sprintf("`plan` of %d operations that are done, beside Terraform's of as many resources%s", unchanged, peer.note),
		ours: seconds(same.CPU), peer: seconds(peer.unchanged), value: same.CPU.Seconds() / peer.unchanged.Seconds(), limit: 1.0 / 500, says: "≤ 1/500"})
	return nil
}

// measureApply is the bar P6: applying ever more operations to files, all durable.
func measureApply(ctx context.Context, b *bench) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	t := table{title: "P6: apply to files", head: []string{"operations", "apply alone, on the clock", "operations a second", "processor time, planning included",
		"written by calls", "written to disk", "bytes an operation"}}
	var perOperation []float64
	var rate float64
	for _, n := range []int{b.scaled(10_000), b.scaled(50_000), b.scaled(100_000)} {
		a, err := b.applyOften(ctx, n)
		if err != nil {
			return err
		}
		rate = float64(n) / a.alone.Seconds()
		perOperation = append(perOperation, float64(a.wrote.disk)/float64(n))
		t.rows = append(t.rows, []string{fmt.Sprint(n), seconds(a.alone), short(rate), seconds(a.CPU), mib(a.wrote.calls), mib(a.wrote.disk),
			short(perOperation[len(perOperation)-1])})
	}
	t.below = []string{fmt.Sprintf("Apply alone is the best of `apply` on the clock (turns: %d, each with a folder of its own) less the best of `plan` (turns: %d): what else "+
		"the machine does only ever adds to a time.", b.few(), plansEach*b.few()), "Each batch is on the disk, and recorded, before the next one begins."}
	b.report.add(t)
	most, last := b.scaled(100_000), perOperation[len(perOperation)-1]
	b.report.check(check{bar: "P6", what: fmt.Sprintf("`apply` of %d operations to files", most), ours: short(rate) + "/s", shown: short(rate) + "/s", value: rate, limit: 20_000,
		atLeast: true, says: "≥ 20,000/s"})
	b.report.check(check{bar: "P6", what: fmt.Sprintf("bytes written an operation, %d beside %d", most, b.scaled(10_000)), ours: short(last), peer: short(perOperation[0]),
		value: last / perOperation[0], limit: 1.1, says: "linear: ≤ 1.1"})
	return nil
}

// applied is the quickest of some applies, and what of it was not planning.
type applied struct {
	child
	alone time.Duration
}

// plansEach is how often a plan is measured for each apply.
const plansEach = 2

// few is how often that is measured which takes long: three times of five rounds.
func (b *bench) few() int { return (b.rounds + 1) / 2 }

// applyOften applies that many operations to an empty desk, in a fresh folder each time.
func (b *bench) applyOften(ctx context.Context, operations int) (*applied, error) {
	var turns []child
	var planning cost
	for range b.few() {
		dir, err := b.assembleSmall("p6", operations)
		if err != nil {
			return nil, err
		}
		plan, _, err := b.play(ctx, plansEach, dir, "plan", "--concise")
		if err != nil {
			return nil, err
		}
		planning = planning.better(plan)
		all, err := runChild(ctx, newChild(ctx, dir, b.playctl, "apply", "--yes", "--concise"))
		if err != nil {
			return nil, err
		}
		turns = append(turns, all)
	}
	return quickest(turns, planning), nil
}

// quickest is the quickest apply, less the quickest planning of all turns: of one turn alone, a plan that was disturbed would take time off the
// apply that it did not spend.
func quickest(turns []child, planning cost) *applied {
	best := slices.MinFunc(turns, func(a, b child) int { return cmp.Compare(a.Wall, b.Wall) })
	return &applied{child: best, alone: max(best.Wall-planning.Wall, time.Millisecond)}
}
