package render_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/expr"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/segment"
	"github.com/playctl/playctl/pkg/state"
)

func nan() float64 { return math.NaN() }

func explained() *expr.Explained {
	missing := "account.employees is missing"
	return &expr.Explained{Text: `segment("icp") && account.employees >= 200 && account.name != "日本の会社"`, Value: "unknown", Unknown: missing, Parts: []expr.Explained{
		{Text: `segment("icp")`, Value: "true"},
		{Text: "account.employees >= 200", Value: "unknown", Unknown: missing, Parts: []expr.Explained{{Text: "account.employees", Value: "unknown", Unknown: missing}}},
		{Text: `account.activities.within(days(30)).filter(a, a.type == "web_visit").size() >= 3`, Value: "false", Parts: []expr.Explained{
			{Text: `account.activities.within(days(30)).filter(a, a.type == "web_visit").size()`, Value: "1", Parts: []expr.Explained{{Text: "account.activities.within(days(30))", Value: "12 records"}}}}},
		{Text: `account.name != "日本の会社"`, Value: "true", Parts: []expr.Explained{{Text: "account.name", Value: `"Acme International Holdings GmbH & Co. KG"`}}}}}
}

func TestExplain(t *testing.T) {
	heading := "account a-0192 can't be told to be in segment surging, and so is not"
	golden(t, "explain.txt", func(w io.Writer) error { return printer(render.Options{}).Explain(w, heading, explained()) })
	golden(t, "explain_colour.txt", func(w io.Writer) error { return printer(render.Options{Color: true}).Explain(w, heading, explained()) })
}

func segments() []render.Segment {
	return []render.Segment{
		{Evaluated: segment.Evaluated{Name: "surging", Of: "account", Matched: 126, Unknown: 37}, Total: 1204, Sample: []string{"a-0001", "a-0007", "a-0012", "a-0031"},
			Clauses: []segment.Clause{{Text: `account.industry in ["Software", "Fintech"]`, True: 800, False: 395, Unknown: 9, Missing: []segment.Missing{{What: "account.industry is missing", Count: 9}}},
				{Text: "account.employees >= 200\n  || account.sites > 3", True: 300, False: 867, Unknown: 37, Missing: []segment.Missing{{What: "account.employees is missing", Count: 30}, {What: "account.sites is missing", Count: 4}, {What: "x", Count: 2}, {What: "y", Count: 1}}}}},
		{Evaluated: segment.Evaluated{Name: "key-accounts", Of: "account", Matched: 2}, Total: 1204, Sample: []string{"a-0002", "a-0003"}, Lost: []string{"z-1"}},
		{Evaluated: segment.Evaluated{Name: "nobody", Of: "person"}, Total: 4310, Clauses: []segment.Clause{{Text: "person.opted_out", False: 4310}}},
	}
}

func TestSegments(t *testing.T) {
	golden(t, "segments.txt", func(w io.Writer) error { return printer(render.Options{}).Segments(w, segments()) })
	valid(t, golden(t, "segments.json", func(w io.Writer) error { return render.SegmentsJSON(w, segments()) }))
}

func snapshot() *state.Snapshot {
	day := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	account := func(key string) state.Record { return state.Record{Entity: "account", Key: key} }
	keeper := []state.Keeper{{Member: "4f3c9a01", Step: "keep_ads"}}
	return &state.Snapshot{Meta: state.Meta{Lineage: "2f6c", Serial: 41, Playbook: "acme-gtm"}, Plays: []state.Play{{Name: "intent-nurture"}, {Name: "mqa-to-sales"}, {Name: "new-one"}},
		Members: []state.Member{
			{Key: "4f3c9a01", Play: "intent-nurture", Record: account("a-1"), Number: 1, By: state.ByBackfill, EnteredAt: day(9), Track: state.Track{StepAt: day(9), Done: []state.StepDone{{ID: "keep_ads", Outcome: "done", At: day(9), Records: []string{"p-1", "p-2", "p-3", "p-4"}}, {ID: "tell", Outcome: "done", At: day(9)}}}},
			{Key: "77", Play: "mqa-to-sales", Record: account("a-1"), Number: 2, By: state.ByEdge, EnteredAt: day(2), Track: state.Track{Step: "call", StepAt: day(2)}, MissingSince: day(1)},
			{Key: "78", Play: "mqa-to-sales", Record: account("a-1"), Number: 1, By: state.ByEdge, EnteredAt: day(90), EndedAt: day(60), Outcome: state.Exited, Reason: "deal lost"},
			{Key: "79", Play: "mqa-to-sales", Record: account("a-2"), Number: 1, EnteredAt: day(90), EndedAt: day(61), Outcome: state.Converted},
			{Key: "80", Play: "mqa-to-sales", Record: account("a-3"), Number: 1, EnteredAt: day(90), EndedAt: day(61), Outcome: state.Converted}},
		Held: []state.Held{{Connector: "ads", Kind: "audience", Name: "Intent", Token: "t1", Record: state.Record{Entity: "person", Key: "p-1"}, Ours: true, Since: day(9), Keepers: keeper},
			{Connector: "ads", Kind: "audience", Name: "Intent", Token: "t2", Record: state.Record{Entity: "person", Key: "p-2"}, Since: day(9), Keepers: keeper},
			{Connector: "map", Kind: "list", Name: "顧客", Token: "t3", Record: account("a-1"), Ours: true, Added: true, Since: day(9)}},
		Effects: []state.Effect{{Key: "e1", Member: "4f3c9a01", Play: "intent-nurture", Step: "tell", Connector: "chat", Action: "message", Record: account("a-1"), Status: state.Happened, Receipt: "1732", Attempts: 1, At: day(9)},
			{Key: "e2", Member: "77", Play: "mqa-to-sales", Step: "call", Connector: "crm", Action: "task", Record: account("a-1"), Status: state.InDoubt, Reason: "connection reset", Attempts: 2, At: day(2)}},
		Runs: []state.Run{{ID: "r1", Serial: 40, Started: day(9), Finished: day(9).Add(3 * time.Minute), Status: state.Succeeded, Counts: map[string]int{"done": 1200, "already so": 3}, By: "ann@host"},
			{ID: "r2", Serial: 41, Started: now.Add(-90 * time.Minute), Status: state.Running}}}
}

