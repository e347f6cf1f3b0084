package playbook_test

import (
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/diag"
)

// TestRead_refuses holds what each check says, of plays with nothing else wrong. testdata/invalid has the places.
func TestRead_refuses(t *testing.T) {
	for _, c := range []struct{ name, keys, message, hint string }{
		{"an unbounded wait", `steps: [{wait_for: account.name == "x"}]`, "nothing bounds this wait", "write timeout: 30d beside it, or give the play an exit rule with quiet: or after:"},
		{"an unbounded wait of who leaves", `exit: {after: 3d, then: [{wait_for: account.name == "x"}]}, steps: [{wait: 3d}]`, "nothing bounds this wait",
			"write timeout: 30d beside it; the play's exit rules are about members that are not leaving"},
		{"a keep of who leaves", `backfill: false, on_leave: exit, goal: {when: account.name == "x", then: {keep: desk.list, name: x}}, steps: [{wait: 3d}]`,
			"a member is leaving here, so this step would keep nobody", "write add:, which stays"},
		{"a keep after a timeout in a lane", `backfill: false, on_leave: exit, steps: [{for: account.people, steps: [{wait_for: account.name == "x", timeout: 3d, on_timeout: {keep: desk.list, name: x}}]}]`,
			"a member is leaving here, so this step would keep nobody", "write add:, which stays"},
		{"lanes in a lane's branch", `steps: [{for: account.people, steps: [{split: [{name: a, weight: 1, then: {for: account.people, steps: [{wait: 3d}]}}, {name: b, weight: 1, then: []}]}]}]`,
			"steps for each record can't stand in steps for each record", "take the inner steps out of their steps:, or make them a play and enroll in it"},
		{"a step behind a split of which every way ends", `steps: [{split: [{name: a, weight: 1, then: [{exit: a}]}, {name: b, weight: 1, then: [{exit: b}]}]}, {wait: 3d}]`,
			"this step is never reached", "remove it, or move it before the exit"},
		{"a date that may be over", "steps: [{wait_until: account.renewal_at}]", "this step does not say what to do when its time is over already", "write if_past: continue, skip or exit"},
		{"a play that does not exist", "steps: [{enroll: ha}]", `there is no play "ha"`, `did you mean "hi"?`},
		{"a play of other records", "steps: [{wait: 3d}]}, people: {segment: known, trigger: manual, steps: [{enroll: hi}]", "play hi is of account, and this one is of person",
			"write for: and the account, such as for: person.account"},
		{"plays without end", "reentry: always, steps: [{enroll: ho}]}, ho: {segment: all, trigger: manual, reentry: always, exit: {quiet: 3d, then: {enroll: hi}}, steps: [{wait: 3d}]",
			"plays enroll in each other in a circle without end: hi → ho → hi", "give one of them reentry: {after: 90d}, or max:"},
		{"a role that does not exist", "steps: [{task: desk.task, by: [rep, mananger], title: x, await: none}]", `there is no role or route "mananger"`, `did you mean "manager"?`},
		{"a role among addresses", `steps: [{send: desk.note, to: ["#sales", rep]}]`, `to: has roles and what is no role: "#sales"`, `make it two steps, one to roles and one to "#sales"`},
		{"a person instead of a role", "steps: [{set: desk.company, fields: {a: 1}, by: ann@acme.example}]", `there is no role or route "ann@acme.example"`,
			"declare a role with it as its fallback: under roles:, and write the role's name"},
		{"an escalation's role", "steps: [{task: desk.task, by: rep, title: x, await: none, escalate: {after: 1d, send: dsk.note, to: rep}}]", `there is no connector "dsk"`, `did you mean "desk"?`},
		{"a group of its own", "group: one, steps: [{wait: 3d}]", `there is no group "one"`, "declare it under groups:"},
		{"a calendar that does not exist", "calendar: defalt, steps: [{wait: 3d}]", `there is no calendar "defalt"`, `did you mean "default"?`},
		{"a window without days", `steps: [{send: desk.note, text: x, window: 9-17}]`, `there is no calendar "9-17"`, `write days and hours: {mon-fri: "09:00-17:00"}`},
	} {
		list := problems(t, "plays: {hi: {segment: all, trigger: entry, "+c.keys+"}}")
		if len(list) != 1 || list[0].Message != c.message || list[0].Hint != c.hint {
			t.Errorf("%s: got %d\n%s", c.name, len(list), formatted(list))
		}
	}
}

// TestRead_warns holds what is told and stops nothing.
func TestRead_warns(t *testing.T) {
	for _, c := range []struct{ name, keys, message, hint string }{
		{"a keep without end", "backfill: false, on_leave: stay, steps: [{keep: desk.list, name: x}, {choose: [{when: account.name == \"x\", then: [{exit: x}]}]}]",
			"nothing ends this keep of play hi", "write goal:, exit: or on_leave: exit, or an exit step at the end"},
		{"a channel that nobody is on", "mute: [desk, desk.note, dsek, note], steps: [{send: desk.note, text: x}]", `no step of any play is on the channel "dsek"`, `did you mean "desk"?`},
		{"a step that has a channel is on no other", "mute: [mail, note], steps: [{send: desk.note, text: x, channel: mail}]", `no step of any play is on the channel "note"`,
			"a channel is a step's channel:, its connector or its kind of object"},
	} {
		list := problems(t, "plays: {hi: {segment: all, trigger: entry, "+c.keys+"}}")
		if len(list) != 1 || list[0].Severity != diag.Warning || list[0].Message != c.message || list[0].Hint != c.hint {
			t.Errorf("%s: got %d\n%s", c.name, len(list), formatted(list))
		}
	}
}

func TestRead_refusesMovesToNowhere(t *testing.T) {
	for moves, want := range map[string]string{
		"moved: {from: plays.a, to: plays.b}":                                        `there is no play "b"`,
		"moved: [{from: plays.a, to: plays.b}, {from: plays.b, to: plays.a}]":        `there is no play`,
		"moved: {from: plays.hi, to: plays.hi}":                                      "plays.hi is still there, so it has not moved",
		"moved: {from: plays.hi.steps.x, to: plays.hi.steps.y}":                      `play hi has no step "y"`,
		"moved: {from: plays.hi.steps.x, to: plays.hi}":                              "a play moves to a play, and a step to a step",
		"drop: plays.hi.steps.call":                                                  "plays.hi.steps.call is still there, so it is not gone",
		"drop: plays.ho.steps.call\nmoved: {from: plays.ho, to: plays.hi}":           "plays.ho.steps.call is still there, so it is not gone",
		"moved: [{from: plays.a, to: plays.hi}, {from: plays.a, to: plays.hi}]":      "plays.a has moved already",
		"drop: [plays.hi.steps.gift, plays.ha.steps.gift]":                           `there is no play "ha"`,
		"moved: {from: plays.hi.steps.wait_3d, to: plays.hi.steps.call}\ndrop: [x]":  "still there",
		"plays: {hi: 3}\nmoved: {from: plays.a, to: plays.ho}\ndrop: plays.a.steps.": "expected",
	} {
		text := moves
		if !strings.Contains(moves, "plays:") {
			text += "\nplays: {hi: {segment: all, trigger: entry, steps: [{wait: 3d}, {id: call, wait: 5d}]}}"
		}
		if list := problems(t, text); len(list) == 0 || !strings.Contains(list.Error(), want) {
			t.Errorf("%s: got %s", moves, formatted(list))
		}
	}
}

func formatted(list diag.List) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Format() + "\n")
	}
	return b.String()
}
