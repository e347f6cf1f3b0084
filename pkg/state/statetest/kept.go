package statetest

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// exists tells whether there is a state.
func exists(t *testing.T, s state.Store) bool {
	t.Helper()
	there, err := s.Exists(t.Context())
	if err != nil {
		t.Fatalf("Exists: %v", err)
	}
	return there
}

func testNone(t *testing.T, s state.Store) {
	if exists(t, s) {
		t.Error("Exists where there is no state")
	}
	session := lock(t, s)
	for _, r := range []reader{s, session} {
		if _, err := r.Read(t.Context()); !errors.Is(err, state.ErrNone) {
			t.Errorf("Read of %T: %v, want ErrNone", r, err)
		}
	}
	c := full()
	if err := session.Commit(t.Context(), &c); !errors.Is(err, state.ErrNone) {
		t.Errorf("Commit: %v, want ErrNone", err)
	}
	if _, err := s.Read(t.Context()); !errors.Is(err, state.ErrNone) {
		t.Errorf("Read after Commit: %v, want ErrNone", err)
	}
}

func testCreate(t *testing.T, s state.Store) {
	session := begin(t, s)
	same(t, &state.Snapshot{Meta: newMeta()}, s, session)
	if !exists(t, s) {
		t.Error("Create made a state that does not exist")
	}
	if err := session.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
	same(t, &state.Snapshot{Meta: newMeta()}, s, lock(t, s))
}

func testCreateTwice(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, full())
	other := newMeta()
	other.Lineage = "other"
	if err := session.Create(t.Context(), other); err == nil {
		t.Error("Create made a second state")
	}
	same(t, snapshotOf(full()), s, session)
}

func testRoundTrip(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, full())
	same(t, snapshotOf(full()), s, session)
	if err := session.Unlock(); err != nil {
		t.Fatalf("Unlock: %v", err)
	}
	same(t, snapshotOf(full()), s, lock(t, s))
}

func testZeroes(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, zero())
	same(t, snapshotOf(zero()), s)
	got := read(t, s)
	for _, at := range []time.Time{got.Plays[0].FirstAt, got.Members[0].EndedAt, got.Members[1].Done[0].At, got.Held[0].Since,
		got.Members[1].Due, got.Members[1].Lanes[0].EndedAt, got.Tasks[0].DueAt, got.Changes[0].At, got.Runs[0].Finished} {
		if at != (time.Time{}) {
			t.Errorf("a zero time came back as %#v", at)
		}
	}
	commit(t, session, gone(zero()))
	want := snapshotOf(state.Changes{Run: &state.Run{}})
	same(t, want, s)
}

func testTimes(t *testing.T, s state.Store) {
	zone := time.FixedZone("UTC+5:30", 5*3600+1800)
	session := begin(t, s)
	for _, given := range []time.Time{
		time.Date(2026, 3, 29, 2, 30, 0, 123456789, zone), time.Unix(0, 0), time.Date(1889, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 1000, zone),
	} {
		c := full()
		c.Run.Started, c.Held[0].Since, c.Members[0].Done[0].At, c.Changes = given, given, given, nil
		c.Members[0].Due, c.Members[0].Lanes[0].Since, c.Tasks[0].SLAAt, c.Plays[0].PausedAt = given, given, given, given
		commit(t, session, c)
		got := read(t, s)
		want := given.Truncate(time.Microsecond).UTC()
		for _, at := range []time.Time{got.Runs[0].Started, got.Held[0].Since, got.Members[0].Done[0].At, got.Members[0].Due,
			got.Members[0].Lanes[0].Since, got.Tasks[0].SLAAt, got.Plays[0].PausedAt} {
			if at != want {
				t.Errorf("%v came back as %v, want %v", given, at, want)
			}
		}
	}
}

func testSorted(t *testing.T, s state.Store) {
	records := []state.Record{{Entity: "account", Key: "a-10"}, {Entity: "account", Key: "a-9"}, {Entity: "person", Key: "a"}}
	var c state.Changes
	for i, key := range []string{"c", "B", "a", "é", "aa"} {
		r := records[i%len(records)]
		c.Plays = append(c.Plays, state.Play{Name: key})
		c.Truths = append(c.Truths, state.Truth{Play: "p", Key: key}, state.Truth{Play: "o", Key: key})
		c.Members = append(c.Members, state.Member{Key: key, Play: "p", Record: r, Number: 10 - i}, state.Member{Key: key + "o", Play: "o", Record: r})
		c.Held = append(c.Held, state.Held{Connector: key}, state.Held{Connector: "a", Kind: key}, state.Held{Connector: "a", Kind: "a", Name: key})
		c.Effects = append(c.Effects, state.Effect{Key: key})
		c.Tasks = append(c.Tasks, state.Task{Key: key})
		c.Seen = append(c.Seen, state.Seen{Record: r, Field: key})
		c.Changes = append(c.Changes, state.Change{Record: r, Field: "f", At: at(-i)}, state.Change{Record: r, Field: key})
	}
	session := begin(t, s)
	commit(t, session, c)
	var all = []state.Changes{c}
	for _, serial := range []int64{10, 9, 1} {
		run := state.Changes{Run: &state.Run{ID: string(rune('a' + serial)), Serial: serial}}
		commit(t, session, run)
		all = append(all, run)
	}
	same(t, snapshotOf(all...), s, session)
}

