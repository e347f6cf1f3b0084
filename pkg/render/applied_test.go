package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/apply"
	"github.com/playctl/playctl/pkg/journey"
	"github.com/playctl/playctl/pkg/plan"
	"github.com/playctl/playctl/pkg/render"
	"github.com/playctl/playctl/pkg/state"
)

// outcome is a plan with what became of it.
type outcome struct {
	plan   *plan.Plan
	result *apply.Result
}

// carriedOut ends every operation of a plan with done, or as change says.
func carriedOut(p *plan.Plan, change func(r *apply.Result)) outcome {
	r := &apply.Result{Run: state.Run{ID: "20261122T090000Z-7f3a", Serial: 42, Started: now, Finished: now.Add(12500 * time.Millisecond), Status: state.Succeeded, By: "ann@host"}}
	for range p.Operations {
		r.Outcomes = append(r.Outcomes, apply.Outcome{Status: apply.Done})
	}
	if change != nil {
		change(r)
	}
	return outcome{p, r}
}

// members gives the rich plan's mqa-to-sales members a move for their stage and one for the call.
func withMoves() *plan.Plan {
	p := rich().Plan
	for i := range p.Members {
		m := &p.Members[i]
		if m.After.Play != "mqa-to-sales" || !m.Enters {
			continue
		}
		for _, step := range []string{"set_stage", "call"} {
			for at, o := range p.Operations {
				if o.Play == m.After.Play && o.Step == step && o.Record.Key == m.After.Record.Key {
					m.Moves = append(m.Moves, plan.Move{Step: step, Operations: []int{at}})
				}
			}
		}
	}
	return p
}

func outcomes() map[string]outcome {
	fail := func(r *apply.Result, p *plan.Plan) {
		r.Run.Status = state.Partly
		for i, o := range p.Operations {
			switch {
			case o.Step == "set_stage" && o.Record.Key <= "b-0003":
				r.Outcomes[i] = apply.Outcome{Status: apply.Failed, Reason: "409 conflict: " + o.ID + " was merged"}
			case o.Step == "call" && o.Record.Key <= "b-0003":
				r.Outcomes[i] = apply.Outcome{Status: apply.Skipped, Reason: "not begun"}
			case o.Step == "call" && o.Record.Key == "b-0005":
				r.Outcomes[i] = apply.Outcome{Status: apply.InDoubt, Reason: "connection reset after the request was sent"}
			case o.Step == "keep_map" && o.Record.Key <= "q-0004":
				r.Outcomes[i] = apply.Outcome{Status: apply.Later, Reason: "the daily quota is spent"}
			case o.Step == "keep_ads" && o.Record.Key == "p-0001":
				r.Outcomes[i] = apply.Outcome{Status: apply.Already}
			}
		}
	}
	partial, broken := withMoves(), withMoves()
	return map[string]outcome{
		"complete": carriedOut(rich().Plan, nil),
		"partial":  carriedOut(partial, func(r *apply.Result) { fail(r, partial) }),
		"interrupted": carriedOut(withMoves(), func(r *apply.Result) {
			r.Interrupted, r.Run.Status = true, state.Interrupted
			for i := 100; i < len(r.Outcomes); i++ {
				r.Outcomes[i] = apply.Outcome{Status: apply.Skipped, Reason: "not begun"}
			}
		}),
		"broken": carriedOut(broken, func(r *apply.Result) {
			fail(r, broken)
			r.Err, r.Run.Status = errors.New("recording outcomes: writing state: no space left on device"), state.Failed
			for i := 330; i < len(r.Outcomes); i++ {
				r.Outcomes[i] = apply.Outcome{Status: apply.Skipped, Reason: "not begun"}
			}
		}),
		"notbegun": carriedOut(rich().Plan, func(r *apply.Result) {
			r.Err, r.Run = errors.New("recording the start of the run: the folder is read-only"), state.Run{}
			for i := range r.Outcomes {
				r.Outcomes[i] = apply.Outcome{Status: apply.Skipped, Reason: "not begun"}
			}
		}),
		"nothing": carriedOut(&plan.Plan{}, nil),
		"waiting": carriedOut(waiting().Plan, nil),
		"halted":  halted(),
	}
}

// halted is an apply in which a lane's step, and with it the next of the lane, was not done, and a step that enrolls others never came.
func halted() outcome {
	p := waiting().Plan
	on := func(step string) int {
		return slices.IndexFunc(p.Operations, func(o plan.Operation) bool { return o.Step == step })
	}
	first, next, late := on("status"), on("join"), on("visit")
	p.Members[1].Lanes[0].Moves = []plan.Move{{Step: "status", Operations: []int{first}}, {Step: "join", Operations: []int{next}}}
	p.Members[2].Moves[0].Operations = []int{late}
	return carriedOut(p, func(r *apply.Result) {
		r.Run.Status = state.Partly
		r.Outcomes[first] = apply.Outcome{Status: apply.Failed, Reason: "no such status"}
		r.Outcomes[next] = apply.Outcome{Status: apply.Skipped, Reason: "not begun"}
		r.Outcomes[late] = apply.Outcome{Status: apply.Later, Reason: "the daily quota is spent"}
	})
}

