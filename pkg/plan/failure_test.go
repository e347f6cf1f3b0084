package plan

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// TestPast_goesByTheLaneOfWhatWasRefused holds that a refusal is forgotten once its lane is past the step, as it is for a member: the step may have been
// done by a try that was in doubt for a while.
func TestPast_goesByTheLaneOfWhatWasRefused(t *testing.T) {
	done := []state.StepDone{{ID: "call"}}
	p, q := state.Record{Entity: "person", Key: "p"}, state.Record{Entity: "person", Key: "q"}
	m := &state.Member{Track: state.Track{Done: []state.StepDone{{ID: "first"}}}, Lanes: []state.Lane{
		{Of: "people", Record: p, Track: state.Track{Done: done}},
		{Of: "people", Record: q},
		{Of: "others", Record: q, EndedAt: time.Unix(1, 0)},
	}}
	r := state.Record{Entity: "person", Key: "r"}
	m.Lanes = append(m.Lanes, state.Lane{Of: "people", Record: r, EndedAt: time.Unix(1, 0)})
	lane := func(r state.Record) string { return (&state.Lane{Record: r}).Key() }
	for name, test := range map[string]struct {
		f    state.Failure
		want bool
	}{
		"a member past its step":       {state.Failure{Step: "first"}, true},
		"a member at it":               {state.Failure{Step: "call"}, false},
		"a lane past its step":         {state.Failure{Step: "call", Lane: lane(p)}, true},
		"a lane at it":                 {state.Failure{Step: "call", Lane: lane(q)}, false},
		"a lane that has ended":        {state.Failure{Step: "call", Lane: lane(r)}, true},
		"a lane that is there no more": {state.Failure{Step: "call", Lane: "person:x"}, true},
	} {
		if got := past(m, &test.f); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
