package render_test

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden holds output against a file of testdata.
func golden(t *testing.T, name string, write func(w io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (run with -update if it is meant):\n%s", path, diff)
	}
	return b.String()
}

func printer(o render.Options) *render.Printer {
	o.Now, o.Zone = now, time.FixedZone("EST", -5*60*60)
	return &render.Printer{Options: o, Nouns: nouns}
}

// scenarios are plans by name, each with a golden file of its own.
func scenarios() map[string]*render.View {
	return map[string]*render.View{"rich": rich(), "empty": empty(), "refused": refused(), "baseline": baseline(), "removed": removedPlay(), "drift": drift(),
		"conflicts": {Plan: &plan.Plan{At: now, Lineage: "2f6c", Operations: many(3, "p", keep("a", "keep", "person", "ads", audience("A"))), Plays: []journey.PlayRun{{Name: "a", Of: "person"}}, Conflicts: richConflicts()}}, "nothing": {Plan: &plan.Plan{At: now, Lineage: "2f6c"}},
		"values": values(), "changed": changedPlays(), "waiting": waiting()}
}

func empty() *render.View {
	v := rich()
	p := &plan.Plan{At: now, Lineage: "2f6c", NoOps: 1204, Verdicts: []plan.Verdict{{Guard: "removals", Holds: true}}}
	p.Plays = []journey.PlayRun{{Name: "intent-nurture", Of: "account"}, {Name: "mqa-to-sales", Of: "account", Members: 58, Waiting: []journey.Waiting{{Step: "call", Why: "account.owner_email is missing", Count: 40}}}}
	return &render.View{Plan: p, Read: v.Read, Evaluated: v.Evaluated, Compared: v.Compared}
}

func refused() *render.View {
	p := &plan.Plan{At: now, Lineage: "2f6c", HeldTotal: 300}
	p.Plays = []journey.PlayRun{{Name: "intent-nurture", Of: "account", Members: 120, Left: map[string]int{"left the segment": 110}, Funnel: journey.Funnel{},
		Leaves: []journey.Reason{{Key: "a-0001", Outcome: "exited", Because: []string{`account.intent.get("data platform", 0) >= 70 is false (12)`}}}}}
	o := remove("intent-nurture", "keep_ads", "person", "ads", audience("Intent"))
	o.Withdraw = true
	p.Operations = many(211, "p", o)
	p.Members = leaving("intent-nurture", 110, "a", state.Exited, "left the segment")
	p.Verdicts = []plan.Verdict{{Guard: "removals", Message: "211 removals of 300 members held; more than 100 and more than 20% need --allow removals"},
		{Guard: "entries", Holds: true}, {Guard: "sends", Allowed: true, Message: "600 sends in one run"}}
	return &render.View{Plan: p}
}

func baseline() *render.View {
	p := &plan.Plan{At: now}
	p.Plays = []journey.PlayRun{{Name: "intent-nurture", Of: "account", Change: journey.New, Funnel: journey.Funnel{InSegment: 42, Baseline: 42, First: true}},
		{Name: "monday-digest", Of: "account", Change: journey.New, Funnel: journey.Funnel{InSegment: 1204, First: true}}}
	v := rich()
	return &render.View{Plan: p, Next: v.Next}
}

func removedPlay() *render.View {
	p := &plan.Plan{At: now, Lineage: "2f6c"}
	p.Plays = []journey.PlayRun{{Name: "old-nurture", Of: "account", Change: journey.Gone, Members: 14, Left: map[string]int{"play_removed": 14}}}
	o := remove("old-nurture", "keep_ads", "person", "ads", audience("Old"))
	o.Withdraw = true
	p.Operations = many(31, "p", o)
	o.Play = ""
	p.Operations = append(p.Operations, many(1, "p9", o)...)
	p.Members = leaving("old-nurture", 14, "a", state.PlayRemoved, "the play was removed from the playbook")
	return &render.View{Plan: p}
}

func drift() *render.View {
	p := &plan.Plan{At: now, Lineage: "2f6c", NoOps: 97}
	p.Plays = []journey.PlayRun{{Name: "intent-nurture", Of: "account", Members: 98, Funnel: journey.Funnel{Matched: 1, Enters: 1}, Enters: reasons("", "a-0200")}}
	o := keep("intent-nurture", "keep_ads", "person", "ads", audience("Intent"))
	drifted := o
	drifted.Drift = true
	p.Operations = append(many(1, "p", drifted), many(2, "q", o)...)
	p.Members = entering("intent-nurture", 1, "a")
	return &render.View{Plan: p}
}

// values has fields with values of every kind, and two steps that look alike.
func values() *render.View {
	p := &plan.Plan{At: now, Lineage: "2f6c", Plays: []journey.PlayRun{{Name: "score", Of: "account", Members: 2, Moving: 2}}}
	for i, after := range []any{int64(12), 1.5, true, "", []any{"a", int64(1)}} {
		o := set("score", "write", "account", "crm", "company", map[string]string{"f": []string{"", "1", "false", "x", "[]"}[i]}, map[string]any{"f": after})
		p.Operations = append(p.Operations, many(1, string(rune('a'+i)), o)...)
	}
	p.Operations = append(p.Operations, many(2, "x", keep("score", "first", "account", "ads", audience("A")))...)
	p.Operations = append(p.Operations, many(2, "x", keep("score", "second", "account", "ads", audience("A")))...)
	p.Operations = append(p.Operations, many(1, "x", set("score", "blind", "account", "crm", "person", nil, map[string]any{"title": "VP"}))...)
	return &render.View{Plan: p}
}

