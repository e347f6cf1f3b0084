package memory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/playctl/playctl/pkg/state"
	"github.com/playctl/playctl/pkg/state/memory"
	"github.com/playctl/playctl/pkg/state/statetest"
)

var begun = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

func TestStore(t *testing.T) {
	statetest.Run(t, func(*testing.T) state.Store { return memory.New() })
}

// open gives a session on a new store with some members.
func open(tb testing.TB, members []state.Member) (*memory.Store, state.Session) {
	tb.Helper()
	s := memory.New()
	session, err := s.Lock(tb.Context(), state.Holder{Who: "ada"})
	if err != nil {
		tb.Fatal(err)
	}
	if err := session.Create(tb.Context(), state.Meta{Lineage: "l"}); err != nil {
		tb.Fatal(err)
	}
	if err := session.Commit(tb.Context(), &state.Changes{Members: members}); err != nil {
		tb.Fatal(err)
	}
	return s, session
}

// crowd gives so many members on the way through a play.
func crowd(n int) []state.Member {
	members := make([]state.Member, n)
	for i := range members {
		r := state.Record{Entity: "account", Key: fmt.Sprintf("a-%06d", i)}
		members[i] = state.Member{Key: state.EnrollmentKey("mqa", r, "", 1), Play: "mqa", Record: r, Number: 1, By: state.ByEdge, EnteredAt: begun,
			Track: state.Track{Step: "call", StepAt: begun, Done: []state.StepDone{{ID: "assign", Outcome: "done", At: begun},
				{ID: "mail", Outcome: "done", At: begun, Records: []string{r.Key}}}}}
	}
	return members
}

// A rehearsal must meet the values that it would meet over a store on a disk.
func TestCommit_eventsAreWhatJSONMakesOfThem(t *testing.T) {
	type form struct{ Name string }
	s, _ := open(t, []state.Member{{Key: "m", Event: state.Event{"count": 3, "form": form{"demo"}, "tags": []string{"a"}, "text": "x", "at": begun}}})
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := state.Event{"count": 3.0, "form": map[string]any{"Name": "demo"}, "tags": []any{"a"}, "text": "x", "at": "2026-11-22T09:30:00Z"}
	if diff := cmp.Diff(want, got.Members[0].Event); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

// What one member's owner appends reaches no other member, though a snapshot's lists lie side by side.
func TestRead_listsDoNotRunIntoOneAnother(t *testing.T) {
	s, _ := open(t, crowd(3))
	got, err := s.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := &got.Members[0]
	first.Done = append(first.Done, state.StepDone{ID: "more"})
	first.Done[1].Records = append(first.Done[1].Records, "more")
	if diff := cmp.Diff(crowd(3)[1:], got.Members[1:]); diff != "" {
		t.Errorf("the other members (-want +got):\n%s", diff)
	}
}

// BenchmarkMonth makes 90 commits of a thousand changed members among as many as its name says, and reads the state after each.
func BenchmarkMonth(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			members := crowd(size)
			for b.Loop() {
				b.StopTimer()
				s, session := open(b, members)
				b.StartTimer()
				for n := range 90 {
					batch := members[n*1000%size:][:1000]
					if err := session.Commit(b.Context(), &state.Changes{Members: batch, Run: &state.Run{ID: fmt.Sprint(n), Serial: int64(n)}}); err != nil {
						b.Fatal(err)
					}
					if _, err := s.Read(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// BenchmarkCommit replaces a thousand of as many members as its name says, half of which take another place in the order.
func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			members := crowd(n)
			_, session := open(b, members)
			at := 0
			for b.Loop() {
				at = (at + 1000) % n
				for i := at; i < at+1000; i += 2 {
					members[i].Number++
				}
				if err := session.Commit(b.Context(), &state.Changes{Members: members[at : at+1000]}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
