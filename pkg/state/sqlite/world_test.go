package sqlite

import (
	"context"
	"fmt"
	"testing"

	"github.com/playctl/playctl/pkg/state"
)

// crowd gives so many members, on the way through a play, and twice as many holdings.
func crowd(members int) *state.Changes {
	c := &state.Changes{Run: &state.Run{ID: "r1", Serial: 1, Status: state.Running}}
	for i := range members {
		r := state.Record{Entity: "account", Key: fmt.Sprintf("a-%06d", i)}
		m := state.Member{Key: state.EnrollmentKey("mqa-to-sales", r, "", 1), Play: "mqa-to-sales", Record: r, Number: 1, By: state.ByEdge,
			EnteredAt: testTime, Track: state.Track{Step: "call", StepAt: testTime, Done: []state.StepDone{
				{ID: "assign", Outcome: "done", At: testTime}, {ID: "mail", Outcome: "done", At: testTime, Records: []string{r.Key}}}}}
		c.Members = append(c.Members, m)
		for n := range 2 {
			p := state.Record{Entity: "person", Key: fmt.Sprintf("p-%06d-%d", i, n)}
			c.Held = append(c.Held, state.Held{Connector: "ads", Kind: "audience", Name: "Intent surge", Token: state.EffectKey("t", "", p)[:24],
				Record: p, Ours: true, Since: testTime, Keepers: []state.Keeper{{Member: m.Key, Step: "ads"}}})
		}
	}
	return c
}

// locked gives a store with a state, and a session on it.
func locked(tb testing.TB, changes ...*state.Changes) (*Store, state.Session) {
	tb.Helper()
	s := Open(tb.TempDir(), "", clock)
	session, err := s.Lock(context.Background(), state.Holder{ID: "run-1", Operation: "apply", Who: "ada@host"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = session.Unlock() })
	if err := session.Create(context.Background(), state.Meta{Version: state.Version, Lineage: "3f2c9a", Playbook: "demo", Created: testTime}); err != nil {
		tb.Fatal(err)
	}
	for _, c := range changes {
		if err := session.Commit(context.Background(), c); err != nil {
			tb.Fatal(err)
		}
	}
	return s, session
}
