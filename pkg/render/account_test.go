package render_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

// account is everything about a record that is in two plays, of which one has lanes and the other was entered from a third.
func account() *render.Account {
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	who := state.Record{Entity: "account", Key: "a-1"}
	s := &state.Snapshot{Members: []state.Member{
		{Key: "m1", Play: "outreach", Record: who, Number: 1, By: state.ByEdge, EnteredAt: day(-9), Frozen: 26 * time.Hour,
			Track: state.Track{Step: "each", StepAt: day(-3), Done: []state.StepDone{{ID: "call", Outcome: "meeting booked", At: day(-3)}}},
			Lanes: []state.Lane{{Of: "each", Record: state.Record{Entity: "person", Key: "p-1"}, Since: day(-3),
				Track: state.Track{Step: "reply", StepAt: day(-3), Due: day(7), Done: []state.StepDone{{ID: "hello", Outcome: "done", At: day(-3)}}}},
				{Of: "each", Record: state.Record{Entity: "person", Key: "p-2"}, Since: day(-3), EndedAt: day(-1), Outcome: state.TimedOut, Reason: "step reply"}}},
		{Key: "m2", Play: "welcome", Record: who, Number: 2, By: state.ByPlay, From: "m1", EnteredAt: day(-1), Outcome: state.Converted, Track: state.Track{Step: "gift", StepAt: day(-1)}},
		{Key: "m3", Play: "old", Record: who, Number: 1, By: state.ByHand, EnteredAt: day(-90), EndedAt: day(-60), Outcome: state.Exited, Reason: "silent"},
		{Key: "m4", Play: "onboarding", Record: state.Record{Entity: "person", Key: "p-1"}, Track: state.Track{Step: "x"}}},
		Tasks: []state.Task{{Key: "e1", Member: "m1", Play: "outreach", Step: "call", Connector: "crm", Kind: "task", Record: who, Role: "sdr", Receipt: "T-1",
			Status: state.TaskDone, Outcome: "meeting booked", Assigned: day(-9), DoneAt: day(-3), TouchedAt: day(-8), Took: 24 * time.Hour},
			{Key: "e2", Member: "m1", Play: "outreach", Step: "visit", Lane: "person:p-1", Connector: "crm", Kind: "task", Record: who, Role: "ae", Receipt: "T-2",
				Status: state.TaskOpen, Assigned: day(-2), DueAt: day(1), SLAAt: day(-1), Breached: day(-1), TimeoutAt: day(5)}},
		Effects: []state.Effect{{Key: "e1", Member: "m1", Play: "outreach", Step: "call", Connector: "crm", Action: "task", Record: who, Status: state.Happened, Receipt: "T-1", At: day(-9)},
			{Key: "e3", Member: "m1", Play: "outreach", Step: "hello", Connector: "chat", Action: "message", Record: who, Status: state.Happened, Receipt: "M-1", At: day(-3)}},
		Held: []state.Held{{Connector: "ads", Kind: "audience", Name: "Intent", Token: "t", Record: who, Ours: true, Since: day(-9), Keepers: []state.Keeper{{Member: "m1", Step: "keep_ads", Lane: "person:p-1"}}}}}
	p := &plan.Plan{Plays: []journey.PlayRun{{Name: "outreach", Of: "account"}, {Name: "webinar", Of: "account", Funnel: journey.Funnel{Matched: 1, Suppressed: 1}},
		{Name: "winback", Of: "account", Funnel: journey.Funnel{Matched: 1, NotAddressable: 1}, NotKnown: []journey.NotKnown{{Entity: "account", Connector: "map", Why: "two leads have it", Count: 1}}}},
		Waits: []journey.Wait{{Member: "m1", Record: who, Play: "outreach", Step: "each", Kind: journey.ForLanes, Why: "lanes"},
			{Member: "m1", Record: who, Play: "outreach", Step: "reply", Lane: "person:p-1", Kind: journey.ForEvents, Why: "person.activities", Due: day(7)},
			{Member: "m9", Record: state.Record{Entity: "account", Key: "a-9"}, Play: "outreach", Due: day(1)}},
		Members: []plan.Member{{Before: &s.Members[1], After: s.Members[1], Moves: []plan.Move{{Step: "gift"}, {Step: "gate", Done: state.StepDone{Outcome: "skipped"}}}, End: &journey.End{}},
			{After: state.Member{Key: "m5", Play: "outreach", Record: who}, Enters: true, Lanes: []plan.LaneMoves{{Lane: "person:p-1", Of: "each", Moves: []plan.Move{{Step: "hello"}}}}}},
		Operations: many(1, "a", send("welcome", "gift", "account", "box", "package", nil)), Blocked: []plan.Blocked{{Play: "outreach", Step: "x", Why: "status 503", Count: 1}},
		Transitions: state.Changes{Tasks: []state.Task{{Key: "e2", Member: "m1", Play: "outreach", Status: state.TaskDone, Outcome: "visited"}, {Key: "e9", Member: "m9", Play: "outreach"}}}}
	p.Plays = append(p.Plays, journey.PlayRun{Name: "welcome", Of: "account",
		NotKnown: []journey.NotKnown{{Step: "list", Entity: "account", Connector: "map", Why: "it knows no such account", Count: 1, Sample: []string{"a-1"}}}})
	return &render.Account{Record: who, Fields: []render.FieldValue{{Name: "name", Value: "Acme"}, {Name: "employees", Value: int64(900)}, {Name: "products", Value: []any{"a", "b"}}},
		Missing: []string{"region"}, Segments: []render.Standing{{Segment: "icp", In: "true"}, {Segment: "large", In: "unknown"}, {Segment: "lost", In: "false"}},
		Scores: []render.ScoreOf{{Score: "fit", Points: 82, Max: 100}, {Score: "heat", Points: 7, Doubtful: true}}, Stages: []render.StageOf{{Model: "journey", Stage: "mqa"}, {Model: "other"}},
		Kin:   []render.Kin{{Entity: "group", Above: true, Count: 1, Keys: []string{"g-1"}}, {Entity: "person", Count: 2, Keys: []string{"p-1", "p-2"}}, {Entity: "activity", Count: 51}, {Entity: "opportunity"}},
		State: s, View: &render.View{Plan: p, State: s}}
}

