package flow_test

import (
	"testing"
	"time"

	"github.com/playctl/playctl/pkg/state"
)

// What random machines brought to light, each as small as it became.

// TestMachine_whenOfAWaitIsAskedThoughARunWasKilledBeforeIt has a record come to a wait that is not for it, in a run that is killed at every
// door.
func TestMachine_whenOfAWaitIsAskedThoughARunWasKilledBeforeIt(t *testing.T) {
	for name, first := range map[string]string{"at once": "", "behind a send": "{send: desk.message}, ", "behind a wait": "{wait: 3d}, "} {
		doors := 0
		for at := 1; ; at++ {
			h := newHouse(t, "plays: {p: {of: account, segment: 'true', trigger: entry, backfill: true, steps: ["+first+
				"{wait_for: account.size > 3, timeout: 9d, when: has(account.tier)}]}}")
			h.accounts("id size\n a 1")
			if name == "behind a wait" {
				h.apply()
				h.wait(4 * 24 * time.Hour)
			}
			h.arm(&killer{at: at})
			if !h.die(allowAll) {
				break
			}
			doors = at
			h.disarm()
			h.apply(allowAll)
			h.left("p", "a", state.Completed, "")
		}
		if doors < 3 {
			t.Errorf("%s: there are %d doors", name, doors)
		}
	}
}

// TestMachine_lanesSeeWhatTheirMemberDidInTheSameRun holds that a lane that begins behind a step of this run knows that step's outcome.
func TestMachine_lanesSeeWhatTheirMemberDidInTheSameRun(t *testing.T) {
	l := newLife(t, course("", "{id: pause, wait: 1d}", `{id: each, for: account.people, steps: [{wait_for: 'steps.pause.outcome == "done"', timeout: 3d}, {send: desk.message, text: on}]}`))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.later("1d")
	l.sent("p@x on")
	l.out("a", "completed")
}

// TestMachine_lanesThatEndedBeforeAnExitCompleteTheirMember holds that a member whose last lane ended before its exit's time is completed, however
// late the run comes.
func TestMachine_lanesThatEndedBeforeAnExitCompleteTheirMember(t *testing.T) {
	l := newLife(t, course("exit: [{after: 9d, reason: too long}]", "{id: each, for: account.people, await: none, steps: [{wait: 2d}]}"))
	l.accounts("id tier\n a gold")
	l.people("id account_id email\n p a p@x")
	l.apply()
	l.later("12d")
	l.out("a", "completed")
}
