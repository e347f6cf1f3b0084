package playbook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

const declared = `
connectors: {desk: {uses: files, dir: ./desk}}
entities:
  account: {file: a.csv, key: id, fields: {name: string, renewal_at: timestamp}, identity: {desk: account.id}}
segments:
  all: {of: account, where: "true"}
`

// read reads declarations and more YAML, which must be sound.
func read(t *testing.T, more string, in playbook.Inputs) *playbook.Book {
	t.Helper()
	first, _ := document.Parse("a.yaml", []byte(declared))
	second, _ := document.Parse("b.yaml", []byte(more))
	b, problems := playbook.Read([]*document.File{first, second}, in)
	for _, p := range problems {
		t.Errorf("%s", p.Format())
	}
	return b
}

// readAny reads a playbook of one file, whatever is wrong with it.
func readAny(text string, in playbook.Inputs) (*playbook.Book, diag.List) {
	file, problems := document.Parse("playbook.yaml", []byte(text))
	b, more := playbook.Read([]*document.File{file}, in)
	return b, append(problems, more...)
}

func TestRead_playDefaults(t *testing.T) {
	p := read(t, "plays:\n  hi: {segment: all, trigger: manual, steps: [{send: desk.message, text: hi}]}", playbook.Inputs{}).Play("hi")
	if p.Of != "account" || p.Named != "all" || p.Reentry.Mode != playbook.Never || p.OnLeave != playbook.Stay || p.Status != playbook.Running ||
		p.Backfill || p.Holdout != 0 || p.Priority != 0 {
		t.Errorf("got %+v", p)
	}
	if s := p.Steps[0]; s.ID != "send_desk_message" || !s.Overwrite || s.Continue {
		t.Errorf("got step %+v", s)
	}
}

func TestRead_triggersAndReentry(t *testing.T) {
	text := func(trigger, reentry string) string {
		return "plays:\n  hi:\n    segment: all\n    trigger: " + trigger + "\n    reentry: " + reentry + "\n    steps: [{send: desk.message, text: hi}]"
	}
	p := read(t, text(`{cron: "0 8 * * MON", timezone: Asia/Tokyo}`, `{after: 90d, max: 3}`), playbook.Inputs{}).Play("hi")
	if p.Trigger.Kind != playbook.OnBatches || p.Trigger.Zone.String() != "Asia/Tokyo" || p.Reentry.Mode != playbook.After ||
		p.Reentry.After != 90*24*time.Hour || p.Reentry.Max != 3 {
		t.Errorf("got %+v %+v", p.Trigger, p.Reentry)
	}
	p = read(t, text(`{when: account.name == "x"}`, `{per: account.renewal_at}`), playbook.Inputs{}).Play("hi")
	if p.Trigger.Kind != playbook.OnWhen || p.Reentry.Mode != playbook.Per || p.Reentry.Per.Text != "account.renewal_at" {
		t.Errorf("got %+v %+v", p.Trigger, p.Reentry)
	}
}

// TestStep_idsDoNotDependOnTheirPlace: an id without one said is made of verb, target and the literal part of the name.
func TestStep_idsDoNotDependOnTheirPlace(t *testing.T) {
	steps := []string{"{keep: desk.audience, name: 'Early intent: ${account.name}'}", "{set: desk.account, fields: {tier: A}}", "{send: desk.email, name: Hello}"}
	ids := func(order ...int) string {
		var list []string
		for _, i := range order {
			list = append(list, steps[i])
		}
		p := read(t, "plays:\n  hi:\n    segment: all\n    trigger: entry\n    backfill: false\n    on_leave: exit\n    steps: ["+strings.Join(list, ", ")+"]", playbook.Inputs{}).Play("hi")
		return strings.Join(p.StepIDs(), " ")
	}
	if got := ids(0, 1, 2); got != "keep_desk_audience_early_intent set_desk_account send_desk_email_hello" {
		t.Errorf("got %s", got)
	}
	if got := ids(2, 0, 1); got != "send_desk_email_hello keep_desk_audience_early_intent set_desk_account" {
		t.Errorf("reordered: got %s", got)
	}
}

func TestRead_variablesPrecedence(t *testing.T) {
	text := "variables: {floor: {type: int, default: 70}, list: {type: list(string), default: [a]}}\nenvironments: {staging: {variables: {floor: 60}}}"
	value := func(in playbook.Inputs) any { return read(t, text, in).Variables[0].Value }
	if got := value(playbook.Inputs{}); got != int64(70) {
		t.Errorf("default: got %v", got)
	}
	if got := value(playbook.Inputs{Environment: "staging"}); got != int64(60) {
		t.Errorf("environment: got %v", got)
	}
	given := map[string]playbook.Input{"floor": {Text: "5", From: "--var"}, "list": {Text: "x, y", From: "--var"}}
	b := read(t, text, playbook.Inputs{Environment: "staging", Variables: given})
	if b.Variables[0].Value != int64(5) || len(b.Variables[1].Value.([]any)) != 2 {
		t.Errorf("given: got %v", b.Variables)
	}
}

func TestTemplate_parts(t *testing.T) {
	p := read(t, "plays:\n  hi:\n    segment: all\n    trigger: manual\n    steps:\n      - send: desk.message\n        text: 'a ${account.name + \"}\"} $${b} {{my.token}} ${{\"k\": 1}[\"k\"]}'", playbook.Inputs{}).Play("hi")
	var parts []string
	for _, part := range p.Steps[0].Fields[0].Value.Template.Parts {
		parts = append(parts, part.Literal+"|"+part.Expr.Text)
	}
	if got, want := strings.Join(parts, " / "), `a | / |account.name + "}" /  ${b} {{my.token}} | / |{"k": 1}["k"]`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