func TestAccount(t *testing.T) {
	golden(t, "account.txt", func(w io.Writer) error { return printer(render.Options{}).Account(w, account()) })
	valid(t, golden(t, "account.json", func(w io.Writer) error { return render.AccountJSON(w, account()) }))
	gone := &render.Account{Record: state.Record{Entity: "account", Key: "z"}, Gone: true, State: &state.Snapshot{}, Unplanned: "step call is gone"}
	golden(t, "account_gone.txt", func(w io.Writer) error { return printer(render.Options{}).Account(w, gone) })
	valid(t, golden(t, "account_gone.json", func(w io.Writer) error { return render.AccountJSON(w, gone) }))
}

// TestAccount_dataCannotSteerTheTerminal has control characters in everything that comes from elsewhere.
func TestAccount_dataCannotSteerTheTerminal(t *testing.T) {
	const evil = "x\x1b]0;evil\x07\u202e\r\n"
	who := state.Record{Entity: "account", Key: evil}
	m := state.Member{Key: evil, Play: evil, Record: who, By: evil, Per: evil, Track: state.Track{Step: evil, Reached: []string{evil, "b"}, Done: []state.StepDone{{ID: evil, Outcome: evil, Records: []string{evil, "a"}}}},
		Lanes: []state.Lane{{Of: evil, Record: who, Track: state.Track{Step: evil, Done: []state.StepDone{{ID: evil, Outcome: evil}}}}, {Of: evil, Record: who, EndedAt: now, Outcome: evil, Reason: evil}}}
	ended := m
	ended.EndedAt, ended.Outcome, ended.Reason, ended.Key = now, evil, evil, "m2"
	s := &state.Snapshot{Members: []state.Member{m, ended}, Tasks: []state.Task{{Member: evil, Step: evil, Lane: evil, Connector: evil, Kind: evil, Role: evil, Status: state.TaskDone, Outcome: evil, Receipt: evil}}}
	v := infected(evil)
	v.Plan.Members = append(v.Plan.Members, plan.Member{After: m, Moves: []plan.Move{{Step: evil, Done: state.StepDone{Outcome: evil}}}, End: &journey.End{Outcome: evil, Reason: evil}})
	v.Plan.Waits = append(v.Plan.Waits, journey.Wait{Member: evil, Record: who, Step: evil, Lane: evil, Why: evil})
	a := &render.Account{Record: who, Fields: []render.FieldValue{{Name: evil, Value: evil}}, Missing: []string{evil}, Segments: []render.Standing{{Segment: evil, In: "true"}, {Segment: evil, In: "unknown"}},
		Scores: []render.ScoreOf{{Score: evil}}, Stages: []render.StageOf{{Model: evil, Stage: evil}}, Kin: []render.Kin{{Entity: evil, Count: 1, Keys: []string{evil}}, {Entity: evil, Above: true, Count: 1, Keys: []string{evil}}},
		State: s, View: v}
	for _, o := range []render.Options{{}, {Width: 60}} {
		var b bytes.Buffer
		if err := printer(o).Account(&b, a); err != nil {
			t.Fatal(err)
		}
		a.View, a.Unplanned = nil, evil
		if err := printer(o).Account(&b, a); err != nil {
			t.Fatal(err)
		}
		if i := strings.IndexAny(b.String(), "\x1b\x07\r\u202e"); i >= 0 {
			t.Errorf("%+v: %q", o, b.String()[max(0, i-60):i+10])
		}
		a.View = v
	}
}

func TestExplainScore(t *testing.T) {
	x := &segment.ScoreExplained{Score: "fit", Of: "account", Points: 100, Sum: 110, Max: 100, Rules: []segment.RuleExplained{
		{Why: "core industry", Points: 70, Rule: expr.Explained{Text: `account.industry == "Software"`, Value: "true"}}, {Points: 40, Rule: expr.Explained{Text: "account.activities", Value: "12 records"}},
		{Why: "large", Rule: *explained()}}}
	golden(t, "explain_score.txt", func(w io.Writer) error { return printer(render.Options{}).ExplainScore(w, "fit · account a-1", x) })
}

func TestExplainStage(t *testing.T) {
	x := &segment.StageExplained{Model: "journey", Of: "account", Stage: "mqa", Stages: []segment.StageRuleExplained{{Stage: "target", Rule: expr.Explained{Text: `segment("icp")`, Value: "true"}},
		{Stage: "mqa", Here: true, By: "marketing", SLA: "24h", Why: "ready", Rule: expr.Explained{Text: `score("fit") >= 60`, Value: "true"}}, {Stage: "customer", Rule: *explained()}}}
	golden(t, "explain_stage.txt", func(w io.Writer) error { return printer(render.Options{}).ExplainStage(w, "journey · account a-1", x) })
	x.Stage = ""
	x.Stages = nil
	golden(t, "explain_stage_none.txt", func(w io.Writer) error { return printer(render.Options{}).ExplainStage(w, "journey · account a-2", x) })
}
