package rehearse_test

import (
	"os"
	"strings"
	"testing"
)

// readmeHouse is the playbook of the README.
func readmeHouse(t *testing.T) *house {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return newHouse(t, yamlBlock.FindStringSubmatch(string(text))[1])
}

// TestRead_saysWhatIsWrong holds that a mistake in a test is told, with its place and a hint, and is never taken for something else.
func TestRead_saysWhatIsWrong(t *testing.T) {
	h := readmeHouse(t)
	const given = "given: {account: [{id: a1}, {id: a2}], person: [{id: p1, account_id: a1}]}"
	for _, c := range []struct{ test, want, hint string }{
		{"plai: intent, then: [{}]", `unknown key "plai" in a test`, `did you mean "play"?`},
		{"play: intnt, then: [{}]", `there is no play "intnt"`, `did you mean "intent"?`},
		{"at: yesterday, then: [{}]", `expected a time, found "yesterday"`, "-3d for three days"},
		{"given: {acount: []}, then: [{}]", `unknown key "acount" in given`, `did you mean "account"?`},
		{"given: {account: {id: a1}}, then: [{}]", "expected a list of records of account, found a mapping", "write a list"},
		{"given: {account: [{name: x}]}, then: [{}]", "a record of account without its key", "write id: …"},
		{"given: {account: [{id: a1}, {id: a1}]}, then: [{}]", `account "a1" is given twice`, ""},
		{"given: {account: [{id: a1, nam: x}]}, then: [{}]", `unknown key "nam" in account`, `did you mean "name"?`},
		{"given: {account: [{id: a1, intent: {x: many}}]}, then: [{}]", `expected int, found "many"`, ""},
		{"given: {account: [{id: a1, intent: 3}]}, then: [{}]", `expected map(string, int), found "3"`, "write {KEY: VALUE}"},
		{"given: {person: [{id: p1, account_id: a9}]}, then: [{}]", `no account "a9" is given`, ""},
		{"given: {account: [{id: a1}], person: [{id: p1, opted_out: yes}]}, then: [{}]", `expected bool, found "yes"`, ""},
		{"given: {account: [{id: a1}], activity: [{account_id: a1, at: soon}]}, then: [{}]", `expected timestamp, found "soon"`, "-3d"},
		{"given: {holds: {ad.audience: {x: []}}}, then: [{}]", `there is no connector "ad"`, `did you mean "ads"?`},
		{"given: {holds: {ads: {x: []}}}, then: [{}]", "expected a connector and what it has", "ads.audience"},
		{"given: {lists: {surging: []}}, then: [{}]", `there is no segment "surging" that is a list`, ""},
		{"given: {fields: {crm.account: {a7: {x: 1}}}}, then: [{}]", `no record with the key "a7" is given`, ""},
		{"variables: {intent_flor: 3}, then: [{}]", `variable "intent_flor" is not declared`, `did you mean "intent_floor"?`},
		{given + ", then: []", "the test expects nothing", "write then:"},
		{given + ", then: {}", "expected a list of steps, found a mapping", ""},
		{given + ", then: [{after: soon}]", `expected a duration, found "soon"`, "30d"},
		{given + ", then: [{after: 1d, at: 2027-01-01}]", "expected one of at, after and every", ""},
		{given + ", then: [{every: 1d}]", "expected both every and until, found one", ""},
		{given + ", then: [{every: 1m, until: 60d}]", "that is more than 5000 runs", ""},
		{given + ", then: [{at: 2025-01-01}]", "before the one in front of it", ""},
		{given + ", then: [{gone: {activity: [x]}}]", `there is no entity "activity" with a key`, ""},
		{given + ", then: [{run: {intent: [a1]}}]", "play intent launches by itself", ""},
		{given + ", then: [{run: {dinner: [a1], reengagement: [a1]}}]", "a step runs one play by hand", ""},
		{given + ", then: [{allow: [removal]}]", `there is no guard "removal"`, `did you mean "removals"?`},
		{given + ", then: [{tasks: {cal: {a1: done}}}]", `there is no task "cal"`, `did you mean "call"?`},
		{given + ", then: [{tasks: {intnt.call: {a1: done}}}]", `there is no play "intnt"`, `did you mean "intent"?`},
		{given + ", then: [{tasks: {call: {a1: finished}}}]", `expected what became of the task, found "finished"`, ""},
		{given + ", then: [{tasks: {call: {a1: {outcome: maybe}}}}]", `the task has no outcome "maybe"`, ""},
		{given + ", then: [{expect: {enter: [a1]}}]", `unknown key "enter" in expect`, `did you mean "enters"?`},
		{given + ", then: [{expect: {enters: [a1]}}]", "this does not say of which play", "{PLAY: [a1]}"},
		{given + ", then: [{expect: {enters: {intent: [a3]}}}]", `no record with the key "a3" is given`, ""},
		{given + ", then: [{expect: {enters: {intent: [account:p1]}}}]", `no record with the key "p1" is given`, ""},
		{given + ", play: intent, then: [{expect: {finished: {a1: conveted}}}]", `found "conveted"`, `did you mean "converted"?`},
		{given + ", play: intent, then: [{expect: {waits: {a1: cal}}}]", `play intent has no step "cal"`, `did you mean "call"?`},
		{given + ", then: [{expect: {sent: {crm.message: some}}}]", `expected how many, found "some"`, ""},
		{given + ", then: [{expect: {operations: [{kep: ads.audience}]}}]", `unknown key "kep" in an operation`, `did you mean "keep"?`},
		{given + ", then: [{expect: {operations: [{keep: ads.audience, add: ads.audience}]}}]", "expected one verb and its target", ""},
		{given + ", then: [{expect: {operations: [{key: a1}]}}]", "expected one verb and its target", ""},
		{given + ", then: [{expect: {operations: {keep: ads.audience}}}]", "expected a list of operations, found a mapping", ""},
		{given + ", then: [{expect: {only: true}}]", "only: true goes with operations", ""},
		{given + ", then: [{expect: {nothing: true, operations: [{keep: ads.audience}]}}]", "a step can't expect operations and nothing", ""},
		{given + ", then: [{expect: {nothing: perhaps}}]", `expected true or false, found "perhaps"`, ""},
	} {
		_, _, problems := h.read("tests:\n  - {name: t, " + c.test + "}\n")
		if problems.Errors() != 1 || !strings.Contains(problems.Error(), c.want) || problems[0].At.Line != 2 {
			t.Errorf("%s:\n%v\nwant %s", c.test, problems, c.want)
			continue
		}
		if !strings.Contains(problems[0].Hint, c.hint) {
			t.Errorf("%s: hint %q, want %q", c.test, problems[0].Hint, c.hint)
		}
	}
}

// TestRead_namesAreTheTests holds that results can be told apart.
func TestRead_namesAreTheTests(t *testing.T) {
	h := readmeHouse(t)
	for tests, want := range map[string]string{
		"tests: [{name: a, then: [{}]}, {name: a, then: [{}]}]": `another test is called "a"`,
		"tests: [{then: [{}]}]":                                 "a test without a name",
		"tests: {a: 1}":                                         "expected a list of tests, found a mapping",
		"test: []":                                              `unknown key "test" in a file of tests`,
		"tests: [{name: a, then: [{}]}]\ninvariants: {a: {of: account, never: 'false'}}": `another test is called "a"`,
	} {
		if _, _, problems := h.read(tests); problems.Errors() != 1 || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s:\n%v\nwant %s", tests, problems, want)
		}
	}
}
