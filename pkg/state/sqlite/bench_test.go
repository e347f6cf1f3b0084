//go:build unix

package sqlite

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// cpu reports the processor time that a benchmark takes, which other work on the machine disturbs less than the clock.
func cpu(b *testing.B) {
	start := processorTime()
	b.Cleanup(func() { b.ReportMetric(float64((processorTime()-start).Microseconds())/1000/float64(b.N), "cpu-ms/op") })
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCommit writes 100,000 members, then 100,000 members with their 200,000 holdings.
func BenchmarkCommit(b *testing.B) {
	all := crowd(100_000)
	for name, c := range map[string]*state.Changes{"members": {Members: all.Members}, "all": all} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				s, session := locked(b)
				b.StartTimer()
				if err := session.Commit(b.Context(), c); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				info, err := os.Stat(s.Path())
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(info.Size())/1e6, "MB")
				b.StartTimer()
			}
		})
	}
}

// BenchmarkCommit_small writes one, and a thousand, of 100,000 members again.
func BenchmarkCommit_small(b *testing.B) {
	all := crowd(100_000)
	_, session := locked(b, all)
	for _, n := range []int{1, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			at := 0
			for b.Loop() {
				at = (at + n) % (len(all.Members) - n)
				if err := session.Commit(b.Context(), &state.Changes{Members: all.Members[at : at+n]}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkApply records a thousand effects an iteration, as an apply does: their intents durably, then their outcomes together with the
// members that they move.
func BenchmarkApply(b *testing.B) {
	all := crowd(100_000)
	_, session := locked(b, all)
	cpu(b)
	before := written(b)
	at := 0
	for b.Loop() {
		at = (at + 1000) % len(all.Members)
		batch := all.Members[at : at+1000]
		effects := make([]state.Effect, len(batch))
		for i, m := range batch {
			effects[i] = state.Effect{Key: state.EffectKey(m.Key, fmt.Sprint("call", b.N), m.Record), Member: m.Key, Play: m.Play, Step: "call", Connector: "crm",
				Action: "crm.task", Record: m.Record, Status: state.Intended, Attempts: 1, At: testTime, Run: "r1"}
		}
		if err := session.Commit(b.Context(), &state.Changes{Effects: effects}); err != nil {
			b.Fatal(err)
		}
		for i := range effects {
			effects[i].Status, effects[i].Receipt = state.Happened, fmt.Sprint("task-", at+i)
		}
		if err := session.Commit(b.Context(), &state.Changes{Effects: effects, Members: batch}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "effects/s")
	b.ReportMetric(float64(written(b)-before)/float64(b.N)/1e6, "MB/op")
}

// BenchmarkHold adds a thousand people an iteration to a collection.
func BenchmarkHold(b *testing.B) {
	_, session := locked(b)
	all := crowd(100_000).Held
	cpu(b)
	before := written(b)
	at := 0
	for b.Loop() {
		if err := session.Commit(b.Context(), &state.Changes{Held: all[at : at+1000]}); err != nil {
			b.Fatal(err)
		}
		at = (at + 1000) % len(all)
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "held/s")
	b.ReportMetric(float64(written(b)-before)/float64(b.N)/1e6, "MB/op")
}

// written gives the bytes that this process has written.
func written(b *testing.B) int64 {
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0
	}
	var n int64
	for _, line := range strings.Split(string(text), "\n") {
		_, _ = fmt.Sscanf(line, "wchar: %d", &n)
	}
	return n
}

// BenchmarkRead reads 100,000 members and 200,000 holdings; checks is what of that the check of the file's structure takes.
func BenchmarkRead(b *testing.B) {
	s, opened := locked(b, crowd(100_000))
	db := opened.(*session).db
	b.Run("all", func(b *testing.B) {
		cpu(b)
		for b.Loop() {
			if _, err := s.Read(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("check", func(b *testing.B) {
		cpu(b)
		for b.Loop() {
			if err := db.check(b.Context(), quick); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("backup", func(b *testing.B) {
		cpu(b)
		for b.Loop() {
			if err := s.backup(b.Context(), db, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("lock", func(b *testing.B) {
		if err := opened.Unlock(); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			again, err := s.Lock(b.Context(), state.Holder{Who: "ada"})
			if err != nil {
				b.Fatal(err)
			}
			if err := again.Unlock(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkRead_small reads a state of ten members.
func BenchmarkRead_small(b *testing.B) {
	s, _ := locked(b, crowd(10))
	for b.Loop() {
		if _, err := s.Read(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
