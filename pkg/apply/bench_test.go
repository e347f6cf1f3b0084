//go:build unix

package apply_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/connector/files"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/sqlite"
)

// BenchmarkRun applies a plan in which so many members enter and have one operation each, to files and with a state on the disk: the
// processor time and the bytes that one operation costs must not grow with their number.
func BenchmarkRun(b *testing.B) {
	at := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	clock := func() time.Time { return at }
	for _, verb := range []connector.Verb{connector.Send, connector.Set, connector.Add} {
		for _, n := range []int{10_000, 50_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", verb, n), func(b *testing.B) {
				p := entering(n, verb, at)
				var spent time.Duration
				var blocks int64
				for b.Loop() {
					b.StopTimer()
					dir := b.TempDir()
					desk := opened(b, dir, clock)
					session, err := sqlite.Open(dir, "", clock).Lock(b.Context(), state.Holder{Who: "ada"})
					if err == nil {
						err = session.Create(b.Context(), state.Meta{Version: state.Version, Lineage: "1", Created: at})
					}
					if err != nil {
						b.Fatal(err)
					}
					cpu, out := used()
					b.StartTimer()
					result := apply.Run(b.Context(), &apply.Input{Plan: p, Session: session, State: &state.Snapshot{},
						Connectors: map[string]connector.Connector{"desk": desk}, Run: state.Run{ID: "r"}, Now: clock})
					if err := session.Unlock(); err != nil || !result.Complete() || result.Count(apply.Done) != n {
						b.Fatal(err, result.Err, result.Count(apply.Done))
					}
					cpuNow, outNow := used()
					spent, blocks = spent+cpuNow-cpu, blocks+outNow-out
				}
				operations := float64(n * b.N)
				b.ReportMetric(float64(spent.Nanoseconds())/operations, "cpu-ns/operation")
				b.ReportMetric(float64(blocks)*512/operations, "B-written/operation")
				b.ReportMetric(operations/b.Elapsed().Seconds(), "operations/s")
			})
		}
	}
}

// used gives the processor time that this process has used, and the blocks of 512 bytes that it has written.
func used() (time.Duration, int64) {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), int64(u.Oublock)
}

// opened gives a folder of files with one list.
func opened(b *testing.B, dir string, now func() time.Time) connector.Connector {
	b.Helper()
	if err := os.MkdirAll(filepath.Join(dir, "desk", "lists"), 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "desk", "lists", "A.csv"), []byte("id\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	desk, err := files.Driver().Open(connector.Options{Dir: dir, Settings: map[string]any{"dir": "desk"}, Now: now})
	if err != nil {
		b.Fatal(err)
	}
	return desk
}

// entering is a plan in which members enter, have one operation each at their only step, and end.
func entering(n int, verb connector.Verb, at time.Time) *plan.Plan {
	p := &plan.Plan{}
	p.Transitions.Plays = []state.Play{{Name: "welcome", FirstAt: at}}
	meta := state.Meta{Salt: "00"}
	for i := range n {
		r := state.Record{Entity: "account", Key: fmt.Sprintf("a-%07d", i)}
		m := state.Member{Key: state.EnrollmentKey("welcome", r, "", 1), Play: "welcome", Record: r, Number: 1, By: state.ByBackfill, EnteredAt: at,
			Track: state.Track{Step: "s1", StepAt: at}}
		o := plan.Operation{Key: m.Key, Verb: verb, Connector: "desk", ID: r.Key, Record: r, Play: m.Play, Step: "s1", Batch: 50_000,
			Fields: map[string]any{"tier": "gold", "score": int64(i)}}
		switch verb {
		case connector.Send:
			o.Target, o.Member, o.EffectKey = connector.Collection{Kind: "message"}, m.Key, state.EffectKey(m.Key, "s1", r)
		case connector.Set:
			o.Target = connector.Collection{Kind: "company"}
		default:
			o.Target, o.Fields = connector.Collection{Kind: "list", Name: "A"}, nil
			o.Holds = []plan.Hold{{Held: state.Held{Connector: "desk", Kind: "list", Name: "A", Token: meta.Token(r.Key), Record: r, Ours: true, Since: at},
				Keeper: &state.Keeper{Member: m.Key, Step: "s1"}}}
		}
		p.Operations = append(p.Operations, o)
		p.Members = append(p.Members, plan.Member{After: m, Enters: true, End: &journey.End{Outcome: state.Completed, At: at},
			Moves: []plan.Move{{Step: "s1", Done: state.StepDone{ID: "s1", Outcome: "done", At: at}, To: state.Track{StepAt: at}, Operations: []int{i}}}})
		p.Transitions.Truths = append(p.Transitions.Truths, state.Truth{Play: "welcome", Key: r.Key})
	}
	return p
}
