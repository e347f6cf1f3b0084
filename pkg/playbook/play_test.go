package playbook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/diag"
	"github.com/playctl/playctl/pkg/document"
	"github.com/playctl/playctl/pkg/playbook"
)

func TestRead_goalAndExits(t *testing.T) {
	p := play(t, "- wait: 1d", `goal: {when: account.name == "x", then: [{enroll: other}]}`, "raci: {responsible: rep, informed: [a, b]}",
		`exit: [{when: account.name == "y"}, {quiet: 30d, reason: silent, then: {wait: 2d}}, {after: 20 business days, reason: too long}]`)
	if p.Goal.Text != `account.name == "x"` || len(p.GoalThen) != 1 || p.GoalThen[0].Play != "other" {
		t.Errorf("got goal %+v", p)
	}
	x := p.Exits
	if len(x) != 3 || x[0].Reason != "exit rule 1" || x[1].Quiet != 30*24*time.Hour || len(x[1].Then) != 1 || x[2].After.N != 20 || x[2].Reason != "too long" {
		t.Errorf("got %+v", x)
	}
	if r := p.RACI; len(r.Responsible) != 1 || len(r.Informed) != 2 || len(r.Accountable) != 0 {
		t.Errorf("got %+v", r)
	}
}

func TestRead_missedBatches(t *testing.T) {
	for missed, want := range map[string]bool{"skip": true, "run": false} {
		b := read(t, `plays: {hi: {segment: all, trigger: {cron: "0 8 * * MON", missed: `+missed+`}, steps: [{send: desk.note, text: hi}]}}`, playbook.Inputs{})
		if b.Play("hi").Trigger.Skip != want {
			t.Errorf("%s: got %v", missed, !want)
		}
	}
}

// problems reads a play of all accounts with these keys and gives what is wrong.
func problems(t *testing.T, text string) diag.List {
	t.Helper()
	var files []*document.File
	for i, part := range []string{declared, people, text} {
		f, list := document.Parse(string(rune('a'+i))+".yaml", []byte(part))
		if list.Err() != nil {
			t.Fatal(list)
		}
		files = append(files, f)
	}
	_, list := playbook.Read(files, playbook.Inputs{})
	return list
}

// TestRead_waysThatMayStand holds what is no problem: each could be taken for one.
func TestRead_waysThatMayStand(t *testing.T) {
	for name, keys := range map[string]string{
		"a wait that the play's silence ends":          `exit: {quiet: 30d}, steps: [{wait_for: account.name == "x"}, {for: account.people, steps: [{task: desk.task, by: rep, title: x}]}]`,
		"a wait that the play's age ends":              `exit: {after: 30d}, steps: [{wait_for: account.name == "x"}]`,
		"a task that nothing waits for":                `steps: [{task: desk.task, by: rep, title: x, await: none}]`,
		"a step behind an exit that may be skipped":    `steps: [{exit: now, when: account.name == "x"}, {wait: 3d}]`,
		"a step behind a choice that may do nothing":   `steps: [{choose: [{when: account.name == "x", then: [{exit: now}]}]}, {wait: 3d}]`,
		"a step behind a choice with a way through":    `steps: [{choose: [{when: account.name == "x", then: []}, {else: [{exit: now}]}]}, {wait: 3d}]`,
		"a keep that an exit step ends":                `backfill: false, on_leave: stay, steps: [{keep: desk.list, name: x}, {wait: 3d}, {exit: now}]`,
		"a keep in a lane that ends":                   `backfill: false, on_leave: stay, steps: [{for: account.people, steps: [{keep: desk.list, name: x}, {wait: 3d}, {exit: now}]}]`,
		"a due time that only the calendar makes late": `steps: [{task: desk.task, by: rep, title: x, due: 2 business days, timeout: 2d}]`,
		"a late due time of a task that goes on":       `steps: [{task: desk.task, by: rep, title: x, due: 9d, timeout: 2d, on_timeout: continue}]`,
		"a link to itself that re-entry bounds":        `reentry: {after: 30d}, steps: [{enroll: hi}]`,
		"a link to itself that a number bounds":        `reentry: {max: 3}, steps: [{enroll: hi}]`,
		"a group by what is above":                     `segment: known, group: one, steps: [{wait: 3d}]`,
	} {
		text := "groups: {one: {of: account}}\nplays: {hi: {segment: all, trigger: entry, " + keys + "}}"
		text = strings.Replace(text, "segment: all, trigger: entry, segment: known", "trigger: entry, segment: known", 1)
		for _, p := range problems(t, text) {
			t.Errorf("%s: %s", name, p.Format())
		}
	}
}

