package playbook_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/playctl/playctl/pkg/playbook"
)

// people are roles, routes and more entities beside what is declared in every test.
const people = `
entities:
  person: {file: p.csv, key: id, parent: account_id -> account, plural: people, fields: {email: string}, identity: {desk: person.id}}
roles: {rep: {assign: account.name}, manager: {title: Boss, fallback: boss@acme.example}}
routes: {owner: {of: account, rules: [{when: account.name == "x", to: manager}, {to: rep}]}}
segments: {known: {of: person, where: "true"}}
`

// play reads a play of all accounts that consists of these steps and keys.
func play(t *testing.T, steps string, more ...string) *playbook.Play {
	t.Helper()
	text := people + "plays:\n  other: {segment: all, trigger: manual, steps: [{send: desk.note, text: hi}]}\n  hi:\n    segment: all\n    trigger: manual\n    on_leave: exit\n"
	for _, line := range append(more, "steps:"+indent(steps)) {
		text += "    " + line + "\n"
	}
	return read(t, text, playbook.Inputs{}).Play("hi")
}

// indent puts a block below a key of a play.
func indent(block string) string {
	return strings.ReplaceAll("\n"+strings.Trim(block, "\n"), "\n", "\n      ")
}

func TestStep_waits(t *testing.T) {
	s := play(t, `
- wait: 2 business days
- {wait_until: account.renewal_at - days(90), if_past: skip}
- {wait_for: account.name == "x", timeout: {quiet: 30d, of: account.activities}, on_timeout: continue}
- {wait_for: account.name == "y", timeout: 8 business hours, on_timeout: {exit: no name}}
`).Steps
	if s[0].Verb != playbook.Wait || s[0].Wait.Unit != playbook.BusinessDays || s[0].Wait.N != 2 {
		t.Errorf("got wait %+v", s[0].Wait)
	}
	if s[1].Verb != playbook.WaitUntil || s[1].IfPast != playbook.PastSkip || s[1].Expr.Text != "account.renewal_at - days(90)" {
		t.Errorf("got %+v", s[1])
	}
	if x := s[2]; x.Verb != playbook.WaitFor || x.Timeout.Quiet != 30*24*time.Hour || x.Timeout.Of.Text != "account.activities" || !x.Resume || len(x.OnTimeout) != 0 {
		t.Errorf("got %+v", x)
	}
	if x := s[3]; x.Timeout.After.N != 8 || x.Resume || len(x.OnTimeout) != 1 || x.OnTimeout[0].Reason != "no name" {
		t.Errorf("got %+v", x)
	}
}

func TestStep_task(t *testing.T) {
	s := play(t, `
- id: call
  task: desk.task
  by: [owner, rep]
  title: Call ${account.name}
  asks: {next_step: string, budget: double}
  outcomes: [booked, not now]
  due: 2 business days
  sla: 24h
  timeout: 5 business days
  on_timeout: [{wait: 1d}, {exit: no contact}]
  payload: {priority: high}
  window: business hours
  channel: phone
  escalate:
    - {after: 1 business day, send: desk.message, to: manager, text: late}
    - {after: 2 business days, send: desk.message, to: [owner, manager], text: very late}
- {task: desk.task, id: later, by: rep, title: Later, await: none}
`).Steps
	x := s[0]
	if got := strings.TrimSpace(fmt.Sprintln(texts(x.By), x.Title.Text, x.Outcomes, x.Due, x.SLA, x.Timeout.After, len(x.OnTimeout), x.Await == playbook.AwaitAll, x.Channel)); got !=
		"[owner rep] Call ${account.name} [booked not now] 2 business days 24h 5 business days 2 true phone" {
		t.Errorf("got %s", got)
	}
	if len(x.Asks) != 2 || x.Asks[1].Name != "budget" || x.Asks[1].Type.String() != "double" || len(x.Fields) != 1 || x.Fields[0].Name != "priority" {
		t.Errorf("got asks %+v, fields %+v", x.Asks, x.Fields)
	}
	if w := x.Window; w == nil || w.Calendar != "" || w.Hours != nil {
		t.Errorf("got window %+v", w)
	}
	if e := x.Escalate; len(e) != 2 || e[0].After.N != 1 || e[1].Send.ID != "call_after_2_business_days" || !e[1].Send.Made || len(e[1].Send.To) != 2 || e[1].Send.Target() != "desk.message" {
		t.Errorf("got %+v", e)
	}
	if s[1].Await != playbook.AwaitNone || s[1].Timeout.Exists() {
		t.Errorf("got %+v", s[1])
	}
}