func changedPlays() *render.View {
	return &render.View{Plan: &plan.Plan{At: now, Lineage: "2f6c", Plays: []journey.PlayRun{
		{Name: "a-long-name-of-a-play", Of: "account", Change: journey.Changed, Members: 14, Diff: []string{"goal: account.won → account.won && account.paid", "+ step gift: send box.package", "- step call: send crm.task"}},
		{Name: "b", Of: "account", Change: journey.Changed, Members: 1, Diff: []string{"- step call: send crm.task"}},
	}}}
}

func TestPlan_asAPersonReadsIt(t *testing.T) {
	for name, v := range scenarios() {
		t.Run(name, func(t *testing.T) {
			golden(t, "plan_"+name+".txt", func(w io.Writer) error { return printer(render.Options{}).Plan(w, v) })
		})
	}
}

func TestPlan_withOptions(t *testing.T) {
	for name, o := range map[string]render.Options{"full": {Full: true}, "concise": {Concise: true}, "narrow": {Width: 80}, "colour": {Color: true}, "novalues": {NoValues: true, Full: true}} {
		t.Run(name, func(t *testing.T) {
			golden(t, "plan_rich_"+name+".txt", func(w io.Writer) error { return printer(o).Plan(w, rich()) })
			golden(t, "plan_waiting_"+name+".txt", func(w io.Writer) error { return printer(o).Plan(w, waiting()) })
		})
	}
}

var planSentence = regexp.MustCompile(`^(?:Plan: ([\d,]+) to add, ([\d,]+) to remove, ([\d,]+) to change, ([\d,]+) to do once(?:, ([\d,]+) to cancel)?|No changes\. ([\d,]+) wants? holds? already), ([\d,]+) waiting\.$`)

func TestPlan_lastLineIsTheSentence(t *testing.T) {
	for name, v := range scenarios() {
		for _, o := range []render.Options{{}, {Full: true}, {Concise: true}, {Width: 20}, {Width: 300}} {
			if line := lastLine(t, func(w io.Writer) error { return printer(o).Plan(w, v) }); !planSentence.MatchString(line) {
				t.Errorf("%s, %+v: %q", name, o, line)
			}
		}
	}
}

func lastLine(t *testing.T, write func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	return lines[len(lines)-1]
}

func TestPlan_onceIsNeverAdded(t *testing.T) {
	v := &render.View{Plan: &plan.Plan{Operations: many(3, "a", send("x", "y", "account", "chat", "message", nil))}}
	if got := lastLine(t, func(w io.Writer) error { return printer(render.Options{}).Plan(w, v) }); got != "Plan: 0 to add, 0 to remove, 0 to change, 3 to do once, 0 waiting." {
		t.Error(got)
	}
}

func TestPlan_sameInputSameBytes(t *testing.T) {
	for range 5 {
		var a, b bytes.Buffer
		if err := printer(render.Options{Full: true}).Plan(&a, rich()); err != nil {
			t.Fatal(err)
		}
		if err := printer(render.Options{Full: true}).Plan(&b, rich()); err != nil {
			t.Fatal(err)
		}
		if a.String() != b.String() {
			t.Fatal("differs")
		}
	}
}

// TestPlan_dataCannotSteerTheTerminal has control characters in everything that comes from elsewhere.
func TestPlan_dataCannotSteerTheTerminal(t *testing.T) {
	v := infected("x\x1b]0;evil\x07\u202e\r\n")
	for _, o := range []render.Options{{}, {Full: true}, {Color: true}, {Color: true, Full: true, Width: 60}} {
		var b bytes.Buffer
		if err := printer(o).Plan(&b, v); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if o.Color {
			text = regexp.MustCompile(`\x1b\[[\d;]+m`).ReplaceAllString(text, "")
		}
		if i := strings.IndexAny(text, "\x1b\x07\r\u202e"); i >= 0 {
			t.Errorf("%+v: %q", o, text[max(0, i-60):i+10])
		}
	}
}

func TestPlan_withoutColourThereIsNone(t *testing.T) {
	for name, v := range scenarios() {
		var b bytes.Buffer
		if err := printer(render.Options{Full: true}).Plan(&b, v); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Errorf("%s has escapes", name)
		}
	}
}

func TestPlan_withoutValuesThereAreNone(t *testing.T) {
	var b bytes.Buffer
	if err := printer(render.Options{NoValues: true, Full: true}).Plan(&b, rich()); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"@", "marketingqualifiedlead", "surging", "Software"} {
		if strings.Contains(b.String(), secret) {
			t.Errorf("has %q", secret)
		}
	}
}
