package rehearse_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/playctl/playctl/pkg/flow"
	"github.com/playctl/playctl/pkg/rehearse"
)

// loud is a playbook that touches an account at entry and with every webinar.
const loud = `
playbook: {name: loud}
connectors: {crm: {uses: files, dir: ./crm}}
entities:
  account: {file: a.csv, key: id, fields: {industry: string, size: int}, identity: {crm: account.id}}
  person: {file: p.csv, key: id, parent: account_id -> account, plural: people, fields: {email: string, opted_out: bool}, identity: {crm: person.email}}
  activity: {file: e.csv, parent: account_id -> account, plural: activities, time: at, fields: {type: string, at: timestamp}}
CAPS
plays:
  hello:
    of: account
    segment: account.industry == "Software" && account.size >= 100
    trigger: entry
    backfill: true
    on_leave: stay
    steps:
      - {send: crm.message, to: "#sdr", text: hello}
      - {wait: 2d}
      - {id: mail, send: crm.email, for: account.people}
`

// search searches for what breaks the invariants of a file.
func (h *house) search(tests string, seed uint64) []*rehearse.Outcome {
	h.Helper()
	p, suite, problems := h.read(tests)
	if problems.Errors() > 0 {
		h.Fatal(problems)
	}
	out, err := rehearse.NewRunner(h.world(), flow.Inputs{}, p).Search(context.Background(), suite.Invariants, rehearse.Search{Seed: seed, Scenes: 50})
	if err != nil {
		h.Fatal(err)
	}
	return out
}

// TestSearch_findsTheSmallestScene holds that a broken invariant is found, that nothing is left in what is told but what is needed, and that the
// same seed finds the same.
func TestSearch_findsTheSmallestScene(t *testing.T) {
	h := newHouse(t, strings.ReplaceAll(loud, "CAPS", ""))
	tests := "invariants:\n  calm: {of: account, never: account.touches(days(7)) > 1}\n  silent: {of: account, never: account.touches(days(7)) > 50}\n"
	out := h.search(tests, 1)
	if len(out) != 2 || out[0].Passed() || !out[1].Passed() {
		t.Fatalf("%+v", out)
	}
	told := strings.Join(out[0].Failures[0].Found, "\n")
	for what, want := range map[string]int{"given account": 1, "given person": 1, "given activity": 0, "from ": 0, "run of": 2, " ! crm": 2} {
		if got := strings.Count(told, what); got != want {
			t.Errorf("%q stands there %d times, want %d:\n%s", what, got, want, told)
		}
	}
	if !strings.Contains(out[0].Failures[0].Problem.Message, "seed 1, scene") {
		t.Error(out[0].Failures[0].Problem.Message)
	}
	if diff := cmp.Diff(out, h.search(tests, 1), cmpopts.IgnoreFields(rehearse.Outcome{}, "Took")); diff != "" {
		t.Errorf("another search of the same seed:\n%s", diff)
	}
}

// TestSearch_capHolds holds that nothing is found where a cap holds what the invariant says.
func TestSearch_capHolds(t *testing.T) {
	h := newHouse(t, strings.ReplaceAll(loud, "CAPS", "caps: {calm: {of: account, verbs: [send], at_most: 1, per: 7d, on_cap: defer}}"))
	for _, o := range h.search("invariants:\n  calm: {of: account, never: account.touches(days(7)) > 1}\n", 3) {
		if !o.Passed() {
			t.Error(h.words(o))
		}
	}
}

// TestInvariants_areChecked holds what is said of invariants that can't be.
func TestInvariants_areChecked(t *testing.T) {
	h := newHouse(t, strings.ReplaceAll(loud, "CAPS", ""))
	for tests, want := range map[string]string{
		"invariants: {a: {of: account, never: account.touchs(days(7)) > 1}}":    `unknown function "touchs"`,
		"invariants: {a: {of: account, never: account.size}}":                   "expected a condition (true or false), found int",
		"invariants: {a: {of: acount, never: account.size > 1}}":                "there is no entity \"acount\" with a key",
		"invariants: {a: {of: activity, never: activity.type == \"x\"}}":        "there is no entity \"activity\" with a key",
		"invariants: {a: {of: account}}":                                        "expected of and never in invariant a",
		"invariants: {a: {of: account, never: account.size > 1, always: true}}": `unknown key "always"`,
		"invariants: {a: {of: account, never: [account.size > 1]}}":             "expected a condition, found a list",
		"invariants: [a]": "expected invariants by name, found a list",
	} {
		_, _, problems := h.read(tests)
		if problems.Errors() == 0 || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s:\n%v\nwant %s", tests, problems, want)
		}
	}
}

// TestTouches_areKnownInInvariantsOnly holds that no play can stand on what only a rehearsal counts.
func TestTouches_areKnownInInvariantsOnly(t *testing.T) {
	h := newHouse(t, strings.ReplaceAll(loud, "CAPS", "segments: {tired: {of: account, where: account.touches(days(7)) > 3}}"))
	_, problems, err := flow.Validate(h.world(), flow.Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(problems.Error(), "touches is known in invariants only") {
		t.Error(problems)
	}
}
