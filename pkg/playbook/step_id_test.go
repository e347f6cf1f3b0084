package playbook_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/playctl/playctl/pkg/playbook"
)

// TestStep_madeIDs holds what steps are called that say no id: waits and flow steps may be alike and are numbered.
func TestStep_madeIDs(t *testing.T) {
	p := play(t, `
- wait: 3d
- {id: wait_3d_2, wait: 4d}
- {wait_for: account.name == "x", timeout: 3d, on_timeout: {exit: no answer}}
- {wait_for: account.name == "y", timeout: 3d, on_timeout: [{wait: 3d}, {exit: No answer!}]}
- {wait_until: account.renewal_at, if_past: continue}
- choose: [{when: account.name == "x", then: [{enroll: other}, {wait: 2 business days}]}]
- split: [{name: a, weight: 1, then: [{enroll: other}]}, {name: b, weight: 1, then: []}]
- {for: account.people, steps: [{wait: 3d}]}
- {remove_any: desk.list, allow: "*"}
- {exit: `+strings.Repeat("long ", 20)+`, when: account.name == "x"}
- `+"wait: 1d", "exit: [{after: 90d, then: [{wait: 3d}]}]")
	got := strings.Join(p.StepIDs(), " ")
	want := "wait_3d wait_3d_2 wait_for_1 exit_no_answer wait_for_2 wait_3d_3 exit_no_answer_2 wait_until_1 choose_1 enroll_other wait_2_business_days split_1 " +
		"enroll_other_2 for_1 wait_3d_4 remove_any_desk_list exit_long_long_long_long_long_long_long_long_long_long_long_lon wait_1d wait_3d_5"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, s := range p.AllSteps() {
		if s.Made == (s.ID == "wait_3d_2") {
			t.Errorf("%s: made is %v", s.ID, s.Made)
		}
	}
}

// TestStep_madeIDsStayWhenOthersMove holds that a step's id has nothing to do with steps of other kinds.
func TestStep_madeIDsStayWhenOthersMove(t *testing.T) {
	steps := []string{"- wait: 3d", "- wait: 5d", "- choose: [{when: account.name == \"x\", then: []}]", "- enroll: other", "- {send: desk.message, text: hi}", "- {for: account.people, steps: [{wait: 9d}]}"}
	ids := func(list []string) []string {
		return slices.Sorted(slices.Values(play(t, strings.Join(list, "\n")).StepIDs()))
	}
	want := ids(steps)
	reversed := slices.Clone(steps)
	slices.Reverse(reversed)
	if got := ids(reversed); !slices.Equal(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := ids(steps[1:]); !slices.Equal(got, slices.DeleteFunc(want, func(id string) bool { return id == "wait_3d" })) {
		t.Errorf("without the first: got %s", got)
	}
}

func TestPlay_stepsOfEveryBlockAreFound(t *testing.T) {
	p := play(t, `
- {id: a, wait_for: account.name == "x", timeout: 3d, on_timeout: [{id: b, wait: 1d}]}
- choose: [{when: account.name == "x", then: [{id: c, wait: 1d}]}, {else: [{id: d, wait: 1d}]}]
- {for: account.people, steps: [{id: e, keep: desk.list, name: x}]}
`, "backfill: false", `goal: {when: account.name == "x", then: {id: f, wait: 1d}}`, "exit: [{quiet: 30d, then: [{id: g, wait: 1d}]}]")
	for _, id := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		if s := p.Step(id); s == nil || s.ID != id {
			t.Errorf("no step %s", id)
		}
	}
	if !p.Keeps() || p.Step("h") != nil || p.Step("e").Verb != playbook.Keep {
		t.Error("the keep in lanes was not found")
	}
}