func testReplace(t *testing.T, s state.Store) {
	session := begin(t, s)
	first, second := full(), full()
	second.Plays[0].BatchAt = time.Time{}
	second.Members[0].Done, second.Members[0].Event, second.Members[0].Step = nil, nil, ""
	second.Members[0].Lanes, second.Members[0].Due, second.Members[0].Frozen, second.Members[0].Reached = nil, time.Time{}, 0, nil
	second.Tasks[0].Status, second.Tasks[0].Outcome, second.Tasks[0].Took = state.TaskCancelled, "", 0
	second.Held[0].Keepers, second.Held[0].Ours = nil, false
	second.Effects[0].Status, second.Effects[0].Receipt = state.Happened, "id-1"
	second.Seen[0].Value = "other"
	second.Changes[0].To = "other"
	second.Run.Status, second.Run.Counts = state.Succeeded, nil
	commit(t, session, first)
	commit(t, session, second)
	same(t, snapshotOf(second), s, session)
	c := gone(first)
	c.PlaysGone, c.MembersGone = append(c.PlaysGone, "never there"), append(c.MembersGone, "never there")
	commit(t, session, c)
	same(t, snapshotOf(state.Changes{Run: second.Run}), s, session)
}

func testGoneFirst(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, full())
	c := full()
	both := gone(c)
	both.Plays, both.Members, both.Truths, both.Held, both.Effects, both.Tasks = c.Plays, c.Members, c.Truths, c.Held, c.Effects, c.Tasks
	both.Seen, both.Changes, both.Failures, both.Erased = c.Seen, c.Changes, c.Failures, c.Erased
	commit(t, session, both)
	same(t, snapshotOf(full()), s, session)
}

// testGoneAlone takes out one kind of values at a time: those of other kinds that speak of them stay.
func testGoneAlone(t *testing.T, s state.Store) {
	session := begin(t, s)
	all := gone(full())
	for _, c := range []state.Changes{{PlaysGone: all.PlaysGone}, {MembersGone: all.MembersGone}, {EffectsGone: all.EffectsGone},
		{TasksGone: all.TasksGone}, {SeenGone: all.SeenGone}, {TruthsGone: all.TruthsGone}, {HeldGone: all.HeldGone}, {ChangesGone: all.ChangesGone},
		{FailuresGone: all.FailuresGone}, {ErasedGone: all.ErasedGone}} {
		commit(t, session, full())
		commit(t, session, c)
		same(t, snapshotOf(full(), c), s, session)
	}
}

func testOwnership(t *testing.T, s state.Store) {
	session := begin(t, s)
	c := full()
	commit(t, session, c)
	c.Members[0].Done[0].Records[0] = "spoilt"
	c.Members[0].Event["form"] = "spoilt"
	c.Members[0].Lanes[0].Done[0].Answers["notes"] = "spoilt"
	c.Members[0].Reached[0] = "spoilt"
	c.Tasks[0].Answers["notes"] = "spoilt"
	c.Held[0].Keepers[0].Step = "spoilt"
	c.Run.Counts["done"] = 0
	same(t, snapshotOf(full()), s, session)
	got := read(t, session)
	got.Members[0].Done[0].Records[0] = "spoilt"
	got.Members[0].Event["form"] = "spoilt"
	got.Members[0].Event["tags"].([]any)[0] = "spoilt"
	got.Members[0].Lanes[0].Done[0].Answers["notes"] = "spoilt"
	got.Members[0].Lanes[0].Done[0].Event["url"] = "spoilt"
	got.Members[0].Reached[0] = "spoilt"
	got.Tasks[0].Answers["notes"] = "spoilt"
	got.Held[0].Keepers[0].Step = "spoilt"
	got.Runs[0].Playbook["playbook.yaml"] = "spoilt"
	same(t, snapshotOf(full()), s, session)
}

func testSerial(t *testing.T, s state.Store) {
	session := begin(t, s)
	for serial := int64(1); serial <= 3; serial++ {
		commit(t, session, state.Changes{Run: &state.Run{ID: string(rune('a' + serial)), Serial: serial, Status: state.Running}})
		commit(t, session, state.Changes{Truths: []state.Truth{{Play: "p", Key: "k"}}})
		if got := read(t, s); got.Meta.Serial != serial || len(got.Runs) != int(serial) {
			t.Errorf("after the run of serial %d: serial %d, %d runs", serial, got.Meta.Serial, len(got.Runs))
		}
	}
}

func testAtomic(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, full())
	c := full()
	c.Members[0].Step = "later"
	for i := range 100 {
		c.Truths = append(c.Truths, state.Truth{Play: "p", Key: string(rune('0' + i))})
	}
	bad := c
	bad.Run = &state.Run{ID: "bad", Serial: 99}
	notJSON := state.Event{"no": func() {}}
	done := state.Track{Done: []state.StepDone{{Event: notJSON}}}
	for _, m := range []state.Member{{Event: notJSON}, {Track: done}, {Lanes: []state.Lane{{Track: done}}}, {Event: state.Event{"no": math.NaN()}}} {
		bad.Members = append(slices.Clone(c.Members), m)
		if session.Commit(t.Context(), &bad) == nil {
			t.Errorf("an event that isn't JSON was kept: %+v", m)
		}
		same(t, snapshotOf(full()), s, session)
	}
	commit(t, session, c)
	same(t, snapshotOf(c), s, session)
}

func testEmpty(t *testing.T, s state.Store) {
	session := begin(t, s)
	commit(t, session, full())
	commit(t, session, state.Changes{})
	same(t, snapshotOf(full()), s, session)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := session.Commit(cancelled, &state.Changes{Truths: []state.Truth{{Play: "no"}}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit with a cancelled context: %v, want context.Canceled", err)
	}
	same(t, snapshotOf(full()), s, session)
}