func TestApplied_asAPersonReadsIt(t *testing.T) {
	for name, o := range outcomes() {
		t.Run(name, func(t *testing.T) {
			golden(t, "applied_"+name+".txt", func(w io.Writer) error { return printer(render.Options{}).Applied(w, o.plan, o.result) })
		})
	}
}

func TestApplied_lastLineIsTheSentence(t *testing.T) {
	sentence := regexp.MustCompile(`^Applied: [\d,]+ added, [\d,]+ removed, [\d,]+ changed, [\d,]+ done once(, [\d,]+ cancelled)?; [\d,]+ failed, [\d,]+ in doubt, [\d,]+ skipped(, [\d,]+ later)?(, [\d,]+ already so)?\.$`)
	for name, o := range outcomes() {
		for _, options := range []render.Options{{}, {Full: true}, {Width: 40}, {Concise: true}} {
			if line := lastLine(t, func(w io.Writer) error { return printer(options).Applied(w, o.plan, o.result) }); !sentence.MatchString(line) {
				t.Errorf("%s: %q", name, line)
			}
		}
	}
}

func TestApplied_withoutColourThereIsNone(t *testing.T) {
	for name, o := range outcomes() {
		var b bytes.Buffer
		if err := printer(render.Options{Full: true}).Applied(&b, o.plan, o.result); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") || strings.Contains(b.String(), "@secret") {
			t.Errorf("%s has escapes or addresses", name)
		}
	}
}

// small is a plan that is short enough to read as JSON.
func small() *render.View {
	v := rich()
	p := v.Plan
	var kept []plan.Operation
	seen := map[string]int{}
	for _, o := range p.Operations {
		if seen[o.Step]++; seen[o.Step] == 1 {
			kept = append(kept, o)
		}
	}
	p.Operations, p.Members = kept, p.Members[95:112]
	drifted := many(1, "z", keep("intent-nurture", "keep_ads", "person", "ads", audience("Intent")))
	drifted[0].Drift, drifted[0].Stranger = true, true
	p.Operations = append(p.Operations, drifted...)
	p.Operations = append(p.Operations, many(1, "nan", set("mqa-to-sales", "odd", "account", "crm", "company", map[string]string{"a": "1"}, map[string]any{"a": nan(), "b": []any{nan(), now}}))...)
	return v
}

func TestPlanJSON(t *testing.T) {
	text := golden(t, "plan.json", func(w io.Writer) error { return render.PlanJSON(w, small()) })
	valid(t, text)
	valid(t, golden(t, "plan_waiting.json", func(w io.Writer) error { return render.PlanJSON(w, waiting()) }))
	valid(t, golden(t, "plan_empty.json", func(w io.Writer) error { return render.PlanJSON(w, &render.View{Plan: &plan.Plan{At: now}}) }))
}

func TestAppliedJSON(t *testing.T) {
	p := small().Plan
	o := carriedOut(p, func(r *apply.Result) {
		r.Outcomes[1] = apply.Outcome{Status: apply.Failed, Reason: "no such account: " + p.Operations[1].ID}
		r.Outcomes[0].Receipt = "rcpt-1"
		r.Run.Status = state.Partly
	})
	valid(t, golden(t, "applied.json", func(w io.Writer) error { return render.AppliedJSON(w, o.plan, o.result) }))
	for name, o := range outcomes() {
		var b bytes.Buffer
		if err := render.AppliedJSON(&b, o.plan, o.result); err != nil {
			t.Fatal(name, err)
		}
		valid(t, b.String())
	}
}

// valid holds that a document is JSON and holds no id by which a connector knows somebody.
func valid(t *testing.T, text string) {
	t.Helper()
	if !json.Valid([]byte(text)) {
		t.Error("this is no JSON")
	}
	if i := strings.Index(text, "@secret"); i >= 0 {
		t.Error("it holds an address: ", text[max(0, i-50):i+10])
	}
}

func TestPlanJSON_holdsWhatPolicyToolsRead(t *testing.T) {
	var b bytes.Buffer
	if err := render.PlanJSON(&b, small()); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		ResourceChanges []struct {
			Address string
			Change  struct{ Actions []string }
			Playctl struct{ Verb string }
		} `json:"resource_changes"`
		Plays []journey.PlayRun
	}
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"keep": "create", "add": "create", "send": "create", "remove": "delete", "set": "update"}
	for _, c := range doc.ResourceChanges {
		if len(c.Change.Actions) != 1 || c.Change.Actions[0] != want[c.Playctl.Verb] {
			t.Errorf("%s: %s is %s", c.Address, c.Playctl.Verb, c.Change.Actions)
		}
	}
}
