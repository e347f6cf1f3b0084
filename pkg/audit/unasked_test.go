package audit_test

import (
	"slices"
	"testing"

	"github.com/playctl/playctl/pkg/audit"
	"github.com/playctl/playctl/pkg/state"
)

// TestUnasked_isWhatFailedAndNobodyRefused holds that of what failed only that is told which nobody refused, whose member is still to do it, and
// that the last run to try it did not do.
func TestUnasked_isWhatFailedAndNobodyRefused(t *testing.T) {
	s := &state.Snapshot{
		Runs:     []state.Run{{ID: "0", Operation: "apply"}, {ID: "1", Operation: "apply"}, {ID: "2", Operation: "apply", Limits: []string{"--only b"}}, {ID: "3", Operation: "retry"}},
		Failures: []state.Failure{{Key: "refused"}},
		Members: []state.Member{{Key: "m"}, {Key: "past", Track: state.Track{Done: []state.StepDone{{ID: "s", Outcome: "failed"}}}},
			{Key: "wide", Lanes: []state.Lane{{Record: state.Record{Entity: "person", Key: "p"}, Track: state.Track{Done: []state.StepDone{{ID: "s"}}}}}}},
	}
	run := func(id string, lines ...state.Line) state.Page {
		return state.Page{Run: id, Kind: state.EndedPage, Lines: lines}
	}
	planned := func(id string, lines ...state.Line) state.Page {
		return state.Page{Run: id, Kind: state.PlannedPage, Lines: lines}
	}
	journal := []state.Page{
		planned("0", state.Line{N: 0, Key: "long ago"}), run("0", state.Line{N: 0, Status: "failed"}),
		planned("1", state.Line{N: 0, Key: "unasked", Member: "m", Step: "s"}, state.Line{N: 1, Key: "refused", Member: "m", Step: "s"}, state.Line{N: 2, Key: "again"},
			state.Line{N: 3, Key: "past", Member: "past", Step: "s"}, state.Line{N: 4, Key: "come later"}, state.Line{N: 5, Key: "done"},
			state.Line{N: 6, Key: "left", Member: "nobody", Step: "s"}, state.Line{N: 7, Key: "lane", Member: "wide", Step: "s", Lane: "person:p"}),
		run("1", state.Line{N: 0, Status: "failed"}, state.Line{N: 1, Status: "failed"}, state.Line{N: 2, Status: "failed"}, state.Line{N: 3, Status: "failed"},
			state.Line{N: 4, Status: "later"}, state.Line{N: 5, Status: "done"}, state.Line{N: 6, Status: "failed"}, state.Line{N: 7, Status: "failed"}),
		planned("2", state.Line{N: 0, Key: "again"}), run("2", state.Line{N: 0, Status: "done"}),
	}
	var got []string
	for _, o := range audit.Unasked(s, journal) {
		got = append(got, o.Key)
	}
	if want := []string{"come later", "unasked"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	s.Runs = append(s.Runs, state.Run{ID: "4", Operation: state.OpMv})
	if of := audit.Unasked(s, journal); len(of) > 0 {
		t.Errorf("of what was before the state was amended: %v", of)
	}
}
