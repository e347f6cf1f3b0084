//go:build unix

package flow_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/source"
)

// BenchmarkMembers plans and applies a play of many members three times: all enter, nothing is to do, all leave. The time for each member
// must not grow with their number.
func BenchmarkMembers(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				h := newHouseIn(b, b.TempDir(), "plays:"+play("one", "reentry: {per: account.renewal}", "{set: desk.company, fields: {stage: x}}",
					"{keep: desk.list, name: A, for: account.people}", "{send: desk.message, text: hi}", "{remove: desk.list, name: B}")+
					play("two", "priority: 1", "{keep: desk.list, name: A, for: account.people}", "{keep: desk.list, name: B}", "{keep: desk.audience, name: A}"))
				h.unsettled = true
				all := make([]map[string]string, n)
				people := make([]map[string]string, n)
				for i := range all {
					id := fmt.Sprintf("k%06d", i)
					all[i] = map[string]string{"id": id, "tier": "gold", "renewal": "2026"}
					people[i] = map[string]string{"id": "p" + id, "account_id": id, "email": "p" + id + "@x"}
				}
				h.rows("account", all)
				h.rows("person", people)
				h.story = nil
				for _, what := range []string{"enter", "same", "leave"} {
					if what == "leave" {
						for _, row := range all {
							row["tier"] = "tin"
						}
						h.rows("account", all)
					}
					begin := time.Now()
					h.plan()
					planned := time.Since(begin)
					_, r := h.attempt(allowAll, "")
					h.story = nil
					if !r.Complete() {
						b.Fatal(r.Err)
					}
					b.ReportMetric(float64(planned.Nanoseconds())/float64(n), what+"-plan-ns/member")
					b.ReportMetric(float64(time.Since(begin).Nanoseconds()-2*planned.Nanoseconds())/float64(n), what+"-apply-ns/member")
				}
			}
		})
	}
}

// standingNouns are the nouns of a house, with somebody who does tasks.
const standingNouns = nouns + "roles:\n  boss: {fallback: boss@x}\n"

// standingPlays are five plays that keep, wait, give out tasks, convert and end. Each takes a fifth of the accounts, by tier.
var standingPlays = "plays:" +
	standingPlay(0, "goal: account.stage == \"won\"\n    exit: [{when: account.score < 0.0, reason: cold}]",
		"{keep: desk.list, name: A, for: account.people}", "{wait: 90d}", "{send: desk.message, text: hi}") +
	standingPlay(1, "goal: \"account.activities.filter(a, a.type == 'demo')\"",
		"{keep: desk.audience, name: A}", "{keep: desk.list, name: B, for: \"account.people.filter(p, p.rank > 1)\"}",
		"{wait_for: \"account.activities.filter(a, a.type == 'call')\", timeout: 90d}", "{set: desk.company, fields: {stage: x}}") +
	standingPlay(2, "goal: account.stage == \"won\"",
		"{task: desk.task, by: boss, title: \"Call ${account.name}\", outcomes: [met, not now], timeout: 90d}", "{wait: 5d}") +
	standingPlay(3, "exit: [{quiet: 365d, reason: silent}, {when: account.stage == \"lost\", reason: lost}]",
		"{set: desk.company, fields: {stage: lead}}", "{keep: blind.audience, name: A}", "{remove: desk.list, name: C}", "{wait: 90d}") +
	standingPlay(4, "goal: account.stage == \"won\"\n    priority: 2",
		"{keep: desk.list, name: A, for: account.people, when: account.size > 1}",
		"{choose: [{when: account.size > 5, then: [{keep: desk.audience, name: B}]}, {else: [{keep: desk.audience, name: C}]}]}")

func standingPlay(tier int, more string, steps ...string) string {
	return fmt.Sprintf("\n  play%d:\n    of: account\n    segment: account.tier == \"t%d\"\n    trigger: entry\n    backfill: true\n    on_leave: exit\n    %s\n    steps:\n      - %s\n",
		tier, tier, more, strings.Join(steps, "\n      - "))
}

// standingWorld writes accounts, two people and two activities each. Of those changed, one in a hundred, half are won and half in no segment.
func (h *house) standingWorld(n int, changed bool) {
	var accounts, people, activities strings.Builder
	accounts.WriteString("id,name,size,tier,stage,renewal,score\n")
	people.WriteString("id,account_id,email,role,rank\n")
	activities.WriteString("account_id,type,at,n\n")
	for i := range n {
		stage, tier := "lead", i%5
		switch {
		case changed && i%200 == 0:
			stage = "won"
		case changed && i%200 == 101:
			tier = 5
		}
		fmt.Fprintf(&accounts, "k%07d,Account %d,%d,t%d,%s,2026,0.5\n", i, i, i%10, tier, stage)
		for p := range 2 {
			fmt.Fprintf(&people, "p%07d-%d,k%07d,p%07d-%d@example.com,clerk,%d\n", i, p, i, i, p, p+1)
			fmt.Fprintf(&activities, "k%07d,visit,%s,1\n", i, start.Add(-time.Duration(i%1000+p)*time.Hour).Format(time.RFC3339))
		}
	}
	h.write("account.csv", accounts.String())
	h.write("person.csv", people.String())
	h.write("activity.csv", activities.String())
}

