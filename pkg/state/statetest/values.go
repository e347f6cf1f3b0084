package statetest

import (
	"github.com/playctl/playctl/pkg/state"
)

// odd is text that stores like to spoil.
const odd = "Žluť 日本 🏔 'q\" \\ % ; --\x00\t\r\n‮"

// full gives one value of every type, with every field set.
func full() state.Changes {
	record := state.Record{Entity: "účet", Key: "a-1 " + odd}
	return state.Changes{
		Plays: []state.Play{{Name: "play " + odd, FirstAt: at(1), BatchAt: at(2), EventsTo: at(3), Definition: `{"a": "` + odd + `"}`}},
		Members: []state.Member{{
			Key: "m1", Play: "p", Record: record, Per: "deal " + odd, Number: 1<<31 + 5, By: state.ByEvent, EnteredAt: at(4), HeldOut: true,
			MissingSince: at(8), EndedAt: at(9), Outcome: state.Converted, Reason: odd,
			Track: state.Track{Step: "call", StepAt: at(5), Done: []state.StepDone{
				{ID: "b", Outcome: "done", At: at(6), Records: []string{"p-1", odd}},
				{ID: "a " + odd, Outcome: "failed", At: at(7)},
			}},
			Event: state.Event{"form": odd, "score": 12.5, "paid": true, "none": nil, "tags": []any{"x", odd}},
		}},
		Truths: []state.Truth{{Play: "p", Key: odd}},
		Held: []state.Held{{
			Connector: "ads", Kind: "audience", Name: odd, Token: "t1", Record: record, Ours: true, Added: true, Since: at(10),
			Keepers: []state.Keeper{{Member: "m1", Step: "ads"}, {Member: "m2", Step: odd}},
		}},
		Effects: []state.Effect{{
			Key: "e1", Member: "m1", Play: "p", Step: "mail", Connector: "map", Action: "email.send", Record: record, Status: state.InDoubt,
			Receipt: odd, Reason: odd, Attempts: 3, At: at(11), Run: "r1",
		}},
		Seen:    []state.Seen{{Record: record, Field: odd, Value: "v"}},
		Changes: []state.Change{{Record: record, Field: odd, From: "f", To: "t", At: at(12)}},
		Run: &state.Run{
			ID: "r1", Serial: 7, Started: at(13), Finished: at(14), Status: state.Partly, By: "ada@host", Plan: "pl-1",
			Playbook: map[string]string{"playbook.yaml": "sha", odd: "x"}, Counts: map[string]int{"done": 1 << 40, odd: -1}, Message: odd,
		},
	}
}

// zero gives one value of every type with nothing but, where it must, an identity.
func zero() state.Changes {
	return state.Changes{
		Plays:   []state.Play{{}},
		Members: []state.Member{{Key: "m", Track: state.Track{Done: []state.StepDone{{}}}}, {}},
		Truths:  []state.Truth{{}},
		Held:    []state.Held{{Keepers: []state.Keeper{{}}}},
		Effects: []state.Effect{{}},
		Seen:    []state.Seen{{}},
		Changes: []state.Change{{}},
		Run:     &state.Run{},
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
