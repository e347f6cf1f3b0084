package audit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func account(key string) state.Record { return state.Record{Entity: "account", Key: key} }

// done is a run of three sends: one done, one failed, one skipped, as an apply journals it.
func done() (*state.Run, []state.Page, *state.Snapshot) {
	line := func(n int, key, effect string) state.Line {
		return state.Line{N: n, Key: key, Verb: "send", Connector: "desk", Kind: "message", Record: account(key), Play: "p", Step: "s", Member: "m-" + key, Effect: effect}
	}
	run := &state.Run{ID: "r1", Serial: 1, Status: state.Partly, Planned: map[string]int{"send": 3}, Counts: map[string]int{"done": 1, "failed": 1, "skipped": 1}}
	pages := []state.Page{
		{Run: "r1", Seq: 0, At: noon, Kind: state.PlannedPage, Lines: []state.Line{line(0, "a", "e-a"), line(1, "b", "e-b"), line(2, "c", "e-c")}},
		{Run: "r1", Seq: 1, At: noon, Kind: state.IntendedPage, Lines: []state.Line{{N: 0}, {N: 1}}},
		{Run: "r1", Seq: 2, At: noon, Kind: state.EndedPage, Lines: []state.Line{{N: 0, Status: "done", Receipt: "17"}, {N: 1, Status: "failed", Reason: "bounced"}}},
		{Run: "r1", Seq: 3, At: noon, Kind: state.EndedPage, Lines: []state.Line{{N: 2, Status: "skipped", Reason: "the run ended"}}},
	}
	known := &state.Snapshot{Meta: state.Meta{Serial: 1}, Runs: []state.Run{*run}, Effects: []state.Effect{
		{Key: "e-a", Member: "m-a", Run: "r1", Status: state.Happened, Connector: "desk", Action: "message", Record: account("a")},
		{Key: "e-b", Member: "m-b", Run: "r1", Status: state.Refused, Connector: "desk", Action: "message", Record: account("b")},
	}}
	return run, pages, known
}

func TestOperations_putIntentAndEndTogether(t *testing.T) {
	_, pages, _ := done()
	got := Operations(pages)
	if len(got) != 3 || got[0].Outcome != "done" || got[0].Receipt != "17" || got[1].Reason != "bounced" || got[2].Outcome != "skipped" {
		t.Errorf("%+v", got)
	}
	if text := got[0].String(); text != "send desk.message for account a (p.s)" {
		t.Errorf("%q", text)
	}
	cut := Operations(pages[:2])
	if cut[0].Outcome != InDoubt || cut[2].Outcome != NotBegun {
		t.Errorf("%+v", cut)
	}
}

func TestRun_isCleanAsApplyWritesIt(t *testing.T) {
	run, pages, known := done()
	run.Digest = state.OperationsDigest(func(yield func(string, string) bool) { _ = yield("a", "") && yield("b", "") && yield("c", "") }) + "ff"
	if r := Run(run, pages, known, false); len(r.Findings) != 0 || r.Operations != 3 || r.Outcomes["done"] != 1 {
		t.Errorf("%+v", r)
	}
	cut := *run
	cut.Status, cut.Counts = state.Running, nil
	known.Effects[0].Status, known.Effects[1].Status = state.Intended, state.Intended
	if r := Run(&cut, pages[:2], known, true); len(r.Findings) != 0 || r.Outcomes[InDoubt] != 2 || r.Outcomes[NotBegun] != 1 {
		t.Errorf("a run that was killed: %+v", r)
	}
}

func TestRun_findsWhatDoesNotHold(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(*state.Run, []state.Page, *state.Snapshot) []state.Page
		kind  string
		text  string
	}{
		"done and not planned": {func(_ *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			p[0].Lines = p[0].Lines[1:]
			return p
		}, unplanned, `operation 0 ended as "done" and was never planned`},
		"begun and not planned": {func(_ *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			p[1].Lines = append(p[1].Lines, state.Line{N: 9})
			return p
		}, unplanned, "operation 9 was begun and never planned"},
		"planned and not ended": {func(_ *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			return p[:3]
		}, unended, "operation 2, send desk.message for account c (p.s), was planned, and nothing says what became of it"},
		"done without intent": {func(_ *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			p[1].Lines = p[1].Lines[1:]
			return p
		}, unintended, `ended as "done" without its intent`},
		"a page is gone": {func(_ *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			return append(p[:1:1], p[2:]...)
		}, Gap, "page 1 of the journal is missing: the next one is 2"},
		"the journal is gone": {func(*state.Run, []state.Page, *state.Snapshot) []state.Page { return nil }, noJournal, "it planned 3 operations, and its journal is gone"},
		"ended twice": {func(_ *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			p[3].Lines = append(p[3].Lines, state.Line{N: 0, Status: "done"})
			return p
		}, twice, "operation 0 was ended twice"},
		"an effect without a line": {func(_ *state.Run, p []state.Page, k *state.Snapshot) []state.Page {
			k.Effects = append(k.Effects, state.Effect{Key: "e-x", Run: "r1", Status: state.Happened, Connector: "desk", Action: "message", Record: account("x")})
			return p
		}, unwritten, "effect e-x, desk.message for account x, is of this run, and its journal has no line of it"},
		"an effect that says otherwise": {func(_ *state.Run, p []state.Page, k *state.Snapshot) []state.Page {
			k.Effects[1].Status = state.Happened
			return p
		}, contrary, `effect e-b is happened, and its journal says "failed"`},
		"an effect that is gone": {func(_ *state.Run, p []state.Page, k *state.Snapshot) []state.Page {
			k.Effects = k.Effects[1:]
			return p
		}, contrary, "was done, and the state knows of no such effect"},
		"counted otherwise": {func(r *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			r.Counts["done"] = 2
			return p
		}, miscounted, `its record has 2 ended as "done", its journal 1`},
		"planned otherwise": {func(r *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			r.Planned["add"] = 1
			return p
		}, miscounted, `its record has 1 planned "add", its journal 0`},
		"planned with another content": {func(r *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			r.Digest = state.OperationsDigest(func(yield func(string, string) bool) { _ = yield("a", "") && yield("b", "") && yield("c", "") }) + "ff"
			p[0].Lines[1].Digest = "other"
			return p
		}, altered, "one of the two was altered"},
		"ended before it began": {func(_ *state.Run, p []state.Page, _ *state.Snapshot) []state.Page {
			p[1], p[2] = p[2], p[1]
			p[1].Seq, p[2].Seq = 1, 2
			return p
		}, backward, "ended before it was begun"},
	} {
		t.Run(name, func(t *testing.T) {
			run, pages, known := done()
			r := Run(run, test.spoil(run, pages, known), known, false)
			is := func(f Finding) bool { return f.Kind == test.kind && strings.Contains(f.Text, test.text) }
			if !slices.ContainsFunc(r.Findings, is) {
				t.Errorf("want %s: %s; got %+v", test.kind, test.text, r.Findings)
			}
		})
	}
}

