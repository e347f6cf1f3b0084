package flow_test

import (
	"fmt"
	"testing"
	"time"
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