// TestStep_to holds that to: means people only where every name is a role or route.
func TestStep_to(t *testing.T) {
	s := play(t, `
- {id: a, send: desk.message, to: [owner, manager], text: hi}
- {id: b, send: desk.message, to: rep, text: hi}
- {id: c, send: desk.message, to: "#sales", text: hi}
- {id: d, send: desk.message, to: ["${account.name}", boss@acme.example], text: hi}
`).Steps
	for i, want := range []string{"[owner manager] text", "[rep] text", "[] to text", "[] to text"} {
		got := fmt.Sprint(texts(s[i].To))
		for _, f := range s[i].Fields {
			got += " " + f.Name
		}
		if got != want {
			t.Errorf("step %s: got %s, want %s", s[i].ID, got, want)
		}
	}
}

func TestStep_branches(t *testing.T) {
	s := play(t, `
- choose:
    - {when: account.name == "x", then: {wait: 3d}}
    - {name: why, when: account.name == "y", then: []}
    - {else: [{exit: neither}]}
- split: [{name: a, weight: 70, then: [{wait: 1d}]}, {name: b, weight: 30, then: []}]
`).Steps
	var got []string
	for _, x := range s {
		for _, b := range x.Branches {
			got = append(got, fmt.Sprintf("%s %s %d %d", b.Name, b.When.Text, b.Weight, len(b.Steps)))
		}
	}
	if diff := cmp.Diff([]string{`1 account.name == "x" 0 1`, `why account.name == "y" 0 0`, "else  0 1", "a  70 1", "b  30 0"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestStep_lanesLinksAndExit(t *testing.T) {
	s := play(t, `
- for: [account.people, account.people]
  order: person.email
  limit: 3
  await: first
  steps: [{wait: 3d}, {keep: desk.list, name: People}]
- {enroll: other, for: account.people.map(p, p.account)}
- {exit: done, when: account.name == "x"}
`, "backfill: false").Steps
	if x := s[0]; x.Verb != playbook.Each || len(x.For) != 2 || x.Limit != 3 || x.Order.Text != "person.email" || x.Await != playbook.AwaitFirst || len(x.Steps) != 2 {
		t.Errorf("got %+v", x)
	}
	if x := s[1]; x.Play != "other" || len(x.For) != 1 {
		t.Errorf("got %+v", x)
	}
	if x := s[2]; x.Verb != playbook.Leaves || x.Reason != "done" || !x.When.Exists() {
		t.Errorf("got %+v", x)
	}
}

func TestStep_membershipsAndPatterns(t *testing.T) {
	s := play(t, `
- {add: desk.campaign, name: Roadshow, fields: {status: Invited}}
- {keep: desk.campaign, name: Other, fields: {status: Invited}}
- {set: desk.campaign, name: Roadshow, fields: {status: Registered}, overwrite: false}
- {remove_any: desk.list, allow: "Nurture *", for: [account, account.people]}
- {remove_any: desk.program, allow: ["*", "A*"], by: manager}
`, "backfill: false").Steps
	if s[0].Fields[0].Name != "status" || s[1].Fields[0].Name != "status" || s[2].Name.Text != "Roadshow" || s[2].Overwrite {
		t.Errorf("got %+v %+v %+v", s[0], s[1], s[2])
	}
	if diff := cmp.Diff([][]string{{"Nurture *"}, {"*", "A*"}}, [][]string{s[3].Allow, s[4].Allow}); diff != "" || len(s[3].For) != 2 || s[4].By[0].Text != "manager" {
		t.Error(diff)
	}
}

func texts(list []playbook.Name) []string {
	out := []string{}
	for _, n := range list {
		out = append(out, n.Text)
	}
	return out
}