// TestRead_oneSlipInAWayIsOneProblem holds that what could not be read is no problem a second time.
func TestRead_oneSlipInAWayIsOneProblem(t *testing.T) {
	for name, keys := range map[string]string{
		"a timeout that is none":            `steps: [{wait_for: account.name == "x", timeout: soon}]`,
		"an exit rule that is none":         `exit: {quiet: soon}, steps: [{wait_for: account.name == "x"}]`,
		"a misspelt timeout":                `steps: [{wait_for: account.name == "x", timout: 3d}]`,
		"a misspelt role":                   `steps: [{task: desk.task, by: rp, title: x, await: none}]`,
		"an address among roles":            `steps: [{send: desk.note, text: x, to: [rep, 3]}]`,
		"a goal that is none":               `backfill: false, on_leave: stay, goal: {when: }, steps: [{keep: desk.list, name: x}]`,
		"a branch that is none":             `steps: [{choose: [{when: account.name == "x", then: now}]}]`,
		"an escalation without its when":    `steps: [{task: desk.task, by: rep, title: x, await: none, escalate: {send: desk.note, text: x}}]`,
		"hours that are none":               `steps: [{send: desk.note, text: x, window: {mon: nine}}]`,
		"a person where a role is wanted":   `steps: [{task: desk.task, by: ann@acme.example, title: x, await: none}]`,
		"a misspelt else":                   `steps: [{choose: [{when: account.name == "x", then: []}, {esle: []}]}]`,
		"a group by what is below":          `group: below, steps: [{wait: 3d}]`,
		"an unknown play in an exit's then": `exit: {after: 3d, then: {enroll: welcom}}, steps: [{wait: 3d}]`,
	} {
		text := "groups: {below: {of: person}}\nplays: {hi: {segment: all, trigger: entry, " + keys + "}}"
		if list := problems(t, text); len(list) != 1 {
			t.Errorf("%s: got %d:\n%v", name, len(list), list)
		}
	}
}

// TestRead_stepsWithoutTargetsAreNotAlike: their ids would be the same, which is not said beside what is wrong with the targets.
func TestRead_stepsWithoutTargetsAreNotAlike(t *testing.T) {
	list := problems(t, "plays: {hi: {segment: all, trigger: entry, steps: [{send: desk, text: x}, {send: desk, text: x}]}}")
	if len(list) != 2 || strings.Contains(list.Error(), "the id") {
		t.Errorf("got %v", list)
	}
}

func TestSpan_beyond(t *testing.T) {
	for _, c := range []struct {
		due, timeout string
		problems     int
	}{
		{"3d", "3d", 0}, {"4d", "3d", 1}, {"3 business days", "4 business days", 0}, {"5 business days", "4 business days", 1},
		{"10 business days", "5d", 1}, {"8 business hours", "4h", 1}, {"8 business hours", "3d", 0}, {"90d", "5 business days", 0},
	} {
		text := "plays: {hi: {segment: all, trigger: entry, steps: [{task: desk.task, by: rep, title: x, due: " + c.due + ", timeout: " + c.timeout + "}]}}"
		if list := problems(t, text); len(list) != c.problems {
			t.Errorf("due %s, timeout %s: %v", c.due, c.timeout, list)
		}
	}
}
