//go:build unix

package source

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/frame"
	"github.com/playctl/playctl/pkg/playbook"
)

// BenchmarkCache reads accounts, three people and ten visits of each, linked, from CSV and from the cache, in two sizes: what it takes for a row
// shows how the cache compares, and how it grows.
func BenchmarkCache(b *testing.B) {
	for _, accounts := range []int{4_000, 40_000} {
		r := sales(b, accounts)
		for _, name := range []string{"csv", "cache"} {
			b.Run(fmt.Sprintf("%s/%d", name, accounts), func(b *testing.B) {
				r := r
				if name == "csv" {
					r.CacheDir = ""
				} else if mustRead(b, r); len(cached(mustRead(b, r))) != len(r.Entities) {
					b.Fatal("not all is from the cache")
				}
				b.ReportAllocs()
				before, rows := processorTime(), 0
				for b.Loop() {
					for _, report := range mustRead(b, r).Reports {
						rows += report.Rows
					}
				}
				b.ReportMetric(float64((processorTime()-before).Nanoseconds())/float64(rows), "cpu-ns/row")
			})
		}
	}
}

// sales makes files of so many accounts and what belongs to them, with an orphan now and then, and a request to read them.
func sales(b *testing.B, accounts int) Request {
	const prime = 15_485_863
	var people, visits bytes.Buffer
	people.WriteString("id,account_id,email,level,score\n")
	visits.WriteString("account_id,person_id,type,at,minutes\n")
	levels, types := []string{"manager", "vp", "c_level", ""}, []string{"web_visit", "email_open", "meeting", "call"}
	for i := range 3 * accounts {
		fmt.Fprintf(&people, "p-%07d,a-%07d,person.%d@company-%d.example,%s,%d\n", i, i/3, i, i/3, levels[i%4], i%100)
	}
	for i := range 10 * accounts {
		person := i * prime % (3*accounts + 9)
		fmt.Fprintf(&visits, "a-%07d,p-%07d,%s,%s,%d.5\n", person/3, person, types[i%4],
			time.Unix(1_750_000_000+int64(i*prime%40_000_000), 0).UTC().Format(time.RFC3339), i%60)
	}
	text := scalar(frame.String)
	parent := playbook.Parent{Column: "account_id", Entity: "company"}
	return caching(b, request(folder(b,
		"a.csv", string(companies(accounts, csvHeader, csvLine)), "p.csv", people.String(), "v.csv", visits.String()),
		company("a.csv"),
		&playbook.Entity{Name: "person", File: "p.csv", Key: "id", Plural: "people", Parents: []playbook.Parent{parent}, Fields: []playbook.Field{
			field("id", text), field("email", text), field("level", text), field("score", scalar(frame.Int)),
		}},
		&playbook.Entity{Name: "visit", File: "v.csv", Time: "at", Plural: "visits",
			Parents: []playbook.Parent{parent, {Column: "person_id", Entity: "person"}},
			Fields:  []playbook.Field{field("type", text), field("at", scalar(frame.Time)), field("minutes", scalar(frame.Double))}}))
}