func TestRun_anEffectThatWasForgottenOnPurposeIsNoFinding(t *testing.T) {
	run, pages, known := done()
	known.Effects = known.Effects[1:]
	known.Runs = append(known.Runs, state.Run{ID: "r2", Serial: 2, Operation: "forget"})
	if r := Run(run, pages, known, false); len(r.Findings) != 0 {
		t.Errorf("%+v", r.Findings)
	}
}

// sound is a state that is whole: a member who keeps something, was sent something and has a task.
func sound() *state.Whole {
	run, pages, _ := done()
	run.Serial = 1
	m := state.Member{Key: "m", Play: "p", Record: account("a"), Number: 1}
	return &state.Whole{Journal: pages, Snapshot: state.Snapshot{Meta: state.Meta{Serial: 1}, Runs: []state.Run{*run}, Members: []state.Member{m},
		Held:     []state.Held{{Connector: "desk", Kind: "list", Name: "L", Token: "t", Record: account("a"), Keepers: []state.Keeper{{Member: "m", Step: "s"}}}},
		Effects:  []state.Effect{{Key: "e", Member: "m", Status: state.Happened, Run: "r1"}},
		Tasks:    []state.Task{{Key: "e", Member: "m"}},
		Failures: []state.Failure{{Key: "f", Member: "m", Attempts: 1}}}}
}

func TestWhole_findsWhatDoesNotHold(t *testing.T) {
	if got := Whole(sound()); len(got) != 0 {
		t.Fatalf("a sound state: %+v", got)
	}
	for name, test := range map[string]struct {
		spoil func(*state.Whole)
		text  string
	}{
		"a keeper who is not there": {func(w *state.Whole) { w.Held[0].Keepers[0].Member = "nobody" }, `account a in desk.list "L" is kept by member nobody, who is not there`},
		"an effect of nobody":       {func(w *state.Whole) { w.Effects[0].Member = "nobody" }, "is of member nobody, who is not there"},
		"an effect of no status":    {func(w *state.Whole) { w.Effects[0].Status = "odd" }, `has the status "odd", which is none`},
		"a part of a status":        {func(w *state.Whole) { w.Effects[0].Status = "in" }, `has the status "in", which is none`},
		"a task of no effect":       {func(w *state.Whole) { w.Tasks[0].Key = "x" }, "was made by no effect"},
		"a task of nobody":          {func(w *state.Whole) { w.Tasks[0].Member = "x" }, "task e,"},
		"a failure of nobody":       {func(w *state.Whole) { w.Failures[0].Member = "x" }, "the failure of operation f is of member x"},
		"a member twice":            {func(w *state.Whole) { w.Members = append(w.Members, w.Members[0]) }, "is there twice"},
		"in a play twice": {func(w *state.Whole) {
			m := w.Members[0]
			m.Key = "m2"
			w.Members = append(w.Members, m)
		}, "account a is in play p twice at once, as member m2 too"},
		"enrolled by nobody":       {func(w *state.Whole) { w.Members[0].From = "x" }, "was enrolled by member x"},
		"a serial from the future": {func(w *state.Whole) { w.Runs[0].Serial = 2 }, "run r1 has serial 2, and the state is at 1"},
		"a page that is gone":      {func(w *state.Whole) { w.Journal = w.Journal[1:] }, "page 0 of the journal is missing"},
		"pages of no run":          {func(w *state.Whole) { w.Runs = nil }, "the journal has pages of run r1, which is not there"},
	} {
		t.Run(name, func(t *testing.T) {
			w := sound()
			test.spoil(w)
			if got := Whole(w); !slices.ContainsFunc(got, func(f Finding) bool { return strings.Contains(f.Text, test.text) }) {
				t.Errorf("want %q; got %+v", test.text, got)
			}
		})
	}
}
