package statetest

import (
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// odd is text that stores like to spoil.
const odd = "Žluť 日本 🏔 'q\" \\ % ; --\x00\t\r\n‮"

// full gives one value of every type, with every field set.
func full() state.Changes {
	record := state.Record{Entity: "účet", Key: "a-1 " + odd}
	return state.Changes{
		Plays: []state.Play{{Name: "play " + odd, FirstAt: at(1), BatchAt: at(2), EventsTo: at(3), PausedAt: at(15), Definition: `{"a": "` + odd + `"}`}},
		Members: []state.Member{{
			Key: "m1", Play: "p", Record: record, Per: "deal " + odd, Number: 1<<31 + 5, By: state.ByEvent, EnteredAt: at(4), From: "m0",
			HeldOut: true, Track: fullTrack(record.Key), Lanes: []state.Lane{
				{Of: "each", Record: state.Record{Entity: "person", Key: odd}, Track: fullTrack("q-1"), Since: at(16), EndedAt: at(17),
					Outcome: state.Removed, Reason: odd},
				{Of: "each", Record: state.Record{Entity: "person", Key: "p-2"}, Track: state.Track{Step: "call", StepAt: at(18)}, Since: at(18)},
			},
			Event:  state.Event{"form": odd, "score": 12.5, "paid": true, "none": nil, "tags": []any{"x", odd}},
			Frozen: 36*time.Hour + 1, ResumedAt: at(19), MissingSince: at(8), EndedAt: at(9), Outcome: state.Converted, Reason: odd, Run: "r1 " + odd,
		}},
		Truths: []state.Truth{{Play: "p", Key: odd}},
		Held: []state.Held{{
			Connector: "ads", Kind: "audience", Name: odd, Token: "t1", Record: record, Ours: true, Added: true, Since: at(10),
			Keepers: []state.Keeper{{Member: "m1", Step: "ads"}, {Member: "m2", Step: odd, Lane: "person:" + odd}},
		}},
		Effects: []state.Effect{{
			Key: "e1", Member: "m1", Play: "p", Step: "mail", Connector: "map", Action: "email.send", Record: record, Status: state.InDoubt,
			Receipt: odd, Reason: odd, Attempts: 3, At: at(11), Run: "r1",
		}},
		Tasks: []state.Task{{
			Key: "e2", Member: "m1", Play: "p", Step: "call", Lane: "person:" + odd, Connector: "crm", Kind: "task", Record: record, Role: "ae " + odd,
			Assignee: "t9", Receipt: odd, Status: state.TaskDone, Outcome: odd, Answers: state.Answers{"notes": odd}, Assigned: at(21), DueAt: at(22), SLAAt: at(23), TimeoutAt: at(24),
			TouchedAt: at(25), DoneAt: at(26), Breached: at(27), Took: 49*time.Hour + 1, TookWorking: -time.Nanosecond,
		}},
		Seen:    []state.Seen{{Record: record, Field: odd, Value: "v"}},
		Changes: []state.Change{{Record: record, Field: odd, From: "f", To: "t", At: at(12)}},
		Failures: []state.Failure{{Key: "o1", Verb: "add", Connector: "ads", Kind: "audience", Name: odd, Record: record, Play: "p", Step: odd, Lane: odd, Member: "m1",
			Reason: odd, Attempts: 4, First: at(28), Last: at(29), NotBefore: at(30), Run: "r1"}},
		Erased: []state.Erasure{{Mark: "mark-1", At: at(31), Run: "r1"}},
		Pages:  fullPages(),
		Run: &state.Run{
			ID: "r1", Serial: 7, Operation: "apply", Environment: odd, Digest: "d", Approved: "--yes", Overrides: []string{"entries", odd},
			Limits: []string{"--only " + odd}, Revision: "abc+changes", Planned: map[string]int{"add": 2}, Read: map[string]int{"účet": 1204}, Started: at(13), Finished: at(14), Status: state.Partly, By: "ada@host", Plan: "pl-1",
			Playbook: map[string]string{"playbook.yaml": "sha", odd: "x"}, Counts: map[string]int{"done": 1 << 40, odd: -1}, Message: odd,
		},
	}
}

// fullPages gives the journal of a run, with every field set.
func fullPages() []state.Page {
	line := state.Line{N: 3, Key: "o1", Digest: "d", Verb: "send", Connector: "map", Kind: "email", Name: odd, Record: state.Record{Entity: "účet", Key: odd}, Play: "p",
		Step: "mail", Lane: odd, Member: "m1", Effect: "e1"}
	return []state.Page{
		{Run: "r1", Seq: 0, At: at(32), Kind: state.PlannedPage, Lines: []state.Line{line, {N: 4}}},
		{Run: "r1", Seq: 1, At: at(33), Kind: state.IntendedPage, Lines: []state.Line{{N: 3}}},
		{Run: "r1", Seq: 2, At: at(34), Kind: state.EndedPage, Lines: []state.Line{{N: 3, Status: "in doubt", Reason: odd, Receipt: odd}}},
	}
}

// fullTrack gives a track with every field set; key is of a record that it reached.
func fullTrack(key string) state.Track {
	return state.Track{Step: "call", StepAt: at(5), Due: at(20), Reached: []string{key, odd}, Done: []state.StepDone{
		{ID: "b", Outcome: "done", At: at(6), Records: []string{"p-1", odd}, Event: state.Event{"url": odd, "score": 1.0, "none": nil},
			Answers: state.Answers{"notes": odd, "": ""}},
		{ID: "a " + odd, Outcome: "failed", At: at(7)},
		{ID: "c", Event: state.Event{"url": odd}},
		{ID: "d", Answers: state.Answers{"notes": odd}},
	}}
}

// gone gives what takes out every value of changes, but for the run.
func gone(c state.Changes) state.Changes {
	var g state.Changes
	for _, p := range c.Plays {
		g.PlaysGone = append(g.PlaysGone, p.Name)
	}
	for _, m := range c.Members {
		g.MembersGone = append(g.MembersGone, m.Key)
	}
	for _, e := range c.Effects {
		g.EffectsGone = append(g.EffectsGone, e.Key)
	}
	for _, t := range c.Tasks {
		g.TasksGone = append(g.TasksGone, t.Key)
	}
	for _, f := range c.Failures {
		g.FailuresGone = append(g.FailuresGone, f.Key)
	}
	for _, e := range c.Erased {
		g.ErasedGone = append(g.ErasedGone, e.Mark)
	}
	g.TruthsGone, g.HeldGone, g.SeenGone, g.ChangesGone = c.Truths, c.Held, c.Seen, c.Changes
	return g
}

// zero gives one value of every type with nothing but, where it must, an identity.
func zero() state.Changes {
	return state.Changes{
		Plays: []state.Play{{}},
		Members: []state.Member{{Key: "m", Track: state.Track{Reached: []string{""}, Done: []state.StepDone{{}}},
			Lanes: []state.Lane{{}, {Track: state.Track{Done: []state.StepDone{{}}}}}}, {}},
		Truths:   []state.Truth{{}},
		Held:     []state.Held{{Keepers: []state.Keeper{{}}}},
		Effects:  []state.Effect{{}},
		Tasks:    []state.Task{{}},
		Seen:     []state.Seen{{}},
		Changes:  []state.Change{{}},
		Failures: []state.Failure{{}},
		Erased:   []state.Erasure{{}},
		Pages:    []state.Page{{}},
		Run:      &state.Run{},
	}
}

// snapshotOf gives what a store must hold after these changes.
func snapshotOf(changes ...state.Changes) *state.Snapshot {
	m := newModel(newMeta())
	for _, c := range changes {
		m.apply(&c)
	}
	return m.snapshot()
}
