package blob_test

import (
	"fmt"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// crowd gives a bucket whose state has so many members.
func crowd(b *testing.B, n int) *bucket {
	b.Helper()
	made := newBucket()
	session, err := store(made).Lock(b.Context(), ada)
	if err != nil {
		b.Fatal(err)
	}
	c := &state.Changes{Run: &state.Run{ID: "r", Serial: 1, Started: begun}}
	for i := range n {
		r := state.Record{Entity: "account", Key: fmt.Sprintf("a-%06d", i)}
		c.Members = append(c.Members, state.Member{Key: state.EnrollmentKey("mqa", r, "", 1), Play: "mqa", Record: r, Number: 1, By: state.ByEdge, EnteredAt: begun,
			Track: state.Track{Step: "call", StepAt: begun, Done: []state.StepDone{{ID: "assign", Outcome: "done", At: begun}, {ID: "mail", Outcome: "done", At: begun}}}})
	}
	for _, err := range []error{session.Create(b.Context(), meta), session.Commit(b.Context(), c), session.Unlock()} {
		if err != nil {
			b.Fatal(err)
		}
	}
	return made
}

// BenchmarkRead reads a state with as many members as its name says.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			made := crowd(b, n)
			for b.Loop() {
				if _, err := store(made).Read(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCommit keeps a hundred effects in a state with as many members as its name says.
func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			made := crowd(b, n)
			session, err := store(made).Lock(b.Context(), ada)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := session.Read(b.Context()); err != nil {
				b.Fatal(err)
			}
			before, round := made.bytes, 0
			for b.Loop() {
				round++
				c := &state.Changes{}
				for i := range 100 {
					c.Effects = append(c.Effects, state.Effect{Key: fmt.Sprint(round, i), Status: state.Intended, At: begun})
				}
				if err := session.Commit(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(made.bytes-before)/float64(round), "bytes/commit")
			if err := session.Unlock(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
