package plan

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/connector"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/state"
)

func TestOperationKey_tellsOperationsApart(t *testing.T) {
	place := func(kind, name string) connector.Place {
		return connector.Place{Connector: "desk", Collection: connector.Collection{Kind: kind, Name: name}}
	}
	r := state.Record{Entity: "account", Key: "a"}
	keys := map[string]bool{}
	for _, key := range []string{OperationKey(connector.Add, place("list", "A"), r, "t"), OperationKey(connector.Remove, place("list", "A"), r, "t"),
		OperationKey(connector.Add, place("list", "B"), r, "t"), OperationKey(connector.Add, place("audience", "A"), r, "t"),
		OperationKey(connector.Add, place("list", "A"), state.Record{Entity: "account", Key: "at"}, ""), OperationKey(connector.Add, place("list", "A"), r, "t", ""),
		OperationKey(connector.Add, place("list", "A"), state.Record{Entity: "accounta", Key: ""}, "t")} {
		keys[key] = true
	}
	if len(keys) != 7 {
		t.Errorf("%d keys of 7 operations", len(keys))
	}
}

func TestPayload_everyValueCounts(t *testing.T) {
	values := []any{"1", int64(1), true, 1.5, math.NaN(), math.Inf(1), math.Inf(-1), nil, []any{"1"}, map[string]any{"a": "1"}, time.Unix(0, 0).UTC()}
	seen := map[string]any{}
	for _, v := range values {
		text := payload(map[string]any{"x": v, "y": "z"})
		if other, twice := seen[text]; twice {
			t.Errorf("%v and %v have the payload %s", other, v, text)
		}
		seen[text] = v
		if text != payload(map[string]any{"y": "z", "x": v}) {
			t.Errorf("%v: another order, another payload", v)
		}
	}
}

func TestSummary_countsOnceApart(t *testing.T) {
	p := &Plan{NoOps: 7, Creates: make([]Create, 2), Operations: []Operation{{Verb: connector.Add}, {Verb: connector.Add}, {Verb: connector.Remove}, {Verb: connector.Set}, {Verb: connector.Send}, {Verb: connector.Task}, {Verb: connector.Cancel}},
		Members: []Member{{Enters: true, Moves: make([]Move, 1)}, {Leaves: true}, {Moves: make([]Move, 1)}, {End: &journey.End{}}, {Lanes: []LaneMoves{{Moves: make([]Move, 1)}}},
			{Lanes: []LaneMoves{{}}}, {Before: &state.Member{}, After: state.Member{Lanes: make([]state.Lane, 1)}}, {Before: &state.Member{MissingSince: time.Unix(1, 0)}}},
		Plays: []journey.PlayRun{{Change: journey.New}, {Change: journey.Untouched}, {Change: journey.Gone, Waiting: []journey.Waiting{{Step: "s", Count: 2}, {Step: "t", Count: 1}}}}, Blocked: []Blocked{{Count: 2}}}
	want := Summary{Add: 2, Remove: 1, Change: 1, Once: 2, Cancel: 1, Enter: 1, Leave: 1, Move: 4, Wait: 5, NoOps: 7, Creates: 2, Plays: 2}
	if got := p.Summary(); got != want || p.Empty() {
		t.Errorf("got %+v", got)
	}
	if p := (&Plan{NoOps: 7, Members: []Member{{}}, Plays: []journey.PlayRun{{Change: journey.Untouched}}}); !p.Empty() {
		t.Error("a plan that does nothing is not empty")
	}
}

func TestParseSaved_refusesWhatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		``:                                  "this is no saved plan: it is empty",
		`{}`:                                "this is no saved plan",
		`[1]`:                               "this is no saved plan",
		`what`:                              "this is no saved plan, or it was damaged: at byte 1: invalid character 'w' looking for beginning of value",
		`{"id": "x", "operations":`:         "the saved plan was cut short: its end is missing",
		`{"id": "x", "format_version": 99}`: "the plan was saved by a newer playctl (format 99; this one reads 2)",
		`{"id": "x", "format_version": 1}`:  "the plan was saved by an older playctl (format 1; this one reads 2)",
		`{"id": "x", "format_version": 2}`:  "the saved plan was changed since it was saved: its digest is missing",
	} {
		if _, err := ParseSaved([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSavedCheck_saysWhatChanged(t *testing.T) {
	now := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	s := &Saved{ID: "p1", Playbook: "book", Files: map[string]string{"a.yaml": "1", "b.yaml": "1"}, Lineage: "l", Serial: 4, Expires: now.Add(time.Hour)}
	st := &state.Snapshot{Meta: state.Meta{Lineage: "l", Serial: 4}}
	if err := s.Check("book", "", map[string]string{"b.yaml": "1", "a.yaml": "1"}, st, now); err != nil {
		t.Error(err)
	}
	for want, err := range map[string]error{
		`made for environment "", and this is "staging"`:   s.Check("book", "staging", s.Files, st, now),
		"a.yaml was edited, c.yaml is new, b.yaml is gone": s.Check("book", "", map[string]string{"a.yaml": "2", "c.yaml": "1"}, st, now),
		"it was made for another state":                    s.Check("book", "", s.Files, &state.Snapshot{Meta: state.Meta{Lineage: "m", Serial: 4}}, now),
		"it was made at serial 4, the state is at 5":       s.Check("book", "", s.Files, &state.Snapshot{Meta: state.Meta{Lineage: "l", Serial: 5}}, now),
		"it expired on 2026-03-03T10:00:00Z":               s.Check("book", "", s.Files, st, now.Add(2*time.Hour)),
		"a plan is used once":                              s.Check("book", "", s.Files, &state.Snapshot{Meta: st.Meta, Runs: []state.Run{{Plan: "p1"}}}, now),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
