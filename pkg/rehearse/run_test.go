package rehearse_test

import (
	"strings"
	"testing"
)

const acme = `account: [{id: a1, name: Acme, intent: {data platform: 90}}, {id: a2, name: Blue}], person: [{id: p1, account_id: a1, email: ann@acme.example, opted_out: false}]`

// TestRun_failuresTellWhatWasFound holds each expectation that is wrong against what is told of it. The world is that of the README.
func TestRun_failuresTellWhatWasFound(t *testing.T) {
	h := readmeHouse(t)
	for _, c := range []struct{ then, want, found string }{
		{"{expect: {enters: [a2]}}", "expected a2 to enter intent, found a1", "a2 was never in intent (1 in the segment, 1 unknown, 1 matched)"},
		{"{expect: {enters: []}}", "expected nobody to enter intent, found a1", "a1 is in intent, at step call since Mon 2026-01-05 09:00, until Sat 2026-01-10 09:00 at the latest"},
		{"{expect: {members: [a1, a2]}}", "expected a1, a2 to be in intent, found a1", "a2 was never in intent"},
		{"{expect: {enrolled: [a1]}}", "expected another play to have enrolled a1 in intent", "at step call"},
		{"{expect: {waits: {a1: keep_ads_audience_early_intent}}}", "expected a1 to wait at step keep_ads_audience_early_intent of intent", "at step call"},
		{"{expect: {finished: {a1: converted}}}", "expected a1 to have left intent: converted", "a1 is in intent"},
		{"{every: 1d, until: 31d, expect: {finished: {a1: {exited: bored}}}}", "expected a1 to have left intent: exited bored", "a1 left intent on Wed 2026-02-04 09:00: exited silent"},
		{"{expect: {holds: {ads.audience: {Early intent: []}}}}", `expected nobody in ads.audience "Early intent", found p1`, ""},
		{"{expect: {sent: {crm.message: 1}}}", "expected crm.message to have been sent 1 so far, found 0", ""},
		{"{expect: {nothing: true}}", "expected nothing to do", `+ keep ads.audience "Early intent" p1 by intent.keep_ads_audience_early_intent`},
		{"{expect: {operations: [{keep: ads.audience, name: Late}]}}", `expected keep ads.audience "Late"`, `! task crm.task a1 by intent.call`},
		{"{expect: {operations: [{add: ads.audience}]}}", `expected add ads.audience`, ""},
		{"{expect: {operations: [{task: crm.task, title: Call Blue}]}}", `expected task crm.task title="Call Blue"`, `title="Call Acme"`},
		{"{expect: {operations: [{task: crm.task}, {task: crm.task}]}}", `expected task crm.task`, ""},
		{"{expect: {operations: [{task: crm.task}], only: true}}", "expected only what is listed", "+ keep"},
		{"{expect: {problems: [call]}}", "expected that step call can't be taken", ""},
		{"{tasks: {call: {a1: done}}}", "nobody has an open task of step call for a1", "no task is open"},
		{"{}, {tasks: {call: {a2: done}}}", "nobody has an open task of step call for a2", "open: intent.call for a1"},
		{"{gone: {account: [a2]}}, {gone: {account: [a2]}}", `account "a2" is gone already`, ""},
	} {
		o := h.test("tests:\n  - {name: t, play: intent, given: {" + acme + "}, then: [" + c.then + "]}\n")[0]
		if len(o.Failures) == 0 {
			t.Errorf("%s passed", c.then)
			continue
		}
		f := o.Failures[0]
		if !strings.Contains(f.Problem.Message, c.want) || f.Problem.At.Line != 2 || f.Problem.At.File != "x_test.yaml" {
			t.Errorf("%s:\n%s\nwant %s", c.then, f.Problem.Format(), c.want)
		}
		if !strings.Contains(strings.Join(f.Found, "\n"), c.found) {
			t.Errorf("%s: found\n%s\nwant %s", c.then, strings.Join(f.Found, "\n"), c.found)
		}
	}
}

// TestRun_endsAtTheFirstFailure holds that what comes after a failure is not told: it would be its echo.
func TestRun_endsAtTheFirstFailure(t *testing.T) {
	h := readmeHouse(t)
	o := h.test("tests:\n  - {name: t, play: intent, given: {" + acme + "}, then: [{expect: {enters: [], members: []}}, {expect: {nothing: true, enters: [a2]}}]}\n")[0]
	if len(o.Failures) != 2 || o.Runs != 1 {
		t.Fatalf("%d runs\n%s", o.Runs, h.words(o))
	}
}

// TestRun_variablesAreTheTests holds that a test's variables are its own, and that a value of another type is told.
func TestRun_variablesAreTheTests(t *testing.T) {
	h := readmeHouse(t)
	outcomes := h.test(`tests:
  - {name: low, play: intent, variables: {intent_floor: 95}, given: {` + acme + `}, then: [{expect: {enters: []}}]}
  - {name: plain, play: intent, given: {` + acme + `}, then: [{expect: {enters: [a1]}}]}
  - {name: wrong, play: intent, variables: {intent_floor: high}, given: {` + acme + `}, then: [{expect: {enters: [a1]}}]}
`)
	for _, o := range outcomes[:2] {
		if !o.Passed() {
			t.Error(h.words(o))
		}
	}
	if text := h.words(outcomes[2]); !strings.Contains(text, `expected int, found "high"`) {
		t.Error(text)
	}
}

// TestRun_nobodyHasTheRole holds that a step that nobody can take fails a test which does not expect it.
func TestRun_nobodyHasTheRole(t *testing.T) {
	h := newHouse(t, strings.ReplaceAll(loud, "CAPS", `roles: {sdr: {assign: account.industry}}
`)+"      - {id: call, task: crm.task, by: sdr, title: Call, timeout: 3d}\n")
	const given = "given: {account: [{id: a1, size: 100, industry: Software}]}"
	outcomes := h.test(`tests:
  - {name: somebody, ` + given + `, then: [{}, {after: 3d, expect: {operations: [{task: crm.task, assignee: Software}]}}]}
  - {name: nobody, ` + given + `, then: [{}, {after: 3d, given: {account: [{id: a1, industry: null}]}}]}
  - {name: expected, ` + given + `, then: [{}, {after: 3d, given: {account: [{id: a1, industry: null}]}, expect: {problems: [hello.call], waits: {a1: call}}}]}
`)
	if !outcomes[0].Passed() || !outcomes[2].Passed() {
		t.Error(h.words(outcomes[0]), h.words(outcomes[2]))
	}
	if text := h.words(outcomes[1]); !strings.Contains(text, "can't be taken for a1") {
		t.Error(text)
	}
}