func TestStateList(t *testing.T) {
	golden(t, "state_list.txt", func(w io.Writer) error { return printer(render.Options{}).StateList(w, snapshot()) })
	golden(t, "state_list_empty.txt", func(w io.Writer) error {
		return printer(render.Options{}).StateList(w, &state.Snapshot{Meta: state.Meta{Playbook: "x", Lineage: "l"}})
	})
}

func TestStateShow(t *testing.T) {
	for name, key := range map[string]string{"record": "a-1", "member": "77", "person": "person p-1"} {
		golden(t, "state_show_"+name+".txt", func(w io.Writer) error {
			n, err := printer(render.Options{}).StateShow(w, snapshot(), key)
			if n == 0 {
				t.Error("nothing found")
			}
			return err
		})
	}
	var b bytes.Buffer
	if n, err := printer(render.Options{}).StateShow(&b, snapshot(), "nobody"); n != 0 || err != nil || b.Len() > 0 {
		t.Error(n, err, b.String())
	}
}

func TestRuns(t *testing.T) {
	list := snapshot().Runs
	golden(t, "runs.txt", func(w io.Writer) error { return printer(render.Options{}).Runs(w, list) })
	for i := range 30 {
		list = append(list, state.Run{ID: fmt.Sprint("s", i), Serial: int64(42 + i), Started: now, Finished: now, Status: state.Failed, Message: "disk full"})
	}
	golden(t, "runs_many.txt", func(w io.Writer) error { return printer(render.Options{}).Runs(w, list) })
	golden(t, "runs_none.txt", func(w io.Writer) error { return printer(render.Options{}).Runs(w, nil) })
}

func TestProblems(t *testing.T) {
	list := diag.List{{At: diag.Position{File: "plays/a.yaml", Line: 3, Column: 9}, Message: `unknown field "steps2"`, Hint: `did you mean "steps"?`, Line: "  a:\tsteps2: []", Width: 6},
		{At: diag.Position{File: "b.yaml", Line: 1}, Message: "no plays"}, {Severity: diag.Warning, At: diag.Position{File: "b.yaml"}, Message: "empty", Related: []diag.Related{{At: diag.Position{File: "c.yaml", Line: 2}, Message: "first defined here"}}}}
	golden(t, "problems.txt", func(w io.Writer) error { return printer(render.Options{}).Problems(w, list, 4) })
	golden(t, "problems_colour.txt", func(w io.Writer) error { return printer(render.Options{Color: true}).Problems(w, list, 4) })
	golden(t, "problems_none.txt", func(w io.Writer) error { return printer(render.Options{}).Problems(w, nil, 1) })
}

func TestKept(t *testing.T) {
	k := &plan.Kept{Unapproved: 12, Unwanted: 1, Samples: []string{`not approved: add ads.audience "Intent" for person p-1`, "no longer wanted: account a-1 enters in intent-nurture"}}
	golden(t, "kept.txt", func(w io.Writer) error { return printer(render.Options{}).Kept(w, k) })
	golden(t, "kept_none.txt", func(w io.Writer) error { return printer(render.Options{}).Kept(w, &plan.Kept{}) })
}
