package postgres

import (
	"fmt"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// BenchmarkCommit commits what an apply does for a batch of a thousand: the intents with a page of the journal, then the outcomes.
func BenchmarkCommit(b *testing.B) {
	_, s := database(b)
	session := begin(b, s)
	commit(b, session, crowd(20000))
	intents, outcomes := crowd(1000), crowd(1000)
	for i := range outcomes.Effects {
		outcomes.Effects[i].Status, outcomes.Effects[i].Receipt = state.Happened, "receipt"
	}
	n := 0
	for b.Loop() {
		for _, c := range []*state.Changes{intents, outcomes} {
			page := state.Page{Run: "r", Seq: n, Kind: state.EndedPage}
			for i := range 1000 {
				page.Lines = append(page.Lines, state.Line{N: i, Key: fmt.Sprint("operation-", i), Status: "done"})
			}
			n++
			commit(b, session, &state.Changes{Effects: c.Effects, Pages: []state.Page{page}})
		}
	}
	b.ReportMetric(float64(1000*n/2)/b.Elapsed().Seconds(), "effects/s")
}

// BenchmarkRead reads a state of 20,000 members, effects and truths.
func BenchmarkRead(b *testing.B) {
	_, s := database(b)
	session := begin(b, s)
	commit(b, session, crowd(20000))
	for b.Loop() {
		if _, err := s.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