// cpu is the processor time that the process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// spent is what some work takes of the processor, and how much it allocates.
type spent struct {
	cpu    time.Duration
	allocs uint64
	bytes  uint64
}

func spend(b *testing.B, work func()) spent {
	b.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin := cpu(b)
	work()
	took := cpu(b) - begin
	runtime.ReadMemStats(&after)
	return spent{took, after.Mallocs - before.Mallocs, after.TotalAlloc - before.TotalAlloc}
}

// BenchmarkPlan_standing plans for members who stand in five plays: journey, observe and plan, without reading and evaluating. One in a hundred
// has changed. The processor time for each member must not grow with their number.
func BenchmarkPlan_standing(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := newHouseIn(b, b.TempDir(), standingPlays)
			h.write("nouns.yaml", standingNouns)
			h.unsettled = true
			h.standingWorld(n, false)
			h.attempt(allowAll, "")
			h.wait(24 * time.Hour)
			h.standingWorld(n, true)
			h.measure(b, n, func(out *flow.Planned) bool {
				at := out.Plan.Summary()
				return at.Leave >= n/100 && at.Wait >= n/5
			})
		})
	}
}

// BenchmarkPlan_new plans for members who all enter, with one operation each.
func BenchmarkPlan_new(b *testing.B) {
	for _, n := range []int{2_000, 20_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := newHouseIn(b, b.TempDir(), "plays:"+segmentPlay("one", "account.size >= 0", `goal: account.stage == "won"`, "{keep: desk.list, name: A}"))
			h.standingWorld(n, false)
			h.measure(b, n, func(out *flow.Planned) bool { return len(out.Plan.Operations) == n })
		})
	}
}

// BenchmarkPlan_events plans for records that all could be launched by an event, of whom one in a hundred is.
func BenchmarkPlan_events(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			h := newHouseIn(b, b.TempDir(), strings.Replace(eventful(""), `account.tier == "gold"`, "account.size >= 0", 1))
			h.unsettled = true
			h.standingWorld(n, false)
			h.attempt(allowAll, "")
			h.wait(24 * time.Hour)
			var activities strings.Builder
			activities.WriteString("account_id,type,at,n\n")
			for i := range n {
				for k := range 3 {
					fmt.Fprintf(&activities, "k%07d,click,%s,1\n", i, h.now.Add(-time.Duration(i%1000+k)*time.Hour).Format(time.RFC3339))
				}
				if i%100 == 0 {
					fmt.Fprintf(&activities, "k%07d,visit,%s,1\n", i, h.now.Add(-time.Hour).Format(time.RFC3339))
				}
			}
			h.write("activity.csv", activities.String())
			h.measure(b, n, func(out *flow.Planned) bool { return len(out.Plan.Operations) == n/100 })
		})
	}
}

// measure plans again and again, and reports what it takes for each of n members beyond evaluating.
func (h *house) measure(b *testing.B, n int, right func(*flow.Planned) bool) {
	b.Helper()
	p, w, s := h.program(), h.world(), h.snapshot()
	read, err := source.Read(b.Context(), source.Request{Dir: w.Dir, Entities: p.Book.Entities, Zone: p.Book.Zone, Now: w.At, Clock: w.Clock})
	if err != nil {
		b.Fatal(err)
	}
	connectors, err := flow.Connectors(b.Context(), w, p)
	if err != nil {
		b.Fatal(err)
	}
	given := &flow.Given{Read: read, Connectors: connectors}
	for b.Loop() {
		evaluated := spend(b, func() {
			if _, err := flow.EvaluateGiven(context.Background(), w, p, s, given); err != nil {
				b.Fatal(err)
			}
		})
		planned := spend(b, func() {
			out, err := flow.PlanGiven(context.Background(), w, p, s, flow.Options{}, given)
			if err != nil {
				b.Fatal(err)
			}
			if !right(out) {
				b.Fatal(out.Plan.Summary())
			}
		})
		b.ReportMetric(float64(evaluated.cpu.Nanoseconds())/float64(n), "evaluate-cpu-ns/member")
		b.ReportMetric(float64((planned.cpu-evaluated.cpu).Nanoseconds())/float64(n), "cpu-ns/member")
		b.ReportMetric(float64(planned.allocs-evaluated.allocs)/float64(n), "allocs/member")
		b.ReportMetric(float64(planned.bytes-evaluated.bytes)/float64(n), "bytes/member")
	}
}
